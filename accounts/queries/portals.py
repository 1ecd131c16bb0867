from django.conf import settings

from accounts.models import Tenant, TenantHost


def tenant_for_host(name: str) -> Tenant | None:
    """The active tenant a host name leads to; DEFAULT_TENANT serves every host."""
    tenants = Tenant.objects.filter(is_active=True)
    if settings.DEFAULT_TENANT:
        return tenants.filter(slug=settings.DEFAULT_TENANT).first()
    return tenants.filter(hosts__name=name).first() if name else None


def is_known_host(name: str) -> bool:
    """Whether a certificate may be asked for in this host's name."""
    plain = name.rstrip(".").lower()
    return plain.isprintable() and TenantHost.objects.filter(name=plain, tenant__is_active=True).exists()
