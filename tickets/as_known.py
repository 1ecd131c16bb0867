"""How tickets stand as customers know it: of what a reply did that can still be taken back they are told with it."""

from collections.abc import Collection
from functools import cached_property

from django.db.models import Q

from tickets.enums import Status
from tickets.models import Ticket, TicketEvent
from tickets.queries import replies_not_out
from tickets.rules import stand_again


class AsKnown:
    """Tickets as they were before replies that are not out. Asks for those replies once, when it is asked first: in
    the condition of a list they took longer than the list."""

    def is_closed(self) -> Q:
        """Whether a ticket is closed as far as customers know."""
        unheard = [event.ticket_id for event in self._not_out if event.data.get("closed")]
        heard_closed = [event.ticket_id for event in self._not_out if event.data.get("reopened")]
        closed = Q(status=Status.CLOSED)
        if unheard:
            closed &= ~Q(pk__in=unheard)
        return closed | Q(pk__in=heard_closed) if heard_closed else closed

    def stand(self, tickets: Collection[Ticket]) -> None:
        """Let tickets stand so in memory, for a customer's page alone. Doors read the row itself."""
        by_key = {ticket.pk: ticket for ticket in tickets}
        for event in self._not_out if by_key else ():
            if event.ticket_id in by_key:
                stand_again(by_key[event.ticket_id], event.data["before"], event.data["after"])

    @cached_property
    def _not_out(self) -> list[TicketEvent]:
        return list(replies_not_out().order_by("-pk"))
