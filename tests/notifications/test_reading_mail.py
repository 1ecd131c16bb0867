"""What becomes of a mail that was stored, from its bytes to the ticket."""

import re

import pytest
from django.utils import timezone

from accounts.enums import WayIn
from accounts.models import AccountEvent, Organisation, OrganisationDomain, User
from accounts.queries.people import person_at
from accounts.scoping import tenant_scope
from notifications.actions import reading_mail
from notifications.actions.draining import drain, drain_everybody
from notifications.actions.reading_mail import read_mail
from notifications.actions.taking import key_of
from notifications.composing import compose
from notifications.enums import MailReason, MailSource, MailState, Verdict
from notifications.mail.parsing import parse
from notifications.mail_locking import claim_mail
from notifications.models import Delivery, IncomingMail, MailAddress, MailSettings, SenderRule
from notifications.queries import tenants_with_mail_to_do
from notifications.tokens import answer_address
from tests.factories import DepartmentFactory, UserFactory, make_ticket
from tests.notifications.incoming import SUPPORT, come, mail_to, store, work, write
from tickets.actions.closing import close_ticket
from tickets.actions.collaborating import add_collaborator, remove_collaborator
from tickets.actions.replying import reply_to_ticket
from tickets.actions.revoking import revoke_links
from tickets.enums import Channel, EventKind, Status
from tickets.models import Message, Ticket

TRUSTED = "mx.north.example; dmarc=pass header.from=north.example"


@pytest.fixture
def address(in_scope, other_portal) -> MailAddress:
    with tenant_scope(other_portal.tenant):
        MailAddress.objects.create(email="support@south.example", topic=other_portal.topic)
    address: MailAddress = MailAddress.objects.create(email=SUPPORT, topic=in_scope.topic)
    return address


@pytest.fixture
def ticket(in_scope, address) -> Ticket:
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="It beeps")


@pytest.fixture
def token(in_scope, ticket) -> str:
    """Where the customer's answers about the ticket go."""
    return answer_address(mail_to(in_scope, in_scope.customer, ticket), SUPPORT)


@pytest.fixture
def agents_token(in_scope, ticket) -> str:
    return answer_address(mail_to(in_scope, in_scope.agent, ticket), SUPPORT)


def reason_of(mail: IncomingMail) -> tuple[str, str]:
    return (mail.state, mail.reason)


def test_a_mail_to_an_address_becomes_a_ticket(in_scope, address):
    mail = come(in_scope, write(Message_ID="<a1@kund.example>"))

    ticket = Ticket.objects.get()
    assert (mail.state, mail.ticket, mail.user, mail.address) == ("new_ticket", ticket, in_scope.customer, address)
    assert (mail.sender, mail.subject, mail.mail_id) == ("anna@kund.example", "Beeps", "<a1@kund.example>")
    assert (mail.next_attempt_at, mail.holder) == (None, None)
    assert (ticket.subject, ticket.requester, ticket.channel) == ("Beeps", in_scope.customer, Channel.MAIL)
    assert (ticket.topic, ticket.priority, ticket.department) == (in_scope.topic, "low", in_scope.department)
    assert ticket.messages.get().body == "The door beeps."


def test_the_address_decides_topic_department_and_priority_and_says_so(in_scope, address):
    address.department, address.priority = DepartmentFactory(name="Orders"), "high"
    address.save()

    ticket = come(in_scope, write()).ticket

    routed = ticket.events.get(kind=EventKind.ROUTED).data
    assert (ticket.department.name, ticket.priority) == ("Orders", "high")
    assert [reason["step"] for reason in routed["reasons"] if reason["outcome"] == "chosen"] == ["address"]
    assert (routed["priority"]["why"], routed["facts"]["mailed_to"]) == ("address", [SUPPORT, address.department_id])


def test_a_stranger_is_registered_in_the_addresses_language(in_scope, address):
    address.language = "sv"
    address.save()

    mail = come(in_scope, write(From="Bo Ek <bo@new.example>"))

    person = person_at("bo@new.example")
    assert (mail.ticket.requester, person.name, person.language, person.is_active) == (person, "Bo Ek", "sv", True)


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Re: SV: [#77777] Fwd: Beeps", "Beeps"),
        ("", "The door beeps."),
        ("Re: ", "The door beeps."),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
    ],
)
def test_the_subject_is_what_its_writer_meant(in_scope, address, subject, kept):
    assert come(in_scope, write(Subject=subject)).ticket.subject == kept


