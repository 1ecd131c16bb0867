"""What staff decide about incoming mails and their senders."""

import pytest

from accounts.models import User
from accounts.scoping import tenant_scope
from notifications.actions.deciding import (
    NotJudgeable,
    accept_as_new,
    accept_to,
    discard,
    forget_judgement,
    judge_sender,
    read_again,
)
from notifications.actions.taking import NoSender
from notifications.enums import Verdict
from notifications.models import SenderRule
from routing.actions.arranging import add_member
from tests.factories import AgentFactory, make_ticket
from tests.notifications.ledgers import address_of, eml, stored
from tickets.actions.closing import close_ticket
from tickets.models import Ticket

FORWARD = eml(
    "Elin Lund <agent@north.example>",
    "Fwd: Larmet",
    "Please take this.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Kim Kund <kim@kund.example>\r\n"
    "Date: Mon, 2 Mar 2026 at 10:00\r\nSubject: Larmet\r\nTo: <agent@north.example>\r\n\r\nThe alarm beeps at night.",
)


@pytest.fixture
def ticket(in_scope) -> Ticket:
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


def test_a_held_mail_becomes_its_senders_ticket(in_scope):
    mail = stored(address=address_of(in_scope, priority="high"))
    made = accept_as_new(actor=in_scope.agent, mail=mail)
    mail.refresh_from_db()

    assert (made.requester.email, made.subject, made.channel) == ("sture@away.example", "It beeps", "mail")
    assert (mail.state, mail.reason, mail.ticket, mail.message.body) == ("new_ticket", "", made, "Loudly.")
    assert (mail.decided_by, mail.user, mail.next_attempt_at) == (in_scope.agent, made.requester, None)
    assert mail.decided_at is not None
    assert made.events.get(kind="opened").actor == in_scope.agent


def test_a_new_ticket_is_linked_to_the_one_its_mail_names_as_far_as_the_decider_sees_it(in_scope, ticket):
    elsewhere = AgentFactory()
    add_member(actor=None, department=in_scope.other_department, user=elsewhere)
    address = address_of(in_scope)

    assert accept_as_new(actor=in_scope.agent, mail=stored(address=address, ticket=ticket)).follows == ticket
    other = stored(address=address, ticket=ticket, raw=eml("sture@away.example", "It still beeps", "Louder."))
    assert accept_as_new(actor=elsewhere, mail=other).follows is None


def test_deciding_twice_decides_once(in_scope, ticket):
    mail = stored(address=address_of(in_scope))
    accept_as_new(actor=in_scope.agent, mail=mail)
    before = Ticket.objects.count()

    assert accept_as_new(actor=in_scope.lead, mail=mail) is None
    assert accept_to(actor=in_scope.lead, mail=mail, ticket=ticket) is None
    assert discard(actor=in_scope.lead, mail=mail) is False
    assert read_again(actor=in_scope.lead, mail=mail) is False
    mail.refresh_from_db()
    assert (Ticket.objects.count(), mail.state, mail.decided_by) == (before, "new_ticket", in_scope.agent)


def test_nothing_is_decided_about_a_mail_a_worker_is_about_to_read(in_scope, ticket):
    mail = stored(state="waiting", address=address_of(in_scope))
    assert accept_as_new(actor=in_scope.agent, mail=mail) is None
    assert accept_to(actor=in_scope.agent, mail=mail, ticket=ticket) is None
    assert discard(actor=in_scope.agent, mail=mail) is False


@pytest.mark.parametrize(("state", "reason"), [("refused", "not_let_in"), ("refused", "blocked"), ("failed", "broken")])
def test_refused_and_failed_mails_can_be_accepted_as_well(in_scope, state, reason):
    mail = stored(state=state, reason=reason, address=address_of(in_scope))
    assert accept_as_new(actor=in_scope.agent, mail=mail) is not None


def test_a_mail_that_does_not_say_its_sender_needs_somebody_to_say_it(in_scope, ticket):
    mail = stored(sender="", raw=eml("a@x.example, b@x.example"), address=address_of(in_scope))
    with pytest.raises(NoSender):
        accept_as_new(actor=in_scope.agent, mail=mail)
    mail.refresh_from_db()
    assert mail.state == "held"
    made = accept_as_new(actor=in_scope.agent, mail=mail, sender=in_scope.customer.email)
    assert made.requester == in_scope.customer


def test_a_mail_to_no_address_needs_a_topic(in_scope):
    mail = stored(reason="unknown_address")
    with pytest.raises(ValueError, match="topic"):
        accept_as_new(actor=in_scope.administrator, mail=mail)
    made = accept_as_new(actor=in_scope.administrator, mail=mail, topic=in_scope.topic)
    assert made.topic == in_scope.topic


