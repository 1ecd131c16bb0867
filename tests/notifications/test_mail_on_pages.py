"""What pages and mails say of words that came by mail: from where they came, and what was guessed about them."""

from pathlib import Path

import pytest

from accounts.scoping import tenant_scope
from notifications.composing import compose
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.tokens import answer_address
from tests.factories import make_ticket
from tests.notifications.incoming import SUPPORT, come, mail_to, work, write
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.enums import Status
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