def test_files_come_along_each_once_whatever_they_are(in_scope, address):
    in_scope.tenant.attachment_limit_mb = 1
    in_scope.tenant.save()
    big = b"x" * (2 * 1024 * 1024)

    mail = come(in_scope, write(files=[("a.txt", b"1"), ("a.txt", b"2"), ("../run.exe", big), ("none.txt", b"")]))

    found = {}
    for file in mail.message.attachments.all():
        with file.file as content:
            found[file.name] = content.read()
    assert found == {"a.txt": b"1", "a (2).txt": b"2", "run.exe": big, "none.txt": b""}


def test_files_of_one_long_name_are_told_apart(in_scope, address):
    name = f"{'long ' * 40}.txt"
    mail = come(in_scope, write(files=[(name, b"1"), (name, b"2"), (name, b"3")]))

    names = [file.name for file in mail.message.attachments.all()]
    assert len(set(names)) == 3
    assert all(len(name) <= 150 and name.endswith(".txt") for name in names)


def test_a_reply_to_the_address_with_our_token_becomes_a_reply(in_scope, ticket, token):
    mail = come(in_scope, write("It still beeps.", To=token))

    assert (mail.state, mail.ticket, mail.delivery.ticket) == (MailState.REPLY, ticket, ticket)
    assert mail.message == Message.objects.get(body="It still beeps.")
    assert (mail.message.author, mail.message.written_by) == (in_scope.customer, "")
    assert Ticket.objects.count() == 1


def test_a_reply_by_what_it_refers_to_needs_no_token(in_scope, ticket):
    delivery = mail_to(in_scope, in_scope.customer, ticket)

    mail = come(in_scope, write("Later.", In_Reply_To=delivery.message_id, Subject="Quite another thing"))

    assert (mail.state, mail.ticket, mail.message.author) == (MailState.REPLY, ticket, in_scope.customer)


def test_a_reply_reopens_and_plain_thanks_do_not(in_scope, ticket, token, browse):
    close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    thanks = come(in_scope, write("Thank you!", To=token, Message_ID="<1@kund.example>"))
    ticket.refresh_from_db()
    assert (thanks.state, ticket.status) == (MailState.REPLY, Status.CLOSED)
    assert ticket.events.filter(kind=EventKind.REPLIED).last().data["thanks"] is True
    page = browse(in_scope, in_scope.agent).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "looked like a plain thank-you" in page

    come(in_scope, write("It beeps again.", To=token, Message_ID="<2@kund.example>"))

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_whoever_holds_a_customers_token_speaks_in_their_name_and_it_is_seen(in_scope, ticket, token):
    mail = come(in_scope, write("I am her colleague.", From="other@kund.example", To=token))

    message = mail.message
    assert (mail.ticket, message.author, message.written_by) == (ticket, in_scope.customer, "other@kund.example")
    assert not message.is_from_staff


def test_a_colleague_on_the_ticket_speaks_for_themselves(in_scope, ticket, token):
    colleague = UserFactory(email="bo@kund.example", organisation=in_scope.organisation)
    add_collaborator(actor=in_scope.agent, ticket=ticket, user=colleague, as_staff=True)

    mail = come(in_scope, write("Me too.", From="bo@kund.example", To=token))

    assert (mail.message.author, mail.message.written_by) == (colleague, "")


def test_a_token_is_worth_nothing_once_the_links_are_void_or_its_holder_has_left(in_scope, ticket, token):
    colleague = UserFactory(email="bo@kund.example", organisation=in_scope.organisation)
    add_collaborator(actor=in_scope.agent, ticket=ticket, user=colleague, as_staff=True)
    theirs = answer_address(mail_to(in_scope, colleague, ticket), SUPPORT)
    remove_collaborator(actor=in_scope.customer, ticket=ticket, user=colleague)
    assert reason_of(come(in_scope, write("a", From="bo@kund.example", To=theirs))) == ("held", "not_on_ticket")

    revoke_links(actor=in_scope.agent, ticket=ticket)

    mail = come(in_scope, write("b", From="eve@evil.example", To=token))
    assert (mail.state, mail.ticket.follows) == (MailState.NEW_TICKET, None)
    assert mail.ticket != ticket


