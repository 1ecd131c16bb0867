"""The agents' queue: its filters, sorts and counts. Plain data from an address to a list and back."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import clean_line, fold_text
from accounts.models import Organisation, User
from accounts.paging import Order
from accounts.passing import whole_number
from routing.promises import Promises
from routing.queries import sight_of
from tickets.dashboard import narrowing
from tickets.dashboard.narrowing import Narrowing
from tickets.dashboard.reasons import reasons
from tickets.due import add_dues
from tickets.enums import LeadsTo, Priority, WaitingOn
from tickets.models import FormField, HelpTopic, Ticket, TicketTag
from tickets.queries import NOT_BY_STAFF, answered, desk_tickets, matching, tags_known_to
from tickets.queue_views import COUNTED, REASONED, VIEWS, QueueView

LATE, OLD = timedelta(hours=24), timedelta(days=3)
_DAY = re.compile(
    r"(?P<day>\d{1,2}) (?P<month>[a-z]{3,9})\.? (?P<year>\d{4})( (?P<hour>\d{1,2})[.:](?P<minute>\d{2}))?", re.ASCII
)
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)} | {"maj": 5, "okt": 10}


SORTS = {
    "waiting": (gettext_lazy("Longest wait first"), Order("waiting_since")),
    "due": (gettext_lazy("Due first"), Order("due_at", nulls_last=True)),
    "snoozed": (gettext_lazy("Back first"), Order("snoozed_until", nulls_last=True)),
    "newest": (gettext_lazy("Newest first"), Order("created_at", descending=True)),
    "activity": (gettext_lazy("Latest activity first"), Order("last_activity_at", descending=True)),
}


ASKED = (
    "view",
    "department",
    "requester",
    "organisation",
    "priority",
    "topic",
    "tag",
    "field",
    "answer",
    "q",
    "sort",
    *narrowing.ASKED,
)


@dataclass
class Queue:
    """What an address of the queue asks for. Unknown values mean the default, so old links keep working."""

    agent: User
    query: QueryDict
    view: QueueView = field(init=False)
    department: int | None = field(init=False)
    requester: int | None = field(init=False)
    organisation: int | None = field(init=False)
    priority: str = field(init=False)
    topic: int | None = field(init=False)
    tag: int | None = field(init=False)
    field_key: str = field(init=False)
    answer: str = field(init=False)
    words: str = field(init=False)
    sort: str = field(init=False)
    narrowing: Narrowing = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.query.get("q", "").strip()
        self.department = whole_number(self.query.get("department", ""))
        self.requester = whole_number(self.query.get("requester", ""))
        self.organisation = whole_number(self.query.get("organisation", ""))
        self.topic = whole_number(self.query.get("topic", ""))
        self.tag = whole_number(self.query.get("tag", ""))
        key = self.query.get("field", "")
        self.field_key = key if re.fullmatch(r"[-\w]{1,40}", key, re.ASCII) else ""
        self.answer = clean_line(self.query.get("answer", ""))[:100] if self.field_key else ""
        self.narrowing = Narrowing.asked(self.query)
        everything = bool(self.words) or self.is_about_somebody or self.tag is not None
        self.view = VIEWS.get(self.query.get("view", ""), VIEWS["all" if everything else "waiting"])
        priority = self.query.get("priority", "")
        self.priority = priority if priority in Priority.values else ""
        sort = self.query.get("sort", "")
        self.sort = sort if sort in SORTS else self.view.sort

    @property
    def is_about_somebody(self) -> bool:
        return self.requester is not None or self.organisation is not None

    @property
    def order(self) -> Order:
        return SORTS[self.sort][1]

    def tickets(self) -> QuerySet[Ticket]:
        """The tickets asked for, among those this agent sees."""
        tickets = desk_tickets(self.agent).filter(self.view.condition(self.agent))
        if not self.narrowing.is_none:
            tickets = tickets.filter(self.narrowing.condition(self.agent, timezone.now()))
        for name in ("department", "requester", "organisation"):
            if getattr(self, name) is not None:
                tickets = tickets.filter(**{name: getattr(self, name)})
        if self.priority:
            tickets = tickets.filter(priority=self.priority)
        if self.topic is not None:
            tickets = tickets.filter(Q(topic=self.topic) | Q(topic__parent=self.topic))
        if self.tag is not None:
            tickets = tickets.filter(pk__in=TicketTag.objects.filter(tag=self.tag).order_by().values("ticket"))
        if self.field_key:
            ways = {self.answer, day_as_kept(self.answer)}
            found = [Q(pk__in=answered(self.field_key, way)) for way in sorted(ways)]
            tickets = tickets.filter(reduce(or_, found))
        return matching(tickets, self.words) if self.words else tickets

    def add_reasons(self, tickets: Iterable[Ticket]) -> None:
        """Say of each ticket of a list for leads why it is on it."""
        if self.view.key in REASONED or self.narrowing.is_board:
            now = timezone.now()
            for ticket in tickets:
                ticket.reasons = reasons(ticket, now)

    def sorts(self) -> list[dict[str, Any]]:
        return [
            {"key": key, "label": label, "url": self.address(sort=key), "current": key == self.sort}
            for key, (label, _order) in SORTS.items()
        ]

    def chips(self, departments: list[dict[str, Any]]) -> list[dict[str, str]]:
        """The filters in force, each with the address of the list without it."""
        chips = []
        if self.department is not None:
            name = next((row["department"].name for row in departments if row["current"]), "–")
            chips.append({"label": _("Department: %s") % name, "remove_url": self.address(department="")})
        if self.requester is not None:
            label = _("Customer: %s") % (User.objects.filter(pk=self.requester).first() or "–")
            chips.append({"label": label, "remove_url": self.address(requester="")})
        if self.organisation is not None:
            label = _("Organisation: %s") % (Organisation.objects.filter(pk=self.organisation).first() or "–")
            chips.append({"label": label, "remove_url": self.address(organisation="")})
        if self.priority:
            label = _("Priority: %s") % Priority(self.priority).label
            chips.append({"label": label, "remove_url": self.address(priority="")})
        narrowed = self.narrowing.chips(self.agent)
        chips += [{"label": label, "remove_url": self.address(**{key: ""})} for key, label in narrowed]
        chips += self._chips_of_the_form()
        if self.words:
            chips.append({"label": _("Search: %s") % self.words, "remove_url": self.address(q="")})
        return chips

    def _chips_of_the_form(self) -> list[dict[str, str]]:
        chips = []
        if self.topic is not None:
            label = _("Topic: %s") % (HelpTopic.objects.filter(pk=self.topic).first() or "–")
            chips.append({"label": label, "remove_url": self.address(topic="")})
        if self.tag is not None:
            label = _("Tag: %s") % (tags_known_to(self.agent).filter(pk=self.tag).first() or "–")
            chips.append({"label": label, "remove_url": self.address(tag="")})
        if self.field_key:
            asked = FormField.objects.filter(key=self.field_key).order_by("-is_active", "-pk").first() or self.field_key
            label = f"{asked}: {self.answer}" if self.answer else _("Answered: %s") % asked
            chips.append({"label": label, "remove_url": self.address(field="", answer="")})
        return chips

    def choices(self) -> dict[str, Any]:
        """What the filter offers besides departments and priorities: topics, tags, and questions whose answers are
        searched."""
        asked = FormField.objects.filter(is_active=True, is_searchable=True).exclude(kind__in=NOT_BY_STAFF)
        return {
            "topics": list(HelpTopic.objects.filter(is_active=True, leads_to=LeadsTo.FORM).select_related("parent")),
            "tags": list(tags_known_to(self.agent)[:200]),
            "questions": list({question.key: question for question in asked.order_by("form", "position")}.values()),
        }

    @property
    def export_url(self) -> str:
        """The address of the list as a file, with the same questions."""
        _path, _mark, query = self.address().partition("?")
        return f"{reverse('desk_export')}?{query}" if query else reverse("desk_export")

    def address(self, **changes: str) -> str:
        """The queue's address with some of its questions changed, from its first page."""
        asked = {key: str(self.query[key]) for key in ASKED if self.query.get(key)}
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in {**asked, **changes}.items() if value})
        return f"{reverse('desk')}?{query.urlencode()}" if query else reverse("desk")


