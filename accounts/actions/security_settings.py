from django.db import transaction

from accounts.models import Tenant, User
from accounts.scoping import current_tenant


def set_security(*, actor: User, password_policy: str, staff_need_second_factor: bool) -> Tenant:
    """Set what the portal asks of new passwords, and whether its staff must have a second factor. For administrators.

    Passwords in use stay; staff without a factor are led to adding one with their next click. Nobody is signed out.
    """
    if not actor.is_administrator:
        raise PermissionError("The portal is configured by its administrators")
    with transaction.atomic():
        tenant: Tenant = Tenant.objects.select_for_update().get(pk=current_tenant().pk)
        tenant.password_policy, tenant.staff_need_second_factor = password_policy, staff_need_second_factor
        tenant.save(update_fields=["password_policy", "staff_need_second_factor"])
    return tenant
