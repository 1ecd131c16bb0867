"""A change of promised times says what it would do, and does just that: each ticket once, however often workers die."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Agreement, Organisation
from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.models import AgreementLevel, Calendar, CalendarSpan, ServiceLevel, ServiceTarget
from routing.promised import mark_of_change, promised_from
from routing.promises import Promises
from tests.factories import make_ticket
from tests.pages import snapshot
from tickets.actions import following_changes, recalculating
from tickets.actions.closing import close_ticket
from tickets.actions.following_changes import work_on_times
from tickets.actions.recalculating import begin_daily, change_times, forget_recalculations, weigh
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind, TimesChange
from tickets.models import Recalculation, Ticket, TicketEvent

MONDAY = datetime(2026, 1, 12, 9, tzinfo=ZoneInfo("Europe/Stockholm"))


@pytest.fixture(autouse=True)
def monday():
    with mock.patch.object(timezone, "now", return_value=MONDAY):
        yield


def standard(minutes: int = 240) -> ServiceLevel:
    calendar = Calendar.objects.create(name="Office", zone="Europe/Stockholm", is_default=True)
    for weekday in range(5):
        CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=9 * 60, closes=17 * 60)
    level: ServiceLevel = ServiceLevel.objects.create(name="Standard", is_default=True)
    ServiceTarget.objects.create(level=level, priority="medium", measure="first_answer", minutes=minutes)
    return level


@pytest.fixture
def tickets(in_scope, other_portal):
    """Six that wait for their first answer, one answered, one closed; on another portal, one more."""
    with tenant_scope(other_portal.tenant):
        standard()
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
        fan_out_pending(always)
    standard()
    made = [make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=f"No. {n}") for n in range(8)]
    reply_to_ticket(actor=in_scope.agent, ticket=made[6], body="So.", channel=Channel.PORTAL, as_staff=True)
    close_ticket(actor=in_scope.customer, ticket=made[7])
    fan_out_pending(always)
    return made


def set_minutes(minutes: int):
    def change():
        ServiceTarget.objects.update(minutes=minutes)
        return minutes

    return change


def changed(portal, change, why=TimesChange.LEVEL):
    return change_times(actor=portal.administrator, why=why, change=change)


def told() -> list[int]:
    return sorted(TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).values_list("ticket", flat=True))


def due() -> list[datetime | None]:
    return list(Ticket.objects.order_by("pk").values_list("due_at", flat=True))


def in_hours(hours: int) -> datetime:
    return MONDAY + timedelta(hours=hours)


def test_what_is_weighed_is_what_happens_and_weighing_changes_nothing(in_scope, other_portal, tickets):
    before = snapshot()

    weighed = weigh(actor=in_scope.administrator, change=set_minutes(60))

    assert (weighed.total, weighed.moved, weighed.trial) == (7, 6, None)
    assert snapshot() == before

    made, row = changed(in_scope, set_minutes(60))
    assert made == 60
    assert row.mark == weighed.mark
    assert due()[0] == in_hours(4), "the worker has not come yet"
    work_on_times()
    row.refresh_from_db()
    assert (row.state, row.moved, row.done) == ("done", 6, 7)
    assert due() == [in_hours(1)] * 6 + [None] * 2
    assert told() == [ticket.pk for ticket in tickets[:6]]
    event = TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).first()
    assert (event.data, event.actor) == ({"why": "level"}, in_scope.administrator)
    with tenant_scope(other_portal.tenant):
        assert due() == [in_hours(4)]
        assert told() == []


def test_what_changes_no_promise_needs_no_worker(in_scope, tickets):
    def rename():
        ServiceLevel.objects.update(name="Usual")

    assert weigh(actor=in_scope.administrator, change=rename).moved == 0
    assert changed(in_scope, rename)[1] is None
    assert not work_on_times()


def test_what_a_change_raises_leaves_everything_as_it_was(in_scope, tickets):
    def fail():
        ServiceTarget.objects.update(minutes=5)
        raise ValueError("no")

    before = snapshot()
    for door in (
        lambda: weigh(actor=in_scope.administrator, change=fail),
        lambda: changed(in_scope, fail),
    ):
        with pytest.raises(ValueError, match="no"):
            door()
        assert snapshot() == before


def test_only_administrators_weigh(in_scope, tickets):
    with pytest.raises(PermissionError):
        weigh(actor=in_scope.agent, change=set_minutes(60))


def test_killed_between_portions_and_within_one_each_ticket_is_told_once(in_scope, tickets, monkeypatch):
    monkeypatch.setattr(following_changes, "PORTION", 2)
    _made, row = changed(in_scope, set_minutes(60))
    work_on_times(seconds=0)
    assert len(told()) == 2

    class Killed(BaseException):
        pass

    with (
        mock.patch.object(following_changes, "record_events", side_effect=Killed),
        pytest.raises(Killed),
    ):
        work_on_times(seconds=0)
    assert due()[:3] == [in_hours(1), in_hours(1), in_hours(4)], "a portion is whole or was never"
    assert not work_on_times(), "the dead one still has the lease"
    with mock.patch.object(timezone, "now", return_value=MONDAY + timedelta(minutes=2)):
        work_on_times()

    row.refresh_from_db()
    assert (row.state, row.moved, row.done) == ("done", 6, 7)
    assert told() == [ticket.pk for ticket in tickets[:6]]
    assert due()[:6] == [in_hours(1)] * 6


def test_of_two_workers_that_were_at_it_one_counts(in_scope, tickets, monkeypatch):
    """The first sleeps within its portion until its lease has run out, and another one does all of it."""
    monkeypatch.setattr(following_changes, "PORTION", 2)
    _made, row = changed(in_scope, set_minutes(60))
    keep = following_changes._keep

    def slowly(mine, touched):
        monkeypatch.setattr(following_changes, "_keep", keep)
        Recalculation.objects.filter(pk=mine.pk).update(lease_until=MONDAY + timedelta(minutes=9))
        return keep(mine, touched)

    monkeypatch.setattr(following_changes, "_keep", slowly)
    work_on_times(seconds=0)
    assert told() == [], "taken back, because the lease was another one's by then"
    Recalculation.objects.filter(pk=row.pk).update(lease_until=None)
    work_on_times()
    assert told() == [ticket.pk for ticket in tickets[:6]]


def test_a_reply_that_is_read_between_change_and_worker_is_not_called_a_change(in_scope, tickets):
    changed(in_scope, set_minutes(60))
    reply_to_ticket(actor=in_scope.agent, ticket=tickets[0], body="So.", channel=Channel.PORTAL, as_staff=True)
    fan_out_pending(always)
    work_on_times()

    assert told() == [ticket.pk for ticket in tickets[1:6]]
    assert due()[:2] == [None, in_hours(1)]


def test_a_worker_that_read_the_promises_before_reads_them_again(in_scope, tickets):
    from tickets.actions.keeping_time import keep_time
    from tickets.recalculations import LatestPromises

    latest = LatestPromises()
    keep_time(ticket=tickets[0], promises=latest)
    changed(in_scope, set_minutes(60))
    work_on_times()

    assert not keep_time(ticket=tickets[0], promises=latest)
    assert due()[0] == in_hours(1)


def test_many_are_counted_by_a_worker_and_asked_again_answered_from_that(in_scope, tickets, monkeypatch):
    monkeypatch.setattr(recalculating, "AT_ONCE", 3)
    ask = lambda minutes: weigh(actor=in_scope.administrator, change=set_minutes(minutes))  # noqa: E731
    first = ask(60)
    assert (first.moved, first.trial.state) == (None, "waiting")
    assert ask(60).trial == first.trial
    other = ask(30)
    assert not Recalculation.objects.filter(pk=first.trial.pk).exists(), "they have changed their mind"
    before = snapshot(without=("tickets.Recalculation",))
    work_on_times()

    assert snapshot(without=("tickets.Recalculation",)) == before
    assert (ask(30).moved, ask(30).trial) == (6, other.trial)


def test_the_portals_day_begins_and_agreements_end(in_scope, tickets):
    gold = ServiceLevel.objects.create(name="Gold")
    ServiceTarget.objects.create(level=gold, priority="medium", measure="first_answer", minutes=60)
    agreement = Agreement.objects.create(name="Enterprise")
    AgreementLevel.objects.create(agreement=agreement, level=gold)
    kund = Organisation.objects.create(name="Kund", agreement=agreement, agreement_until=MONDAY.date())
    Ticket.objects.filter(pk=tickets[0].pk).update(organisation=kund)
    begin_daily()
    assert begin_daily() is None
    work_on_times()
    assert (due()[:2], told()) == ([in_hours(1), in_hours(4)], [tickets[0].pk])

    with mock.patch.object(timezone, "now", return_value=MONDAY + timedelta(hours=15, minutes=1)):
        assert begin_daily() is not None
        work_on_times()
    assert (due()[:2], told()) == ([in_hours(4)] * 2, [tickets[0].pk] * 2)
    whys = TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).values_list("data", "actor")
    assert list(whys) == [({"why": "agreement"}, None)] * 2


def test_what_waits_to_be_read_is_no_change_of_the_day(in_scope, tickets):
    reply_to_ticket(actor=in_scope.agent, ticket=tickets[0], body="So.", channel=Channel.PORTAL, as_staff=True)
    begin_daily()
    work_on_times()
    assert told() == []


def test_promises_are_the_same_after_they_were_kept_as_json(in_scope, tickets):
    gold = ServiceLevel.objects.create(
        name="Gold", calendar=Calendar.objects.create(name="Other", zone="Asia/Kathmandu")
    )
    agreement = Agreement.objects.create(name="Enterprise")
    AgreementLevel.objects.create(agreement=agreement, level=gold)
    Organisation.objects.create(name="Kund", agreement=agreement, agreement_from=MONDAY.date())
    in_scope.department.calendar = gold.calendar
    in_scope.department.save()

    promised = Promises().promised()

    assert promised_from(promised.as_data()) == promised
    assert len(promised.holders) == len(promised.departments) == 1
    assert mark_of_change(promised, promised) == mark_of_change(promised_from(promised.as_data()), promised)


def test_old_ones_are_forgotten(in_scope, other_portal, tickets):
    changed(in_scope, set_minutes(60))
    Recalculation.objects.update(created_at=MONDAY - timedelta(days=8))
    assert forget_recalculations() == 1


def test_after_an_upgrade_earlier_tickets_get_their_figures_in_silence(in_scope, other_portal):
    """As the migration begins it: also closed ones, and nothing is promised yet."""
    tickets = [make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject=word) for word in ("One", "Two")]
    with mock.patch.object(timezone, "now", return_value=MONDAY + timedelta(minutes=90)):
        reply_to_ticket(actor=in_scope.agent, ticket=tickets[0], body="So.", channel=Channel.PORTAL, as_staff=True)
        close_ticket(actor=in_scope.customer, ticket=tickets[0])
    Recalculation.objects.create(kind="upgrade", created_at=MONDAY)
    work_on_times()

    rows = Ticket.objects.order_by("pk").values_list("first_answer_minutes", "due_at")
    assert (list(rows), told()) == ([(90, None), (None, None)], [])
    assert Recalculation.objects.get().state == "done"
