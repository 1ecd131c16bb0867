"""The tickets that are about one service message are answered together, with the same words (I1). A worker does it.

Each ticket is a transaction of its own, in which its link lets go of the answer and the row counts it. So a worker may
die at any point, two may be at it, and each ticket is answered once.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.poking import poke_answers
from knowledge.models import ServiceMessage
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, Status
from tickets.known_trouble import waiting_links, waiting_together
from tickets.locking import lock_ticket
from tickets.models import SharedAnswer, Ticket, TicketServiceMessage
from tickets.queries import desk_tickets
from tickets.rules import AnswersMissing, require_agent

A_TURN = 50  # tickets
SECONDS_A_TURN = 10.0
SECONDS_A_TURN_EMBEDDED = 1.0  # mails come in between
KEPT_FOR = timedelta(days=7)
log = logging.getLogger(__name__)


def answer_together(*, actor: User, message: ServiceMessage, body: str, closes: bool) -> SharedAnswer | None:
    """Have a worker reply to the linked open tickets the actor sees now, each once. `closes`: and close them. When it
    turns out not to be over, they can be answered once more after it is.

    Returns what the worker follows; None where no ticket waits, or an answer is on its way to all of them already.
    Raises PermissionError unless by an agent.
    """
    require_agent(actor)
    with transaction.atomic():
        links = waiting_links().filter(service_message=message, ticket__in=waiting_together(actor, message))
        # Locked first: of two who press at once, one gets a ticket.
        locked = TicketServiceMessage.objects.select_for_update().filter(pk__in=links.values("pk"), shared_answer=None)
        keys = [link.pk for link in locked.order_by("pk")]
        if not keys:
            return None
        answer: SharedAnswer = SharedAnswer.objects.create(
            service_message=message,
            body=body,
            closes=closes,
            total=len(keys),
            created_by=actor,
            created_at=timezone.now(),
        )
        TicketServiceMessage.objects.filter(pk__in=keys).update(shared_answer=answer)
        poke_answers()
    return answer


def give_answers() -> bool:
    """Give the tenant's oldest answer that is on its way to some of its tickets. Called by the clock, and restartable
    anywhere. What follows is as for any reply.

    A ticket is left out that was closed meanwhile, or that whoever answers sees no more; one that is no longer about it
    has no link. Returns whether something may be left. Raises database errors only: it is then tried again.
    """
    answer = SharedAnswer.objects.filter(ended_at=None).select_related("created_by").order_by("pk").first()
    if answer is None:
        return False
    end = time.monotonic() + (SECONDS_A_TURN if settings.CELERY_BROKER_URL else SECONDS_A_TURN_EMBEDDED)
    for link, ticket in answer.links.order_by("pk").values_list("pk", "ticket_id")[:A_TURN]:
        _give_once(answer, link, ticket)
        if time.monotonic() > end:
            break
    if not answer.links.exists():
        SharedAnswer.objects.filter(pk=answer.pk, ended_at=None).update(ended_at=timezone.now())
    return SharedAnswer.objects.filter(ended_at=None).exists()


def forget_shared_answers() -> int:
    """Delete this tenant's that were given a week ago and before; the replies stay. Returns how many."""
    deleted, _each = SharedAnswer.objects.filter(ended_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def _give_once(answer: SharedAnswer, link: int, ticket: int) -> None:
    """Give it to one ticket, or leave that out for ever: it would hold up all others."""
    try:
        with transaction.atomic():
            _give(answer, link, ticket)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        log.exception("Ticket %s could not get shared answer %s", ticket, answer.pk)
        TicketServiceMessage.objects.filter(pk=link, shared_answer=answer).update(shared_answer=None)


def _give(answer: SharedAnswer, link: int, ticket: int) -> None:
    locked, actor = lock_ticket(Ticket(pk=ticket)), answer.created_by
    links = TicketServiceMessage.objects.filter(pk=link, shared_answer=answer)
    if locked.is_closed or not desk_tickets(actor).filter(pk=ticket).exists():
        links.update(shared_answer=None)
        return
    if not links.update(shared_answer=None, answered_at=timezone.now()):
        return  # another worker was faster, or it is no longer about it
    status, kept_open = (Status.CLOSED if answer.closes else Status.WAITING_FOR_CUSTOMER), 0
    try:
        with transaction.atomic():
            _reply(actor, locked, answer.body, status)
    except AnswersMissing:
        _reply(actor, locked, answer.body, Status.IN_PROGRESS)  # the answer that is missing is ours
        kept_open = 1
    counted = {"done": F("done") + 1, "kept_open": F("kept_open") + kept_open}
    SharedAnswer.objects.filter(pk=answer.pk).update(**counted)


def _reply(actor: User, ticket: Ticket, body: str, status: Status) -> None:
    reply_to_ticket(actor=actor, ticket=ticket, body=body, channel=Channel.PORTAL, as_staff=True, and_status=status)
