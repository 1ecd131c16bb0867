"""The words by which staff find tickets that belong together."""

from collections.abc import Callable, Iterable

from django.db import transaction

from accounts.folding import clean_line, fold_text
from accounts.models import User
from accounts.rules import require_staff
from tickets.enums import EventKind
from tickets.events import record_event
from tickets.locking import lock_ticket
from tickets.models import Tag, Ticket, TicketTag

TAGS_PER_TICKET = 20
TAG_LENGTH = 40


def add_tags(*, actor: User | None, ticket: Ticket, names: Iterable[str]) -> Ticket:
    """Give a ticket these tags besides those it has; one nobody used before is made. Spellings that look alike are one.

    What is no word, and what is beyond TAGS_PER_TICKET, is left out. Records `tags_changed` with what was added and
    removed; nothing happens when nothing changes. Raises PermissionError unless the actor is an agent (None: a rule).
    """
    return _change(actor, ticket, _by_key(names), lambda _key: False)


def remove_tags(*, actor: User | None, ticket: Ticket, names: Iterable[str]) -> Ticket:
    """Take these tags off a ticket; the tags themselves stay for others. Otherwise as `add_tags`."""
    unwanted = _by_key(names)
    return _change(actor, ticket, {}, lambda key: key in unwanted)


def _change(actor: User | None, ticket: Ticket, wanted: dict[str, str], drops: Callable[[str], bool]) -> Ticket:
    require_staff(actor)
    with transaction.atomic():
        locked = lock_ticket(ticket)
        had = {row.tag.name_key: row for row in TicketTag.objects.filter(ticket=locked).select_related("tag")}
        removed = [row for key, row in had.items() if drops(key)]
        room = TAGS_PER_TICKET - len(had) + len(removed)
        added = [name for key, name in wanted.items() if key not in had][: max(0, room)]
        if not added and not removed:
            return locked
        tags = _tags(added)
        TicketTag.objects.filter(pk__in=[row.pk for row in removed]).delete()
        TicketTag.objects.bulk_create([TicketTag(ticket=locked, tag=tag) for tag in tags])
        data = {"added": [tag.name for tag in tags], "removed": [row.tag.name for row in removed]}
        record_event(EventKind.TAGS_CHANGED, locked, actor=actor, data=data)
    return locked


def _by_key(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        line = clean_line(name)[:TAG_LENGTH].strip()
        key = fold_text(line)[:200]
        if key:
            found.setdefault(key, line)
    return found


def _tags(names: list[str]) -> list[Tag]:
    """The tags with these names, those that are new made; whoever makes the same one meanwhile makes no second one."""
    keys = {fold_text(name)[:200]: name for name in names}
    Tag.objects.bulk_create([Tag(name=name, name_key=key) for key, name in keys.items()], ignore_conflicts=True)
    return list(Tag.objects.filter(name_key__in=keys))
