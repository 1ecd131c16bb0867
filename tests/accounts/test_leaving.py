"""Closing one's own account from its page: everything of it ends at once, and what belongs to the provider stays."""

import time

import pytest

from accounts.actions.changing_addresses import AddressRequestVoid, confirm_address, request_address
from accounts.enums import Role
from accounts.models import Session, User
from accounts.scoping import tenant_scope
from accounts.sessions import PROVED_KEY
from accounts.tokens.passwords import password_link
from notifications.actions.draining import drain
from notifications.models import Delivery
from tests.factories import PASSWORD, AgentFactory, UserFactory, make_ticket
from tests.notifications.conftest import told
from tests.pages import snapshot
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel
from tickets.links import ticket_link
from tickets.models import Ticket

SURE = {"is_sure": "on", "password": PASSWORD}
DATED = ("accounts.Session", "accounts.Allowance")


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


@pytest.fixture
def ticket(in_scope) -> Ticket:
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    drain(in_scope.tenant)
    return ticket


def test_closing_ones_account_from_the_page(in_scope, other_portal, browse, ticket):
    User.objects.filter(pk=in_scope.customer.pk).update(is_named_contact=True)
    here, elsewhere = browse(in_scope, in_scope.customer), browse(in_scope, in_scope.customer)
    page = here.get("/account/closure/").content.decode()
    assert "Your place as a named contact of Åby kommun is free" in page

    done = here.post("/account/closure/", SURE, follow=True)

    assert done.redirect_chain == [("/", 302)]
    assert "Your account is closed" in done.content.decode()
    person = User.objects.get(pk=in_scope.customer.pk)
    assert not person.is_active
    assert not person.is_named_contact
    assert here.get("/account/").status_code == elsewhere.get("/account/").status_code == 302
    assert not Session.objects.filter(user=person).exists()
    assert browse(in_scope).post("/sign-in/", {"email": person.email, "password": PASSWORD}).status_code == 422
    assert Ticket.objects.filter(pk=ticket.pk, requester=person).exists(), "the provider's records stay"
    with tenant_scope(other_portal.tenant):
        assert User.objects.get(pk=other_portal.customer.pk).is_active


def test_one_mail_confirms_it_and_no_other_comes_any_more(in_scope, other_portal, browse, ticket):
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="On its way", channel=Channel.PORTAL, as_staff=True)
    told(in_scope.tenant)
    browse(in_scope, in_scope.customer).post("/account/closure/", SURE)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Too late", channel=Channel.PORTAL, as_staff=True)
    drain(in_scope.tenant)
    mails = Delivery.objects.filter(recipient=in_scope.customer).order_by("pk").values_list("template", "state")
    assert list(mails) == [("confirmation", "sent"), ("reply", "failed"), ("closed_account", "sent")]


def test_links_in_earlier_mails_open_nothing_any_more(in_scope, other_portal, browse, ticket):
    request_address(actor=in_scope.customer, user=in_scope.customer, address="new@kund.example")
    asked = in_scope.customer.account_events.latest("pk")
    links = [path_of(ticket_link(ticket, in_scope.customer)), path_of(password_link(in_scope.customer))]
    assert [browse(in_scope).get(link).status_code for link in links] == [200, 200]
    browse(in_scope, in_scope.customer).post("/account/closure/", SURE)
    assert [browse(in_scope).get(link).status_code for link in links] == [404, 404]
    with pytest.raises(AddressRequestVoid):
        confirm_address(actor=in_scope.customer, user=in_scope.customer, asked=asked)


@pytest.mark.parametrize(
    "typed", [{"is_sure": "on"}, {"password": PASSWORD}, {"is_sure": "on", "password": "guess"}, {}]
)
def test_without_the_tick_and_the_password_nothing_happens(in_scope, other_portal, browse, typed):
    client = browse(in_scope, in_scope.customer)
    before = snapshot(without=DATED)
    answer = client.post("/account/closure/", typed)
    assert answer.status_code == 422 if typed else 200
    assert snapshot(without=DATED) == before
    assert client.get("/account/").status_code == 200


def test_who_has_no_password_shows_a_code_first(in_scope, other_portal, browse):
    person = UserFactory(password=None)
    client = browse(in_scope, person)
    page = client.get("/account/closure/").content.decode()
    assert "/sign-in/code/?next=/account/closure/" in page
    assert 'name="is_sure"' not in page
    client.post("/account/closure/", {"is_sure": "on"})
    assert User.objects.get(pk=person.pk).is_active


def test_who_has_shown_a_code_lately_closes_without_a_password(in_scope, other_portal, browse):
    person = UserFactory(password=None)
    client = browse(in_scope, person)
    session = client.session
    session[PROVED_KEY] = int(time.time())
    session.save()
    assert 'name="password"' not in client.get("/account/closure/").content.decode()
    assert client.post("/account/closure/", {"is_sure": "on"}).status_code == 302
    assert not User.objects.get(pk=person.pk).is_active


def test_a_proof_of_long_ago_is_none(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    session = client.session
    session[PROVED_KEY] = int(time.time()) - 601
    session.save()
    assert 'name="password"' in client.get("/account/closure/").content.decode()
    assert client.post("/account/closure/", {"is_sure": "on"}).status_code == 422


def test_the_last_administrator_stays(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.administrator)
    refused = client.post("/account/closure/", SURE)
    assert refused.status_code == 422
    assert "You are the last administrator" in refused.content.decode()
    AgentFactory(role=Role.ADMINISTRATOR)
    assert client.post("/account/closure/", SURE).status_code == 302
    assert not User.objects.get(pk=in_scope.administrator.pk).is_active
