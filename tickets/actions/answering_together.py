"""The tickets that are about one service message are answered together, with the same words (I1)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from knowledge.models import ServiceMessage
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, Status
from tickets.known_trouble import waiting_links
from tickets.locking import lock_ticket
from tickets.models import Ticket
from tickets.queries import desk_tickets
from tickets.rules import AnswersMissing, require_agent

A_TURN = 50  # tickets, so that a request ends in time; the rest waits for the next one


@dataclass(frozen=True)
class AnsweredTogether:
    """How many were answered now, how many of those stayed open because an answer in their form is missing, and how
    many are left for another turn."""

    done: int
    kept_open: int
    left: int


def waiting_together(agent: User, message: ServiceMessage) -> list[int]:
    """The ids of the open tickets this agent sees that are linked and wait for the answer, the oldest first."""
    waiting = waiting_links().filter(service_message=message).values("ticket")
    seen = desk_tickets(agent).filter(pk__in=waiting, closed_at=None)
    return list(seen.order_by("pk").values_list("pk", flat=True))


def answer_together(*, actor: User, message: ServiceMessage, body: str, closes: bool) -> AnsweredTogether:
    """Reply to the linked open tickets the actor sees, each once, at most `A_TURN` of them. `closes`: and close them.
    When it turns out not to be over, they can be answered once more after it is.

    Each ticket is a transaction of its own, with the mark that it was answered: whatever stops the work, another turn
    goes on where it was, and two at once answer none twice. What follows is as for any reply. Raises PermissionError
    unless by an agent.
    """
    require_agent(actor)
    waiting = waiting_together(actor, message)
    outcomes = [_answer(actor, message, key, body, closes) for key in waiting[:A_TURN]]
    done = [is_closed for is_closed in outcomes if is_closed is not None]
    return AnsweredTogether(len(done), sum(closes and not is_closed for is_closed in done), len(waiting[A_TURN:]))


def _answer(actor: User, message: ServiceMessage, key: int, body: str, closes: bool) -> bool | None:
    """Whether the ticket was closed with it; None where somebody was faster."""
    with transaction.atomic():
        ticket = lock_ticket(Ticket(pk=key))
        links = waiting_links().filter(ticket=ticket, service_message=message)
        if ticket.is_closed or not links.update(answered_at=timezone.now()):
            return None
        try:
            with transaction.atomic():
                _reply(actor, ticket, body, Status.CLOSED if closes else Status.WAITING_FOR_CUSTOMER)
        except AnswersMissing:
            _reply(actor, ticket, body, Status.WAITING_FOR_CUSTOMER)
            return False
    return closes


def _reply(actor: User, ticket: Ticket, body: str, status: Status) -> None:
    reply_to_ticket(actor=actor, ticket=ticket, body=body, channel=Channel.PORTAL, as_staff=True, and_status=status)
