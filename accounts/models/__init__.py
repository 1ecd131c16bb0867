"""Tenants and their hosts, organisations, users, account events, allowances."""

from accounts.models.allowances import Allowance
from accounts.models.events import AccountEvent, Event
from accounts.models.people import Organisation, User
from accounts.models.tenancy import TenantModel, TenantQuerySet, scoped_manager
from accounts.models.tenants import Tenant, TenantHost

__all__ = [
    "AccountEvent",
    "Allowance",
    "Event",
    "Organisation",
    "Tenant",
    "TenantHost",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "scoped_manager",
]
