"""Several workers at once tell of what goes stale, and of the morning: one mail each."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent
from accounts.scoping import tenant_scope
from notifications.actions.alerting import send_alerts
from notifications.actions.mornings import choose_morning, tell_morning
from notifications.enums import DigestPace, MailKind
from notifications.models import Delivery, DigestItem, MorningChoice
from routing.enums import Ageing, Rung
from routing.models import Calendar, CalendarSpan
from tests.conftest import Portal
from tests.factories import UserFactory, make_ticket
from tests.notifications.conftest import told
from tests.tickets.test_parallel import at_once
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind
from tickets.events import record_event
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
TICKETS = 3


@pytest.fixture
def stale(portal: Portal, other_portal: Portal) -> list[Ticket]:
    """Tickets of which the department of either portal is to be told in its next round; the first portal's."""
    made: list[Ticket] = []
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            calendar = Calendar.objects.create(name="Always", zone="UTC", is_default=True)
            for weekday in range(7):
                CalendarSpan.objects.create(calendar=calendar, weekday=weekday, opens=0, closes=24 * 60)
            made = [make_ticket(requester=UserFactory(), topic=place.topic) for _ in range(TICKETS)]
            for one in made:
                data = {"rung": Rung.ASSIGNEE, "condition": Ageing.WAITING_ON_US, "late": False}
                record_event(EventKind.ESCALATED, one, actor=None, data=data)
            told(place.tenant)
            Delivery.objects.all().delete()
    return made


def mails(kind: MailKind) -> list[str]:
    return sorted(Delivery.objects.filter(template=kind).values_list("address", flat=True))


def test_of_several_workers_one_makes_the_mail_of_a_round(portal, other_portal, stale):
    soon = timezone.now() + timedelta(minutes=2)

    made = at_once(portal, lambda _: send_alerts(soon), times=4)

    assert sum(made) == 2
    with tenant_scope(portal.tenant):
        assert mails(MailKind.ALERT) == sorted([portal.agent.email, portal.lead.email])
        assert AccountEvent.objects.filter(kind=AccountEventKind.ALERTED).count() == 2
        told_of = DigestItem.objects.filter(pace=DigestPace.ROUND)
        assert told_of.count() == told_of.filter(delivery__isnull=False).count() == 2 * TICKETS
        assert send_alerts(soon) == 0
    with tenant_scope(other_portal.tenant):
        assert mails(MailKind.ALERT) == []


def test_what_is_answered_while_the_mail_is_made_is_told_at_most_once(portal, other_portal, stale):
    soon = timezone.now() + timedelta(minutes=2)

    def work(number: int) -> object:
        if number < TICKETS:
            return reply_to_ticket(
                actor=portal.lead, ticket=stale[number], body="Done", channel=Channel.PORTAL, as_staff=True
            )
        return send_alerts(soon)

    at_once(portal, work, times=TICKETS + 2)

    with tenant_scope(portal.tenant):
        send_alerts(soon)
        assert len(mails(MailKind.ALERT)) == len(set(mails(MailKind.ALERT))) <= 2
        assert not DigestItem.objects.filter(pace=DigestPace.ROUND, delivery=None).exists()


def test_of_several_workers_one_makes_the_mail_of_the_morning(portal, other_portal, stale):
    day = date(2026, 11, 23)
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            choose_morning(actor=place.lead, user=place.lead, wanted=True)
            MorningChoice.objects.update(told_on=day - timedelta(days=1))

    made = at_once(portal, lambda _: tell_morning(actor=None, user=portal.lead, day=day), times=4)

    assert sorted(made) == [False, False, False, True]
    with tenant_scope(portal.tenant):
        assert mails(MailKind.MORNING) == [portal.lead.email]
        assert MorningChoice.objects.get().told_on == day
        assert not tell_morning(actor=None, user=portal.lead, day=day)
        assert tell_morning(actor=None, user=portal.lead, day=day + timedelta(days=1))
    with tenant_scope(other_portal.tenant):
        assert mails(MailKind.MORNING) == []
