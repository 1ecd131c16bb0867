"""Sessions as rows their owner can see: kept fresh, and ended."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Session, User

FRESH = timedelta(minutes=10)


def end_sessions(*, actor: User | None, user: User, keep: str = "") -> int:
    """Sign `user` out everywhere, at once; except in the session whose key is `keep`. Returns how many ended.

    For whoever changes a password, a factor or an address, deactivates or closes an account. Records
    `sessions_ended` when there were any. Does not decide who may: the door that calls it does.
    """
    with transaction.atomic():
        rows = Session.objects.filter(user=user).exclude(session_key=keep)
        ended = rows.delete()[0]
        if ended:
            AccountEvent.objects.create(
                actor=actor, user=user, kind=AccountEventKind.SESSIONS_ENDED, data={"count": ended}
            )
    return int(ended)


def end_session(*, actor: User, user: User, key: str) -> bool:
    """Sign `user` out of one session, the one with this key. Returns whether there was such a one."""
    if actor.pk != user.pk:
        raise PermissionError("A session is ended by its owner")
    with transaction.atomic():
        ended = Session.objects.filter(user=user, session_key=key).delete()[0]
        if ended:
            AccountEvent.objects.create(actor=actor, user=user, kind=AccountEventKind.SESSIONS_ENDED, data={"count": 1})
    return bool(ended)


def note_seen(*, actor: User, key: str) -> None:
    """Write down that a session is in use now. The caller asks only when the last note is stale."""
    now = timezone.now()
    Session.objects.filter(session_key=key, user=actor, seen_at__lt=now - FRESH).update(seen_at=now)