def test_a_number_or_thread_counts_only_for_who_takes_part(in_scope, ticket):
    thread = f"<ticket{ticket.pk}.{in_scope.customer.pk}"
    delivery = mail_to(in_scope, in_scope.customer, ticket)
    raw = Delivery.objects.get(pk=delivery.pk)
    root = compose(raw).headers["References"].split()[0]
    assert root.startswith(thread)

    subject = f"Re: [#{ticket.number}] It beeps"
    theirs = come(in_scope, write("One.", Subject=subject))
    by_thread = come(in_scope, write("Two.", References=root))
    strangers = come(in_scope, write("Three.", From="eve@evil.example", Subject=subject))
    by_strangers_thread = come(in_scope, write("Four.", From="eve@evil.example", References=root))
    agents = come(in_scope, write("Five.", From=in_scope.agent.email, Subject=subject))

    assert (theirs.state, theirs.ticket, by_thread.ticket) == (MailState.REPLY, ticket, ticket)
    for mail in (strangers, by_strangers_thread):
        assert (*reason_of(mail), mail.ticket) == ("held", "not_on_ticket", ticket)
    assert (*reason_of(agents), agents.ticket, agents.user) == ("held", "unproven_colleague", ticket, None)
    assert {message.author for message in ticket.messages.all()} == {in_scope.customer}


def test_the_number_of_no_ticket_of_ours_opens_one(in_scope, address, other_portal):
    with tenant_scope(other_portal.tenant):
        theirs = make_ticket(requester=other_portal.customer, topic=other_portal.topic)

    mail = come(in_scope, write(Subject=f"[#{theirs.number}] Beeps"))

    assert (mail.state, mail.ticket.subject) == (MailState.NEW_TICKET, "Beeps")


def test_an_agent_answers_by_the_token_in_their_own_mail(in_scope, ticket, agents_token):
    quoted = "Try again.\n\nOn 1 Jan 2026 at 10:00, North <support@north.example> wrote:\n> secret of the desk\n"

    mail = come(in_scope, write(quoted, From=in_scope.agent.email, To=agents_token))

    ticket.refresh_from_db()
    message = mail.message
    assert (mail.state, message.body, message.quoted, message.html) == (MailState.REPLY, "Try again.", "", "")
    assert (message.author, message.is_from_staff, message.written_by) == (in_scope.agent, True, "")
    assert (ticket.status, ticket.assignee) == (Status.WAITING_FOR_CUSTOMER, in_scope.agent)


@pytest.mark.parametrize("sender", ["eve@evil.example", "anna@kund.example", "lead@north.example"])
def test_an_agents_token_serves_nobody_else(in_scope, ticket, agents_token, sender):
    mail = come(in_scope, write("Pay here.", From=sender, To=agents_token))

    assert mail.state == MailState.HELD
    assert mail.reason in (MailReason.NOT_ON_TICKET, MailReason.UNPROVEN_COLLEAGUE)
    assert (mail.ticket, ticket.messages.count()) == (ticket, 1)


def test_an_agents_address_with_a_customers_token_is_not_staff(in_scope, ticket, token):
    mail = come(in_scope, write("Pay here.", From=in_scope.agent.email, To=token))

    assert (mail.message.author, mail.message.is_from_staff) == (in_scope.customer, False)
    assert mail.message.written_by == in_scope.agent.email


def test_an_agents_bare_address_proves_nothing_unless_our_server_says_so(in_scope, address):
    held = come(in_scope, write("One.", From=in_scope.agent.email))
    forged = come(in_scope, write("Two.", From=in_scope.agent.email, Authentication_Results=TRUSTED))
    MailSettings.objects.create(authserv_id="mx.north.example")
    proven = come(in_scope, write("Three.", From=in_scope.agent.email, Authentication_Results=TRUSTED))

    assert [reason_of(mail) for mail in (held, forged)] == [("held", "unproven_colleague")] * 2
    assert (proven.state, proven.ticket.requester) == (MailState.NEW_TICKET, in_scope.agent)
    assert (forged.authentication, proven.authentication["dmarc"]) == ({}, "pass")


