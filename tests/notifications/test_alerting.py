"""What goes stale is told to the right people, in one mail a round, in working hours."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.scoping import tenant_scope
from notifications.actions import alerting
from notifications.actions.alerting import alert, send_alerts
from notifications.actions.fanning_out import fan_out
from notifications.enums import DeliveryState, MailKind
from notifications.ladder import Ladder
from notifications.models import Delivery, DigestItem
from routing.enums import Ageing, Rung
from routing.models import Absence, Calendar, CalendarSpan, DepartmentMember
from tests.factories import AgentFactory, DepartmentFactory, MemberFactory, make_ticket
from tests.notifications.conftest import told
from tests.notifications.test_telling import ADMIN, AGENT, ANNA, LEAD
from tickets.actions.closing import close_ticket
from tickets.actions.handing_over import assign, claim
from tickets.actions.replying import reply_to_ticket
from tickets.actions.taking_on import take_on
from tickets.enums import Channel, EventKind
from tickets.events import record_event
from tickets.models import Ticket, TicketEvent
from tickets.queries import works_on, works_on_as_read

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _always_open(request):
    """Somebody is at work at any hour, unless a test says otherwise."""
    for name in {"in_scope", "other_portal"} & set(request.fixturenames):
        portal = request.getfixturevalue(name)
        with tenant_scope(portal.tenant):
            calendar = Calendar.objects.create(name="Day and night", zone="Europe/Stockholm", is_default=True)
            for day in range(7):
                CalendarSpan.objects.create(calendar=calendar, weekday=day, opens=0, closes=24 * 60)


@pytest.fixture
def ticket(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps")
    told(in_scope.tenant)
    Delivery.objects.all().delete()
    return ticket


def stale(ticket, rung=Rung.ASSIGNEE, condition=Ageing.WAITING_ON_US, **data):
    ticket = Ticket.objects.get(pk=ticket.pk)
    since = ticket.waiting_since.isoformat()
    said = {"rung": rung, "condition": condition, "since": since, "late": False, **data}
    return record_event(EventKind.ESCALATED, ticket, actor=None, data=said)


def names(rung, ticket, day=TODAY):
    return [person.email for person in Ladder().people_on(rung, Ticket.objects.get(pk=ticket.pk), day)]


def away(person, stand_in=None, since=TODAY, until=None):
    return Absence.objects.create(user=person, stand_in=stand_in, since=since, until=until)


def round_over(minutes=1):
    return send_alerts(timezone.now() + timedelta(minutes=minutes))


def test_the_ladder_goes_from_who_has_it_over_the_lead_to_the_support_lead(in_scope, other_portal, ticket):
    assert names(Rung.ASSIGNEE, ticket) == [AGENT, LEAD]
    claim(actor=in_scope.agent, ticket=ticket)
    assert names(Rung.ASSIGNEE, ticket) == [AGENT]
    assert names(Rung.LEAD, ticket) == [LEAD]
    assert names(Rung.SUPPORT_LEAD, ticket) == [ADMIN]
    AgentFactory(email="support@north.example", role=Role.SUPPORT_LEAD)
    assert names(Rung.SUPPORT_LEAD, ticket) == ["support@north.example"]


def test_a_department_without_a_lead_goes_to_the_one_above_and_then_up(in_scope, ticket):
    DepartmentMember.objects.filter(user=in_scope.lead).update(is_lead=False)
    assert names(Rung.LEAD, ticket) == [ADMIN]
    above = DepartmentFactory(name="Region")
    boss = AgentFactory(email="boss@north.example")
    MemberFactory(department=above, user=boss, is_lead=True)
    in_scope.department.parent = above
    in_scope.department.save()
    assert names(Rung.LEAD, ticket) == ["boss@north.example"]
    away(boss)
    assert names(Rung.LEAD, ticket) == [ADMIN]


def test_who_is_away_is_passed_over_for_their_stand_in(in_scope, ticket):
    assign(actor=in_scope.agent, ticket=ticket, assignee=in_scope.agent)
    row = away(in_scope.agent, stand_in=in_scope.lead, until=TODAY)
    assert names(Rung.ASSIGNEE, ticket) == [LEAD]
    assert names(Rung.ASSIGNEE, ticket, TODAY + timedelta(days=1)) == [AGENT]
    assert names(Rung.ASSIGNEE, ticket, TODAY - timedelta(days=1)) == [AGENT]
    away(in_scope.lead, stand_in=in_scope.agent)  # and round in a circle: nobody of the two is here
    assert names(Rung.ASSIGNEE, ticket) == [ADMIN]
    row.delete()
    assert names(Rung.LEAD, ticket) == [AGENT]


def test_a_stand_in_who_does_not_see_the_ticket_is_none(in_scope, ticket):
    claim(actor=in_scope.agent, ticket=ticket)
    stranger = AgentFactory(email="stranger@north.example")
    away(in_scope.agent, stand_in=stranger)
    assert names(Rung.ASSIGNEE, ticket) == [LEAD]


def test_one_mail_a_person_and_round_lists_every_ticket_once(in_scope, other_portal, ticket, send_all):
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It smells")
    claim(actor=in_scope.lead, ticket=other)
    for one in (ticket, other):
        stale(one)
        stale(one, Rung.LEAD, Ageing.NO_ACTIVITY, since=Ticket.objects.get(pk=one.pk).last_activity_at.isoformat())
    with tenant_scope(other_portal.tenant):
        assert round_over() == 0
    send_all(in_scope.tenant)
    assert round_over() == 2
    mails = {taken.recipient: taken for taken in send_all(in_scope.tenant)}

    assert set(mails) == {AGENT, LEAD}
    assert mails[LEAD].mail["Subject"] == "North support: 2 tickets go stale"
    assert mails[AGENT].mail["Subject"] == "North support: 1 ticket goes stale"
    for half in ("plain", "html"):
        said = mails[LEAD].part(half)
        assert said.count("[#1001] It beeps") == said.count("[#1002] It smells") == 1
        assert said.count("It waits for us, since") == said.count("Nothing has happened, since") == 2
        assert "http://north.localhost:8000/desk/tickets/1001/on-it/" in said
    assert round_over() == 0
    assert send_all(in_scope.tenant) == []


def test_a_round_asks_once_what_its_tickets_share(in_scope, other_portal, ticket):
    away(in_scope.agent, stand_in=in_scope.lead, since=date(2020, 1, 1))
    AgentFactory(email="support@north.example", role=Role.SUPPORT_LEAD)

    def questions(number: int) -> int:
        for _ in range(number):
            for rung in Rung:
                stale(ticket, rung)
        with CaptureQueriesContext(connection) as captured:
            told(in_scope.tenant)
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    few, many = questions(2), questions(12)
    assert many - few <= 4 * (12 - 2) * len(Rung)
    assert few <= 40
    assert DigestItem.objects.count() == (2 + 12) * len(Rung)
    with tenant_scope(other_portal.tenant):
        assert not DigestItem.objects.exists()


def test_who_sees_a_ticket_is_the_same_of_one_that_was_read(in_scope, other_portal, ticket):
    people = [in_scope.agent, in_scope.lead, in_scope.administrator, in_scope.customer]
    people += [AgentFactory(email="stranger@north.example"), AgentFactory(email="left@north.example", is_active=False)]
    for assignee in (None, people[4]):
        Ticket.objects.filter(pk=ticket.pk).update(assignee=assignee)
        for place in (in_scope.department, in_scope.other_department):
            Ticket.objects.filter(pk=ticket.pk).update(department=place)
            read = Ticket.objects.get(pk=ticket.pk)
            found = [works_on_as_read(one, read) for one in people]
            assert found == [works_on(one, read) for one in people]
            assert found[2:] == [True, False, assignee is not None, False]


def test_nothing_is_told_while_the_round_goes_on(in_scope, ticket):
    stale(ticket)
    assert round_over() == 0
    told(in_scope.tenant)
    assert send_alerts(timezone.now()) == 0
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    stale(other)
    assert round_over() == 0
    assert round_over(minutes=20) == 2  # the event that nobody can read holds the others up no longer


def test_outside_working_hours_it_waits_for_the_morning(in_scope, ticket):
    CalendarSpan.objects.all().delete()
    calendar = Calendar.objects.get()
    for day in range(5):
        CalendarSpan.objects.create(calendar=calendar, weekday=day, opens=8 * 60, closes=17 * 60)
    stale(ticket)
    told(in_scope.tenant)
    DigestItem.objects.update(created_at=datetime(2026, 11, 20, 18, tzinfo=UTC))
    friday_evening = datetime(2026, 11, 20, 18, tzinfo=UTC)
    assert Ladder().telling_day(ticket, friday_evening) == date(2026, 11, 23)
    for moment in (friday_evening, datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 23, 6, 59, tzinfo=UTC)):
        assert send_alerts(moment) == 0
    assert send_alerts(datetime(2026, 11, 23, 7, 0, tzinfo=UTC)) == 2


def test_what_is_settled_meanwhile_is_not_told(in_scope, ticket, send_all):
    stale(ticket)
    told(in_scope.tenant)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Soon", channel=Channel.PORTAL, as_staff=True)
    told(in_scope.tenant)
    assert round_over() == 0
    assert not DigestItem.objects.exists()

    again = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    stale(again)
    told(in_scope.tenant)
    assert round_over() == 2
    close_ticket(actor=in_scope.agent, ticket=again, as_staff=True)
    assert ANNA in {taken.recipient for taken in send_all(in_scope.tenant)}
    mails = Delivery.objects.filter(template=MailKind.ALERT)
    assert {(mail.state, mail.trouble) for mail in mails} == {(DeliveryState.FAILED, "settled")}


def test_a_promise_is_told_with_its_due_time_and_a_late_mail_says_so(in_scope, ticket, send_all):
    Ticket.objects.filter(pk=ticket.pk).update(first_due_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    stale(ticket, condition="", measure="first_answer", late=True)
    told(in_scope.tenant)
    assert round_over() == 2
    mail = send_all(in_scope.tenant)[0]
    assert mail.mail["Subject"] == "North support: 1 ticket goes stale (this mail is late)"
    assert "First answer: over the promised time since 20 Nov 2026 11:00" in mail.part("plain")


def test_killed_between_the_step_and_the_mail_there_is_still_one(in_scope, ticket, monkeypatch):
    event = stale(ticket)
    fan_out(event)
    fan_out(event)
    assert DigestItem.objects.count() == 2

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(alerting, "put_into_one_mail", die)
        with pytest.raises(KeyboardInterrupt):
            alert(actor=None, user=in_scope.agent, departments={in_scope.department.pk})
    assert not Delivery.objects.exists()
    assert round_over() == 2
    assert round_over() == 0
    assert Delivery.objects.filter(template=MailKind.ALERT).count() == 2


def test_im_on_it_takes_what_nobody_has_and_is_said_once(in_scope, ticket):
    taken = take_on(actor=in_scope.agent, ticket=ticket)
    take_on(actor=in_scope.agent, ticket=ticket)
    assert taken.assignee == in_scope.agent
    take_on(actor=in_scope.lead, ticket=ticket)
    said = TicketEvent.objects.filter(kind=EventKind.TAKEN_ON).values_list("actor__email", flat=True)
    assert list(said) == [AGENT, LEAD]
    assert Ticket.objects.get(pk=ticket.pk).assignee == in_scope.agent
    with pytest.raises(PermissionError):
        take_on(actor=in_scope.customer, ticket=ticket)


def test_the_page_behind_the_button_needs_a_sign_in_and_acts_on_no_get(in_scope, other_portal, ticket, browse):
    address = f"/desk/tickets/{ticket.number}/on-it/"
    assert browse(in_scope).get(address).status_code == 302
    assert browse(other_portal, other_portal.agent).get(address).status_code == 404
    client = browse(in_scope, in_scope.agent)
    page = client.get(address, headers={"accept-language": "en"})
    assert "it becomes yours" in page.content.decode()
    assert not TicketEvent.objects.filter(kind=EventKind.TAKEN_ON).exists()
    assert client.post(address).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).assignee == in_scope.agent


def test_a_nudge_is_told_to_who_has_it_or_stands_in_for_them(in_scope, ticket):
    record_event(EventKind.NUDGED, ticket, actor=in_scope.customer)
    assert told(in_scope.tenant) == {(AGENT, "nudged"), (LEAD, "nudged")}
    claim(actor=in_scope.agent, ticket=ticket)
    away(in_scope.agent, stand_in=in_scope.lead, since=date(2020, 1, 1))
    record_event(EventKind.NUDGED, Ticket.objects.get(pk=ticket.pk), actor=in_scope.customer)
    assert told(in_scope.tenant) == {(LEAD, "nudged")}


def test_the_customer_is_reminded_and_told_that_silence_closed_the_ticket(in_scope, ticket, send_all):
    record_event(EventKind.REMINDED, ticket, actor=None)
    assert told(in_scope.tenant) == set()  # it waits for us
    reply_to_ticket(
        actor=in_scope.agent, ticket=ticket, body="Which?", channel=Channel.PORTAL, as_staff=True,
        and_status="waiting_for_customer",
    )  # fmt: skip
    send_all(in_scope.tenant)
    record_event(EventKind.REMINDED, Ticket.objects.get(pk=ticket.pk), actor=None, data={"closes_after": True})
    [mail] = send_all(in_scope.tenant)
    assert "cannot go on without your answer" in mail.part("plain")
    assert "we close the ticket after a while" in mail.part("html")
    record_event(EventKind.CLOSED, ticket, actor=None, data={"by": "staff", "unanswered": True})
    [mail] = send_all(in_scope.tenant)
    assert "We have not heard from you since our reminder" in mail.part("plain")
