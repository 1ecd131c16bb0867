"""The desk's list of articles: plain data from an address to a list and back."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import fold_text
from accounts.models import User
from accounts.paging import Order
from accounts.passing import whole_number
from knowledge.models import Article, Section
from knowledge.queries.articles import desk_articles

NEWEST_FIRST = Order("changed_at", descending=True)
STATES = {
    "draft": gettext_lazy("Drafts"),
    "published": gettext_lazy("Published"),
    "changed": gettext_lazy("Changed since"),
    "away": gettext_lazy("Put away"),
}


@dataclass
class ArticlesAsked:
    """What an address of the list asks for. Unknown values mean the default: all that is not put away."""

    query: QueryDict
    reader: User
    words: str = field(init=False)
    state: str = field(init=False)
    section: Section | None = field(init=False)
    is_own: bool = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.query.get("q", "").replace("\x00", "").strip()
        state = self.query.get("state", "")
        self.state = state if state in STATES else ""
        key = whole_number(self.query.get("section", ""))
        self.section = Section.objects.filter(pk=key).first() if key is not None else None
        self.is_own = self.query.get("owner") == "me"

    def in_any_state(self) -> QuerySet[Article]:
        """The articles asked for, whatever their state."""
        rows = desk_articles()
        if self.section is not None:
            rows = rows.filter(section=self.section)
        if self.is_own:
            rows = rows.filter(owner=self.reader)
        for word in fold_text(self.words)[:100].split()[:8]:
            rows = rows.filter(newest_key__contains=word)  # type: ignore[misc]  # annotated by `desk_articles`
        return rows

    def articles(self) -> QuerySet[Article]:
        return self.in_any_state().filter(_in_state(self.state))

    def tabs(self) -> list[dict[str, Any]]:
        """The states with their counts, in one query."""
        keys = ("", *STATES)
        counts = self.in_any_state().aggregate(**{key or "all": Count("pk", filter=_in_state(key)) for key in keys})
        return [
            {
                "label": STATES[key] if key else _("All"),
                "count": counts[key or "all"],
                "url": self.address(state=key),
                "current": key == self.state,
            }
            for key in keys
        ]

    def address(self, **changes: str) -> str:
        """The list's address with some of its questions changed, from its first page."""
        asked = {key: str(self.query[key]) for key in ("q", "state", "section", "owner") if self.query.get(key)}
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in {**asked, **changes}.items() if value})
        return f"{reverse('desk_articles')}?{query.urlencode()}" if query else reverse("desk_articles")


def _in_state(state: str) -> Q:
    return Q(state=state) if state else ~Q(state="away")
