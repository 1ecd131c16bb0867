"""Second factors: adding, using and taking away what a person proves who they are with besides the first step."""

import secrets
import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions.ending_sessions import end_sessions
from accounts.authenticator import accepted_step
from accounts.enums import AccountEventKind, FactorKind
from accounts.models import AccountEvent, RecoveryCode, SecondFactor, User
from accounts.passkeys import NewPasskey, Place, WrongPasskey, credential_of, proven_sign_count
from accounts.poking import poke_worker
from accounts.queries.security import must_have_factor
from accounts.sealing import Unreadable, keyed_digest, keyed_digests, seal, unseal

PASSKEYS, RECOVERY_CODES = 10, 10  # that one person has
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else
_HALF = 5  # letters of a recovery code before and after the dash


class WrongCode(ValueError):
    """The code is not the one the app shows now, or has been used already."""


class AlreadyThere(ValueError):
    """They have this factor already, or as many as one may have."""


class LastFactor(ValueError):
    """The portal asks staff for a second factor, and this is their only one."""


def add_app(*, actor: User, user: User, secret: str, code: str, keep: str = "", browser: str = "") -> SecondFactor:
    """Make an authenticator app a factor of `user`, once it has shown a right `code` for the new `secret`.

    Their other sessions end (`keep`: the key of this one); AccountEvent `factor_added`. Raises WrongCode, AlreadyThere.
    """
    with transaction.atomic():
        person = _lock(actor, user)
        if SecondFactor.objects.filter(user=person, kind=FactorKind.TOTP).exists():
            raise AlreadyThere
        step = accepted_step(secret, code, now=time.time(), last_step=0)
        if step is None:
            raise WrongCode
        return _add(actor, person, keep, browser, kind=FactorKind.TOTP, name="", secret=seal(secret), last_step=step)


def add_passkey(
    *, actor: User, user: User, name: str, passkey: NewPasskey, keep: str = "", browser: str = ""
) -> SecondFactor:
    """Make a passkey, which the caller saw proven, a factor of `user` under a `name` of theirs.

    Their other sessions end; AccountEvent `factor_added`. Raises AlreadyThere.
    """
    with transaction.atomic():
        person = _lock(actor, user)
        passkeys = SecondFactor.objects.filter(kind=FactorKind.PASSKEY)
        known = passkeys.filter(credential_id=passkey.credential_id).exists()
        if known or passkeys.filter(user=person).count() >= PASSKEYS:
            raise AlreadyThere
        return _add(
            actor,
            person,
            keep,
            browser,
            kind=FactorKind.PASSKEY,
            name=name,
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
        )


def remove_factor(*, actor: User, user: User, factor: SecondFactor, keep: str = "", browser: str = "") -> None:
    """Take one factor away from its owner, who has just proven who they are (the caller checked it).

    With the last one the recovery codes go. Other sessions end; AccountEvent `factor_removed`. Raises LastFactor.
    """
    with transaction.atomic():
        person = _lock(actor, user)
        row = SecondFactor.objects.filter(user=person, pk=factor.pk).first()
        if row is None:
            return
        is_last = not SecondFactor.objects.filter(user=person).exclude(pk=row.pk).exists()
        if is_last and must_have_factor(person):
            raise LastFactor
        row.delete()
        if is_last:
            RecoveryCode.objects.filter(user=person).delete()
        end_sessions(actor=actor, user=person, keep=keep)
        _record(actor, person, AccountEventKind.FACTOR_REMOVED, factor=row.kind, name=row.name, browser=browser)


def reset_factors(*, actor: User, user: User) -> bool:
    """Take all factors and recovery codes from a colleague or customer who has lost them, for administrators.

    They are signed out everywhere and told; on a portal that asks for a factor they add a new one when they sign in
    next. Returns whether there was anything to take.
    """
    if not actor.is_administrator or actor.pk == user.pk:
        raise PermissionError("Factors are reset by an administrator, for somebody else")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        removed = SecondFactor.objects.filter(user=person).delete()[0]
        RecoveryCode.objects.filter(user=person).delete()
        if not removed:
            return False
        end_sessions(actor=actor, user=person)
        _record(actor, person, AccountEventKind.FACTOR_REMOVED, all=True)
    return True


