"""Celery's entrance. A task only says that there may be work; the rows say which."""

from celery import shared_task

from accounts.models import Tenant
from accounts.poking import DRAIN_TASK
from notifications.actions.draining import WAKE_UP_COUNTS_FOR, drain


@shared_task(name=DRAIN_TASK)
def drain_tenant(tenant_id: int) -> None:
    """One round for one tenant, inside its scope. What is left goes to the end of the line, behind other tenants."""
    tenant = Tenant.objects.prefetch_related("hosts").filter(pk=tenant_id, is_active=True).first()
    if tenant is not None and drain(tenant):
        drain_tenant.apply_async(args=[tenant_id], retry=False, expires=WAKE_UP_COUNTS_FOR)
