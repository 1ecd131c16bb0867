"""The mail of the morning: chosen, on working mornings, once, with what waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.enums import Role
from accounts.queries.portals import portals_today
from accounts.scoping import tenant_scope
from notifications.actions.mornings import choose_morning, send_mornings, tell_morning
from notifications.choices import choices_of
from notifications.enums import MailKind
from notifications.models import Delivery, MorningChoice
from routing.models import Absence
from tests.factories import AgentFactory, make_ticket
from tests.notifications.conftest import told
from tests.notifications.test_telling import AGENT, LEAD
from tickets.actions.handing_over import claim
from tickets.models import DailyFigures

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # half past seven in Stockholm


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def choose(*people, yesterday=date(2026, 11, 22)):
    for person in people:
        choose_morning(actor=person, user=person, wanted=True)
    MorningChoice.objects.update(told_on=yesterday)


def test_agents_get_their_oldest_and_leads_their_departments_with_figures(in_scope, other_portal, send_all):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It smells")
    claim(actor=in_scope.agent, ticket=ticket)
    support = AgentFactory(email="support@north.example", role=Role.SUPPORT_LEAD)
    week_ago = portals_today() - timedelta(days=7)
    DailyFigures.objects.create(
        department=in_scope.department, day=week_ago, taken_at=timezone.now(), counts={"waiting": 7}
    )
    send_all(in_scope.tenant)
    choose(in_scope.agent, in_scope.lead, support)
    with tenant_scope(other_portal.tenant):
        assert send_mornings(MONDAY) == 0
    assert send_mornings(MONDAY) == 3
    assert send_mornings(MONDAY + timedelta(minutes=5)) == 0
    mails = {taken.recipient: taken for taken in send_all(in_scope.tenant)}

    assert mails[AGENT].mail["Subject"] == "North support: your oldest tickets"
    assert mails[LEAD].mail["Subject"] == "North support: what waits this morning, in your departments"
    assert mails[support.email].mail["Subject"] == "North support: what waits this morning, in all departments"
    for half in ("plain", "html"):
        own, led = mails[AGENT].part(half), mails[LEAD].part(half)
        assert ("It beeps" in own, "It smells" in own) == (True, False)
        assert led.index("It beeps") < led.index("It smells")
        assert "/on-it/" in own
        assert "2 waiting on us" in led
        assert "a week ago: 7" in led
        assert "/desk/dashboard/" in led
        assert "/account/" in own


def test_only_on_working_mornings_and_not_to_who_is_away(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    choose(in_scope.lead)
    sunday, night, noon = MONDAY - timedelta(days=1), MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=5)
    choose(yesterday=date(2026, 11, 1))
    assert [send_mornings(moment) for moment in (sunday, night, noon)] == [0, 0, 0]
    absence = Absence.objects.create(user=in_scope.lead, since=date(2026, 11, 20))
    assert send_mornings(MONDAY) == 0
    absence.delete()
    in_scope.lead.time_zone = "Asia/Kathmandu"
    in_scope.lead.save()
    assert send_mornings(MONDAY) == 0  # past noon there
    assert send_mornings(datetime(2026, 11, 23, 1, 30, tzinfo=UTC)) == 1


def test_once_a_morning_and_nothing_where_nothing_waits(in_scope):
    choose(in_scope.agent, in_scope.lead)
    assert send_mornings(MONDAY) == 0
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    cache.clear()
    told(in_scope.tenant)
    tuesday = date(2026, 11, 24)
    assert tell_morning(actor=None, user=in_scope.lead, day=tuesday)
    assert not tell_morning(actor=None, user=in_scope.lead, day=tuesday)
    assert not tell_morning(actor=None, user=in_scope.agent, day=tuesday)  # has no ticket
    assert Delivery.objects.filter(template=MailKind.MORNING).count() == 1


def test_it_is_chosen_on_ones_own_page(portal, other_portal, in_scope, browse):
    page = "/account/notifications/"
    client = browse(portal, portal.agent)
    kinds = dict.fromkeys((choice.kind for choice in choices_of(portal.agent)), "at_once")
    shown = client.get(page).content.decode()
    assert "every working morning" in shown
    answer = client.post(page, kinds | {"in_the_morning": "on"})
    assert answer.status_code == 302
    assert MorningChoice.objects.get().user == portal.agent
    assert client.post(page, kinds).status_code == 302
    assert not MorningChoice.objects.exists()
    assert "every working morning" not in browse(portal, portal.customer).get(page).content.decode()
    with pytest.raises(PermissionError):
        choose_morning(actor=portal.customer, user=portal.customer, wanted=True)
