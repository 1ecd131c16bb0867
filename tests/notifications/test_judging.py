"""The judgement alone: facts in, what becomes of the mail out."""

from dataclasses import dataclass, fields, replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.enums import MailReason, MailState
from notifications.judging import Addressed, Judgement, Whose, judge
from notifications.mail.parsed import Machine
from notifications.whose import ClaimFacts, decide


@dataclass(frozen=True)
class Facts:
    """An ordinary mail of a customer to an address that receives."""

    is_too_much: bool = False
    is_ours: bool = False
    machine: Machine | None = None
    is_blocked: bool = False
    is_accepted: bool = False
    answers: bool = False
    is_to_bounces: bool = False
    is_unknown_report: bool = False
    is_known: bool = False
    has_sender: bool = True
    is_looping: bool = False
    whose: Whose = Whose.NONE
    has_words: bool = True
    is_colleague: bool = False
    is_proven: bool = False
    is_forged: bool = False
    is_forward: bool = False
    addressed: Addressed = Addressed.RECEIVING
    is_let_in: bool = True


NEW, REPLY = Judgement(MailState.NEW_TICKET), Judgement(MailState.REPLY)
FORWARDED = Judgement(MailState.NEW_TICKET, forwarded=True)
COLLEAGUE = Facts(is_colleague=True)
# In the order in which they are asked: each goes before all that follow it.
ORDER = [
    ({"is_too_much": True}, (MailState.HELD, MailReason.TOO_LARGE)),
    ({"is_ours": True}, (MailState.REFUSED, MailReason.OWN)),
    ({"machine": Machine.REPORT, "is_unknown_report": False}, (MailState.REFUSED, MailReason.REPORT)),
    ({"is_blocked": True}, (MailState.REFUSED, MailReason.BLOCKED)),
    ({"machine": Machine.REPORT, "is_unknown_report": True}, (MailState.HELD, MailReason.UNKNOWN_REPORT)),
    ({"machine": Machine.REPLY}, (MailState.REFUSED, MailReason.AUTOMATIC)),
    ({"machine": Machine.BULK}, (MailState.REFUSED, MailReason.BULK)),
    ({"is_to_bounces": True}, (MailState.HELD, MailReason.TO_BOUNCES)),
    ({"is_known": True}, (MailState.REFUSED, MailReason.DUPLICATE)),
    ({"has_sender": False}, (MailState.HELD, MailReason.UNVERIFIED_SENDER)),
    ({"is_looping": True}, (MailState.HELD, MailReason.LOOP)),
    ({"whose": Whose.STRANGER}, (MailState.HELD, MailReason.NOT_ON_TICKET)),
    ({"is_colleague": True}, (MailState.HELD, MailReason.UNPROVEN_COLLEAGUE)),
    ({"addressed": Addressed.RETIRED}, (MailState.REFUSED, MailReason.RETIRED)),
    ({"addressed": Addressed.NONE}, (MailState.HELD, MailReason.UNKNOWN_ADDRESS)),
    ({"is_let_in": False}, (MailState.REFUSED, MailReason.NOT_LET_IN)),
]


@pytest.mark.parametrize("place", range(len(ORDER)), ids=[str(reason) for _facts, (_state, reason) in ORDER])
def test_what_is_asked_first_decides(place):
    said, (state, reason) = ORDER[place]
    for later, _outcome in ORDER[place + 1 :]:
        if "is_colleague" in later and "whose" in said:
            continue  # a stranger on a ticket under a colleague's address; below
        assert judge(replace(Facts(), **{**later, **said})) == Judgement(state, reason), later


