"""Stopping a kind of mail by the address in such a mail (RFC 2369, RFC 8058)."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountEvent
from accounts.scoping import tenant_scope
from notifications.composing import compose
from notifications.models import Delivery, MailAddress
from notifications.muting_links import LIFE, meant_by, unsubscribe_link
from notifications.queries import muted_by
from tests.factories import make_ticket
from tests.notifications.conftest import told
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.following import follow, unfollow
from tickets.actions.handing_over import assign
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel


@pytest.fixture
def closed(in_scope) -> Delivery:
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    close_ticket(actor=in_scope.lead, ticket=ticket, as_staff=True)
    told(in_scope.tenant)
    delivery: Delivery = Delivery.objects.with_story().get(template="closed")
    return delivery


def link_in(delivery: Delivery) -> str:
    return compose(delivery).headers["List-Unsubscribe"].strip("<>")


def test_only_mails_one_may_do_without_say_how_to_stop_them(in_scope, closed, settings):
    letter, link = compose(closed), link_in(closed)
    assert link in letter.text
    assert link in letter.html
    assert "List-Unsubscribe-Post" not in letter.headers  # a provider follows no plain http

    settings.PUBLIC_SCHEME = "https"
    assert compose(closed).headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    confirmation = compose(Delivery.objects.with_story().get(template="confirmation"))
    assert "List-Unsubscribe" not in confirmation.headers
    assert "/mails/stop/" not in confirmation.text


def test_opening_the_address_stops_nothing_and_a_mail_provider_stops_it_without_a_cookie(in_scope, closed):
    headers = {"host": in_scope.host, "accept-language": "en"}
    client = Client(headers=headers, enforce_csrf_checks=True)
    link = link_in(closed)

    assert b"My ticket is closed without an answer" in client.get(link).content
    assert muted_by(in_scope.customer) == set()
    done = client.post(link, {"List-Unsubscribe": "One-Click"})

    assert (done.status_code, done.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert muted_by(in_scope.customer) == {"closed"}
    assert AccountEvent.objects.filter(user=in_scope.customer, kind="details_changed").count() == 1
    client.post(link, {"List-Unsubscribe": "One-Click"})
    assert AccountEvent.objects.filter(user=in_scope.customer, kind="details_changed").count() == 1


def test_a_person_can_take_it_back_on_the_same_page(in_scope, closed):
    client, link = Client(headers={"host": in_scope.host, "accept-language": "en"}), link_in(closed)

    stopped = client.post(link, follow=True)
    assert b"You get no such mails any more" in stopped.content
    assert muted_by(in_scope.customer) == {"closed"}
    client.post(link, {"again": "1"})
    assert muted_by(in_scope.customer) == set()


def test_a_link_stops_its_own_persons_kind_on_its_own_portal_for_a_year(in_scope, other_portal, closed, monkeypatch):
    token = link_in(closed).rstrip("/").rsplit("/", 1)[1]
    assert meant_by(token) == (in_scope.customer, "closed")
    changed = re.sub(r"^(\d+)-closed", rf"{in_scope.lead.pk}-new_ticket", token)

    assert changed != token
    for spoilt in (changed, token[:-1], "", ".", token.split(".")[0], token.replace("-closed-", "-closed-9")):
        assert meant_by(spoilt) is None
    with tenant_scope(other_portal.tenant):
        assert meant_by(token) is None
    monkeypatch.setattr("notifications.muting_links.LIFE", -LIFE)
    assert meant_by(token) is None


def test_a_link_that_stops_nothing_says_so_and_what_to_do_instead(in_scope, closed, browse, monkeypatch):
    link = link_in(closed)
    monkeypatch.setattr("notifications.muting_links.LIFE", -LIFE)

    for ask in (browse(in_scope).get, browse(in_scope).post):
        for gone in (link, "/mails/stop/no.such/"):
            answer = ask(gone)
            page = Page(answer)
            assert answer.status_code == 404
            assert "This link no longer works" in page.text
            assert {"/account/notifications/", "/service-messages/"} <= set(page.links())
            assert in_scope.customer.email not in page.text
    assert muted_by(in_scope.customer) == set()


def test_nobody_stops_what_they_may_not_do_without(in_scope):
    now = timezone.now()
    assert unsubscribe_link(in_scope.customer, "reply", now) == ""
    assert unsubscribe_link(in_scope.customer, "new_ticket", now) == ""
    assert unsubscribe_link(in_scope.agent, "new_ticket", now) != ""


def test_whoever_is_told_of_their_own_ticket_anyway_is_not_offered_to_stop_it(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Still.", channel=Channel.PORTAL)
    told(in_scope.tenant)
    mail = Delivery.objects.with_story().get(template="customer_reply", recipient=in_scope.agent)
    assert "List-Unsubscribe" in compose(mail).headers

    follow(actor=in_scope.agent, ticket=ticket, user=in_scope.agent)
    assert "List-Unsubscribe" not in compose(Delivery.objects.with_story().get(pk=mail.pk)).headers
    unfollow(actor=in_scope.agent, ticket=ticket, user=in_scope.agent)
    assign(actor=in_scope.agent, ticket=ticket, assignee=in_scope.agent)
    letter = compose(Delivery.objects.with_story().get(pk=mail.pk))
    assert "List-Unsubscribe" not in letter.headers
    assert "/mails/stop/" not in letter.text


def test_customers_mails_have_the_mark_and_say_that_they_can_be_answered_where_mail_comes_in(in_scope, closed):
    assert "above this line" not in compose(closed).text
    assert "Answer on the ticket" in compose(closed).text

    MailAddress.objects.create(email="support@north.example", topic=in_scope.topic)
    letter = compose(closed)
    assert letter.text.startswith("----- Write your answer above this line -----\n\n")
    assert "----- Write your answer above this line -----" in letter.html
    assert "Answer this mail or write on the ticket's page" in letter.text
    desk = compose(Delivery.objects.with_story().filter(template="new_ticket").first())
    assert "above this line" not in desk.text
    assert "your answer goes to the customer" in desk.text