FORWARD = """Can somebody look at this?

---------- Forwarded message ---------
From: Carl Dahl <carl@new.example>
Date: Mon, 5 Jan 2026 at 10:12
Subject: The lamp
To: <agent@north.example>

The lamp is dark.
"""


def test_a_customers_mail_that_an_agent_passes_on_becomes_the_customers(in_scope, address):
    head = {"From": in_scope.agent.email, "Subject": "Fwd: The lamp"}
    unproven = come(in_scope, write(FORWARD, **head))
    MailSettings.objects.create(authserv_id="mx.north.example")
    proven = come(in_scope, write(FORWARD, **head, Authentication_Results=TRUSTED))

    assert reason_of(unproven) == ("held", "unproven_forward")
    ticket = proven.ticket
    first = ticket.messages.first()
    assert (ticket.requester.email, ticket.subject, first.body) == ("carl@new.example", "The lamp", "The lamp is dark.")
    assert (first.author, first.written_by, first.is_from_staff) == (ticket.requester, in_scope.agent.email, False)
    notes = ticket.messages.filter(kind="note")
    assert [note.body for note in notes] == ["Can somebody look at this?"]
    letter = compose(Delivery.objects.with_story().get(template="confirmation", recipient=ticket.requester))
    words = f"Vi har fått ditt mejl, som {in_scope.agent.public_name} har skickat vidare."
    assert words in letter.text
    assert words in letter.html
    assert "Ditt mejl:\n> The lamp is dark." in letter.text
    assert letter.headers["Auto-Submitted"] == "auto-generated", "what they wrote they wrote to somebody else"


def test_what_machines_write_becomes_nothing_and_is_not_answered(in_scope, ticket, token):
    before = Delivery.objects.count()
    away = come(in_scope, write("I am away.", To=token, Auto_Submitted="auto-replied"))
    list_mail = come(in_scope, write("News!", From="list@news.example", List_Id="<news.news.example>"))

    assert (*reason_of(away), away.ticket) == ("refused", "automatic", ticket)
    assert reason_of(list_mail) == ("refused", "bulk")
    assert (Delivery.objects.count(), Ticket.objects.count(), ticket.messages.count()) == (before, 1, 1)


def test_a_report_marks_the_very_mail_that_came_back(in_scope, ticket):
    delivery = mail_to(in_scope, in_scope.customer, ticket)
    report = write(
        report=("failed", in_scope.customer.email, "550 5.1.1 no such user"),
        From="MAILER-DAEMON <mailer-daemon@mx.kund.example>",
        To=answer_address(delivery, SUPPORT, bounces=True),
        Subject="Undelivered Mail Returned to Sender",
    )

    mail = come(in_scope, report)

    delivery.refresh_from_db()
    assert (*reason_of(mail), mail.ticket, mail.delivery) == ("refused", "report", ticket, delivery)
    assert delivery.bounced_at is not None


@pytest.mark.parametrize(
    ("action", "state"), [("failed", ("held", "unknown_report")), ("delayed", ("refused", "report"))]
)
def test_a_report_that_names_no_mail_of_ours_is_held_where_something_was_lost(in_scope, address, ticket, action, state):
    mail_to(in_scope, in_scope.customer, ticket)
    report = write(
        report=(action, in_scope.customer.email, "550 5.1.1 no such user"),
        From="MAILER-DAEMON <mailer-daemon@mx.kund.example>",
        Subject="Undelivered Mail Returned to Sender",
    )

    assert reason_of(come(in_scope, report)) == state
    assert not Delivery.objects.exclude(bounced_at=None).exists()
    SenderRule.objects.create(key="mailer-daemon@mx.kund.example", verdict=Verdict.BLOCK)
    assert come(in_scope, report).state == "refused"


def test_our_own_mail_is_no_news(in_scope, ticket):
    delivery = mail_to(in_scope, in_scope.customer, ticket)

    back = come(in_scope, write(Message_ID=delivery.message_id))
    from_ourselves = come(in_scope, write(From=SUPPORT))

    assert [reason_of(mail) for mail in (back, from_ourselves)] == [("refused", "own")] * 2