def rail(agent: User, query: QueryDict, *, on_queue: bool) -> dict[str, list[dict[str, Any]]]:
    """The desk's views and departments with their counts of open tickets, in a constant number of queries."""
    queue = Queue(agent, query)
    counts = _open_counts(agent)
    plain = on_queue and not queue.words and queue.department is None and not queue.is_about_somebody
    plain = plain and queue.narrowing.is_none
    views = [
        {
            "key": view.key,
            "label": view.label,
            "count": counts["views"].get(view.key),
            "url": f"{reverse('desk')}?view={view.key}",
            "current": plain and queue.view.key == view.key,
        }
        for view in VIEWS.values()
        if view.in_rail and (not view.if_any or counts["views"][view.key] or (on_queue and queue.view == view))
    ]
    departments = [
        {
            "department": department,
            "depth": department.depth,
            "count": counts["departments"].get(department.pk, 0),
            "url": f"{reverse('desk')}?view=waiting&department={department.pk}",
            "current": on_queue and queue.department == department.pk,
        }
        for department in sight_of(agent).tree
        # A closed one is shown until its last open ticket is moved, and where somebody asks for it.
        if department.is_active or counts["departments"].get(department.pk) or queue.department == department.pk
    ]
    return {"views": views, "departments": departments}


def add_ages(tickets: Collection[Ticket], promises: Promises | None = None) -> None:
    """Give each of a page's tickets its `due` and its `age_band`, for its tint: fresh, late or old. Only what waits for
    us can be stale; what is over its promised time is old, however short that was."""
    now = timezone.now()
    add_dues(tickets, now, promises)
    for ticket in tickets:
        ticket.age_band = _age_band(ticket, now)


