"""The customer's side: their tickets and what is new in them, signed in or by the link of a mail (T7, T11, T17)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.signing import BadSignature
from django.utils import timezone

from accounts.scoping import tenant_scope
from tests.factories import AgentFactory, MemberFactory, UserFactory, make_ticket
from tests.pages import Page, snapshot
from tickets import links
from tickets.actions.closing import close_ticket
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.revoking import revoke_links
from tickets.enums import Channel, Status
from tickets.links import LIFETIME, _signer, link_of_token, ticket_link
from tickets.models import Message, Reading, Ticket, TicketLink
from tickets.queries import unread_total

SECRET = "xylophone"


@pytest.fixture
def ticket(portal, other_portal) -> Ticket:
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic, subject="The siren <b>beeps</b>")


@pytest.fixture
def url(ticket) -> str:
    return f"/tickets/{ticket.number}/"


def staff_reply(portal, ticket, body="We look."):
    with tenant_scope(portal.tenant):
        return reply_to_ticket(actor=portal.agent, ticket=ticket, body=body, channel=Channel.PORTAL, as_staff=True)


def current(portal, ticket) -> Ticket:
    with tenant_scope(portal.tenant):
        return Ticket.objects.get(pk=ticket.pk)


def bodies(portal, ticket) -> list[str]:
    with tenant_scope(portal.tenant):
        return list(Message.objects.filter(ticket=ticket).values_list("body", flat=True))


def test_a_tickets_page_carries_its_marks_and_shows_markup_as_text(portal, ticket, url, browse):
    response = browse(portal, portal.customer).get(url)

    page = Page(response)
    assert (page.main["data-ticket"], page.main["data-status"], page.main["data-waiting-on"]) == (
        str(ticket.number),
        "open",
        "us",
    )
    assert page.main["data-department"] == "service-desk"
    assert "The siren <b>beeps</b>" in page.text
    assert b"<b>beeps" not in response.content


def test_my_tickets_are_mine_latest_activity_first(portal, ticket, browse):
    with tenant_scope(portal.tenant):
        newer = make_ticket(requester=portal.customer, topic=portal.topic, subject="Newer")
        make_ticket(
            requester=UserFactory(organisation=portal.organisation), topic=portal.topic, subject="A colleague's"
        )
        done = make_ticket(requester=portal.customer, topic=portal.topic, subject="Done")
        close_ticket(actor=portal.customer, ticket=done)
    client = browse(portal, portal.customer)

    def numbers(address):
        page = Page(client.get(address))
        links = [link for link in page.links() if link.startswith("/tickets/1")]
        assert page.main["data-total"] == str(len(links))
        return [int(link.split("/")[2]) for link in links]

    assert numbers("/tickets/") == [newer.number, ticket.number]
    staff_reply(portal, ticket)
    assert numbers("/tickets/") == [ticket.number, newer.number]
    assert numbers("/tickets/?show=closed") == [done.number]
    assert set(numbers("/tickets/?show=all")) == {ticket.number, newer.number, done.number}
    assert numbers("/tickets/?show=nonsense") == numbers("/tickets/")


def test_a_reply_is_unread_until_its_ticket_is_opened(portal, ticket, url, browse):
    """I13"""
    client = browse(portal, portal.customer)

    def unread():
        with tenant_scope(portal.tenant):
            return unread_total(portal.customer)

    assert unread() == 0
    staff_reply(portal, ticket)
    assert unread() == 1
    assert b"list__item--unread" in client.get("/tickets/").content
    client.get(url)
    assert unread() == 0
    assert b"list__item--unread" not in client.get("/tickets/").content
    client.post(f"{url}reply/", {"body": "Thanks", "key": str(uuid4())})
    assert unread() == 0
    staff_reply(portal, ticket)
    assert unread() == 1


def test_a_note_is_on_no_page_of_the_customers(portal, ticket, url, browse):
    """Internal notes reach no customer by any way."""
    with tenant_scope(portal.tenant):
        add_note(actor=portal.agent, ticket=ticket, body=f"{SECRET} note")
        link = ticket_link(ticket, portal.customer)
        assert unread_total(portal.customer) == 0
    client = browse(portal, portal.customer)

    pages = [client.get(address) for address in ("/", "/tickets/", url, f"{url}thanks/")]
    pages += [browse(portal).get(link), client.post(f"{url}reply/", {"body": "", "key": str(uuid4())})]

    for response in pages:
        assert SECRET.encode() not in response.content
        assert b"internal note" not in response.content
    assert SECRET in Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")).text


def test_opening_a_ticket_after_a_note_does_not_skip_an_earlier_or_later_reply(portal, ticket, url, browse):
    with tenant_scope(portal.tenant):
        add_note(actor=portal.agent, ticket=ticket, body="n")
    client = browse(portal, portal.customer)
    client.get(url)
    staff_reply(portal, ticket)

    badges = [given for given in Page(client.get(url)).all("span") if "badge--accent" in given.get("class", "")]
    assert len(badges) == 1


def test_a_customer_replies_closes_and_reopens(portal, ticket, url, browse):
    """T7, T11, I10"""
    client = browse(portal, portal.customer)

    assert client.post(f"{url}reply/", {"body": "More", "key": str(uuid4())}).url == f"{url}#end"
    client.post(f"{url}closure/")
    assert current(portal, ticket).status == Status.CLOSED
    client.post(f"{url}closure/", {"reopen": "1"})
    assert current(portal, ticket).status == Status.OPEN
    client.post(f"{url}closure/")
    client.post(f"{url}reply/", {"body": "Still beeps", "key": str(uuid4())})
    assert current(portal, ticket).status == Status.OPEN
    assert bodies(portal, ticket)[1:] == ["More", "Still beeps"]


def test_nothing_is_closed_by_looking(portal, ticket, url, browse):
    client = browse(portal, portal.customer)

    assert client.get(f"{url}closure/").status_code == 405
    assert client.get(f"{url}reply/").status_code == 405
    assert current(portal, ticket).status == Status.OPEN


def test_the_same_reply_sent_twice_is_one(portal, ticket, url, browse):
    client = browse(portal, portal.customer)
    fields = Page(client.get(url)).form("/reply/")
    for _time in range(2):
        assert client.post(f"{url}reply/", {**fields, "body": "Once"}).status_code == 302

    assert bodies(portal, ticket)[1:] == ["Once"]


def test_an_empty_reply_is_refused(portal, ticket, url, browse):
    response = browse(portal, portal.customer).post(f"{url}reply/", {"body": " \r\n ", "key": "spoilt"})

    assert response.status_code == 422
    assert len(bodies(portal, ticket)) == 1


def test_words_typed_after_the_session_ended_are_back_after_signing_in(portal, ticket, url, browse):
    client = browse(portal, portal.customer)
    fields = Page(client.get(url)).form("/reply/")
    del client.cookies["session"]

    sent = client.post(f"{url}reply/", {**fields, "body": "Line 1\r\nLine <2>"})
    assert sent.url == f"/sign-in/?next={url}"
    assert len(bodies(portal, ticket)) == 1
    back = client.post(sent.url, {"email": portal.customer.email, "password": "Correct-horse-7", "next": url})
    assert back.url == url
    page = Page(client.get(url))
    assert page.form("/reply/")["body"].replace("\r\n", "\n") == "Line 1\nLine <2>"
    client.post(f"{url}reply/", page.form("/reply/"))
    assert bodies(portal, ticket)[1:] == ["Line 1\nLine <2>"]
    assert Page(client.get(url)).form("/reply/")["body"] == ""


def test_a_guests_addition_after_the_session_ended_is_not_lost_either(portal, ticket, url, browse):
    client = browse(portal, portal.customer)
    del client.cookies["session"]

    sent = client.post(f"{url}thanks/more/", {"body": "Forgot this"})
    client.post(sent.url, {"email": portal.customer.email, "password": "Correct-horse-7", "next": url})

    assert Page(client.get(url)).form("/reply/")["body"] == "Forgot this"


# -- the link of a mail ---------------------------------------------------------------------------------------------


@pytest.fixture
def link(portal, ticket) -> str:
    with tenant_scope(portal.tenant):
        return ticket_link(ticket, portal.customer)


def test_a_link_is_built_from_the_portals_record_and_is_the_same_in_every_mail(portal, ticket, link):
    assert link.startswith(f"http://{portal.host}:8000/t/")
    with tenant_scope(portal.tenant):
        assert ticket_link(ticket, portal.customer) == link
        assert TicketLink.objects.count() == 1


def test_two_workers_who_make_the_first_link_at_once_make_the_same(portal, ticket, monkeypatch):
    first = links._first
    with tenant_scope(portal.tenant):

        def overtaken(*whose):
            assert first(*whose) is not None  # the other one's
            return first(*whose)

        monkeypatch.setattr(links, "_first", overtaken)
        made = ticket_link(ticket, portal.customer)
        assert made == ticket_link(ticket, portal.customer)
        assert TicketLink.objects.count() == 1


def test_the_link_opens_the_ticket_and_says_to_whom_it_was_sent(portal, ticket, link, browse):
    page = Page(browse(portal).get(link))

    assert page.main["data-ticket"] == str(ticket.number)
    assert "a…@kund.example" in page.text
    assert "anna@kund.example" not in page.text


def test_looking_by_the_link_changes_nothing(portal, ticket, link, browse):
    staff_reply(portal, ticket)
    before = snapshot()

    for _time in range(2):
        assert browse(portal).get(link).status_code == 200
        assert browse(portal).head(link).status_code == 200
    for way in ("reply/", "closure/"):
        assert browse(portal).get(link + way).status_code == 405

    assert snapshot() == before


def test_who_has_the_link_replies_closes_and_reopens_as_its_person(portal, ticket, link, browse):
    client = browse(portal)

    assert client.post(f"{link}reply/", {"body": "By link", "key": str(uuid4())}).status_code == 302
    client.post(f"{link}closure/")
    assert current(portal, ticket).status == Status.CLOSED
    client.post(f"{link}closure/", {"reopen": "1"})
    assert current(portal, ticket).status == Status.OPEN
    with tenant_scope(portal.tenant):
        message = Message.objects.last()
        assert (message.author, message.channel) == (portal.customer, Channel.LINK)
        # An answer was read up to; a look by the link alone marks nothing (above).
        assert [(mark.user, mark.message) for mark in Reading.objects.all()] == [(portal.customer, message)]


def test_who_is_signed_in_does_not_lend_a_link_their_rights(portal, ticket, link, browse):
    client = browse(portal, portal.agent)
    client.post(f"{link}reply/", {"body": "By link", "key": str(uuid4())})

    with tenant_scope(portal.tenant):
        assert Message.objects.last().author == portal.customer


def test_a_link_ends_when_it_is_revoked_and_the_next_mail_has_another(portal, ticket, link, browse):
    with tenant_scope(portal.tenant):
        assert revoke_links(actor=portal.agent, ticket=ticket) == 1
        new = ticket_link(ticket, portal.customer)

    assert new != link
    for address in (link, f"{link}attachments/1/"):
        assert browse(portal).get(address).status_code == 404
    assert browse(portal).post(f"{link}reply/", {"body": "x"}).status_code == 404
    assert browse(portal).post(f"{link}closure/").status_code == 404
    assert browse(portal).get(new).status_code == 200
    assert current(portal, ticket).status == Status.OPEN


def test_a_link_ends_after_its_time_and_each_mail_gives_it_more(portal, ticket, link, browse):
    with tenant_scope(portal.tenant):
        TicketLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browse(portal).get(link).status_code == 404

    with tenant_scope(portal.tenant):
        assert ticket_link(ticket, portal.customer) == link
        assert TicketLink.objects.get().expires_at > timezone.now() + LIFETIME - timedelta(minutes=1)
    assert browse(portal).get(link).status_code == 200


def test_a_link_ends_with_its_persons_account(portal, ticket, link, browse):
    portal.customer.is_active = False
    with tenant_scope(portal.tenant):
        portal.customer.save()

    assert browse(portal).get(link).status_code == 404


def test_a_link_does_not_outlive_the_persons_right_to_the_ticket(portal, ticket, link, browse):
    with tenant_scope(portal.tenant):
        Ticket.objects.update(requester=UserFactory())

    assert browse(portal).get(link).status_code == 404


def test_a_token_of_another_portal_or_of_its_row_alone_is_worth_nothing(portal, other_portal, ticket, link):
    token = link.rstrip("/").rsplit("/", 1)[1]
    with tenant_scope(portal.tenant):
        public_id = TicketLink.objects.get().public_id
        assert link_of_token(token).ticket_id == ticket.pk
        long = f"{public_id}.{'A' * 43}"
        for forged in (public_id, f"{public_id}.", long, token.upper(), token[:-1], f" {token}", ""):
            assert link_of_token(forged) is None, forged
    with tenant_scope(other_portal.tenant):
        assert link_of_token(token) is None
        with pytest.raises(BadSignature):  # not only because the row is out of sight
            _signer().unsign(token)
        TicketLink.objects.create(
            ticket=make_ticket(requester=other_portal.customer, topic=other_portal.topic),
            user=other_portal.customer,
            expires_at=timezone.now() + LIFETIME,
        )
        assert link_of_token(token) is None


def test_an_ended_link_says_what_to_do(portal, ticket, link, browse):
    with tenant_scope(portal.tenant):
        revoke_links(actor=portal.agent, ticket=ticket)
    page = Page(browse(portal).get(link))

    assert "siren" not in page.text
    assert any(target.startswith("/sign-in/") for target in page.links())


@pytest.mark.parametrize("number", [0, 1, 999_999_999, 10**18, 10**40])
def test_numbers_that_cannot_be_are_simply_not_there(portal, ticket, browse, number):
    for person, address in ((portal.customer, f"/tickets/{number}/"), (portal.agent, f"/desk/tickets/{number}/")):
        assert browse(portal, person).get(address).status_code == 404
        assert browse(portal, person).get(f"/tickets/{ticket.number}/attachments/{number}/").status_code == 404


def test_who_has_no_name_is_not_given_away_by_their_address(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        nameless = AgentFactory(email="private.person@north.example", name="")
        MemberFactory(department=portal.department, user=nameless)
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        reply_to_ticket(actor=nameless, ticket=ticket, body="We look.", channel=Channel.PORTAL, as_staff=True)
        close_ticket(actor=nameless, ticket=ticket, as_staff=True)

    page = browse(portal, portal.customer).get(f"/tickets/{ticket.number}/").content.decode()

    assert "We look." in page
    assert "p…@north.example closed the ticket" in page
    assert nameless.email not in page
