"""When a mail is tried again, and when a digest is sent."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.enums import DigestPace

GIVE_UP_AFTER = timedelta(days=3)
REPEAT_UNHEARD_AFTER = timedelta(minutes=1)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60))
_LAST_WAIT = timedelta(hours=12)
_JITTER = 0.2
MORNING = 7  # o'clock, where the reader is
HOURLY = timedelta(hours=1)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: growing, and spread so that a crowd of mails does not return at once."""
    wait = _WAITS[max(attempts, 1) - 1] if attempts <= len(_WAITS) else _LAST_WAIT
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret


def next_attempt(*, attempts: int, now: datetime, give_up_at: datetime) -> datetime | None:
    """The moment of the next attempt, or None when it is time to give up."""
    moment = now + wait_after(attempts)
    return moment if moment <= give_up_at else None


def is_digest_due(pace: DigestPace, first: datetime, now: datetime, zone: str) -> bool:
    """Whether what has been collected since `first` is told now: an hour after it, or the next morning after it."""
    if pace == DigestPace.HOURLY:
        return now >= first + HOURLY
    here = first.astimezone(ZoneInfo(zone))
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return now >= (morning if here < morning else morning + timedelta(days=1))
