from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Tenant, User
from accounts.scoping import current_tenant
from accounts.timezones import is_time_zone

ACCOUNT_FIELDS = ("name", "phone", "language", "time_zone")
PORTAL_FIELDS = (
    "name",
    "colour",
    "language",
    "guest_limit_per_address",
    "guest_limit_per_network",
    "attachment_limit_mb",
    "undo_seconds",
)
ACCESS_FIELDS = (
    "strangers",
    "known_domains",
    "contacts_may_invite",
    "refuses_private_addresses",
    "entry_contact_sv",
    "entry_contact_en",
    "phone",
    "phone_hours_sv",
    "phone_hours_en",
    "phone_is_urgent_only",
    "on_call_phone",
)


def update_account(*, actor: User, user: User, values: Mapping[str, Any]) -> None:
    """Change what a person says about themselves (name, phone, language, time zone). Only their own account.

    Records `details_changed` with the names of what is new; nothing happens when nothing is. Raises ValueError for a
    time zone that this machine does not know.
    """
    if actor.pk != user.pk:
        raise PermissionError("An account is changed by its owner")
    if values.get("time_zone") and not is_time_zone(values["time_zone"]):
        raise ValueError(f"No such time zone: {values['time_zone']}")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        changed = [name for name in ACCOUNT_FIELDS if name in values and getattr(person, name) != values[name]]
        if not changed:
            return
        for name in changed:
            setattr(person, name, values[name])
        person.save()
        AccountEvent.objects.create(
            actor=actor, user=person, kind=AccountEventKind.DETAILS_CHANGED, data={"fields": changed}
        )


def update_portal(*, actor: User, values: Mapping[str, Any], logo: UploadedFile | bool | None) -> Tenant:
    """Change the portal's name, colour, logo, language and limits. For its tenant administrators only.

    `logo`: a new picture, False to remove it, None to leave it as it is.
    """
    if not actor.is_administrator:
        raise PermissionError("The portal is configured by its administrators")
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=current_tenant().pk)
        for field in PORTAL_FIELDS:
            setattr(tenant, field, values[field])
        if logo is False:
            tenant.logo = ""
        elif isinstance(logo, UploadedFile):
            tenant.logo.save(f"{tenant.slug}-logo", logo, save=False)
        tenant.save()
    return tenant


def update_access(*, actor: User, values: Mapping[str, Any]) -> Tenant:
    """Change who may come in and how, and whom those turn to who are not let in. For tenant administrators only.

    Whoever is in already stays in; applications and invitations that wait are decided and accepted as before.
    """
    if not (actor.is_administrator and actor.is_active):
        raise PermissionError("The portal is configured by its administrators")
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=current_tenant().pk)
        for field in ACCESS_FIELDS:
            setattr(tenant, field, values[field])
        tenant.save(update_fields=ACCESS_FIELDS)
    return tenant
