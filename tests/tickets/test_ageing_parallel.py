"""Several schedulers at once, and people who answer meanwhile: each step once, and none about what is answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from routing.enums import Ageing
from routing.models import AgeingPolicy, Calendar, CalendarSpan
from tests.conftest import Portal
from tests.factories import UserFactory, make_ticket
from tests.tickets.test_parallel import at_once
from tickets.actions.escalating import escalate_stale
from tickets.actions.reminding import follow_up_with_customers
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind, Status, WaitingOn
from tickets.models import Escalation, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)
TICKETS = 6
LONG_AGO = timedelta(days=9)


@pytest.fixture
def waiting(portal: Portal, other_portal: Portal) -> list[Ticket]:
    """Tickets that have waited for us for days, on both portals; those of the first one are returned."""
    made: list[Ticket] = []
    for one in (other_portal, portal):
        with tenant_scope(one.tenant):
            calendar = Calendar.objects.create(name="Always", zone="UTC", is_default=True)
            for weekday in range(7):
                CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=0, closes=24 * 60)
            AgeingPolicy.objects.create(condition=Ageing.WAITING_ON_US, minutes=60)
            made = [make_ticket(requester=UserFactory(), topic=one.topic) for _ in range(TICKETS)]
            TicketEvent.objects.update(fanned_out_at=timezone.now())
            Ticket.objects.update(waiting_since=timezone.now() - LONG_AGO)
    return made


def answer(portal: Portal, ticket: Ticket) -> Any:
    return reply_to_ticket(actor=portal.agent, ticket=ticket, body="Done", channel=Channel.PORTAL, as_staff=True)


def test_of_several_schedulers_each_step_is_taken_by_one(portal, other_portal, waiting):
    taken = at_once(portal, lambda _: escalate_stale(), times=4)

    with tenant_scope(portal.tenant):
        escalate_stale()  # what one had locked while another asked
        steps = TICKETS * 3
        assert sum(taken) <= Escalation.objects.count() == steps
        assert TicketEvent.objects.filter(kind=EventKind.ESCALATED).count() == steps
        assert escalate_stale() == 0
    with tenant_scope(other_portal.tenant):
        assert not Escalation.objects.exists()


def test_what_is_answered_at_the_same_moment_is_told_before_the_answer_or_not_at_all(portal, other_portal, waiting):
    def work(number: int) -> object:
        return answer(portal, waiting[number]) if number < TICKETS else escalate_stale()

    at_once(portal, work, times=TICKETS + 2)

    with tenant_scope(portal.tenant):
        for ticket in Ticket.objects.all():
            assert ticket.waiting_on == WaitingOn.CUSTOMER
            kinds = list(ticket.events.order_by("pk").values_list("kind", flat=True))
            after = kinds[kinds.index(EventKind.REPLIED) :]
            assert EventKind.ESCALATED not in after
            assert kinds.count(EventKind.ESCALATED) == ticket.escalations.count() <= 3


@pytest.mark.parametrize("closes_after", [None, 60])
def test_of_several_schedulers_one_reminds_a_customer_and_one_closes(portal, other_portal, waiting, closes_after):
    with tenant_scope(portal.tenant):
        for ticket in waiting:
            answer(portal, ticket)
        TicketEvent.objects.update(fanned_out_at=timezone.now())
        reminded_at = timezone.now() - LONG_AGO / 2 if closes_after else None
        Ticket.objects.update(waiting_since=timezone.now() - LONG_AGO, reminded_at=reminded_at)
        AgeingPolicy.objects.create(condition=Ageing.WAITING_FOR_CUSTOMER, minutes=60, closes_after=closes_after)

    done = at_once(portal, lambda _: follow_up_with_customers(), times=4)

    assert sum(done) == TICKETS
    with tenant_scope(portal.tenant):
        kind = EventKind.CLOSED if closes_after else EventKind.REMINDED
        assert TicketEvent.objects.filter(kind=kind).count() == TICKETS
        assert Ticket.objects.filter(status=Status.CLOSED).count() == (TICKETS if closes_after else 0)
