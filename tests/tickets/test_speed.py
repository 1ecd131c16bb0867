"""Pages ask the database a constant number of questions, and those questions use indexes."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scoping import tenant_scope
from tests.factories import UserFactory, make_ticket
from tickets.actions.attaching import keep_uploads
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel
from tickets.models import Ticket

MOST = 18
MOST_OF_A_TICKET = 20  # with whether something can be booked, and what service messages it is about
MOST_OF_LISTS = 24  # with calendars and levels, by which the time left is counted
MOST_ON_THE_DESK = 35  # one ticket, with everything that is changed where it stands, and how its time is counted


@pytest.fixture
def ticket(portal, other_portal) -> Ticket:
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic)


def queries(client, url: str) -> int:
    client.get(url)  # sessions, reading marks and caches are warm after the first look
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def talk(portal, ticket, times: int) -> None:
    with tenant_scope(portal.tenant):
        for number in range(times):
            key = uuid4()
            keep_uploads(form_key=key, files=[SimpleUploadedFile(f"file{number}.txt", b"x")])
            add_note(actor=portal.lead, ticket=ticket, body="note", form_key=key)
            reply_to_ticket(actor=portal.agent, ticket=ticket, body="hi", channel=Channel.PORTAL, as_staff=True)


def file_many(portal, times: int) -> None:
    with tenant_scope(portal.tenant):
        for number in range(times):
            person = portal.customer if number % 2 else UserFactory(organisation=portal.organisation)
            made = make_ticket(requester=person, topic=portal.topic)
            reply_to_ticket(actor=portal.lead, ticket=made, body="hi", channel=Channel.PORTAL, as_staff=True)


@pytest.mark.parametrize("url", ["/desk/?view=all", "/desk/?view=all&q=beeps+kund", "/desk/?view=open&sort=newest"])
def test_the_queue_costs_the_same_with_one_and_with_fifty_tickets(portal, ticket, browse, url):
    client = browse(portal, portal.agent)
    one = queries(client, url)
    file_many(portal, 50)

    assert queries(client, url) == one <= MOST


def test_the_queue_costs_the_same_however_many_tickets_are_due(portal, ticket, browse):
    client, soon = browse(portal, portal.agent), timezone.now() + timedelta(hours=1)
    with tenant_scope(portal.tenant):
        Ticket.objects.update(first_due_at=soon, due_at=soon)
    one = queries(client, "/desk/?sort=due")
    with tenant_scope(portal.tenant):
        for _number in range(20):
            make_ticket(requester=portal.customer, topic=portal.topic)
        Ticket.objects.update(first_due_at=soon, due_at=soon)

    assert queries(client, "/desk/?sort=due") == one <= MOST_OF_LISTS


def test_my_tickets_cost_the_same_with_one_and_with_fifty(portal, ticket, browse):
    client = browse(portal, portal.customer)
    one = queries(client, "/tickets/")
    file_many(portal, 50)

    assert queries(client, "/tickets/") == one <= MOST
    assert queries(client, "/") <= MOST


@pytest.mark.parametrize("side", ["customer", "agent", "preview"])
def test_a_ticket_costs_the_same_with_one_and_with_fifty_messages(portal, ticket, browse, side):
    url = f"/tickets/{ticket.number}/" if side == "customer" else f"/desk/tickets/{ticket.number}/"
    url += "preview/" if side == "preview" else ""
    client = browse(portal, portal.customer if side == "customer" else portal.agent)
    talk(portal, ticket, 1)
    one = queries(client, url)
    talk(portal, ticket, 25)

    assert queries(client, url) == one <= (MOST_ON_THE_DESK if side == "agent" else MOST_OF_A_TICKET)


def test_a_ticket_costs_the_same_by_its_link(portal, ticket, browse):
    from tickets.links import ticket_link

    with tenant_scope(portal.tenant):
        url = ticket_link(ticket, portal.customer)
    client = browse(portal)
    talk(portal, ticket, 1)
    one = queries(client, url)
    talk(portal, ticket, 25)

    assert queries(client, url) == one <= MOST


@pytest.fixture
def many(portal, ticket):
    """Three thousand tickets of three hundred people, most of them closed, as a portal has after some months."""
    with tenant_scope(portal.tenant):
        people = UserFactory.create_batch(30, password=None)
        values = Ticket.objects.filter(pk=ticket.pk).values().get()
        values.pop("id")
        begin = timezone.now() - timedelta(days=90)
        rows = []
        for number in range(3000):
            moment = begin + timedelta(minutes=40 * number)
            closed = number % 10 != 0
            rows.append(
                Ticket(
                    **{
                        **values,
                        "number": ticket.number + 1 + number,
                        "filing_key": None,
                        "requester_id": people[number % 30].pk,
                        "department_id": portal.department.pk if number % 3 else portal.other_department.pk,
                        "status": "closed" if closed else "open",
                        "waiting_on": "nobody" if closed else "us",
                        "closed_at": moment if closed else None,
                        "created_at": moment,
                        "waiting_since": moment,
                        "last_activity_at": moment,
                    }
                )
            )
        Ticket.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people[0]


CUT_OFF = r'FROM "tickets_ticket".*ORDER BY .*LIMIT \d\d'
COUNTED_OPEN = r'COUNT\(.*FROM "tickets_ticket" WHERE .*"waiting_on"(?!.*"first_answered_at" [<>])'


def plans(client, url: str, which: str = CUT_OFF) -> list[str]:
    """How the database would answer the page's questions about tickets that are ordered and cut off, or counted."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    asked = [query["sql"] for query in captured.captured_queries if re.search(which, query["sql"], re.S)]
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    found = []
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(explain + sql)
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    assert found, "no such question was asked"
    return found


@pytest.mark.parametrize(
    "url",
    [
        "/desk/",
        "/desk/?sort=due",
        "/desk/?view=open&sort=due",
        "/desk/?view=snoozed",
        "/desk/?view=mine",
        "/desk/?view=all",
        "/desk/?view=closed",
    ],
)
def test_the_queues_first_page_is_read_from_an_index(portal, many, browse, url):
    for person in (portal.administrator, portal.agent):
        for plan in plans(browse(portal, person), url):
            assert "ticket_" in plan, plan
            assert not re.search(r"Seq Scan on tickets_ticket|SCAN tickets_ticket(?! USING)", plan), plan


@pytest.mark.only("postgresql")  # SQLite cannot tell that what waits for somebody is open; it serves small portals
@pytest.mark.parametrize("url", ["/desk/?view=open&sort=due", "/desk/dashboard/"])
def test_what_is_open_is_counted_without_the_closed_ones(portal, many, browse, url):
    """Nineteen of twenty tickets of a grown portal are closed; no figure of the open ones may walk over them."""
    for person in (portal.administrator, portal.lead):
        for plan in plans(browse(portal, person), url, COUNTED_OPEN):
            assert "Seq Scan on tickets_ticket " not in plan, plan


def test_my_tickets_are_read_from_an_index(portal, many, browse):
    for plan in plans(browse(portal, many), "/tickets/?show=all"):
        assert "ticket_requester" in plan, plan