def renew_recovery_codes(*, actor: User, user: User, keep: str = "", browser: str = "") -> list[str]:
    """New recovery codes in place of all earlier ones. Only digests are kept: the answer is the one time they can be
    shown. Other sessions end; AccountEvent `codes_renewed`, which knows whether they are the `first` ones. Raises
    LastFactor when there is no factor to recover from.
    """
    with transaction.atomic():
        person = _lock(actor, user)
        if not SecondFactor.objects.filter(user=person).exists():
            raise LastFactor
        replaced, _by_model = RecoveryCode.objects.filter(user=person).delete()
        codes = [_new_recovery_code() for _number in range(RECOVERY_CODES)]
        rows = [RecoveryCode(user=person, digest=keyed_digest(_purpose(person), _letters(code))) for code in codes]
        RecoveryCode.objects.bulk_create(rows)
        end_sessions(actor=actor, user=person, keep=keep)
        _record(actor, person, AccountEventKind.CODES_RENEWED, first=not replaced, browser=browser)
    return codes


def use_app_code(*, actor: User, user: User, code: str) -> bool:
    """Whether `code` is what the person's app shows now. A code counts once: the row is locked, its step written."""
    with transaction.atomic():
        apps = SecondFactor.objects.select_for_update().filter(user=user, kind=FactorKind.TOTP)
        factor: SecondFactor | None = apps.first()
        if factor is None:
            return False
        try:
            secret = unseal(factor.secret)
        except Unreadable:
            return False
        step = accepted_step(secret, code, now=time.time(), last_step=factor.last_step)
        if step is None:
            return False
        factor.last_step, factor.used_at = step, timezone.now()
        factor.save(update_fields=["last_step", "used_at"])
    return True


def use_recovery_code(*, actor: User, user: User, code: str) -> bool:
    """Whether `code` is one of the person's unused recovery codes; it is used up by that, for everybody at once."""
    digests = keyed_digests(_purpose(user), _letters(code))
    unused = RecoveryCode.objects.filter(user=user, digest__in=digests, used_at__isnull=True)
    return bool(unused.update(used_at=timezone.now()))


def use_passkey(*, actor: User, user: User, place: Place, answer: str, challenge: str) -> bool:
    """Whether the browser's `answer` to our `challenge` is by one of the person's passkeys. Its counter moves on, so
    that a copy of the key is noticed."""
    with transaction.atomic():
        try:
            passkeys = SecondFactor.objects.select_for_update().filter(user=user, kind=FactorKind.PASSKEY)
            factor: SecondFactor | None = passkeys.filter(credential_id=credential_of(answer)).first()
            if factor is None:
                return False
            factor.sign_count = proven_sign_count(
                place,
                answer,
                challenge=challenge,
                public_key=bytes(factor.public_key),
                sign_count=factor.sign_count,
            )
        except WrongPasskey:
            return False
        factor.used_at = timezone.now()
        factor.save(update_fields=["sign_count", "used_at"])
    return True


def _lock(actor: User, user: User) -> User:
    if actor.pk != user.pk:
        raise PermissionError("Factors are changed by their owner")
    person: User = User.objects.select_for_update().get(pk=user.pk)
    return person


def _add(actor: User, person: User, keep: str, browser: str, **values: Any) -> SecondFactor:
    factor: SecondFactor = SecondFactor.objects.create(user=person, created_at=timezone.now(), **values)
    end_sessions(actor=actor, user=person, keep=keep)
    _record(actor, person, AccountEventKind.FACTOR_ADDED, factor=factor.kind, name=factor.name, browser=browser)
    return factor


def _record(actor: User, person: User, kind: AccountEventKind, **data: Any) -> None:
    AccountEvent.objects.create(actor=actor, user=person, kind=kind, data=data)
    poke_worker()


def _new_recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _letter in range(2 * _HALF))
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def _letters(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum())


def _purpose(person: User) -> str:
    return f"accounts.recovery:{person.tenant_id}:{person.pk}"
