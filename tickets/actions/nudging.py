from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.asking_news import last_asked, may_ask
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket, same_person
from tickets.models import Ticket, TicketEvent
from tickets.rules import require_agent, require_part

AGAIN_AFTER = timedelta(hours=1)


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


def nudge_assignee(*, actor: User, ticket: Ticket) -> bool:
    """Ask a colleague how it goes with an open ticket: who has it, or the whole department where nobody has. The
    customer hears nothing of it, and may ask themselves as before.

    Records `nudged` with `by`: staff. Returns whether it did; nothing happens to a closed ticket, to the actor's own,
    and where a colleague has asked within the hour. Raises PermissionError unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        asked = TicketEvent.objects.filter(ticket=locked, kind=EventKind.NUDGED, data__by="staff")
        asked_lately = asked.filter(created_at__gt=timezone.now() - AGAIN_AFTER).exists()
        if locked.is_closed or same_person(locked.assignee, actor) or asked_lately:
            return False
        record_event(EventKind.NUDGED, locked, actor=actor, data={"by": "staff"})
    return True
