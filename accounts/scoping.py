"""The tenant is in the air: enter one tenant's scope, ask which one it is, or (rarely, greppably) leave all of them.

Reads without a scope raise (django-scopes); writes without one, or into another one, raise as well
(`accounts/models/tenancy.py`), because django-scopes guards reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django_scopes import ScopeError, get_scope, scope, scopes_disabled

if TYPE_CHECKING:
    from accounts.models import Tenant


@contextmanager
def tenant_scope(tenant: Tenant) -> Iterator[Tenant]:
    """Work inside `tenant`. Refuses None, which django-scopes would take for "everybody's"."""
    if tenant is None or tenant.pk is None:
        raise ScopeError("A saved tenant is needed to enter its scope")
    with scope(tenant=tenant):
        yield tenant


@contextmanager
def every_tenant() -> Iterator[None]:
    """Read across all tenants. For the worker's "who has something to do?", operator commands, and the one question
    whether a sender's address belongs to another tenant, only."""
    with scopes_disabled():
        yield


def current_tenant() -> Tenant:
    """The tenant whose scope this is. Raises ScopeError outside any."""
    tenant = active_tenant()
    if tenant is None:
        raise ScopeError("No tenant's scope is active")
    return tenant


def is_inside_tenant() -> bool:
    return active_tenant() is not None


def active_tenant() -> Tenant | None:
    """The tenant whose scope this is; None outside any, and where reads go across all of them."""
    active = get_scope()
    tenant: Tenant | None = active.get("tenant") if active.get("_enabled", False) else None
    return tenant
