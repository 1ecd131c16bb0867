from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.models import Tenant, TenantHost
from accounts.scoping import current_tenant


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


def portals_today() -> date:
    """The day it is at the portal, by whose calendar agreements hold; its reader's clock may show another one."""
    return timezone.localdate(timezone=ZoneInfo(current_tenant().time_zone))
