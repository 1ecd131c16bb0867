"""Which mails a person may do without, in the words they choose by; and what becomes of a group that chose so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.enums import DESK_KINDS, MailKind

Told = tuple[int, MailKind]  # a person's id, and the mail they would get


@dataclass(frozen=True)
class Choice:
    """One choice: `kind` is mailed when `sentence` happens. `instead`: where they find it without the mail."""

    kind: MailKind
    sentence: Any
    instead: Any

    @property
    def can_be_collected(self) -> bool:
        """Whether a digest can tell of it: those tell of tickets."""
        return self.kind != MailKind.NEW_APPLICATION


_CUSTOMERS = (
    Choice(
        MailKind.COLLABORATOR_ADDED,
        _("Somebody adds me to a ticket"),
        _("Without the mail you find the ticket among yours."),
    ),
    Choice(
        MailKind.COLLEAGUE_REPLY,
        _("A colleague writes on a ticket we share"),
        _("Without the mail the ticket is marked as new among yours."),
    ),
    Choice(
        MailKind.CLOSED,
        _("My ticket is closed without an answer"),
        _("Without the mail you see it on the ticket. An answer that closes the ticket is always mailed."),
    ),
    Choice(
        MailKind.REOPENED,
        _("My ticket is opened again"),
        _("Without the mail you see it on the ticket."),
    ),
)
_AGENTS = (
    Choice(
        MailKind.NEW_TICKET,
        _("A new ticket comes to my departments"),
        _("Without the mail you find it in the queue."),
    ),
    Choice(
        MailKind.TRANSFERRED,
        _("A ticket is handed over to my departments"),
        _("Without the mail you find it in the queue."),
    ),
    Choice(
        MailKind.CUSTOMER_REPLY,
        _("A customer writes on a ticket that is not mine, and that I do not follow"),
        _("Without the mail the ticket is marked as new in the queue."),
    ),
    Choice(
        MailKind.CLOSED_BY_CUSTOMER,
        _("A customer closes a ticket that is not mine, and that I do not follow"),
        _("Without the mail you find it among the closed ones."),
    ),
    Choice(
        MailKind.REOPENED_BY_CUSTOMER,
        _("A customer opens a ticket again that is not mine, and that I do not follow"),
        _("Without the mail you find it in the queue."),
    ),
    Choice(
        MailKind.MAIL_RETURNED,
        _("A mail to a customer comes back, about a ticket that nobody has"),
        _("Without the mail the ticket is marked in the queue."),
    ),
    Choice(
        MailKind.NUDGED,
        _("A customer asks for news on a ticket that nobody has"),
        _("Without the mail the ticket is marked in the queue."),
    ),
)
_DECIDERS = (
    Choice(
        MailKind.NEW_APPLICATION,
        _("Somebody applies to be let in"),
        _("Without the mail you find it among the applications."),
    ),
)


def choices_of(person: User) -> tuple[Choice, ...]:
    """The mails this person may do without. Never among them: answers to one's own ticket and its confirmation, a
    ticket given to oneself, and mails about one's account."""
    if not person.is_agent:
        return _CUSTOMERS
    return _AGENTS + _DECIDERS if person.sees_all_departments else _AGENTS


def can_be_stopped(person: User, kind: MailKind) -> bool:
    """Whether this person may do without such mails. What they once asked for, they may leave: digests, service
    messages."""
    return kind in (MailKind.DIGEST, MailKind.SERVICE_MESSAGE) or kind in {choice.kind for choice in choices_of(person)}


def left_after_muting(told: Iterable[Told], muted: Collection[Told], *, concerned: Collection[int] = ()) -> set[Told]:
    """Who is told when everybody's choices are heard.

    On the desk somebody must know: where all who would get one kind of mail have switched it off, all of them get it
    nonetheless. Those `concerned` (the ticket is theirs) always do. A customer's choice is about themselves alone.
    """
    everybody = set(told)
    left = {one for one in everybody if one not in muted or (one[0] in concerned and one[1] in DESK_KINDS)}
    heard = {kind for _person, kind in left}
    return left | {one for one in everybody if one[1] in DESK_KINDS and one[1] not in heard}
