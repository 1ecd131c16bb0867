"""Who is told about an event, and with which mail. Nobody is told what they did themselves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Event, User
from accounts.queries.people import person_at
from knowledge.queries.subscribers import is_subscribed
from notifications.choices import choices_of, left_after_muting
from notifications.enums import DESK_KINDS, FOR_OUTSIDERS, DigestPace, MailKind
from notifications.ladder import Ladder
from notifications.queries import (
    agent_with_id,
    collected_among,
    muted_among,
    people_answering_for,
    people_deciding_applications,
)
from routing.enums import Rung
from tickets.enums import EventKind, WaitingOn
from tickets.models import TicketEvent
from tickets.queries import followers_of, participants_of, works_on

# Sent to whoever did it, too: filing is confirmed, and what was asked for by mail or concerns security is answered.
RECEIPTS = frozenset(
    {
        MailKind.CONFIRMATION,
        MailKind.PASSWORD,
        MailKind.ADDRESS_REQUESTED,
        MailKind.ADDRESS_CHANGED,
        MailKind.SECURITY,
        MailKind.CLOSED_ACCOUNT,
        MailKind.BOOKED,
        MailKind.WAITLISTED,
        MailKind.BOOKING_CANCELLED,  # with the file that takes it out of a calendar
    }
)


@dataclass(frozen=True)
class Telling:
    """`address` where the mail goes elsewhere than to the person's own (a new one to be confirmed, or the old one)."""

    person: User
    kind: MailKind
    address: str = ""


def tellings(event: Event, ladder: Ladder | None = None) -> list[Telling]:
    """One mail for each person who is told; for somebody on both sides, the customer's. `ladder` is what the events of
    a round share.

    Left out: whoever did it (except that filing is confirmed), closed accounts, and from the desk's mails everybody
    who does not work there. Notes, status and priority changes tell nobody.

    What people have switched off is left out, but never so that nobody on the desk is left: when all of a group that is
    told of something (a new ticket, say) have switched that mail off, all of them are told anyway. Whoever the ticket
    is assigned to, and who follows it, is told of it in any case.
    """
    chosen: dict[int, Telling] = {}
    for telling in _by_rule(event, ladder or Ladder()):
        if _is_told(telling, event):
            chosen.setdefault(telling.person.pk, telling)
    return _as_they_chose(list(chosen.values()), event)


def _by_rule(event: Event, ladder: Ladder) -> Iterator[Telling]:
    kind = event.kind  # type: ignore[attr-defined]
    if isinstance(event, TicketEvent) and kind in _UP_THE_LADDER:
        return _UP_THE_LADDER[kind](event, ladder)
    rules: dict[str, Callable[..., Iterator[Telling]]] = _TICKET if isinstance(event, TicketEvent) else _ACCOUNT
    return rules[kind](event) if kind in rules else iter(())


def _as_they_chose(found: list[Telling], event: Event) -> list[Telling]:
    told = [(telling.person.pk, telling.kind) for telling in found]
    offered = {(telling.person.pk, choice.kind) for telling in found for choice in choices_of(telling.person)}
    muted = muted_among(offered.intersection(told)) & offered
    if not muted:
        return found
    assignee, followers = _whose(event)
    left = left_after_muting(told, muted, concerned=assignee)
    # Added only now: who only follows is nobody on whom the others could rely.
    left |= {one for one in told if one[0] in followers and one[1] in DESK_KINDS}
    return [telling for telling in found if (telling.person.pk, telling.kind) in left]


def collected(found: list[Telling], event: Event) -> dict[int, DigestPace]:
    """For whose digest this waits instead of a mail of its own, by the person's id. Whoever the ticket is assigned to,
    and who follows it, is told at once of what happens on it. What goes stale is told once a round, whoever has it."""
    if not isinstance(event, TicketEvent):
        return {}
    if event.kind == EventKind.ESCALATED:
        return {telling.person.pk: DigestPace.ROUND for telling in found}
    paces = collected_among((telling.person.pk, telling.kind) for telling in found)
    if not paces:
        return {}
    concerned = {key for keys in _whose(event) for key in keys}
    return {person: pace for (person, kind), pace in paces.items() if _may_wait(person, kind, found, concerned)}


def _may_wait(person: int, kind: MailKind, found: list[Telling], concerned: set[int]) -> bool:
    told = any(telling.person.pk == person and telling.kind == kind for telling in found)
    return told and not (kind in DESK_KINDS and person in concerned)


def _whose(event: Event) -> tuple[list[int], list[int]]:
    """Who has the ticket, if anybody, and who has chosen to follow it."""
    if not isinstance(event, TicketEvent):
        return [], []
    assignee = event.ticket.assignee_id
    return [assignee] if assignee else [], [person.pk for person in followers_of(event.ticket)]


def _is_told(telling: Telling, event: Event) -> bool:
    person = telling.person
    if not person.is_active and telling.kind not in FOR_OUTSIDERS:
        return False
    if telling.kind in DESK_KINDS and not person.is_agent:
        return False
    return telling.kind in RECEIPTS or person.pk != event.actor_id