def test_the_same_mail_by_two_addresses_is_one_ticket(in_scope, address):
    MailAddress.objects.create(email="info@north.example", topic=in_scope.topic)
    raw = write(Message_ID="<same@kund.example>", Date="Mon, 05 Jan 2026 10:00:00 +0100")

    first, copy = (come(in_scope, raw, recipient=to) for to in (SUPPORT, "info@north.example"))

    assert (first.state, reason_of(copy)) == (MailState.NEW_TICKET, ("refused", "duplicate"))
    assert Ticket.objects.count() == 1


def test_a_machine_that_gives_all_its_mails_one_message_id_loses_none(in_scope, address):
    mails = [come(in_scope, write(Message_ID="<fixed@kund.example>", Subject=f"Alarm {place}")) for place in "AB"]

    assert [mail.state for mail in mails] == [MailState.NEW_TICKET] * 2


def test_the_same_words_in_two_mails_are_two_tickets(in_scope, address):
    for number in (1, 2):
        come(in_scope, write(Message_ID=f"<{number}@kund.example>"))

    assert Ticket.objects.count() == 2


def test_only_we_can_work_out_the_key_that_a_mail_is_filed_under(in_scope, other_portal, settings):
    raw = write(Message_ID="<one@kund.example>")
    mail, parsed = store(raw), parse(raw)
    keys = {key_of(mail, parsed), key_of(store(raw), parsed)}
    assert len(keys) == 1, "copies have one"
    with tenant_scope(other_portal.tenant):
        keys.add(key_of(store(raw), parsed))
    settings.SECRET_KEY = "another-secret-another-secret-another-secret"
    keys.add(key_of(mail, parsed))
    assert len(keys) == 3


@pytest.mark.parametrize("sender", ["", "a@b.example, c@d.example", "boss@corp.test <x@evil.test>", "nobody"])
def test_who_cannot_be_told_for_certain_is_held(in_scope, address, sender):
    assert reason_of(come(in_scope, write(From=sender))) == ("held", "unverified_sender")


def test_what_staff_decided_about_a_sender_holds(in_scope, address):
    SenderRule.objects.create(key="@spam.example", verdict=Verdict.BLOCK)
    SenderRule.objects.create(key="good@spam.example", verdict=Verdict.ACCEPT)
    in_scope.tenant.strangers = WayIn.INVITATION
    in_scope.tenant.save()

    blocked = come(in_scope, write(From="x@spam.example"))
    accepted = come(in_scope, write(From="good@spam.example", Auto_Submitted="auto-generated"))

    assert reason_of(blocked) == ("refused", "blocked")
    assert accepted.state == MailState.NEW_TICKET
    assert accepted.ticket.events.get(kind=EventKind.OPENED).data["automatic"] is True
    assert not Delivery.objects.filter(recipient=accepted.user).exists()


def test_a_confirmation_repeats_a_mails_words_once_an_hour_at_most(in_scope, address):
    """Whoever writes under somebody's address cannot have us send them what they like, as often as they like."""
    for number in (1, 2):
        come(in_scope, write(f"Buy {number}", From="bo@new.example", Message_ID=f"<{number}@new.example>"))

    told = Delivery.objects.filter(recipient__email="bo@new.example", template="confirmation").order_by("pk")
    assert list(told.values_list("with_text", flat=True)) == [True, False]
    assert "Buy 2" not in compose(told.last()).text


def test_a_retired_address_answers_once_a_day_and_takes_replies_still(in_scope, ticket, token, address):
    address.retired_at, address.words_en = timezone.now(), "Use the portal."
    address.save()

    mails = [come(in_scope, write(str(number), From="bo@new.example")) for number in (1, 2)]

    assert [reason_of(mail) for mail in mails] == [("refused", "retired"), ("refused", "retired_again")]
    assert AccountEvent.objects.filter(kind="wrote_to_retired").count() == 1
    assert come(in_scope, write("On.", To=token)).state == MailState.REPLY


def test_who_may_not_ask_is_told_once_and_nothing_is_opened(in_scope, address):
    in_scope.tenant.strangers = WayIn.INVITATION
    in_scope.tenant.save()

    mails = [come(in_scope, write(str(number), From="bo@new.example")) for number in (1, 2)]

    assert [reason_of(mail) for mail in mails] == [("refused", "not_let_in"), ("refused", "not_let_in_again")]
    assert mails[0].user.email == "bo@new.example"
    assert not mails[0].user.is_active
    assert AccountEvent.objects.filter(kind="not_entitled").count() == 1
    assert Ticket.objects.count() == 0