def test_a_forwarded_mail_becomes_the_customers_ticket(in_scope):
    mail = stored(sender=in_scope.agent.email, raw=FORWARD, reason="unproven_forward", address=address_of(in_scope))
    made = accept_as_new(actor=in_scope.lead, mail=mail, forwarded=True)
    assert (made.requester.email, made.subject) == ("kim@kund.example", "Larmet")
    assert "beeps at night" in made.messages.first().body


def test_a_mail_is_added_to_a_ticket_and_reopens_it_but_its_sender_is_not_let_on(in_scope, ticket):
    close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    mail = stored(ticket=ticket)
    assert accept_to(actor=in_scope.agent, mail=mail, ticket=ticket) == ticket
    mail.refresh_from_db()
    ticket.refresh_from_db()
    message = ticket.messages.order_by("pk").last()

    assert (mail.state, mail.ticket, mail.message, mail.decided_by) == ("reply", ticket, message, in_scope.agent)
    assert (message.body, message.channel, message.author.email) == ("Loudly.", "mail", "sture@away.example")
    assert not ticket.is_closed
    assert not ticket.collaborators.exists()
    assert not User.objects.get(email="sture@away.example").is_active, "written down, not let in"


def test_a_mail_goes_to_no_ticket_its_decider_does_not_see(in_scope, ticket):
    elsewhere = AgentFactory()
    add_member(actor=None, department=in_scope.other_department, user=elsewhere)
    mail = stored()
    with pytest.raises(PermissionError):
        accept_to(actor=elsewhere, mail=mail, ticket=ticket)
    mail.refresh_from_db()
    assert (mail.state, ticket.messages.count()) == ("held", 1)


def test_a_mail_put_aside_can_be_read_again(in_scope):
    mail = stored(detail="why", attempts=3, address=address_of(in_scope))
    assert discard(actor=in_scope.agent, mail=mail) is True
    assert discard(actor=in_scope.agent, mail=mail) is False
    mail.refresh_from_db()
    assert (mail.state, mail.reason, mail.decided_by) == ("refused", "discarded", in_scope.agent)
    assert read_again(actor=in_scope.agent, mail=mail) is True
    mail.refresh_from_db()
    assert (mail.state, mail.reason, mail.detail, mail.attempts) == ("waiting", "", "", 0)
    assert (mail.decided_by, mail.decided_at, mail.processed_at) == (None, None, None)
    assert mail.next_attempt_at is not None


def test_customers_decide_nothing(in_scope, ticket):
    mail, rule = stored(), SenderRule.objects.create(key="x@y.example", verdict="block")
    for door, given in (
        (accept_as_new, {"mail": mail}),
        (accept_to, {"mail": mail, "ticket": ticket}),
        (discard, {"mail": mail}),
        (read_again, {"mail": mail}),
        (judge_sender, {"key": "x@y.example", "verdict": Verdict.ACCEPT}),
        (forget_judgement, {"rule": rule}),
    ):
        with pytest.raises(PermissionError):
            door(actor=in_scope.customer, **given)
    mail.refresh_from_db()
    rule.refresh_from_db()
    assert (mail.state, rule.verdict) == ("held", "block")


def test_a_sender_is_judged_once_and_the_last_word_counts(in_scope, other_portal):
    judge_sender(actor=in_scope.agent, key=" Sture@AWAY.example ", verdict=Verdict.BLOCK)
    rule = judge_sender(actor=in_scope.lead, key="sture@away.example", verdict=Verdict.ACCEPT)
    assert list(SenderRule.objects.values_list("key", "verdict", "created_by")) == [
        ("sture@away.example", "accept", in_scope.lead.pk)
    ]
    forget_judgement(actor=in_scope.agent, rule=rule)
    assert not SenderRule.objects.exists()
    with tenant_scope(other_portal.tenant):
        assert not SenderRule.objects.exists()


def test_only_administrators_judge_a_domain(in_scope):
    with pytest.raises(PermissionError):
        judge_sender(actor=in_scope.lead, key="@away.example", verdict=Verdict.BLOCK)
    rule = judge_sender(actor=in_scope.administrator, key="@Away.example", verdict=Verdict.BLOCK)
    assert rule.key == "@away.example"
    with pytest.raises(PermissionError):
        forget_judgement(actor=in_scope.lead, rule=rule)


@pytest.mark.parametrize(
    "key",
    ["", "@", "sture", "sture@", "a b@away.example", "x@localhost", "a\nb@away.example", f"{'a' * 260}@away.example"],
)
def test_what_is_no_address_is_not_judged(in_scope, key):
    with pytest.raises(NotJudgeable):
        judge_sender(actor=in_scope.administrator, key=key, verdict=Verdict.BLOCK)


def test_no_from_decides_about_colleagues_or_the_portal_itself(in_scope):
    address_of(in_scope, "support")
    ours = ["agent@north.example", "AGENT@north.example", "support@north.example", in_scope.tenant.mail_address]
    for key in [*ours, "@north.example"]:
        for verdict in Verdict:
            with pytest.raises(NotJudgeable):
                judge_sender(actor=in_scope.administrator, key=key, verdict=verdict)
