"""How tickets stand as customers know it: of what a reply did that can still be taken back they are told with it."""

from collections.abc import Collection

from tickets.models import Ticket
from tickets.queries import replies_not_out
from tickets.rules import stand_again


def stand_as_known(tickets: Collection[Ticket]) -> None:
    """Let tickets stand, in memory and for a customer's page alone, as they did before replies that are not out. One
    query. Doors read the row itself."""
    by_key = {ticket.pk: ticket for ticket in tickets}
    for event in replies_not_out().filter(ticket__in=by_key).order_by("-pk") if by_key else ():
        stand_again(by_key[event.ticket_id], event.data["before"], event.data["after"])
