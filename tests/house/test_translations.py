"""Pages and mails speak Swedish to who reads Swedish: no text is missing, none stands outside the translation."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.db.utils import OperationalError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.base import Lexer, TokenType
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.scoping import tenant_scope
from accounts.tokens.passwords import password_link
from helpdesk import views
from notifications.actions.digesting import gather
from notifications.actions.draining import drain
from notifications.actions.reviews import ask_about_articles
from notifications.actions.turning_away import tell_retired
from notifications.actions.watching_mailboxes import watch_mailboxes
from notifications.enums import DeliveryState, DigestPace, MailKind, Stage, Trouble
from notifications.models import Delivery, DigestChoice, KeptMail, MailAddress, Mailbox
from tests.conftest import Portal
from tests.factories import UserFactory, ask, ask_for_password, make_ticket
from tests.house.test_imports import ROOT
from tests.knowledge.due import have_articles_due
from tests.notifications.staleness import go_stale
from tests.notifications.stories import book_and_leave, come_in, follow_service, prove_oneself
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.collaborating import add_collaborator
from tickets.actions.handing_over import assign, claim, transfer
from tickets.actions.merging import merge_tickets
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.enums import Channel, EventKind, Priority, Status
from tickets.events import record_event
from tickets.links import ticket_link
from tickets.models import FormField, Ticket

# Words that are the same in both languages.
SAME_IN_BOTH = {
    "%(priority)s: %(measure)s",
    "%d %%",
    "CSV",
    "Region",
    "%d d",
    "%d min",
    "Organisation",
    "Status",
    "status",
    "Support",
    "Text",
    "Port",
    "STARTTLS",
}
SAME_IN_BOTH |= {"Online", "OAuth (Microsoft 365, Google)", "Period", "%(number)s. %(title)s", "version %(number)s"}
# English words that a Swedish page may show: the other language's own name, and what stands in addresses.
ENGLISH_ANYWHERE = {"english", "new"}  # New York
UNREAD_BLOCKS = {"page_class", "body_class", "main_marks"}  # blocks inside a tag
SEARCHED = ("data-topic",)  # what a script searches through, in both languages; nobody reads it
READ_ALOUD = ("title", "aria-label", "placeholder", "alt")
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
LETTERS = re.compile(r"[^\W\d_]")
LITERAL = re.compile(r"""\|(?:default|default_if_none|yesno|pluralize):(["'])([^"']*[^\W\d_][^"']*)\1""")


# -- the catalogue ---------------------------------------------------------------------------------


@cache
def catalogue() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every text: its English forms and its Swedish ones."""
    with (ROOT / "locale/sv/LC_MESSAGES/django.po").open("rb") as file:
        return [(_forms(message.id), _forms(message.string)) for message in read_po(file, locale="sv") if message.id]


def _forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (list, tuple)) else (str(text),)


def words(text: str) -> set[str]:
    text = re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|\S+@\S+|https?://\S+", " ", text)
    return set(re.findall(r"[^\W\d_]{2,}", text.lower()))


@cache
def english_words() -> set[str]:
    """The words of the English texts that no Swedish text uses."""
    english = {word for forms, _ in catalogue() for form in forms for word in words(form)}
    swedish = {word for _, forms in catalogue() for form in forms for word in words(form)}
    return english - swedish - ENGLISH_ANYWHERE


def test_every_text_has_swedish_words_of_its_own():
    untranslated = {form for english, swedish in catalogue() for form in english if form in swedish or "" in swedish}

    assert untranslated == SAME_IN_BOTH


def test_swedish_keeps_its_manners():
    """No exclamation marks, Swedish quotation marks, an ellipsis after a space, mejl and never mail."""
    swedish = [form for _, forms in catalogue() for form in forms]

    assert [form for form in swedish if re.search(r"[!“]|\w…|\.\.\.|\b(e-?post|[Mm]ail|vänligen)\b", form)] == []


