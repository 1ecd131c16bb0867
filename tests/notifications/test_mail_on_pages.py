"""What pages and mails say of words that came by mail: from where they came, and what was guessed about them."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.scoping import tenant_scope
from notifications.actions.bouncing import mark_bounced
from notifications.composing import compose
from notifications.enums import DeliveryState
from notifications.facts import Refused
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.tokens import answer_address
from routing.queries import agents_of
from tests.factories import UserFactory, make_ticket
from tests.notifications.incoming import SUPPORT, come, mail_to, work, write
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.collaborating import add_collaborator
from tickets.actions.handing_over import claim
from tickets.actions.merging import merge_tickets, unmerge_ticket
from tickets.enums import Status
from tickets.links import link_of_token
from tickets.models import Ticket

MAILS = Path(__file__).parent.parent / "mails"


@pytest.fixture
def ticket(in_scope, other_portal) -> Ticket:
    with tenant_scope(other_portal.tenant):
        MailAddress.objects.create(email="support@south.example", topic=other_portal.topic)
    MailAddress.objects.create(email=SUPPORT, topic=in_scope.topic)
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps")


@pytest.fixture
def token(in_scope, ticket) -> str:
    return answer_address(mail_to(in_scope, in_scope.customer, ticket), SUPPORT)


@pytest.fixture
def pages(in_scope, ticket, browse):
    def both() -> tuple[Page, Page]:
        desk = browse(in_scope, in_scope.agent).get(f"/desk/tickets/{ticket.number}/")
        return Page(desk), Page(browse(in_scope, in_scope.customer).get(f"/tickets/{ticket.number}/"))

    return both


def test_everybody_sees_from_where_words_in_somebodys_name_came(in_scope, ticket, token, pages):
    come(in_scope, write("It is me.", To=token))
    assert not any("from anna@kund.example" in page.text for page in pages())

    come(in_scope, write("I am her colleague.", From="other@kund.example", To=token))

    assert all("from other@kund.example" in page.text for page in pages())
    work(in_scope)
    told = Delivery.objects.with_story().filter(recipient=in_scope.agent, ticket_event__ticket=ticket).latest("pk")
    letter = compose(told)
    assert "Sent from: other@kund.example" in letter.text
    assert "Sent from: other@kund.example" in letter.html


def test_customers_read_no_address_of_somebody_who_works_there(in_scope, ticket, token, pages):
    come(in_scope, write("Believe me.", From=in_scope.lead.email, To=token))

    desk, customers = pages()
    assert f"from {in_scope.lead.email}" in desk.text
    assert in_scope.lead.email not in customers.text
    assert f"from an address of {in_scope.tenant.name}" in customers.text


def test_a_mere_thank_you_is_undone_where_it_is_told(in_scope, ticket, token, browse, pages):
    close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    come(in_scope, write("Thank you!", To=token))
    desk, customers = pages()
    assert "Reopen it if it was more than that" not in customers.text
    form = next(form for form in desk.forms if form["action"].endswith("/status/") and "status" in form["fields"])

    browse(in_scope, in_scope.agent).post(f"/desk/tickets/{ticket.number}/status/", form["fields"])

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert "Reopen" not in [words.strip() for words in pages()[0].text.splitlines()]


def test_a_mail_that_came_twice_leads_to_the_first_one_and_its_ticket(in_scope, ticket, token, browse):
    raw = write("Later.", To=token, Message_ID="<1@kund.example>", Date="Thu, 1 Jan 2026 10:00:00 +0100")
    first = come(in_scope, raw)
    again = come(in_scope, raw)
    assert again.reason == "duplicate"

    client = browse(in_scope, in_scope.agent)
    for url in ("/desk/incoming/", f"/desk/incoming/{again.pk}/"):
        links = [link.get("href") for link in Page(client.get(url)).all("a")]
        assert f"/desk/incoming/{first.pk}/" in links
    assert f"/desk/tickets/{ticket.number}/" in [
        link.get("href", "").partition("#")[0] for link in Page(client.get(f"/desk/incoming/{again.pk}/")).all("a")
    ]
    IncomingMail.objects.filter(pk=first.pk).update(ticket=None, message=None, state="held", reason="loop")
    assert client.get(f"/desk/incoming/{again.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("name", "label", "words"),
    [
        ("pgp_encrypted", "encrypted", "This mail is encrypted."),
        ("signed_smime", "signed", "This mail is digitally signed."),
        ("calendar_invitation", "invitation", "an entry for a calendar"),
    ],
)
def test_what_a_mail_is_besides_its_words_stands_at_it(in_scope, ticket, token, pages, name, label, words):
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"support@larm.example", token.encode())

    mail = come(in_scope, raw.replace(b"eva@kund.example", b"anna@kund.example"))

    assert (mail.ticket, mail.message.label) == (ticket, label)
    assert all(words in page.text for page in pages())
    work(in_scope)
    told = Delivery.objects.with_story().filter(recipient=in_scope.agent, ticket_event__ticket=ticket).latest("pk")
    assert words in compose(told).text


def test_an_empty_mail_says_that_it_is_empty(in_scope, ticket, token, pages):
    mail = come(in_scope, write("\n", To=token))

    assert mail.message.label == "empty"
    assert all("There is no text in this mail." in page.text for page in pages())
    assert come(in_scope, write("Words.", To=token)).message.label == ""


def come_back(portal, ticket: Ticket, person: User) -> Delivery:
    """The last mail to somebody about the ticket has left, and comes back."""
    delivery = mail_to(portal, person, ticket)
    sent = {"state": DeliveryState.SENT, "sent_at": timezone.now(), "next_attempt_at": None}
    Delivery.objects.filter(pk=delivery.pk).update(**sent)
    assert mark_bounced(delivery=delivery, words="550 no such user")
    assert not mark_bounced(delivery=delivery)
    work(portal)
    return delivery


def told_of_return(ticket: Ticket) -> list[User]:
    return [mail.recipient for mail in Delivery.objects.filter(ticket_event__ticket=ticket, template="mail_returned")]


def test_a_mail_that_came_back_is_told_once_to_who_has_the_ticket(in_scope, ticket):
    claim(actor=in_scope.lead, ticket=ticket)

    come_back(in_scope, ticket, in_scope.customer)

    assert told_of_return(ticket) == [in_scope.lead]
    come_back(in_scope, ticket, in_scope.lead)
    assert told_of_return(ticket) == [in_scope.lead]  # what came back from staff is told to nobody by mail
    letter = compose(Delivery.objects.with_story().get(template="mail_returned"))
    assert f"A mail to {in_scope.customer.email} about ticket {ticket.number} came back" in letter.text
    assert "550 no such user" in letter.text


def test_where_nobody_has_the_ticket_the_department_is_told(in_scope, ticket, browse):
    come_back(in_scope, ticket, in_scope.customer)

    assert sorted(told_of_return(ticket), key=str) == sorted(agents_of(in_scope.department.pk), key=str)
    assert "came back" not in Page(browse(in_scope, in_scope.customer).get(f"/tickets/{ticket.number}/")).text


def test_what_came_back_is_marked_in_the_queue_and_beside_the_ticket(in_scope, ticket, browse, other_portal):
    client = browse(in_scope, in_scope.agent)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert "mail not delivered" not in Page(client.get("/desk/")).text

    delivery = come_back(in_scope, ticket, in_scope.customer)

    assert Page(client.get("/desk/")).text.count("mail not delivered") == 1
    assert "#failed-title" in [a.get("href") for a in Page(client.get(f"/desk/tickets/{ticket.number}/")).all("a")]
    assert "mail not delivered" not in Page(browse(other_portal, other_portal.agent).get("/desk/")).text
    Delivery.objects.filter(pk=delivery.pk).update(state="queued", next_attempt_at=timezone.now())
    assert "mail not delivered" not in Page(client.get("/desk/")).text


def test_who_has_both_of_two_merged_tickets_is_told_once_where_it_goes_on(in_scope, ticket):
    stranger = UserFactory(email="bo@elsewhere.example")
    add_collaborator(actor=in_scope.lead, ticket=ticket, user=stranger, as_staff=True)
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps again")
    work(in_scope)
    before = set(Delivery.objects.values_list("pk", flat=True))

    merge_tickets(actor=in_scope.agent, ticket=ticket, into=other)
    merge_tickets(actor=in_scope.agent, ticket=ticket, into=other)
    work(in_scope)

    mails = Delivery.objects.with_story().exclude(pk__in=before).order_by("template")
    assert [(mail.recipient, mail.template) for mail in mails] == [
        (stranger, "closed"),
        (in_scope.customer, "merged"),
    ]
    letter = compose(mails[1])
    assert f"#{other.number} It beeps again" in letter.text
    token = re.search(r"/t/([^/\s]+)/", letter.text).group(1)
    assert (link_of_token(token).ticket, link_of_token(token).user) == (other, in_scope.customer)

    unmerge_ticket(actor=in_scope.agent, ticket=ticket)
    with pytest.raises(Refused):
        compose(Delivery.objects.with_story().get(template="merged"))