def test_where_not_everybody_may_ask_an_unknown_colleague_may_not_either(in_scope, address):
    organisation = Organisation.objects.create(name="Big", contact_limit=1)
    OrganisationDomain.objects.create(organisation=organisation, domain="big.example")
    UserFactory(email="named@big.example", organisation=organisation, is_named_contact=True)

    assert reason_of(come(in_scope, write(From="other@big.example"))) == ("refused", "not_let_in")
    assert come(in_scope, write(From="named@big.example")).state == MailState.NEW_TICKET


def test_a_mail_to_none_of_our_addresses_is_held_and_another_portals_is_none_of_ours(in_scope, address):
    mails = [come(in_scope, write(To=to)) for to in ("somebody@else.example", "support@south.example")]

    assert [reason_of(mail) for mail in mails] == [("held", "unknown_address")] * 2


def test_a_mail_with_another_portals_token_is_no_reply_there_or_here(in_scope, other_portal, address):
    with tenant_scope(other_portal.tenant):
        theirs = make_ticket(requester=other_portal.customer, topic=other_portal.topic)
        delivery = mail_to(other_portal, other_portal.customer, theirs)
        token = answer_address(delivery, SUPPORT)

    mail = come(in_scope, write("Here?", To=token))

    assert (mail.state, mail.ticket.tenant) == (MailState.NEW_TICKET, in_scope.tenant)
    with tenant_scope(other_portal.tenant):
        assert theirs.messages.count() == 1


def test_links_for_one_reader_alone_do_not_get_onto_the_ticket(in_scope, ticket, token):
    host = f"http://{in_scope.host}:8000"
    secrets = f"{host}/t/abcdefghijklmnop.qrstuvwxyz123456/ and {token}"
    text = f"It beeps {secrets}\n\nOn 1 Jan 2026 at 10:00, North <{token}> wrote:\n> {secrets}\n"

    message = come(
        in_scope, write(text, html=f'<p>It <a href="{host}/t/abcdefghijklmnop.qrstuvwxyz123456/">x</a></p>', To=token)
    ).message

    said = message.body + message.quoted + message.html
    assert "abcdefghijklmnop" not in said
    assert not re.search(r"\+r", said)
    assert host in said


def test_a_reply_follows_a_merge_as_far_as_its_writer_may(in_scope, ticket, token):
    mine = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Mine as well")
    strangers = make_ticket(requester=UserFactory(), topic=in_scope.topic)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=mine)
    assert come(in_scope, write("One.", To=token)).ticket == mine

    Ticket.objects.filter(pk=ticket.pk).update(merged_into=strangers)

    mail = come(in_scope, write("Two.", To=token))
    assert (*reason_of(mail), mail.ticket) == ("held", "not_on_ticket", strangers)


def test_a_mail_that_breaks_the_reading_rests_and_holds_no_other_up(in_scope, address, monkeypatch):
    real = reading_mail.parse
    monkeypatch.setattr(reading_mail, "parse", lambda raw: 1 / 0 if b"poison" in raw else real(raw))
    bad, good = store(write("poison")), store(write("fine"))

    while drain(in_scope.tenant):
        pass

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (good.state, reason_of(bad), bad.attempts) == (MailState.NEW_TICKET, ("failed", "broken"), 1)
    assert bad.next_attempt_at > timezone.now()
    assert bad.detail == "ZeroDivisionError"

    monkeypatch.undo()
    IncomingMail.objects.filter(pk=bad.pk).update(next_attempt_at=timezone.now())
    drain(in_scope.tenant)
    bad.refresh_from_db()
    assert (bad.state, bad.reason, bad.detail) == (MailState.NEW_TICKET, "", "")


def test_a_mail_during_which_a_worker_died_shows_as_failed_and_rests_longer(in_scope, address):
    mail = store(write())
    assert claim_mail(mail) is not None
    mail.refresh_from_db()
    assert (mail.state, claim_mail(mail)) == (MailState.WAITING, None)
    IncomingMail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())
    mail.refresh_from_db()

    assert claim_mail(mail) is not None  # and dies again

    mail.refresh_from_db()
    assert (reason_of(mail), mail.attempts) == (("failed", "broken"), 2)


