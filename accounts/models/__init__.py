"""Tenants and their hosts, organisations and agreements, users, how they get in, account events, allowances."""

from accounts.models.allowances import Allowance
from accounts.models.entry import Application, EntryRequest, Invitation
from accounts.models.events import AccountEvent, Event
from accounts.models.imports import Import
from accounts.models.organisations import (
    Agreement,
    LocalAdministrator,
    Organisation,
    OrganisationDomain,
    PrivateDomain,
    ProviderContact,
)
from accounts.models.people import User
from accounts.models.security import RecoveryCode, SecondFactor, Session, SignInCode
from accounts.models.sites import Site
from accounts.models.tenancy import TenantModel, TenantQuerySet, scoped_manager
from accounts.models.tenants import Tenant, TenantHost

__all__ = [
    "AccountEvent",
    "Agreement",
    "Allowance",
    "Application",
    "EntryRequest",
    "Event",
    "Import",
    "Invitation",
    "LocalAdministrator",
    "Organisation",
    "OrganisationDomain",
    "PrivateDomain",
    "ProviderContact",
    "RecoveryCode",
    "SecondFactor",
    "Session",
    "SignInCode",
    "Site",
    "Tenant",
    "TenantHost",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "scoped_manager",
]
