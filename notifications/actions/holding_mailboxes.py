"""Who reads a mailbox right now, how far it is read, and what is wrong with it."""

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.enums import MailboxTrouble
from notifications.facts import LeaseLost, Stumbled
from notifications.imap import MailboxAway
from notifications.models import Mailbox

LEASE = timedelta(minutes=2)  # reading the same twice at once stores nothing twice, so it may be short
RENEWED_AFTER = 20.0  # seconds
PAUSE = timedelta(minutes=1)  # between two looks
LONGEST_PAUSE = timedelta(minutes=10)
log = logging.getLogger(__name__)


@dataclass
class Hold:
    """The right to read one mailbox, until somebody else has taken it over or it was paused. `has_more`: it is to be
    read on at once."""

    mailbox: Mailbox
    holder: UUID
    has_more: bool = False
    renewed: float = field(default_factory=time.monotonic)

    @contextlib.contextmanager
    def let_go_after(self) -> Iterator[None]:
        """Let go of it when the block ends, and write down what went wrong in it. Database errors go on; the lease then
        runs out by itself."""
        try:
            yield
        except MailboxAway as away:
            self.fail(away)
        except LeaseLost:
            self.release()
        except (OperationalError, InterfaceError):
            raise
        except Stumbled:
            self.leave()
        except Exception as broken:
            log.exception("Mailbox %s stopped at an unforeseen place", self.mailbox.pk)
            self.fail(MailboxAway(MailboxTrouble.STRANGE, type(broken).__name__))
        else:
            self.leave()

    def renew(self) -> None:
        """Stay the reader for longer, written down now and then. Raises LeaseLost."""
        if time.monotonic() - self.renewed > RENEWED_AFTER:
            self.keep()

    def keep(self, **changes: Any) -> None:
        """Stay the reader, and write down how far it is read. Raises LeaseLost when somebody else reads it by now, or
        it is to be read no longer."""
        with transaction.atomic(durable=True):
            kept = self._mine().filter(is_active=True).update(lease_until=timezone.now() + LEASE, **changes)
        if not kept:
            raise LeaseLost
        self.renewed = time.monotonic()
        for name, value in changes.items():
            setattr(self.mailbox, name, value)

    def leave(self) -> None:
        """Let go of it after it could be read: it is well again."""
        now = timezone.now()
        again = now if self.has_more else now + PAUSE
        with transaction.atomic(durable=True):
            self._mine().update(**well(now), holder=None, lease_until=None, next_check_at=again)

    def fail(self, away: MailboxAway) -> None:
        """Let go of it after it could not be read; it rests longer, the longer that lasts."""
        self.has_more = False
        now = timezone.now()
        since = self.mailbox.failing_since or now
        pause = min(max((now - since) / 4, PAUSE), LONGEST_PAUSE)
        log.warning("Mailbox %s cannot be read: %s %s", self.mailbox.pk, away.trouble.label, away.reply)
        with transaction.atomic(durable=True):
            self._mine().update(
                failing_since=since,
                trouble=trouble_text(away.trouble, away.reply),
                holder=None,
                lease_until=None,
                next_check_at=now + pause,
            )

    def release(self) -> None:
        """Let go of it as it is, for whoever comes next."""
        with transaction.atomic(durable=True):
            self._mine().update(holder=None, lease_until=None)

    def _mine(self) -> Any:
        return Mailbox.objects.filter(pk=self.mailbox.pk, holder=self.holder)


def take_hold(mailbox: Mailbox) -> Hold | None:
    """Become the reader of a mailbox; None where somebody else is, or it is paused."""
    now, holder = timezone.now(), uuid4()
    free = Q(holder=None) | Q(lease_until__lt=now)
    with transaction.atomic(durable=True):
        won = Mailbox.objects.filter(free, pk=mailbox.pk, is_active=True).update(holder=holder, lease_until=now + LEASE)
    if not won:
        return None
    mailbox.refresh_from_db()
    return Hold(mailbox, holder)


def well(now: datetime) -> dict[str, Any]:
    return {"checked_at": now, "failing_since": None}


def trouble_text(trouble: MailboxTrouble, reply: str = "") -> str:
    """What is kept of a trouble: its kind, and the server's own words (`notifications.mailbox_words` says it)."""
    return f"{trouble.value}: {reply}"[:500]
