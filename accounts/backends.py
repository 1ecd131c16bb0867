from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.folding import fold_address
from accounts.models import User
from accounts.scoping import current_tenant, is_inside_tenant


class TenantBackend(BaseBackend):
    """Signs a person in on the portal whose scope is active; a session from another portal finds nobody here."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        user: User | None = User.objects.filter(email_key=fold_address(email)).first()
        if user is None or not user.has_usable_password():
            make_password(password)  # an unknown address takes as long as a known one
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        if not is_inside_tenant():
            return None  # the list of portals, where nobody is signed in
        people = User.objects.select_related("organisation__agreement")
        user: User | None = people.filter(pk=user_id, is_active=True).first()
        if user is not None:
            user.tenant = current_tenant()
        return user
