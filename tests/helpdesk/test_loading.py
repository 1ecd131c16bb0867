"""A portal filled for trials stands as its events tell, like one in which all of it was done."""

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.scoping import tenant_scope
from routing.models import ServiceLevel
from tickets.actions.keeping_time import keep_time
from tickets.enums import EventKind, Status, WaitingOn
from tickets.models import Ticket, TicketEvent
from tickets.standing import standings

NUMBER = 150


@pytest.fixture
def loaded(in_scope):
    level = ServiceLevel.objects.create(name="All", is_default=True)
    for priority in ("low", "medium", "high", "urgent"):
        for measure, minutes in (("first_answer", 240), ("next_answer", 480), ("solution", 40 * 60)):
            level.targets.create(priority=priority, measure=measure, minutes=minutes)
    call_command("load_tickets", str(NUMBER), portal=in_scope.tenant.slug, stdout=StringIO())
    return in_scope


def test_the_rows_say_what_the_events_tell(loaded):
    tickets = list(Ticket.objects.prefetch_related("events"))
    assert len(tickets) == NUMBER
    for ticket in tickets:
        told = standings(ticket.events.all())
        assert (ticket.waiting_on, ticket.waiting_since, ticket.closed_at) == (
            told[-1].waiting_on,
            told[-1].since,
            told[-1].closed_at,
        )
        assert not keep_time(ticket=ticket)
        moments = [event.created_at for event in ticket.events.all()]
        assert moments == sorted(moments)
        assert moments[-1] <= timezone.now()
    assert not TicketEvent.objects.pending().exists()  # nobody is mailed of what never happened


def test_there_is_something_of_everything(loaded):
    waits = Counter(Ticket.objects.values_list("waiting_on", flat=True))
    assert set(waits) == set(WaitingOn)
    assert waits[WaitingOn.NOBODY] > NUMBER * 0.8
    late = Ticket.objects.filter(first_answer_minutes__gt=240).count()
    assert 0 < late < Ticket.objects.exclude(first_answered_at=None).count()
    assert Ticket.objects.exclude(due_at=None).exists()
    assert Ticket.objects.filter(times_reopened__gt=0).exists()
    assert not Ticket.objects.filter(status=Status.OPEN).exclude(assignee=None).exists()
    assert Ticket.objects.filter(created_at__lt=timezone.now() - timedelta(days=100)).exists()
    assert TicketEvent.objects.filter(kind=EventKind.WAITING_CHANGED).exists()


def test_only_the_portal_that_was_named_is_filled(loaded, other_portal):
    with tenant_scope(other_portal.tenant):
        assert not Ticket.objects.exists()
