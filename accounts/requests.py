from typing import Any

from django.http import HttpRequest

from accounts.models import Tenant, User


class PortalRequest(HttpRequest):
    """What views of a portal are given: the tenant is known, and `user` is one of its people once signed in.

    Views that also serve strangers ask `user.is_authenticated` before anything else about them.
    """

    tenant: Tenant
    user: Any  # a User, or Django's AnonymousUser
    uploads_over_limit: bool


def reader_of(request: PortalRequest) -> User | None:
    """Who reads, None while nobody is signed in."""
    return request.user if request.user.is_authenticated else None
