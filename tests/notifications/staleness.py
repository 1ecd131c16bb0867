"""What has to happen for each mail about tickets that go stale to be sent."""

from datetime import date

from accounts.models import User
from notifications.actions.alerting import alert
from notifications.actions.mornings import choose_morning, tell_morning
from notifications.enums import DigestPace
from tests.conftest import Portal
from tests.factories import make_ticket
from tests.notifications.conftest import told
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind, Status
from tickets.events import record_event


def go_stale(portal: Portal, words: str) -> None:
    """A ticket of which its department is told, and one whose customer does not answer."""
    ticket = make_ticket(requester=portal.customer, topic=portal.topic, subject=words, body=f"{words}.")
    data = {"rung": "assignee", "condition": "waiting_on_us", "since": ticket.waiting_since.isoformat()}
    record_event(EventKind.ESCALATED, ticket, actor=None, data=data)
    record_event(EventKind.NUDGED, ticket, actor=portal.customer)
    silent = make_ticket(requester=portal.customer, topic=portal.topic, subject=words, body=f"{words}!")
    reply_to_ticket(
        actor=portal.lead,
        ticket=silent,
        body=words,
        channel=Channel.PORTAL,
        as_staff=True,
        and_status=Status.WAITING_FOR_CUSTOMER,
    )
    record_event(EventKind.REMINDED, silent, actor=None, data={"closes_after": True})
    told(portal.tenant)
    record_event(EventKind.CLOSED, silent, actor=None, data={"by": "staff", "unanswered": True})
    told(portal.tenant)
    for person in User.objects.filter(digest_items__pace=DigestPace.ROUND).distinct():
        alert(actor=None, user=person, departments={ticket.department_id})
    choose_morning(actor=portal.administrator, user=portal.administrator, wanted=True)
    tell_morning(actor=None, user=portal.administrator, day=date.max)
