"""The mails themselves, as a mail server takes them."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import EntryRequestKind, WayIn
from accounts.models import Tenant, User
from accounts.scoping import tenant_scope
from notifications.actions.choosing_mails import choose_mails
from notifications.actions.digesting import send_digests
from notifications.actions.reviews import ask_about_articles
from notifications.addresses import ascii_address, body_text, header_line
from notifications.choices import choices_of
from notifications.composing import WORDS_LIMIT, compose
from notifications.enums import DigestPace, MailKind
from notifications.models import Delivery
from notifications.rounds import threads_of
from tests.factories import AgentFactory, MemberFactory, TopicFactory, UserFactory, ask, ask_for_password, make_ticket
from tests.knowledge.due import have_articles_due
from tests.notifications.conftest import only_mail_to, told
from tests.notifications.staleness import go_stale
from tests.notifications.stories import ask as apply
from tests.notifications.stories import book_and_leave, come_in, follow_service, prove_oneself, write_to_retired
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.collaborating import add_collaborator
from tickets.actions.handing_over import assign, transfer
from tickets.actions.merging import merge_tickets
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_topic import set_topic
from tickets.enums import Channel, EventKind, FieldAccess, Priority, PriorityUse, Status
from tickets.events import record_event
from tickets.links import link_of_token
from tickets.models import FormField, PrioritySettings, Ticket, TicketEvent

HOSTILE = "<b onload=\"x\">Tom & 'Jerry'</b> \u202eevil {{ tenant }} {% now 'Y' %}"
SHOWN = "<b onload=\"x\">Tom & 'Jerry'</b>"


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            elif name in ("src", "srcset", "background", "style") or name.startswith("on"):
                self.loaded.append(f"{name}={value}")


def every_mail(portal, send_all) -> dict[str, object]:
    """One mail of each kind, about tickets, people and organisations full of hostile words."""
    portal.customer.name = portal.lead.name = HOSTILE[:100]
    portal.customer.save()
    portal.lead.save()
    ticket = make_ticket(requester=portal.customer, topic=portal.topic, subject=HOSTILE, body=HOSTILE)
    reply_to_ticket(actor=portal.lead, ticket=ticket, body=HOSTILE, channel=Channel.PORTAL, as_staff=True)
    reply_to_ticket(actor=portal.customer, ticket=ticket, body=HOSTILE, channel=Channel.LINK)
    add_note(actor=portal.lead, ticket=ticket, body="SECRET NOTE")
    close_ticket(actor=portal.lead, ticket=ticket, as_staff=True)
    reopen_ticket(actor=portal.lead, ticket=ticket, as_staff=True)
    close_ticket(actor=portal.customer, ticket=ticket)
    reopen_ticket(actor=portal.customer, ticket=ticket)
    assign(actor=portal.lead, ticket=ticket, assignee=portal.agent)
    transfer(actor=portal.lead, ticket=ticket, department=portal.other_department)
    _work_together(portal, ticket)
    ask_for_password(portal.customer.email)
    come_in(portal, HOSTILE)
    prove_oneself(portal)
    write_to_retired(portal, HOSTILE)
    _have_it_collected(portal, ticket)
    returned = {"address": "gone@kund.example", "words": HOSTILE}
    record_event(EventKind.MAIL_RETURNED, ticket, actor=None, data=returned)
    other = make_ticket(requester=portal.customer, topic=portal.topic, subject=HOSTILE, body="Again.")
    merge_tickets(actor=portal.administrator, ticket=ticket, into=other)
    go_stale(portal, HOSTILE)
    follow_service(portal, HOSTILE)
    book_and_leave(portal, HOSTILE)
    have_articles_due(portal.agent, HOSTILE)
    ask_about_articles()
    mails = {mail.message_id: mail for mail in send_all(portal.tenant)}
    return {delivery.template: mails[delivery.message_id] for delivery in Delivery.objects.order_by("-pk")}


def _work_together(portal, ticket) -> None:
    colleague = UserFactory(email="bo@kund.example", organisation=portal.organisation, verified_at=timezone.now())
    add_collaborator(actor=portal.lead, ticket=ticket, user=colleague, as_staff=True)
    reply_to_ticket(actor=portal.customer, ticket=ticket, body=HOSTILE, channel=Channel.PORTAL)


def _have_it_collected(portal, ticket) -> None:
    told(portal.tenant)
    colleague = User.objects.get(email="bo@kund.example")
    wanted = {choice.kind for choice in choices_of(colleague)}
    choose_mails(actor=colleague, user=colleague, wanted=wanted, collected=dict.fromkeys(wanted, DigestPace.HOURLY))
    reply_to_ticket(actor=portal.customer, ticket=ticket, body=HOSTILE, channel=Channel.PORTAL)
    told(portal.tenant)
    send_digests(timezone.now() + timedelta(days=2))


def test_every_kind_has_a_text_and_an_html_half_with_words_and_links_intact(in_scope, send_all):
    mails = every_mail(in_scope, send_all)
    assert set(mails) | {MailKind.MAILBOX_TROUBLE} == set(MailKind.values)  # that one, where mailboxes are read
    for kind, taken in mails.items():
        text, page = taken.part("plain"), Links(taken.part("html"))
        assert set(page.tags) <= {
            "html", "head", "meta", "title", "style", "body", "div", "h1", "p", "a", "br",
        }, kind  # fmt: skip
        assert page.loaded == [], kind
        assert not re.search("&amp;|&lt;|&#x27;|&quot;", text), kind
        assert "SECRET" not in text + taken.part("html"), kind
        assert all(link.startswith("http://north.localhost:8000/") for link in page.links), kind
        assert all(link in text for link in page.links), kind
        if taken.mail["Subject"].startswith("["):
            assert SHOWN in text + taken.mail["Subject"], kind
            assert str(taken.mail["Subject"]).partition("] ")[2] == HOSTILE.replace("\u202e", ""), kind
        assert "\u202e" not in taken.mail["Subject"], kind


def test_mails_to_unproven_addresses_hold_nothing_a_stranger_typed(in_scope, send_all):
    apply(EntryRequestKind.REGISTER, "nora@new.example", HOSTILE)
    in_scope.tenant.strangers = WayIn.APPLICATION
    in_scope.tenant.save()
    for kind in (EntryRequestKind.REGISTER, EntryRequestKind.ASK):
        apply(kind, "olle@new.example", HOSTILE)
    in_scope.tenant.strangers = WayIn.INVITATION
    in_scope.tenant.save()
    apply(EntryRequestKind.REGISTER, "pia@new.example", HOSTILE)
    mails = [taken for taken in send_all(in_scope.tenant) if taken.recipient.endswith("@new.example")]

    assert len(mails) == 4
    for taken in mails:
        assert "Jerry" not in str(taken.mail["Subject"]) + str(taken.mail["To"]) + taken.part("plain")
        assert "Jerry" not in taken.part("html")


def test_the_headers_of_every_mail(in_scope, send_all):
    for kind, taken in every_mail(in_scope, send_all).items():
        mail = taken.mail
        assert mail.defects == []
        assert str(mail["From"]) == "North support <support@north.example>"
        assert str(mail["Reply-To"]) == "support@north.example"
        assert str(mail["To"]) == taken.recipient
        assert mail["Cc"] is None
        assert mail["Bcc"] is None
        answers = kind in ("confirmation", "retired_address")
        assert mail["Auto-Submitted"] == ("auto-replied" if answers else "auto-generated")
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert abs(mail["Date"].datetime - timezone.now()).total_seconds() < 60
        assert re.fullmatch(r"<[ta]\d+\.\d+\.[0-9a-f]{16}@north\.example>", taken.message_id)
        assert taken.sender == "support@north.example"
        assert all(len(line) <= 998 and line.isascii() for line in taken.raw.split(b"\r\n"))


def test_mails_about_one_ticket_form_one_thread_for_each_person(in_scope, send_all):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    first = send_all(in_scope.tenant)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="One", channel=Channel.PORTAL, as_staff=True)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Two", channel=Channel.PORTAL, as_staff=True)
    mails = [taken for taken in first + send_all(in_scope.tenant) if taken.recipient == in_scope.customer.email]
    ids = [taken.message_id for taken in mails]
    references = [str(taken.mail["References"]).split() for taken in mails]
    assert len(set(ids)) == 3
    root = references[0][0]
    assert references == [[root], [root, ids[0]], [root, ids[0], ids[1]]]
    assert [taken.mail["In-Reply-To"] for taken in mails] == [None, ids[0], ids[1]]
    to_agent = next(taken for taken in first if taken.recipient == in_scope.agent.email)
    assert root not in str(to_agent.mail["References"])


def test_threads_that_leave_in_one_round_do_not_mix(in_scope, send_all):
    tickets = [
        make_ticket(requester=person, topic=in_scope.topic)
        for person in (in_scope.customer, in_scope.customer, UserFactory(tenant=in_scope.tenant))
    ]
    for ticket in tickets:
        reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="One", channel=Channel.PORTAL, as_staff=True)
    send_all(in_scope.tenant)
    for ticket in tickets:
        mails = Delivery.objects.filter(ticket_event__ticket=ticket, recipient=ticket.requester_id).order_by("pk")
        one, two = mails.with_story()
        assert threads_of([one, two]) == {one.pk: [], two.pk: [one.message_id]}


@pytest.mark.parametrize(
    ("language", "words", "moment"),
    [("sv", "Öppna ärendet", "21 nov 2026 21.30"), ("en", "Open the ticket", "21 Nov 2026 21:30")],
)
def test_each_reader_is_written_to_in_their_language(in_scope, send_all, language, words, moment):
    in_scope.customer.language = language
    in_scope.customer.save()
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    TicketEvent._base_manager.update(created_at="2026-11-21T20:30:00Z")
    mails = {taken.recipient: taken for taken in send_all(in_scope.tenant)}
    mail = mails[in_scope.customer.email]
    assert f'<html lang="{language}">' in mail.part("html")
    assert words in mail.part("html")
    # The portal's time zone, Stockholm, is an hour ahead.
    assert moment in mail.part("plain")
    assert "Open the ticket" in mails[in_scope.agent.email].part("html")


def test_who_never_chose_a_language_is_written_to_in_the_portals(in_scope, send_all):
    person = UserFactory(language="")
    make_ticket(requester=person, topic=in_scope.topic)
    mail = next(taken for taken in send_all(in_scope.tenant) if taken.recipient == person.email)
    assert '<html lang="sv">' in mail.part("html")


def test_the_customers_link_opens_this_ticket_for_this_person(in_scope, send_all):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    mails = {taken.recipient: taken.part("plain") for taken in send_all(in_scope.tenant)}
    token = re.search(r"http://north\.localhost:8000/t/([^/\s]+)/", mails[in_scope.customer.email]).group(1)
    link = link_of_token(token)
    assert (link.ticket, link.user) == (ticket, in_scope.customer)
    assert "/t/" not in mails[in_scope.agent.email]
    assert "http://north.localhost:8000/desk/tickets/1001/" in mails[in_scope.agent.email]


def test_who_has_no_password_is_offered_one_and_only_they(in_scope, send_all):
    newcomer = UserFactory(password=None)
    for person in (newcomer, in_scope.customer):
        make_ticket(requester=person, topic=in_scope.topic)
    mails = {taken.recipient: taken.part("plain") for taken in send_all(in_scope.tenant)}
    assert "http://north.localhost:8000/password/" in mails[newcomer.email]
    assert "/password/" not in mails[in_scope.customer.email]
    assert "/password/" not in mails[in_scope.agent.email]


def test_a_guest_confirmation_without_echo_holds_none_of_the_guests_words(in_scope, send_all):
    guest = UserFactory(password=None, name="SPAMNAME")
    question = ask(in_scope.topic, "where")
    for word in ("SPAMONE", "SPAMTWO"):
        make_ticket(
            requester=guest,
            topic=in_scope.topic,
            subject=f"{word} subject",
            body=f"{word} body",
            channel=Channel.GUEST,
            answers={question: f"{word} answer"},
        )
    first, second = (taken for taken in send_all(in_scope.tenant) if taken.recipient == guest.email)
    assert "SPAMONE subject" in first.mail["Subject"]
    assert "> SPAMONE body" in first.part("plain")
    assert "Question where: SPAMONE answer" in first.part("plain")
    everything = str(second.mail) + second.part("plain") + second.part("html")
    assert "SPAM" not in everything
    assert "1002" in second.mail["Subject"]
    assert "/t/" in second.part("plain")


def _asking_everything(portal) -> dict[FormField, str]:
    site = ask(portal.topic, "site", label_en="Where?")
    road = ask(portal.topic, "road", kind="textarea", label_en="How does one get there?")
    seen = ask(portal.topic, "seen", kind="date", label_en="Seen since")
    secret = ask(portal.topic, "secret", access=FieldAccess.INTERNAL, label_en="What do we think?")
    return {site: "<b>Gate</b>", road: "Left\nPriority: Urgent", seen: "2026-12-01", secret: "SECRET"}


def test_new_tickets_are_told_with_what_their_form_was_for(in_scope, send_all):
    answers = _asking_everything(in_scope)
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic, answers=answers)
    assign(actor=in_scope.lead, ticket=ticket, assignee=in_scope.agent)
    transfer(actor=in_scope.lead, ticket=ticket, department=in_scope.other_department)
    mails = send_all(in_scope.tenant)
    kinds = dict(Delivery.objects.values_list("message_id", "template"))
    assert {"confirmation", "new_ticket", "assigned", "transferred"} <= set(kinds.values())
    for mail in mails:
        text, page = mail.part("plain"), mail.part("html")
        topic = in_scope.topic.name_sv if '<html lang="sv">' in page else in_scope.topic.name_en
        assert f": {topic}\n" in text
        assert f": {topic}<br>" in page
        assert "Where? <b>Gate</b>\n" in text
        assert "Where? &lt;b&gt;Gate&lt;/b&gt;<br>" in page
        assert "How does one get there?\n> Left\n> Priority: Urgent\n" in text
        assert re.search("Seen since: 1 [Dd]ec 2026\n", text)
        assert ("SECRET" in text, "SECRET" in page) == ((kinds[mail.message_id] != "confirmation",) * 2)


def test_a_department_the_rules_chose_again_is_not_told_that_somebody_chose_it(in_scope, send_all):
    there = AgentFactory()
    MemberFactory(department=in_scope.other_department, user=there)
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    send_all(in_scope.tenant)
    other = TopicFactory(department=in_scope.other_department)

    set_topic(actor=in_scope.agent, ticket=ticket, topic=other, route_again=True)

    (mail,) = send_all(in_scope.tenant)
    for half in ("plain", "html"):
        words = "The rules chose Field service again, because the topic was changed by Elin Lund."
        assert words in mail.part(half)
        assert "handed" not in mail.part(half)


@pytest.mark.parametrize("use", list(PriorityUse))
def test_customers_are_told_the_priority_only_where_they_see_it(in_scope, send_all, use):
    PrioritySettings.objects.create(use=use)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    Ticket.objects.update(priority=Priority.HIGH)
    mails = {mail.recipient: mail for mail in send_all(in_scope.tenant)}
    seen = use != PriorityUse.HIDDEN
    assert [("Priority: High" in mails[in_scope.customer.email].part(half)) for half in ("plain", "html")] == [seen] * 2
    assert "Priority: High" in mails[in_scope.agent.email].part("plain")


def test_the_answers_cost_a_mail_the_same_however_many_there_are(in_scope):
    def queries_of_a_mail() -> int:
        Delivery.objects.all().delete()
        make_ticket(requester=in_scope.customer, topic=in_scope.topic, answers=answers)
        told(in_scope.tenant)
        delivery = Delivery.objects.with_story().get(recipient=in_scope.agent)
        with CaptureQueriesContext(connection) as counted:
            compose(delivery)
        return len(counted)

    answers = {ask(in_scope.topic, "one"): "x"}
    few = queries_of_a_mail()
    answers |= {ask(in_scope.topic, f"more_{n}"): "x" for n in range(9)}
    assert queries_of_a_mail() == few


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\nBcc: all@kund.example",
        "Hello\nBcc: all@kund.example",
        "Hello\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029Bcc: all@kund.example",
        "=?utf-8?q?Hello=0D=0ABcc:_all=40kund.example?=",
        "Hello\x00 \x1b[31m\u202eyou",
        "Ärende " * 28,
    ],
)
def test_no_subject_can_add_a_header(in_scope, send_all, mailbox, subject):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    Ticket.objects.filter(pk=ticket.pk).update(subject=subject.replace("\x00", ""))
    mails = send_all(in_scope.tenant)
    assert len(mails) == 3
    for taken in mails:
        assert taken.mail["Bcc"] is None
        assert taken.recipient != "all@kund.example"
        assert taken.mail["Subject"].startswith("[#1001] ")
        assert not re.search(r"[\x00-\x1f\x7f\u2028\u2029\u202e]", str(taken.mail["Subject"]))
        assert b"\n" not in taken.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name",
    ['Larm, "Väst" <boss@corp.example>\r\nBcc: x@y.example', "Åäö " * 20, "Plain, with comma", "x" * 80, "مرحبا 🙂"],
)
def test_no_portal_name_can_change_the_sender(in_scope, send_all, name):
    Tenant.objects.filter(pk=in_scope.tenant.pk).update(name=name[:80])
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    with tenant_scope(Tenant.objects.get(pk=in_scope.tenant.pk)) as tenant:
        taken = send_all(tenant)[0]
    (sender,) = taken.mail["From"].addresses
    assert sender.addr_spec == "support@north.example"
    assert sender.display_name == header_line(name[:80])
    assert taken.mail["Bcc"] is None


def test_international_domains_leave_in_ascii(in_scope, send_all):
    person = UserFactory(email="anna@bücher.example")
    make_ticket(requester=person, topic=in_scope.topic)
    assert "anna@xn--bcher-kva.example" in {taken.recipient for taken in send_all(in_scope.tenant)}


def test_an_address_no_mail_can_carry_fails_at_once_and_says_so(in_scope, send_all):
    person = UserFactory()
    type(person).objects.filter(pk=person.pk).update(email="å\r\nRCPT TO:<x@y.example>@kund.example")
    make_ticket(requester=person, topic=in_scope.topic)
    assert len(send_all(in_scope.tenant)) == 2
    delivery = only_mail_to(person)
    assert (delivery.state, delivery.trouble, delivery.next_attempt_at) == ("failed", "recipient", None)


def test_long_texts_are_cut_and_say_so(in_scope, send_all):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, body="långt " * 20_000)
    mail = send_all(in_scope.tenant)[0]
    assert len(mail.part("plain")) < WORDS_LIMIT * 1.2
    assert "all of it is on the ticket's page" in mail.part("plain")
    assert "all of it is on the ticket&#x27;s page" in mail.part("html") or "ticket's page" in mail.part("html")


def test_odd_characters_arrive(in_scope, send_all):
    body = "🙂 שלום مرحبا \x0b\x1b ﷽\n.\n..\nFrom here\n\n\nend"
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, body=body)
    text = send_all(in_scope.tenant)[0].part("plain")
    assert "> 🙂 שלום مرحبا  ﷽\n> .\n> ..\n> From here\n" in text
    assert "\x1b" not in text


def test_an_answer_that_closes_says_so(in_scope, send_all):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    send_all(in_scope.tenant)
    reply_to_ticket(
        actor=in_scope.agent,
        ticket=ticket,
        body="Mended.",
        channel=Channel.PORTAL,
        as_staff=True,
        and_status=Status.CLOSED,
    )
    (mail,) = send_all(in_scope.tenant)
    for half in ("plain", "html"):
        assert "Mended." in mail.part(half)
        assert "With this answer the ticket is closed." in mail.part(half)


def test_customers_never_see_an_agents_own_address(in_scope, send_all):
    in_scope.agent.name = ""
    in_scope.agent.save()
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    send_all(in_scope.tenant)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    (mail,) = send_all(in_scope.tenant)
    assert in_scope.agent.email not in str(mail.mail) + mail.part("html")


def test_composing_is_the_same_mail_each_time(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    first, second = (compose(only_mail_to(in_scope.agent)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\r\nb", "a b"), (" a\tb ", "a b"), ("a\u2028b", "a b"), ("a\u202eb", "ab"), ("Åsa", "Åsa"), ("مرحبا", "مرحبا")],
)
def test_header_line(text, line):
    assert header_line(text) == line


def test_body_text_keeps_lines_and_drops_control_characters():
    assert body_text("a\r\nb\rc\x00\x1b\td") == "a\nb\nc\td"


@pytest.mark.parametrize(
    "address", ["", "nobody", "@kund.example", "a@", "åsa@kund.example", "a b@kund.example", "a@kund\n.example"]
)
def test_what_is_no_address(address):
    with pytest.raises(ValueError, match="No mail server"):
        ascii_address(address)
