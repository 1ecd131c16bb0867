from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.enums import Role
from accounts.models import PrivateDomain, Tenant, TenantHost, User
from accounts.scoping import tenant_scope
from accounts.timezones import is_time_zone
from accounts.webmail import WEBMAIL_DOMAINS


def found_tenant(
    *,
    slug: str,
    name: str,
    hosts: list[str],
    mail_address: str,
    language: str = "sv",
    time_zone: str = "Europe/Stockholm",
    colour: str = "",
    logo: bytes = b"",
) -> Tenant:
    """Found a new, empty portal. The first host is the one its links use.

    For operator commands. Raises IntegrityError when the slug or a host is taken, ValidationError for wrong values,
    among them a `time_zone` that is none.
    """
    if not is_time_zone(time_zone):
        raise ValidationError(f"There is no time zone {time_zone}")
    with transaction.atomic():
        tenant = Tenant(slug=slug, name=name, mail_address=mail_address, language=language, time_zone=time_zone)
        if colour:
            tenant.colour = colour
        tenant.full_clean(exclude=["logo"])
        if logo:
            tenant.logo.save(f"{slug}-logo", ContentFile(logo), save=False)
        tenant.save()
        for position, host in enumerate(hosts):
            TenantHost.objects.create(tenant=tenant, name=host.lower(), is_primary=position == 0)
        with tenant_scope(tenant):
            PrivateDomain.objects.bulk_create([PrivateDomain(domain=domain) for domain in WEBMAIL_DOMAINS])
    return tenant


def add_staff(
    *, tenant: Tenant, email: str, name: str, role: str = Role.AGENT, password: str = "", language: str = ""
) -> User:
    """Give somebody a place on a portal's desk. Without a password they ask for one by mail. For operator commands."""
    with tenant_scope(tenant):
        person = User(email=email, name=name, role=role, language=language)
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save()
    return person
