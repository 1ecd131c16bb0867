"""What the mail of the morning says: to agents their oldest tickets, to leads those of their departments, to the
support lead of all; to these with the dashboard's figures, against last week's."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountEvent, User
from accounts.scoping import current_tenant
from notifications.alerts import Stale, stale_ticket
from notifications.enums import Trouble
from notifications.facts import Refused
from notifications.naming import moment_in_words
from routing.queries import sight_of
from tickets.dashboard.asking import TILES, Board
from tickets.dashboard.comparing import a_week_ago
from tickets.dashboard.figures import figures_of
from tickets.models import Ticket
from tickets.queries import desk_tickets
from tickets.queue_views import OURS, VIEWS

OLDEST = 15


@dataclass(frozen=True)
class Figure:
    """A tile of the dashboard: how many, how many a week ago (None: not known), and the list behind it."""

    label: str
    number: int
    before: int | None
    link: str


def has_something_to_tell(person: User) -> bool:
    """Whether anything waits that this person is responsible for."""
    return bool(_waiting(person).exists()) or any(figure.number for figure in _figures(person))


def about_morning(event: AccountEvent) -> dict[str, Any]:
    """The values for the mail, as things are when it is sent. Raises Refused when nothing waits any more."""
    person, tenant = event.user, current_tenant()
    figures = _figures(person)
    tickets = [_story(ticket) for ticket in _oldest(person)]
    if not tickets and not any(figure.number for figure in figures):
        raise Refused(Trouble.SETTLED)
    return {
        "scope": _scope(person),
        "figures": figures,
        "compares": any(figure.before is not None for figure in figures),
        "tickets": tickets,
        "board_url": tenant.url(reverse("dashboard" if figures else "desk")),
        "choices_url": tenant.url(reverse("notification_choices")),
    }


def _scope(person: User) -> str:
    """ "all", "led" or "own": for whose tickets somebody answers."""
    led = sight_of(person).led_ids
    return "all" if led is None else "led" if led else "own"


def _waiting(person: User) -> QuerySet[Ticket]:
    now, scope = timezone.now(), _scope(person)
    if scope == "own":
        return desk_tickets(person).filter(VIEWS["mine"].which(person, now) & OURS).order_by()
    board: QuerySet[Ticket] = _board(person).tickets().filter(VIEWS["waiting"].which(person, now))
    return board


def _oldest(person: User) -> list[Ticket]:
    named = _waiting(person).select_related("department", "organisation", "requester", "assignee")
    return list(named.order_by("waiting_since", "pk")[:OLDEST])


def _story(ticket: Ticket) -> Stale:
    story = stale_ticket(ticket, ticket.waiting_since)
    story.reasons.append(_("Waits for us since %(since)s.") % {"since": moment_in_words(ticket.waiting_since)})
    if ticket.due_at is not None:
        due = {"due": moment_in_words(ticket.due_at)}
        over = ticket.due_at <= timezone.now()
        story.reasons.append((_("Over the promised time since %(due)s.") if over else _("Due %(due)s.")) % due)
    return story


def _board(person: User) -> Board:
    return Board(person, QueryDict(), timezone.now())


def _figures(person: User) -> list[Figure]:
    if _scope(person) == "own":
        return []
    board, tenant = _board(person), current_tenant()
    tiles, earlier = figures_of(board).tiles, a_week_ago(board)
    return [
        Figure(
            str(tile.label),
            tiles[tile.key],
            earlier.tiles[tile.key] if earlier is not None else None,
            tenant.url(board.tile_address(tile)),
        )
        for tile in TILES
    ]
