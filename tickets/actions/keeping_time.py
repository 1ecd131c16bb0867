from django.db import transaction
from django.utils import timezone

from routing.promises import Promises
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.recalculations import LatestPromises
from tickets.timing import Timing, changed_times


def keep_time(*, actor: None = None, ticket: Ticket, promises: LatestPromises | None = None) -> bool:
    """Write into a ticket's row what its clocks show now: when they are due, how long the first answer took, how often
    it was reopened. Worked out from its events alone, so that done again nothing happens. Returns whether anything is
    another than before. Records nothing: it says nothing that the events do not say.

    `actor` is the machine. `promises`: the portal's, where the caller keeps the time of many tickets.
    """
    with transaction.atomic():
        locked = lock_ticket(ticket)
        known = promises.now() if promises else Promises()
        changed = changed_times(Timing(locked, known, timezone.now()))
        if changed:
            Ticket.objects.filter(pk=locked.pk).update(**changed)
    return bool(changed)
