from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.asking_news import last_asked, may_ask
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.rules import require_part


def nudge(*, actor: User, ticket: Ticket) -> bool:
    """Ask for news of a ticket that waits for us, once a working day. It is shown to the staff until they answer, and
    a ticket that was put off is back in sight: who asks does not know that it was. Its clocks stay as they are.

    Records `nudged`. Returns whether it did; nothing happens to a ticket that does not wait for us, or of which news
    was asked today, nor where the portal does not want it. Raises PermissionError unless the actor takes part in it.
    """
    with transaction.atomic():
        locked = lock_ticket(ticket)
        require_part(actor, locked)
        now = timezone.now()
        if not may_ask(locked, last_asked(locked), now):
            return False
        locked.nudged_at, locked.snoozed_until = now, None
        locked.save(update_fields=["nudged_at", "snoozed_until"])
        record_event(EventKind.NUDGED, locked, actor=actor, at=now)
    return True