def test_a_mail_in_other_hands_by_now_is_left_to_them_and_nothing_is_done_twice(in_scope, address, monkeypatch):
    mail = store(write())
    real = reading_mail.judge

    def slow(facts):
        """Meanwhile the lease runs out, and another worker reads the mail to its end."""
        monkeypatch.setattr(reading_mail, "judge", real)
        IncomingMail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())
        assert read_mail(IncomingMail.objects.get(pk=mail.pk))
        return real(facts)

    monkeypatch.setattr(reading_mail, "judge", slow)

    assert not read_mail(IncomingMail.objects.get(pk=mail.pk))
    assert Ticket.objects.count() == 1


def test_a_waiting_mail_is_work_for_its_portal_alone(in_scope, other_portal, address):
    assert tenants_with_mail_to_do() == []

    store(write())

    assert tenants_with_mail_to_do() == [in_scope.tenant]


def test_one_portals_flood_lets_the_others_mail_through(in_scope, other_portal, address, monkeypatch):
    monkeypatch.setattr(reading_mail, "MAILS_A_ROUND", 2)
    for number in range(7):
        store(write(str(number), From=f"p{number}@kund.example"))
    with tenant_scope(other_portal.tenant):
        prompt = store(write(To="support@south.example"))

    drain_everybody()

    assert IncomingMail.objects.filter(state=MailState.WAITING).count() == 5
    with tenant_scope(other_portal.tenant):
        prompt.refresh_from_db()
        assert prompt.state == MailState.NEW_TICKET


def test_a_round_reads_so_many_mails_and_leaves_the_rest_for_the_next(in_scope, address, monkeypatch):
    monkeypatch.setattr(reading_mail, "MAILS_A_ROUND", 2)
    for number in range(3):
        store(write(str(number), From=f"p{number}@kund.example"))

    assert drain(in_scope.tenant) is True

    assert IncomingMail.objects.filter(state=MailState.WAITING).count() == 1


def test_a_staff_reply_of_nothing_but_quotes_is_held(in_scope, ticket, agents_token):
    quote = "On 1 Jan 2026 at 10:00, North <support@north.example> wrote:\n> secret of the desk\n"

    mail = come(in_scope, write(quote, From=in_scope.agent.email, To=agents_token))

    assert (mail.state, ticket.messages.count()) == (MailState.HELD, 1)


def test_words_of_staff_by_the_portal_meet_the_customers_answer_by_mail(in_scope, ticket):
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Which door?", channel=Channel.PORTAL, as_staff=True)
    delivery = mail_to(in_scope, in_scope.customer, ticket)

    mail = come(in_scope, write("The left one.", To=answer_address(delivery, SUPPORT)))

    ticket.refresh_from_db()
    assert (mail.state, ticket.status) == (MailState.REPLY, Status.IN_PROGRESS)
    assert User.objects.count() == 4


@pytest.mark.parametrize(
    ("group", "state"), [("support@north.example", "new_ticket"), ("news@elsewhere.example", "refused")]
)
def test_a_group_that_is_the_portals_own_address_is_no_mailing_list(in_scope, address, group, state):
    """Many portals' support@ is a group whose mail server adds a mailing list's headers to everything."""
    head = {"List-Id": "<group.example>", "Precedence": "list", "List-Post": f"<mailto:{group}>"}

    mail = come(in_scope, write(**head))

    assert mail.state == state


def test_an_uploaded_file_proves_nothing(in_scope, address):
    """Whoever made it could write our own mail server's findings into it."""
    MailSettings.objects.create(authserv_id="mx.north.example")

    mail = store(write("Two.", From=in_scope.agent.email, Authentication_Results=TRUSTED))
    IncomingMail.objects.filter(pk=mail.pk).update(source=MailSource.UPLOAD)
    work(in_scope)

    mail.refresh_from_db()
    assert (reason_of(mail), mail.authentication) == (("held", "unproven_colleague"), {})


