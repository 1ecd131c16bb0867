"""Two tickets about the same: one is closed and leads to the other, where both are answered from then on.

No message moves, so that it can be undone and nobody reads what was not said to them. Whoever takes part in the merged
ticket comes along to the other, but only people who may be brought into it by its own requester: colleagues, and never
into a confidential one. Where its requester may not come along, the tickets are not merged: they would be left without
an answer. Staff who mean it add the person to the other ticket first.
"""

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries.colleagues import colleagues_of
from tickets.actions.collaborating import bring_along, remove_collaborator
from tickets.actions.handing_over import hand_on_if_closed, release_if_departed
from tickets.actions.service_links import carry_links
from tickets.enums import EventKind, Status
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Message, Ticket, TicketEvent
from tickets.queries import participants_of, works_on
from tickets.rules import STATUS_FIELDS, move_to, require_agent, stand_again, standing, status_when_ours

MERGED_FIELDS = ("merged_into", "assignee", *STATUS_FIELDS)


class WhyNot(StrEnum):
    SAME = "same"
    MERGED = "merged"  # one of them leads to another ticket already
    STRANGERS = "strangers"  # who filed it may not read the other


class CannotMerge(ValueError):
    """These two are not merged. `why` says what is in the way."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why)
        self.why = why


def merge_tickets(*, actor: User, ticket: Ticket, into: Ticket) -> Ticket:
    """Close a ticket and let it lead to another one: what is written on it from now on goes there.

    Brings along who takes part in it, as far as they may (see above); they are told with `collaborator_added`. What it
    waits to be answered about, the other one is about, too. Reopens
    the other one where it is closed and this one is not, because somebody still waits. Records `merged` on both, and
    `reopened` where it did that; nothing happens where it leads there already. Raises PermissionError unless the actor
    is an agent who sees both, CannotMerge.
    """
    require_agent(actor)
    if ticket.pk == into.pk:
        raise CannotMerge(WhyNot.SAME)
    with transaction.atomic():
        merged, leading = _lock_both(ticket, into)
        if not (works_on(actor, merged) and works_on(actor, leading)):
            raise PermissionError("Only who sees both tickets merges them")
        if merged.merged_into_id == leading.pk:
            return merged
        if merged.merged_into_id or leading.merged_into_id:
            raise CannotMerge(WhyNot.MERGED)
        here = {person.pk for person in participants_of(leading)}
        coming = _who_may_come(merged, leading, here)
        if merged.requester.is_active and merged.requester_id not in here | {person.pk for person in coming}:
            raise CannotMerge(WhyNot.STRANGERS)
        bring_along(actor=actor, ticket=leading, users=coming, as_staff=True)
        brought = {person.pk for person in participants_of(leading)} - here
        if leading.is_closed and not merged.is_closed:
            _reopen(actor, leading)
        carry_links(actor=actor, ticket=merged, into=leading)
        before, now = standing(merged), timezone.now()
        move_to(merged, Status.CLOSED, now)
        merged.merged_into = leading
        merged.save(update_fields=MERGED_FIELDS)
        kept = {"before": before, "after": standing(merged), "brought": sorted(brought)}
        record_event(EventKind.MERGED, merged, actor=actor, data={"into": leading.number, **kept}, at=now)
        record_event(EventKind.MERGED, leading, actor=actor, data={"from": merged.number})
    return merged


def _reopen(actor: User, leading: Ticket) -> None:
    hand_on_if_closed(leading)
    release_if_departed(leading)
    now = timezone.now()
    move_to(leading, status_when_ours(leading), now)
    leading.save(update_fields=MERGED_FIELDS)
    record_event(EventKind.REOPENED, leading, actor=actor, data={"by": "staff", "with_reply": False}, at=now)


def unmerge_ticket(*, actor: User, ticket: Ticket) -> Ticket:
    """Undo a merging: the ticket stands on its own again, as it did before, but for what somebody has changed since.
    Who came along and has written nothing in the other is taken off it again.

    Records `merged` with `undone` on both, and `collaborator_removed`; nothing happens to one that leads nowhere.
    Raises PermissionError unless the actor is an agent who sees the ticket.
    """
    require_agent(actor)
    with transaction.atomic():
        into = Ticket.objects.filter(merged=ticket.pk).first()
        merged, leading = _lock_both(ticket, into or ticket)
        if not works_on(actor, merged):
            raise PermissionError("Only who sees a ticket takes it apart")
        if into is None or merged.merged_into_id != leading.pk:
            return merged
        kept = _how_it_was(merged)
        if kept:
            stand_again(merged, kept["before"], kept["after"])
        if not merged.is_closed:
            hand_on_if_closed(merged)
            release_if_departed(merged)
        come_apart(actor=actor, ticket=merged, restored=bool(kept))
        merged.save(update_fields=MERGED_FIELDS)
        wrote = set(Message.objects.filter(ticket=leading).values_list("author_id", flat=True))
        for person in participants_of(leading)[1:]:
            if person.pk in set(kept.get("brought", ())) - wrote:
                remove_collaborator(actor=actor, ticket=leading, user=person, as_staff=True)
    return merged


def come_apart(*, actor: User, ticket: Ticket, restored: bool = False) -> None:
    """Let a merged ticket lead nowhere any more, for doors that hold its lock and save it (`merged_into`). `restored`:
    it stands as before again. Records `merged` with `undone` on both."""
    leading = ticket.merged_into
    if leading is None:
        return
    ticket.merged_into = None
    undone = {"undone": True, "restored": True} if restored else {"undone": True}
    record_event(EventKind.MERGED, ticket, actor=actor, data=undone | {"into": leading.number})
    record_event(EventKind.MERGED, leading, actor=actor, data={"from": ticket.number, "undone": True})


def _lock_both(ticket: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """In the order of their ids, so that two who merge them the other way round do not wait for each other."""
    locked = {pk: lock_ticket(Ticket(pk=pk)) for pk in sorted({ticket.pk, other.pk})}
    return locked[ticket.pk], locked[other.pk]


def _who_may_come(merged: Ticket, leading: Ticket, here: set[int]) -> list[User]:
    if leading.is_confidential or leading.organisation_id is None:
        return []
    wanted = [person for person in participants_of(merged) if person.pk not in here]
    colleagues = colleagues_of(leading.requester).filter(organisation=leading.organisation_id)
    may = set(colleagues.filter(pk__in=[person.pk for person in wanted]).values_list("pk", flat=True))
    return [person for person in wanted if person.pk in may]


def _how_it_was(merged: Ticket) -> dict[str, Any]:
    last = TicketEvent.objects.filter(ticket=merged, kind=EventKind.MERGED).order_by("-pk")
    kept: dict[str, Any] = next((event.data for event in last if "before" in event.data), {})
    return kept
