"""What a person proves who they are with, and where they are signed in."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.browsers import browser_in_words
from accounts.enums import FactorKind, Role
from accounts.models import RecoveryCode, SecondFactor, Session, User
from accounts.scoping import current_tenant
from accounts.sealing import keyed_digest


@dataclass(frozen=True)
class Factors:
    """What somebody may be asked for in the second step."""

    app: SecondFactor | None
    passkeys: list[SecondFactor]
    codes_left: int

    @property
    def all(self) -> list[SecondFactor]:
        return [*([self.app] if self.app else []), *self.passkeys]

    @property
    def passkey_ids(self) -> list[bytes]:
        return [bytes(factor.credential_id) for factor in self.passkeys]


def has_factors(user: User) -> bool:
    return bool(SecondFactor.objects.filter(user=user).exists())


def factors_of(user: User) -> Factors:
    rows = list(SecondFactor.objects.filter(user=user))
    return Factors(
        app=next((row for row in rows if row.kind == FactorKind.TOTP), None),
        passkeys=[row for row in rows if row.kind == FactorKind.PASSKEY],
        codes_left=RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
    )


def must_have_factor(user: User) -> bool:
    """Whether this portal asks this person for a second factor."""
    return bool(user.is_agent and current_tenant().staff_need_second_factor)


def staff_without_factor() -> list[User]:
    """The staff who would be asked to add a second factor before they go on."""
    staff = User.objects.exclude(role=Role.CUSTOMER).filter(is_active=True)
    return list(staff.exclude(Exists(SecondFactor.objects.filter(user=OuterRef("pk")))).order_by("search_key", "pk"))


@dataclass(frozen=True)
class OpenSession:
    """A browser somebody is signed in with. `mark` names it on pages; its `key`, which would open it, never leaves."""

    key: str
    mark: str
    browser: str
    network: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def sessions_of(user: User, *, present: str = "") -> list[OpenSession]:
    """Where somebody is signed in: the session with the key `present` first, then the latest used."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "session_key")
    found = [
        OpenSession(
            key=row.session_key,
            mark=session_mark(row.session_key),
            browser=browser_in_words(row.browser),
            network=row.network,
            began_at=row.began_at,
            seen_at=row.seen_at,
            is_this=row.session_key == present,
        )
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_this)


def session_with_mark(user: User, mark: str) -> OpenSession | None:
    return next((one for one in sessions_of(user) if hmac.compare_digest(one.mark.encode(), mark.encode())), None)


def session_mark(key: str) -> str:
    return keyed_digest("accounts.sessions", key)[:20]