@pytest.mark.parametrize(
    ("facts", "judged"),
    [
        (Facts(), NEW),
        (Facts(whose=Whose.SENDER), REPLY),
        (Facts(whose=Whose.RECIPIENT, has_words=False), REPLY),
        (Facts(whose=Whose.SENDER, addressed=Addressed.RETIRED, is_let_in=False), REPLY),
        (Facts(whose=Whose.STAFF, is_colleague=True), REPLY),
        (Facts(whose=Whose.STAFF, is_forged=True), Judgement(MailState.HELD, MailReason.FORGED)),
        (Facts(whose=Whose.SENDER, is_forged=True), Judgement(MailState.HELD, MailReason.FORGED)),
        (Facts(whose=Whose.STAFF, has_words=False), Judgement(MailState.HELD, MailReason.NOT_ON_TICKET)),
        (replace(COLLEAGUE, is_proven=True), NEW),
        (replace(COLLEAGUE, is_proven=True, is_forward=True), FORWARDED),
        (replace(COLLEAGUE, is_forward=True), Judgement(MailState.HELD, MailReason.UNPROVEN_FORWARD)),
        (Facts(is_forward=True), NEW),  # only colleagues pass on for others
        (replace(COLLEAGUE, whose=Whose.STRANGER), Judgement(MailState.HELD, MailReason.UNPROVEN_COLLEAGUE)),
        (
            replace(COLLEAGUE, whose=Whose.STRANGER, is_proven=True),
            Judgement(MailState.HELD, MailReason.NOT_ON_TICKET),
        ),
        (Facts(is_accepted=True, is_let_in=False), NEW),
        (Facts(is_accepted=True, machine=Machine.BULK), NEW),
        (
            Facts(is_accepted=True, machine=Machine.REPLY, answers=True),
            Judgement(MailState.REFUSED, MailReason.AUTOMATIC),
        ),
        (Facts(is_accepted=True, is_looping=True), Judgement(MailState.HELD, MailReason.LOOP)),
    ],
)
def test_what_becomes_of_a_mail(facts, judged):
    assert judge(facts) == judged


ANY = st.builds(
    Facts,
    machine=st.none() | st.sampled_from(Machine),
    whose=st.sampled_from(Whose),
    addressed=st.sampled_from(Addressed),
    **{field.name: st.booleans() for field in fields(Facts) if field.type in (bool, "bool")},
)


@given(ANY)
def test_whatever_is_so_a_mail_ends_in_one_state_and_no_machine_or_stranger_gets_through(facts):
    judged = judge(facts)

    taken = judged.state in (MailState.NEW_TICKET, MailState.REPLY)
    assert taken == (judged.reason is None)
    if not taken:
        return
    assert facts.has_sender
    assert not (facts.is_ours)
    assert not (facts.is_blocked)
    assert not (facts.is_looping)
    assert not (facts.is_known)
    assert facts.machine != Machine.REPORT
    assert facts.machine is None or facts.is_accepted
    assert facts.whose != Whose.STRANGER
    if judged.state == MailState.NEW_TICKET:
        assert facts.addressed == Addressed.RECEIVING
        assert facts.is_proven or not facts.is_colleague
        assert facts.is_colleague or facts.is_let_in or facts.is_accepted
    assert not judged.forwarded or (facts.is_colleague and facts.is_proven)


FLAGS = [field.name for field in fields(ClaimFacts)]


def test_nobody_writes_on_a_ticket_who_may_not():
    """All that can be so of a mail at once: 256 cases."""
    for values in product((False, True), repeat=len(FLAGS)):
        facts = ClaimFacts(**dict(zip(FLAGS, values, strict=True)))
        whose = decide(facts)
        colleagues = facts.to_desk or facts.to_colleague
        if not (facts.by_token or facts.names_ticket):
            assert whose == Whose.NONE
        if whose == Whose.STAFF:  # only by the token in their own mail, with their own address, where they work
            assert facts.by_token
            assert facts.to_desk
            assert facts.is_recipient
            assert facts.recipient_may
        if whose == Whose.RECIPIENT:  # never in a colleague's name
            assert facts.by_token
            assert facts.recipient_may
            assert not colleagues
        if whose == Whose.SENDER:
            by_own_token = facts.by_token and facts.is_recipient and facts.recipient_may
            assert by_own_token or (facts.sender_takes_part and not facts.is_colleague)
        if facts.is_colleague and not facts.by_token:  # an agent's address alone never
            assert whose in (Whose.STRANGER, Whose.NONE)