def test_what_our_own_server_found_forged_is_no_reply_by_its_address_alone(in_scope, ticket, token, agents_token):
    MailSettings.objects.create(authserv_id="mx.north.example")
    forged = "mx.north.example; spf=fail smtp.mailfrom=kund.example; dmarc=fail header.from=kund.example"
    by_number = come(in_scope, write("One.", Subject=f"[#{ticket.number}]", Authentication_Results=forged))
    as_agent = come(in_scope, write("Two.", From=in_scope.agent.email, To=agents_token))
    by_token = come(in_scope, write("Three.", To=token, Authentication_Results=forged))
    proven = come(in_scope, write("Four.", From=in_scope.agent.email, To=agents_token, Authentication_Results=TRUSTED))

    assert [reason_of(mail) for mail in (by_number, as_agent)] == [("held", "forged")] * 2
    assert [mail.state for mail in (by_token, proven)] == [MailState.REPLY] * 2
    assert proven.message.is_from_staff


def test_halves_of_characters_in_what_it_refers_to_break_nothing(in_scope, address):
    mail = come(in_scope, write(In_Reply_To="<a=?utf-7?q?+2AA-?=@kund.example>", References="<=?utf-7?q?+2AA-?=@x.y>"))

    assert mail.state == MailState.NEW_TICKET


def test_one_mailbox_has_one_brake_however_many_addresses_it_has(in_scope, address):
    MailSettings.objects.create(acknowledgements_an_hour=3)
    for number in range(6):
        come(in_scope, write(f"Number {number}.", From=f"eve+{number}@gmail.example", Subject=f"Question {number}"))

    sent = Delivery.objects.filter(template="confirmation", address__startswith="eve+")
    assert sent.count() == 3
    assert sent.filter(with_text=True).count() == 1


def test_our_answers_stand_below_the_customers_own_mails(in_scope, address):
    first = come(in_scope, write(Message_ID="<q1@kund.example>"))
    confirmation = mail_to(in_scope, in_scope.customer, first.ticket)
    come(in_scope, write("More.", To=answer_address(confirmation, SUPPORT), Message_ID="<q2@kund.example>"))
    reply_to_ticket(actor=in_scope.agent, ticket=first.ticket, body="So.", channel=Channel.PORTAL, as_staff=True)
    answer = mail_to(in_scope, in_scope.customer, first.ticket)

    head = compose(answer).headers
    assert head["In-Reply-To"] == "<q2@kund.example>"
    assert head["References"].split()[-2:] == [confirmation.message_id, "<q2@kund.example>"]


@pytest.mark.parametrize(
    "named", ["<a b@x.example>", "<a\u00e9@x.example>", "a@x.example", "<" + "a" * 400 + "@x.example>"]
)
def test_no_message_id_of_a_mail_breaks_our_headers(in_scope, address, named):
    mail = come(in_scope, write(Message_ID=named))
    IncomingMail.objects.filter(pk=mail.pk).update(mail_id=named)

    assert "In-Reply-To" not in compose(mail_to(in_scope, in_scope.customer, mail.ticket)).headers


def test_nobody_gets_onto_a_ticket_by_being_copied(in_scope, ticket, token):
    """Neither whom a mail is copied to nor whom it is also addressed to: not told, not on it, and not let in."""
    copied = UserFactory(organisation=in_scope.organisation, email="colleague@kund.example", verified_at=timezone.now())
    also = {"Cc": f"{copied.email}, stranger@away.example"}
    opened = come(in_scope, write(To=f"{SUPPORT}, {copied.email}", Subject="New", **also)).ticket
    come(in_scope, write("More.", To=token, **also))

    for one in (opened, ticket):
        assert not one.collaborators.exists()
        assert not Delivery.objects.filter(ticket_event__ticket=one, recipient=copied).exists()
    assert not User.objects.filter(email="stranger@away.example").exists()
    for sender in (copied.email, "stranger@away.example"):
        mail = come(in_scope, write("Me too.", From=sender, Subject=f"Re: [#{opened.number}] New"))
        assert (*reason_of(mail), mail.ticket) == ("held", "not_on_ticket", opened)


def test_a_token_whose_mail_is_gone_loses_no_words(in_scope, ticket, token):
    Delivery.objects.filter(ticket_event__ticket=ticket).delete()

    mail = come(in_scope, write("Are you there?", To=token, Subject="Re: something"))

    assert (mail.state, mail.message.body) == (MailState.NEW_TICKET, "Are you there?")
    assert mail.ticket != ticket
