"""Several workers follow a change at once, and people answer meanwhile: each ticket gets its times and event once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.models import Calendar, CalendarSpan, ServiceLevel, ServiceTarget
from tests.factories import UserFactory, make_ticket
from tests.tickets.test_parallel import at_once
from tickets.actions import following_changes
from tickets.actions.following_changes import work_on_times
from tickets.actions.recalculating import change_times
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind, TimesChange
from tickets.models import Recalculation, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)
TICKETS = 6


def test_of_several_workers_each_ticket_is_told_by_one(portal, other_portal, monkeypatch):
    monkeypatch.setattr(following_changes, "PORTION", 2)
    for one in (other_portal, portal):
        with tenant_scope(one.tenant):
            calendar = Calendar.objects.create(name="Always", zone="UTC", is_default=True)
            for weekday in range(7):
                CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=0, closes=24 * 60)
            level = ServiceLevel.objects.create(name="Standard", is_default=True)
            ServiceTarget.objects.create(level=level, priority="medium", measure="first_answer", minutes=240)
            tickets = [make_ticket(requester=UserFactory(), topic=one.topic) for _ in range(TICKETS)]
            fan_out_pending(always)
    with tenant_scope(portal.tenant):
        change_times(
            actor=portal.administrator, why=TimesChange.LEVEL, change=lambda: ServiceTarget.objects.update(minutes=60)
        )

    def work(number: int) -> object:
        if number == 3:
            return reply_to_ticket(
                actor=portal.agent, ticket=tickets[-1], body="So.", channel=Channel.PORTAL, as_staff=True
            )
        return work_on_times()

    at_once(portal, work, times=4)

    with tenant_scope(portal.tenant):
        Recalculation.objects.update(lease_until=None)
        work_on_times()
        fan_out_pending(always)
        told = list(TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).values_list("ticket", flat=True))
        assert len(told) == len(set(told)) >= TICKETS - 1
        assert Recalculation.objects.get().state == "done"
        soon = timezone.now() + timedelta(minutes=61)
        assert Ticket.objects.filter(due_at__lt=soon).count() == TICKETS - 1
        assert Ticket.objects.get(pk=tickets[-1].pk).due_at is None
    with tenant_scope(other_portal.tenant):
        assert not TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).exists()
