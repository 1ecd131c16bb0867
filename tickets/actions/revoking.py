from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Ticket, TicketLink
from tickets.rules import require_agent


def revoke_links(*, actor: User, ticket: Ticket) -> int:
    """Void every link that mails about a ticket carry, for when one reached the wrong eyes. Returns how many.

    The next mail carries a new one, to its recipient only. Records `links_revoked`; nothing happens without live links.
    Raises PermissionError unless the actor is an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        revoked = TicketLink.objects.filter(ticket=locked, revoked_at=None).update(revoked_at=timezone.now())
        if revoked:
            record_event(EventKind.LINKS_REVOKED, locked, actor=actor)
    return int(revoked)
