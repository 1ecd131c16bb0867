"""The ageing round asks few questions, however many tickets there are, and an index answers each."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scoping import tenant_scope
from helpdesk.schedule import JOBS, Job
from routing.enums import Ageing, Measure
from routing.models import AgeingPolicy, ServiceLevel, ServiceTarget
from routing.promises import Promises
from tests.factories import make_ticket
from tickets.actions import escalating
from tickets.actions.escalating import escalate_stale
from tickets.actions.reminding import follow_up_with_customers
from tickets.ageing import stale, steps
from tickets.enums import Channel, EventKind, Priority, Status
from tickets.models import Escalation, Ticket, TicketEvent

MANY = 3000


@pytest.fixture
def watched(in_scope, other_portal) -> ServiceLevel:
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    level: ServiceLevel = ServiceLevel.objects.create(name="Standard", is_default=True)
    for measure in Measure:
        ServiceTarget.objects.create(level=level, priority=Priority.HIGH, measure=measure, minutes=60)
    for condition in set(Ageing) - {Ageing.REOPENED}:
        AgeingPolicy.objects.create(condition=condition, minutes=60)
    AgeingPolicy.objects.create(condition=Ageing.REOPENED, times=3)
    return level


def fill(portal, level: ServiceLevel, number: int, first: int = 10_000) -> None:
    """Nineteen of twenty are closed; of the others most have gone stale, some have slept, some came back."""
    now = timezone.now()
    rows = []
    for one in range(number):
        closed, moment = one % 20 > 0, now - timedelta(hours=one)
        rows.append(
            Ticket(
                number=first + one,
                requester=portal.customer,
                department=portal.department if one % 3 else portal.other_department,
                channel=Channel.PORTAL,
                priority=Priority.values[one % 4],
                status=Status.CLOSED if closed else Status.OPEN,
                waiting_on="nobody" if closed else "us",
                waiting_since=moment,
                last_activity_at=moment,
                created_at=moment,
                closed_at=moment if closed else None,
                level=level,
                first_due_at=None if closed else moment + timedelta(days=1),
                next_due_at=None if closed or one % 40 else moment,
                next_asked_at=None if closed or one % 40 else moment,
                solution_due_at=None if closed else moment + timedelta(days=9),
                snoozed_until=moment if one % 100 == 0 else None,
                times_reopened=3 if one % 50 == 0 else 0,
            )
        )
    Ticket.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_every_step_is_answered_by_an_index(in_scope, watched):
    fill(in_scope, watched, MANY)
    now, asked = timezone.now(), 0
    for step in steps(Promises()):
        plan = stale(step, now).values_list("pk").explain()
        used = set(re.findall(r"\bticket_\w+", plan)) - {"ticket_id", "ticket_event_pending"}
        assert used, f"{step.measure or step.policy.condition}:\n{plan}"
        assert not re.search(r"Seq Scan on tickets_ticket\b|SCAN tickets_ticket(?! USING)", plan), plan
        asked += 1
    assert asked == 3 * (len(Measure) + len(Ageing) - 1)


def test_a_round_asks_the_same_number_of_questions_of_few_and_of_many(in_scope, watched):
    fill(in_scope, watched, 40, first=10_000)
    few = questions()
    fill(in_scope, watched, 400, first=20_000)
    assert questions() == few


def questions() -> int:
    """Of a round that finds nothing new."""
    escalate_stale()
    with CaptureQueriesContext(connection) as captured:
        assert escalate_stale() == 0
        assert follow_up_with_customers() == 0
    return len(captured)


def test_many_are_taken_in_portions(in_scope, watched, monkeypatch):
    fill(in_scope, watched, 400)
    monkeypatch.setattr(escalating, "A_PORTION", 3)
    AgeingPolicy.objects.exclude(condition=Ageing.WAITING_ON_US).delete()
    ServiceTarget.objects.all().delete()
    old = Ticket.objects.filter(waiting_on="us", waiting_since__lt=timezone.now() - timedelta(days=5))
    with CaptureQueriesContext(connection) as captured:
        escalate_stale()
    assert set(old.values_list("pk", flat=True)) <= set(Escalation.objects.values_list("ticket", flat=True))
    assert TicketEvent.objects.filter(kind=EventKind.ESCALATED).count() == Escalation.objects.count() > 30
    inserted = [query["sql"] for query in captured if 'INSERT INTO "tickets_escalation"' in query["sql"]]
    assert len(inserted) > 10


def test_a_turn_is_cut_short_and_the_next_ones_take_the_rest_without_holding_up_other_portals(
    in_scope, other_portal, watched, monkeypatch
):
    fill(in_scope, watched, 400)
    with tenant_scope(other_portal.tenant):
        AgeingPolicy.objects.create(condition=Ageing.WAITING_ON_US, minutes=60)
        Ticket.objects.update(waiting_since=timezone.now() - timedelta(days=9))
        TicketEvent.objects.update(fanned_out_at=timezone.now())
    job = next(job for job in JOBS if job.name == "tickets.escalate_stale")
    monkeypatch.setattr(escalating, "A_PORTION", 3)
    monkeypatch.setattr(escalating, "A_TURN", 0.0)

    assert job.turn()
    assert 1 <= Escalation.objects.count() <= 3
    with tenant_scope(other_portal.tenant):
        assert Escalation.objects.count() == 1
    assert not Job("test", job.work, every=1, each_tenant=True).turn(), "only jobs that are done in turns have several"
    job.run()
    taken = Escalation.objects.count()
    assert taken > 30
    assert escalate_stale() == 0
    assert TicketEvent.objects.filter(kind=EventKind.ESCALATED).count() == taken
    assert not job.turn()
    fill(in_scope, watched, 20, first=20_000)
    with monkeypatch.context() as busy:
        busy.setattr(escalating, "unread", lambda tickets, _now: set(tickets))
        assert not job.turn(), "what cannot be taken now is not asked for at once again"