# -- templates -------------------------------------------------------------------------------------


class Texts(HTMLParser):
    """What a reader sees or hears of a page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unread: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "kbd", "pre", "code"):
            self._unread.append(tag)
        self.found += [
            value
            for name, value in attrs
            if value
            and (name in READ_ALOUD or (name.startswith("data-") and name not in SEARCHED and " " in value.strip()))
        ]

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.found.append(data)


def literal_texts(source: str, *, is_html: bool) -> list[str]:
    """What a template says by itself, outside {% translate %} and {% blocktranslate %}."""
    skipped_until, plain = "", []
    for token in Lexer(source).tokenize():
        name, *rest = token.contents.split() or [""]
        if token.token_type == TokenType.BLOCK and skipped_until:
            skipped_until = "" if name == skipped_until else skipped_until
        elif token.token_type == TokenType.BLOCK:
            if name in ("blocktranslate", "comment") or (name == "block" and rest[0] in UNREAD_BLOCKS):
                skipped_until = f"end{name}"
        elif token.token_type == TokenType.VAR and not skipped_until:
            plain += [literal for _quote, literal in LITERAL.findall(token.contents)]
        elif token.token_type == TokenType.TEXT and not skipped_until:
            plain.append(token.contents)
    return Texts("".join(plain)).found if is_html else plain


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_says_nothing_that_is_not_translated(path: Path):
    texts = literal_texts(path.read_text(encoding="utf-8"), is_html=path.suffix == ".html")

    assert [text.strip() for text in texts if LETTERS.search(text)] == []


def test_a_text_outside_the_translation_is_found():
    source = """
      <p title="{% translate 'Fine' %}">{{ name }} {% blocktranslate %}Fine{% endblocktranslate %} {# fine #}</p>
      <p aria-label="Heard">{{ name|default:"nobody" }} Seen</p> <kbd>Enter</kbd>
    """

    assert [text.strip() for text in literal_texts(source, is_html=True) if LETTERS.search(text)] == [
        "Heard",
        "nobody Seen",
    ]


# -- pages -----------------------------------------------------------------------------------------


@pytest.fixture
def swedish(portal: Portal) -> Portal:
    """A portal whose people read Swedish, and nothing in it is called by an English name."""
    with tenant_scope(portal.tenant):
        User.objects.update(language="sv")
        for person in (portal.customer, portal.agent, portal.lead, portal.administrator):
            person.refresh_from_db()
        portal.tenant.name = "Nordlarm"
        portal.tenant.save()
        for department, name in ((portal.department, "Kundtjänst"), (portal.other_department, "Fält")):
            department.name = name
            department.save()
        ask(portal.topic, "site", label_sv="Plats", need="always")
    return portal


@pytest.fixture
def ticket(swedish: Portal) -> Ticket:
    """A ticket with everything that can happen to one."""
    who = swedish
    with tenant_scope(who.tenant):
        ticket = make_ticket(
            requester=who.customer,
            topic=who.topic,
            subject="Larmet piper",
            body="Sedan i natt.",
            priority=Priority.URGENT,
            answers={FormField.objects.get(): "Rådhuset"},
            stated={"name": "Annan Holm", "phone": "040-1"},
        )
        make_ticket(requester=who.customer, topic=who.topic, subject="En till", body="Hej")
        claim(actor=who.agent, ticket=ticket)
        add_note(actor=who.agent, ticket=ticket, body="Ring Bo.")
        set_priority(actor=who.agent, ticket=ticket, priority=Priority.HIGH)
        reply_to_ticket(actor=who.agent, ticket=ticket, body="Vi tittar.", channel=Channel.PORTAL, as_staff=True)
        reply_to_ticket(actor=who.customer, ticket=ticket, body="Tack.", channel=Channel.LINK)
        assign(actor=who.lead, ticket=ticket, assignee=None)
        close_ticket(actor=who.customer, ticket=ticket)
        reopen_ticket(actor=who.customer, ticket=ticket)
        transfer(actor=who.lead, ticket=ticket, department=who.other_department)
        transfer(actor=who.administrator, ticket=ticket, department=who.department)
        drain(who.tenant)
        for number, delivery in enumerate(Delivery.objects.order_by("-pk")):
            state = DeliveryState.values[number % len(DeliveryState)]
            if state != DeliveryState.SENT:
                sending = {"lease_until": timezone.now(), "stage": Stage.TALKING} if state == "sending" else {}
                wrong = {"state": state, "sent_at": None, "attempts": 2, "trouble": Trouble.AWAY, **sending}
                Delivery.objects.filter(pk=delivery.pk).update(**wrong)
        ticket.refresh_from_db()
        return ticket


def english_in(response: HttpResponseBase) -> list[str]:
    assert isinstance(response, HttpResponse)
    return left_over(Texts(response.content.decode()).found)


def left_over(texts: list[str]) -> list[str]:
    return [f"{' '.join(sorted(found))}: {text.strip()}" for text in texts if (found := words(text) & english_words())]


def anywhere(who: Portal, ticket: Ticket) -> dict[str, list[str]]:
    """The addresses each kind of reader can open."""
    number, topic = [ticket.number], [who.topic.slug]
    with tenant_scope(who.tenant):
        link = ticket_link(ticket, who.customer).partition("/t/")[2].strip("/")
        password = password_link(who.customer).partition("/password/")[2].strip("/").split("/")
        mails = list(Delivery.objects.order_by("-pk").values_list("pk", flat=True)[:6])
    guest = [reverse(name) for name in ("home", "topics", "sign_in", "password_request")]
    guest += [reverse("file_ticket", args=topic), reverse("link", args=[link]), reverse("password_set", args=password)]
    guest += [f"{reverse('sign_in')}?next=/tickets/{ticket.number}/"]
    guest += ["/nowhere/", "/t/none/", reverse("password_set", args=["x", "y"]), reverse("file_ticket", args=["gone"])]
    shows = [f"{reverse('my_tickets')}?show={show}" for show in ("open", "closed", "all")]
    customer = [*guest, *shows, reverse("account"), reverse("ticket", args=number), reverse("thanks", args=number)]
    customer += [reverse("ticket_reply", args=number)]
    queues = ("waiting", "mine", "unassigned", "customer", "open", "closed", "all")
    desk = [f"{reverse('desk')}?view={view}" for view in queues]
    desk += [f"{reverse('desk')}?q=finns-inte&priority=high&department={who.department.pk}&sort=newest"]
    desk += [reverse("desk_ticket", args=number), reverse("desk_preview", args=number)]
    desk += [reverse("desk_new"), f"{reverse('desk_new')}?topic={who.topic.slug}", reverse("desk_mails")]
    desk += [f"{reverse('desk_mails')}?q=finns-inte", *(reverse("desk_mail", args=[pk]) for pk in mails)]
    return {
        "guest": guest,
        "customer": customer,
        "agent": [*desk, reverse("home"), reverse("portal_settings")],
        "administrator": [*desk, reverse("portal_settings"), reverse("account")],
    }


def wrong_forms(who: Portal, ticket: Ticket) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """What each kind of reader can send wrongly."""
    number = [ticket.number]
    filing = (reverse("file_ticket", args=[who.topic.slug]), {"email": "x", "website": "x", "field_site": ""})
    return {
        "guest": [
            (reverse("sign_in"), {}),
            (reverse("sign_in"), {"email": "nej@kund.example", "password": "nej"}),
            (reverse("password_request"), {"email": "nej"}),
            (reverse("password_request"), {"email": "nej@kund.example"}),
            filing,
            (reverse("file_ticket", args=["gone"]), {"subject": "Larm", "body": "Det piper"}),
        ],
        "customer": [
            filing,
            (reverse("account"), {"name": "", "language": "xx"}),
            (reverse("ticket_reply", args=number), {}),
        ],
        "agent": [
            (reverse("desk_reply", args=number), {"mode": "reply"}),
            (reverse("desk_status", args=number), {"status": "x"}),
            (reverse("desk_priority", args=number), {"priority": "x"}),
            (reverse("desk_assignment", args=number), {"assignee": "0"}),
            (reverse("desk_department", args=number), {"department": "0"}),
            (reverse("desk_new"), {"topic": who.topic.slug}),
        ],
        "administrator": [(reverse("portal_settings"), {"name": "", "colour": "röd", "attachment_limit_mb": "x"})],
    }


@pytest.fixture
def reader(swedish: Portal, browse: Callable[..., Client]) -> Callable[[str], Client]:
    people = {"customer": swedish.customer, "agent": swedish.agent, "administrator": swedish.administrator}

    def make(role: str) -> Client:
        return browse(swedish, people.get(role), language="sv")

    return make


ROLES = ("guest", "customer", "agent", "administrator")


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_an_english_word_to_who_reads_swedish(role, swedish, ticket, reader):
    client = reader(role)

    assert {
        address: english for address in anywhere(swedish, ticket)[role] if (english := english_in(client.get(address)))
    } == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_to_a_wrong_form_shows_an_english_word(role, swedish, ticket, reader):
    client = reader(role)

    assert {
        address: english
        for address, fields in wrong_forms(swedish, ticket)[role]
        if (english := english_in(client.post(address, fields)))
    } == {}


def test_what_is_said_after_an_action_is_swedish(swedish, ticket, reader):
    desk, customer, number = reader("agent"), reader("customer"), [ticket.number]
    department = {"department": str(swedish.other_department.pk)}
    done = [
        (customer, reverse("ticket_reply", args=number), {"body": "Hej"}),
        (customer, reverse("ticket_closure", args=number), {}),
        (customer, reverse("ticket_closure", args=number), {"reopen": "1"}),
        (customer, reverse("file_ticket", args=["fault"]), {"subject": "Ny", "body": "Sak", "field_site": "Här"}),
        (customer, reverse("file_ticket", args=["fault"]), {"subject": "Ny", "body": "Sak", "field_site": "Här"}),
        (customer, reverse("account"), {"name": "Anna", "language": "sv"}),
        (desk, reverse("desk_reply", args=number), {"mode": "note", "body": "Obs"}),
        (desk, reverse("desk_reply", args=number), {"mode": "reply", "body": "Klart", "and_status": "closed"}),
        (desk, reverse("desk_claim", args=number), {}),
        (desk, reverse("desk_status", args=number), {"status": "in_progress"}),
        (desk, reverse("desk_priority", args=number), {"priority": "low", "reason": "Lugnt"}),
        (desk, reverse("desk_tags", args=number), {"tags": "Tak, Siren"}),
        (desk, reverse("desk_tags", args=number), {"remove": "Tak"}),
        (desk, reverse("desk_followers", args=number), {}),
        (desk, reverse("desk_assignment", args=number), {"assignee": ""}),
        (desk, reverse("desk_links", args=number), {}),
        (desk, reverse("desk_department", args=number), department),
        (customer, reverse("sign_out"), {}),
    ]

    assert {
        f"{address} {fields}": english
        for client, address, fields in done
        if (english := english_in(client.post(address, fields, follow=True)))
    } == {}


@pytest.mark.parametrize("problem", [ValueError(), OperationalError()])
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_about_trouble_are_swedish(problem, method):
    request = getattr(RequestFactory(), method)("/", {"body": "Hej"}, headers={"accept-language": "sv"})
    try:
        raise problem
    except type(problem):
        answers = [views.trouble(request), views.bad_request(request, problem), views.stale_form(request)]

    assert [english_in(answer) for answer in answers] == [[], [], []]


# -- mails -----------------------------------------------------------------------------------------


def test_every_mail_is_swedish(swedish):
    who = swedish
    with tenant_scope(who.tenant):
        guest = UserFactory(email="gast@kund.example", name="Gäst", language="sv", password="")
        told = make_ticket(
            requester=guest, topic=who.topic, subject="Frågan", body="Hur gör vi?", channel=Channel.GUEST
        )
        make_ticket(
            actor=who.agent, requester=guest, topic=who.topic, subject="Ringde", body="Bo", channel=Channel.PHONE
        )
        for status in (Status.IN_PROGRESS, Status.WAITING_FOR_CUSTOMER, Status.CLOSED):
            reply_to_ticket(
                actor=who.agent, ticket=told, body="Så", channel=Channel.PORTAL, as_staff=True, and_status=status
            )
        reply_to_ticket(actor=guest, ticket=told, body="Jaha", channel=Channel.LINK)
        close_ticket(actor=guest, ticket=told)
        reopen_ticket(actor=guest, ticket=told)
        close_ticket(actor=who.agent, ticket=told, as_staff=True)
        reopen_ticket(actor=who.agent, ticket=told, as_staff=True)
        assign(actor=who.agent, ticket=told, assignee=who.lead)
        transfer(actor=who.administrator, ticket=told, department=who.other_department)
        transfer(actor=who.administrator, ticket=told, department=who.department)
        colleague, another = (
            UserFactory(email=f"{name}@kund.example", organisation=who.organisation, verified_at=timezone.now())
            for name in ("bo", "siv")
        )
        for person in (colleague, another):
            add_collaborator(actor=who.lead, ticket=told, user=person, as_staff=True)
        reply_to_ticket(actor=guest, ticket=told, body="Jaha", channel=Channel.LINK)
        ask_for_password(who.customer.email)
        come_in(who, "Frågan", language="sv")
        prove_oneself(who, language="sv")
        retired = MailAddress.objects.create(email="gammal@north.example", topic=who.topic, retired_at=timezone.now())
        tell_retired(sender="okand@kund.example", name="", address=retired)
        DigestChoice.objects.create(user=colleague, kind=MailKind.COLLEAGUE_REPLY, pace="daily")
        reply_to_ticket(actor=guest, ticket=told, body="Jaha", channel=Channel.LINK)
        reply_to_ticket(actor=who.agent, ticket=told, body="Så", channel=Channel.PORTAL, as_staff=True)
        other = make_ticket(requester=guest, topic=who.topic, subject="Larmet igen", body="Det piper igen.")
        merge_tickets(actor=who.agent, ticket=other, into=told)
        record_event(EventKind.MAIL_RETURNED, told, actor=None, data={"address": "borta@kund.example"})
        long_ago = timezone.now() - timedelta(days=1)
        Mailbox.objects.create(name="Lådan", host="imap.example", username="a", failing_since=long_ago)
        watch_mailboxes()
        go_stale(who, "Larmet piper")
        follow_service(who, "Larmen når inte fram", language="sv")
        book_and_leave(who, "Vi kommer gärna", language="sv")
        have_articles_due(who.agent, "Byta lösenord")
        ask_about_articles()
    while drain(who.tenant):
        pass
    with tenant_scope(who.tenant):
        gather(actor=None, user=colleague, paces={DigestPace.DAILY})
    while drain(who.tenant):
        pass
    with tenant_scope(who.tenant):
        kept = list(KeptMail.objects.all())

        assert set(Delivery.objects.values_list("template", flat=True)) == set(MailKind.values)
        assert {mail.file_name: english for mail in kept if (english := _english_in_mail(bytes(mail.raw)))} == {}


def _english_in_mail(raw: bytes) -> list[str]:
    mail = message_from_bytes(raw, policy=policy.default)
    texts = [str(mail["Subject"])]
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            texts += part.get_content().splitlines()
        elif part.get_content_type() == "text/html":
            texts += Texts(part.get_content()).found
    return left_over(texts)
