from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Tenant, User
from accounts.scoping import current_tenant

ACCOUNT_FIELDS = ("name", "phone", "language")
PORTAL_FIELDS = (
    "name",
    "colour",
    "language",
    "guest_limit_per_address",
    "guest_limit_per_network",
    "attachment_limit_mb",
)


def update_account(*, actor: User, user: User, values: Mapping[str, Any]) -> None:
    """Change what a person says about themselves (name, phone, language). Only their own account."""
    if actor.pk != user.pk:
        raise PermissionError("An account is changed by its owner")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        for field in ACCOUNT_FIELDS:
            if field in values:
                setattr(person, field, values[field])
        person.save()


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