def _opened(event: TicketEvent) -> Iterator[Telling]:
    yield Telling(event.ticket.requester, MailKind.CONFIRMATION)
    for telling in _to_department(event, MailKind.NEW_TICKET):
        if telling.person.pk != event.data.get("given_to"):  # told that it is theirs
            yield telling


def _replied(event: TicketEvent) -> Iterator[Telling]:
    yield from _to_others(event, MailKind.REPLY, MailKind.CUSTOMER_REPLY, MailKind.COLLEAGUE_REPLY)


def _closed(event: TicketEvent) -> Iterator[Telling]:
    if event.data.get("unanswered"):
        yield from (Telling(person, MailKind.CLOSED_UNANSWERED) for person in participants_of(event.ticket))
    elif not event.data.get("with_reply"):  # then the reply's own mail says it
        yield from _to_others(event, MailKind.CLOSED, MailKind.CLOSED_BY_CUSTOMER, MailKind.CLOSED)


def _reopened(event: TicketEvent) -> Iterator[Telling]:
    if not event.data.get("with_reply"):
        yield from _to_others(event, MailKind.REOPENED, MailKind.REOPENED_BY_CUSTOMER, MailKind.REOPENED)


def _collaborator_added(event: TicketEvent) -> Iterator[Telling]:
    for person in participants_of(event.ticket)[1:]:
        if person.pk == event.data.get("user"):  # and has not been taken off again
            yield Telling(person, MailKind.COLLABORATOR_ADDED)


def _assigned(event: TicketEvent) -> Iterator[Telling]:
    assignee = agent_with_id(event.data.get("assignee"))
    if assignee is not None:
        yield Telling(assignee, MailKind.ASSIGNED)


def _transferred(event: TicketEvent) -> Iterator[Telling]:
    if event.data.get("closing"):  # a department has closed, and hundreds may come at once: the queue shows them
        return
    yield from (Telling(person, MailKind.TRANSFERRED) for person in people_answering_for(event.data.get("department")))


def _mail_returned(event: TicketEvent) -> Iterator[Telling]:
    """One person is enough: they see at the ticket which mail it was. Where nobody has the ticket, the department."""
    assignee = event.ticket.assignee
    if assignee is not None and works_on(assignee, event.ticket):
        yield Telling(assignee, MailKind.MAIL_RETURNED)
    else:
        yield from _to_department(event, MailKind.MAIL_RETURNED)


def _escalated(event: TicketEvent, ladder: Ladder) -> Iterator[Telling]:
    ticket = event.ticket
    if not ticket.is_closed:
        people = ladder.people_on(Rung(event.data["rung"]), ticket, ladder.telling_day(ticket, timezone.now()))
        yield from (Telling(person, MailKind.ALERT) for person in people)


def _nudged(event: TicketEvent, ladder: Ladder) -> Iterator[Telling]:
    people = ladder.people_on(Rung.ASSIGNEE, event.ticket, ladder.telling_day(event.ticket, timezone.now()))
    yield from (Telling(person, MailKind.NUDGED) for person in people)


def _reminded(event: TicketEvent) -> Iterator[Telling]:
    """Unless they have answered, or the ticket was closed, since."""
    if event.ticket.waiting_on == WaitingOn.CUSTOMER:
        yield from (Telling(person, MailKind.REMINDER) for person in participants_of(event.ticket))


def _merged(event: TicketEvent) -> Iterator[Telling]:
    """Whoever was on the merged ticket is told where it goes on; who may not go there, that it is closed. Who was
    brought along is told so by that."""
    leading = event.ticket.merged_into
    if leading is None or "into" not in event.data:
        return
    there, brought = {person.pk for person in participants_of(leading)}, event.data.get("brought", ())
    for person in participants_of(event.ticket):
        if person.pk not in brought:
            yield Telling(person, MailKind.MERGED if person.pk in there else MailKind.CLOSED)


def _to_person(kind: MailKind) -> Callable[..., Iterator[Telling]]:
    def rule(event: AccountEvent) -> Iterator[Telling]:
        yield Telling(event.user, kind)

    return rule


def _applied(event: AccountEvent) -> Iterator[Telling]:
    yield Telling(event.user, MailKind.APPLIED)
    if not event.data.get("again"):
        yield from (Telling(person, MailKind.NEW_APPLICATION) for person in people_deciding_applications())


def _service_told(event: AccountEvent) -> Iterator[Telling]:
    """Unless they have ended the subscription since."""
    if is_subscribed(event.user):
        yield Telling(event.user, MailKind.SERVICE_MESSAGE)


def _renewed(event: AccountEvent) -> Iterator[Telling]:
    """The first password is what they came for, and the first recovery codes come with the factor that is told."""
    if not event.data.get("first"):
        yield Telling(event.user, MailKind.SECURITY)