def _age_band(ticket: Ticket, now: datetime) -> str:
    if ticket.waiting_on != WaitingOn.US:
        return "fresh"
    waited = now - ticket.waiting_since
    if waited >= OLD or (ticket.due and ticket.due.is_over):
        return "old"
    return "late" if waited >= LATE or (ticket.due and ticket.due.is_soon) else "fresh"


def day_as_kept(words: str) -> str:
    """A date, with a time or without, as pages say it in any of our languages, in the way in which answers are kept;
    anything else as it is."""
    said = _DAY.fullmatch(fold_text(words))
    month = _MONTHS.get(said["month"][:3]) if said else None
    if said is None or month is None:
        return words
    day = f"{said['year']}-{month:02}-{int(said['day']):02}"
    return f"{day}T{int(said['hour']):02}:{said['minute']}" if said["hour"] else day


def _open_counts(agent: User) -> dict[str, dict[Any, int]]:
    """How many tickets are on each list of the rail, and how many of each department wait for us. In one query."""
    rows = (
        desk_tickets(agent)
        .select_related(None)
        .filter(waiting_on__in=(WaitingOn.US, WaitingOn.CUSTOMER, WaitingOn.THIRD_PARTY))
        .values("department_id")
        .annotate(**{f"on_{view.key}": Count("pk", filter=view.condition(agent)) for view in COUNTED})
        .order_by()
    )
    views = dict.fromkeys((view.key for view in COUNTED), 0)
    departments: dict[Any, int] = {}
    for found in rows:
        row: dict[str, Any] = dict(found)
        departments[row["department_id"]] = row["on_waiting"]
        for key in views:
            views[key] += row[f"on_{key}"]
    return {"views": views, "departments": departments}
