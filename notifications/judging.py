"""What becomes of a mail. Pure: the same facts always give the same judgement."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from notifications.enums import MailReason, MailState
from notifications.mail.parsed import Machine


class Whose(StrEnum):
    """Which ticket a mail belongs to, and as whom it speaks there (`notifications.whose`)."""

    NONE = "none"  # it names no ticket of ours
    SENDER = "sender"  # a reply by its sender, who takes part
    RECIPIENT = "recipient"  # a reply in the name of whom the mail was sent to that it answers
    STAFF = "staff"  # an agent's reply
    STRANGER = "stranger"  # it names a ticket on which its sender is not


class Addressed(StrEnum):
    """What the portal's address is that a mail came to."""

    NONE = "none"
    RECEIVING = "receiving"
    RETIRED = "retired"


class MailFacts(Protocol):
    """What the judgement asks, in this order and only as far as it needs; each may cost questions to the database.

    `is_ours`: one of our own mails has its Message-ID, or its sender is an address of the portal. `is_accepted` and
    `is_blocked`: what staff decided about the sender. `answers`: it says that it answers a mail. `is_unknown_report`:
    it says that a mail never arrived, but not which of ours. `is_to_bounces`: it came to where reports about our mails
    go. `is_known`: the same mail was read before. `is_looping` asks the brake. `is_colleague`: its sender's address is
    an agent's, which proves nothing; `is_proven`: our own mail server says that it came from the sender's domain;
    `is_forged`: it says that it did not, and only the sender's address speaks for the reply. `is_forward`: it holds a
    mail passed on. `is_let_in`: the sender may ask by mail (entry rules, agreement).
    """

    @property
    def is_too_much(self) -> bool: ...
    @property
    def is_ours(self) -> bool: ...
    @property
    def machine(self) -> Machine | None: ...
    @property
    def is_unknown_report(self) -> bool: ...
    @property
    def is_blocked(self) -> bool: ...
    @property
    def is_accepted(self) -> bool: ...
    @property
    def answers(self) -> bool: ...
    @property
    def is_to_bounces(self) -> bool: ...
    @property
    def is_known(self) -> bool: ...
    @property
    def has_sender(self) -> bool: ...
    @property
    def is_looping(self) -> bool: ...
    @property
    def whose(self) -> Whose: ...
    @property
    def has_words(self) -> bool: ...
    @property
    def is_colleague(self) -> bool: ...
    @property
    def is_proven(self) -> bool: ...
    @property
    def is_forged(self) -> bool: ...
    @property
    def is_forward(self) -> bool: ...
    @property
    def addressed(self) -> Addressed: ...
    @property
    def is_let_in(self) -> bool: ...


@dataclass(frozen=True)
class Judgement:
    """`state` NEW_TICKET, REPLY, HELD or REFUSED; `reason` with the last two. `forwarded`: the new ticket is that of
    the customer whose mail was passed on."""

    state: MailState
    reason: MailReason | None = None
    forwarded: bool = False


def judge(facts: MailFacts) -> Judgement:
    """What is to become of a mail: what was not written to us by somebody goes first, then whose ticket it is about,
    then who may open one."""
    return _not_written_to_us(facts) or _of_a_ticket(facts) or _new(facts)


def _not_written_to_us(facts: MailFacts) -> Judgement | None:
    if facts.is_too_much:
        return _held(MailReason.TOO_LARGE)
    if facts.is_ours:
        return _refused(MailReason.OWN)
    if facts.machine == Machine.REPORT and not facts.is_unknown_report:
        return _refused(MailReason.REPORT)
    if facts.is_blocked:
        return _refused(MailReason.BLOCKED)
    if facts.machine == Machine.REPORT:  # somebody may wait for what did not arrive
        return _held(MailReason.UNKNOWN_REPORT)
    # Whom staff accept may be a machine that has something to report; never one that answers us.
    if facts.machine is not None and not (facts.is_accepted and not facts.answers):
        return _refused(MailReason.BULK if facts.machine == Machine.BULK else MailReason.AUTOMATIC)
    if facts.is_to_bounces:  # a report nobody can read as one; people answer to another address
        return _held(MailReason.TO_BOUNCES)
    if facts.is_known:
        return _refused(MailReason.DUPLICATE)
    if not facts.has_sender:
        return _held(MailReason.UNVERIFIED_SENDER)
    return _held(MailReason.LOOP) if facts.is_looping else None


def _of_a_ticket(facts: MailFacts) -> Judgement | None:
    whose = facts.whose
    if whose == Whose.NONE:
        return None
    if whose == Whose.STRANGER:
        unproven = facts.is_colleague and not facts.is_proven
        return _held(MailReason.UNPROVEN_COLLEAGUE if unproven else MailReason.NOT_ON_TICKET)
    if facts.is_forged:
        return _held(MailReason.FORGED)
    if whose == Whose.STAFF and not facts.has_words:  # what it only quotes is not for the customer
        return _held(MailReason.NOT_ON_TICKET)
    return Judgement(MailState.REPLY)


def _new(facts: MailFacts) -> Judgement:
    if facts.is_colleague and not facts.is_proven:
        return _held(MailReason.UNPROVEN_FORWARD if facts.is_forward else MailReason.UNPROVEN_COLLEAGUE)
    if facts.addressed == Addressed.RETIRED:
        return _refused(MailReason.RETIRED)
    if facts.addressed == Addressed.NONE:
        return _held(MailReason.UNKNOWN_ADDRESS)
    if facts.is_colleague:
        return Judgement(MailState.NEW_TICKET, forwarded=facts.is_forward)
    if facts.is_accepted or facts.is_let_in:
        return Judgement(MailState.NEW_TICKET)
    return _refused(MailReason.NOT_LET_IN)


def _held(reason: MailReason) -> Judgement:
    return Judgement(MailState.HELD, reason)


def _refused(reason: MailReason) -> Judgement:
    return Judgement(MailState.REFUSED, reason)