def _address_requested(event: AccountEvent) -> Iterator[Telling]:
    """Nobody is told when the address is somebody else's; see `accounts.actions.changing_addresses`."""
    if person_at(event.data["address"]) in (None, event.user):
        yield Telling(event.user, MailKind.ADDRESS_REQUESTED, address=event.data["address"])


def _address_changed(event: AccountEvent) -> Iterator[Telling]:
    yield Telling(event.user, MailKind.ADDRESS_CHANGED, address=event.data["old"])


def _to_others(
    event: TicketEvent, from_staff: MailKind, to_desk: MailKind, from_colleague: MailKind
) -> Iterator[Telling]:
    """What staff did is told to all who take part; what one of those did, to the others of them and to the desk."""
    by_staff = event.data.get("by") == "staff"
    for person in participants_of(event.ticket):
        yield Telling(person, from_staff if by_staff else from_colleague)
    if by_staff:
        return
    if event.ticket.assignee is not None:
        yield Telling(event.ticket.assignee, to_desk)
    yield from (Telling(person, to_desk) for person in followers_of(event.ticket) if works_on(person, event.ticket))
    yield from _to_department(event, to_desk)


def _to_department(event: TicketEvent, kind: MailKind) -> Iterator[Telling]:
    yield from (Telling(person, kind) for person in people_answering_for(event.ticket.department_id))


_TICKET: dict[str, Callable[..., Iterator[Telling]]] = {
    EventKind.OPENED: _opened,
    EventKind.REPLIED: _replied,
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: _reopened,
    EventKind.ASSIGNED: _assigned,
    EventKind.TRANSFERRED: _transferred,
    EventKind.COLLABORATOR_ADDED: _collaborator_added,
    EventKind.MERGED: _merged,
    EventKind.MAIL_RETURNED: _mail_returned,
    EventKind.REMINDED: _reminded,
}
_UP_THE_LADDER: dict[str, Callable[[TicketEvent, Ladder], Iterator[Telling]]] = {
    EventKind.ESCALATED: _escalated,
    EventKind.NUDGED: _nudged,
}
_ACCOUNT: dict[str, Callable[..., Iterator[Telling]]] = {
    AccountEventKind.PASSWORD_REQUESTED: _to_person(MailKind.PASSWORD),
    AccountEventKind.CODE_REQUESTED: _to_person(MailKind.CODE),
    AccountEventKind.VERIFICATION_REQUESTED: _to_person(MailKind.VERIFICATION),
    AccountEventKind.ALREADY_REGISTERED: _to_person(MailKind.ALREADY_REGISTERED),
    AccountEventKind.APPLIED: _applied,
    AccountEventKind.APPROVED: _to_person(MailKind.APPROVED),
    AccountEventKind.REFUSED: _to_person(MailKind.REFUSED),
    AccountEventKind.INVITED: _to_person(MailKind.INVITATION),
    AccountEventKind.NOT_ENTITLED: _to_person(MailKind.NOT_ENTITLED),
    AccountEventKind.PASSWORD_SET: _renewed,
    AccountEventKind.FACTOR_ADDED: _to_person(MailKind.SECURITY),
    AccountEventKind.FACTOR_REMOVED: _to_person(MailKind.SECURITY),
    AccountEventKind.CODES_RENEWED: _renewed,
    AccountEventKind.ADDRESS_REQUESTED: _address_requested,
    AccountEventKind.ADDRESS_CHANGED: _address_changed,
    AccountEventKind.CLOSED: _to_person(MailKind.CLOSED_ACCOUNT),
    AccountEventKind.DIGEST_DUE: _to_person(MailKind.DIGEST),
    AccountEventKind.ALERTED: _to_person(MailKind.ALERT),
    AccountEventKind.MORNING_DUE: _to_person(MailKind.MORNING),
    AccountEventKind.SUBSCRIPTION_REQUESTED: _to_person(MailKind.SUBSCRIPTION),
    AccountEventKind.SERVICE_TOLD: _service_told,
    AccountEventKind.REVIEWS_DUE: _to_person(MailKind.REVIEWS),
    AccountEventKind.WROTE_TO_RETIRED: _to_person(MailKind.RETIRED_ADDRESS),
    AccountEventKind.MAILBOX_FAILED: _to_person(MailKind.MAILBOX_TROUBLE),
    AccountEventKind.BOOKED: _to_person(MailKind.BOOKED),
    AccountEventKind.WAITLISTED: _to_person(MailKind.WAITLISTED),
    AccountEventKind.PLACE_GIVEN: _to_person(MailKind.PLACE_GIVEN),
    AccountEventKind.OCCASION_CHANGED: _to_person(MailKind.OCCASION_CHANGED),
    AccountEventKind.BOOKING_CANCELLED: _to_person(MailKind.BOOKING_CANCELLED),
    AccountEventKind.BOOKING_REMINDED: _to_person(MailKind.BOOKING_REMINDED),
}
