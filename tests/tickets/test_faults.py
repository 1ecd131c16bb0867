"""When the database does not answer: a page that says so, nothing typed is lost, and sending again works."""

import sqlite3
from contextlib import ExitStack
from unittest import mock
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client

from accounts.scoping import tenant_scope
from tests.factories import PASSWORD, make_ticket
from tests.pages import Page
from tickets.actions.handing_over import transfer
from tickets.models import Message, Ticket

URL = "/tickets/new/fault/"
GUEST = {
    "email": "guest@kund.example",
    "name": "Gun",
    "subject": "Not <lost>",
    "body": "Line 1\r\n<b>Line</b> 2 é",
    "filing_key": str(uuid4()),
}


@pytest.fixture
def calm(portal):
    """A client of a real browser's kind: checked form tokens, and error pages instead of exceptions."""
    return Client(
        enforce_csrf_checks=True,
        raise_request_exception=False,
        headers={"host": f"{portal.host}:8000", "accept-language": "en"},
    )


@pytest.fixture
def outage(portal):
    """Shuts the database's lowest door for every statement that matches; gives what opens it again."""
    with ExitStack() as stack:

        def begin(error=OperationalError, matching=""):
            def refuse(self, sql, params=None):
                if matching in str(sql):
                    raise error("the database is gone")
                return real(self, sql, params)

            real = CursorWrapper.execute
            stack.enter_context(mock.patch.object(CursorWrapper, "execute", refuse))
            return stack.close

        yield begin


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("url", ["/", URL, "/sign-in/", "/tickets/", "/desk/", "/no/such/page/"])
def test_a_page_without_its_database_says_when_to_come_back(calm, outage, error, url):
    outage(error)

    response = calm.get(url)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert len(Page(response).all("h1")) == 1


@pytest.mark.parametrize("matching", ["", "tickets_ticket", "accounts_allowance", "INSERT"])
def test_a_form_sent_into_an_outage_is_offered_again_and_then_arrives_once(portal, calm, outage, matching):
    fields = Page(calm.get(URL)).form(URL)
    restore = outage(matching=matching)

    refused = calm.post(URL, {**fields, **GUEST})

    restore()
    page = Page(refused)
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    again = page.form(URL)
    assert again["subject"] == GUEST["subject"]
    assert again["body"].replace("\r\n", "\n") == GUEST["body"].replace("\r\n", "\n")
    assert again["filing_key"] == GUEST["filing_key"]
    sent = calm.post(URL, again)
    assert sent.status_code == 302, "the resent form is refused"
    with tenant_scope(portal.tenant):
        assert [ticket.subject for ticket in Ticket.objects.all()] == ["Not <lost>"]


def test_a_form_without_any_cookie_yet_survives_an_outage_too(portal, calm, outage):
    restore = outage()
    again = Page(calm.post(URL, GUEST)).form(URL)
    restore()

    assert calm.post(URL, again).status_code == 302


def test_a_reply_survives_an_outage(portal, other_portal, calm, browse, outage):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        calm.force_login(portal.customer, backend="accounts.backends.TenantBackend")
    url = f"/tickets/{ticket.number}/"
    fields = Page(calm.get(url)).form("/reply/")
    restore = outage(matching="tickets_message")

    refused = calm.post(f"{url}reply/", {**fields, "body": "Hold <on>"})

    restore()
    assert refused.status_code == 503
    assert calm.post(f"{url}reply/", Page(refused).form("/reply/")).status_code == 302
    with tenant_scope(portal.tenant):
        assert list(Message.objects.values_list("body", flat=True))[1:] == ["Hold <on>"]
        assert Message.objects.filter(ticket=ticket).count() == 2


def test_passwords_are_never_written_into_a_page_that_is_sent_again(portal, calm, outage):
    outage()

    refused = calm.post("/sign-in/", {"email": "anna@kund.example", "password": "Correct-horse-7"})

    assert refused.status_code == 503
    assert b"Correct-horse-7" not in refused.content


def test_a_fault_of_ours_is_a_500_with_a_reference_and_no_inner_words(portal, calm, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("tickets.views.home.choice_for", broken)

    response = calm.get("/")

    assert response.status_code == 500
    assert b"secret detail" not in response.content
    reference = next(record.args[0] for record in caplog.records if record.name == "helpdesk.trouble")
    assert reference in Page(response).text


def test_trouble_speaks_the_readers_language(portal, calm, outage):
    calm.get("/")
    outage()

    swedish = calm.get("/", headers={"accept-language": "sv"})
    english = calm.get("/")

    assert 'lang="sv"' in swedish.content.decode()
    assert 'lang="en"' in english.content.decode()


@pytest.mark.only("sqlite")  # nothing else has one lock for the whole database
@pytest.mark.django_db(transaction=True)
def test_a_locked_database_is_a_503_and_the_form_arrives_afterwards(portal, calm, settings):
    name = connection.settings_dict["NAME"]
    fields = Page(calm.get(URL)).form(URL)
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(name, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        refused = calm.post(URL, {**fields, **GUEST})
    finally:
        other.execute("ROLLBACK")
        other.close()
        connection.close()

    assert refused.status_code == 503
    assert calm.post(URL, Page(refused).form(URL)).status_code == 302


def test_words_for_a_ticket_that_was_handed_away_meanwhile_are_shown_again(portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        transfer(actor=portal.administrator, ticket=ticket, department=portal.other_department)

    answer = browse(portal, portal.agent).post(
        f"/desk/tickets/{ticket.number}/reply/", {"mode": "reply", "body": "A long <b>answer</b>"}
    )
    nothing = browse(portal, portal.agent).post("/desk/tickets/999/reply/", {"body": "A long <b>answer</b>"})

    assert answer.status_code == nothing.status_code == 404
    assert "A long &lt;b&gt;answer&lt;/b&gt;" in answer.content.decode()
    assert "A long &lt;b&gt;answer&lt;/b&gt;" in nothing.content.decode()


def test_a_callers_words_survive_the_end_of_the_agents_session(portal, browse):
    client = browse(portal, portal.agent)
    url = f"/desk/tickets/new/?topic={portal.topic.slug}"
    client.cookies.clear()

    sent = client.post("/desk/tickets/new/", {"topic": portal.topic.slug, "subject": "Beeps", "body": "All night"})
    client.post(sent.headers["Location"], {"email": portal.agent.email, "password": PASSWORD})

    page = client.get(url).content.decode()
    assert "Beeps" in page
    assert "All night" in page
