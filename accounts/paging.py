"""Keyset pagination: the next page begins after the last row seen, however many rows there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

PAGE_SIZE = 25


@dataclass(frozen=True)
class Order:
    """A moment to sort by (a text with `by_text`, a whole number with `by_number`), made unique by the id. Chosen by
    our own names, never by a field from the request. `nulls_last`: a moment that is missing in some rows, which come
    after all others; from the end of the list, with `descending`, before them."""

    field: str
    descending: bool = False
    by_text: bool = False
    by_number: bool = False
    nulls_last: bool = False

    def reversed(self) -> "Order":
        return replace(self, descending=not self.descending)

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        sign = "-" if self.descending else ""
        if not self.nulls_last:
            return rows.order_by(f"{sign}{self.field}", f"{sign}pk")
        field = F(self.field)
        ordered = field.desc(nulls_first=True) if self.descending else field.asc(nulls_last=True)
        return rows.order_by(ordered, f"{sign}pk")

    def beyond(self, rows: QuerySet[Any], value: datetime | str | int | None, pk: int) -> QuerySet[Any]:
        side = "lt" if self.descending else "gt"
        missing = Q(**{f"{self.field}__isnull": True})
        if value is None:
            rest = missing & Q(**{f"pk__{side}": pk})
            return rows.filter((rest | ~missing) if self.descending else rest)
        there = Q(**{f"{self.field}__{side}": value}) | Q(**{self.field: value, f"pk__{side}": pk})
        if self.nulls_last and not self.descending:
            return rows.filter(there | missing)
        return rows.filter(there, **{f"{self.field}__{side}e": value})  # redundant, but the index begins there

    def cursor_at(self, row: Model) -> str:
        value = getattr(row, self.field)
        return f"{value if self.by_text or self.by_number else value.isoformat() if value else ''}~{row.pk}"

    def cursor(self, text: str | None) -> tuple[datetime | str | int | None, int] | None:
        """What a cursor from an address says; None for nonsense."""
        value, separator, pk = (text or "").rpartition("~")
        if not separator or not (pk.isascii() and pk.isdigit()) or len(pk) > 18:
            return None
        if self.nulls_last and not value:
            return None, int(pk)
        if self.by_text:
            return None if "\x00" in value else (value, int(pk))
        if self.by_number:
            is_number = value.isascii() and value.isdigit() and len(value) <= 9
            return (int(value), int(pk)) if is_number else None
        moment = _moment(value)
        return None if moment is None else (moment, int(pk))


@dataclass(frozen=True)
class Page:
    items: list[Any]
    total: int
    next_url: str
    previous_url: str


def paginate(
    rows: QuerySet[Any],
    order: Order,
    query: QueryDict,
    *,
    shown: Callable[[QuerySet[Any]], QuerySet[Any]],
    size: int = PAGE_SIZE,
) -> Page:
    """The page `?after=` or `?before=` asks for (a cursor; nonsense means the first page), with an exact total.

    `rows` only finds and sorts; `shown` adds what a page shows of its few rows (joins, annotations), so that the
    database works that out for one page instead of for everything it sorts.
    """
    backwards = order.cursor(query.get("before"))
    forwards = order.cursor(query.get("after")) if backwards is None else None
    direction = order.reversed() if backwards else order
    cursor = backwards or forwards
    plain = rows.select_related(None)
    wanted = direction.beyond(plain, *cursor) if cursor else plain
    found = list(direction.apply(wanted).values_list("pk", flat=True)[: size + 1])
    more = len(found) > size
    items = list(order.apply(shown(rows.model._default_manager.filter(pk__in=found[:size]))))
    has_next, has_previous = (True, more) if backwards else (more, forwards is not None)
    return Page(
        items=items,
        total=plain.count(),
        next_url=_address(query, "after", items[-1], order) if items and has_next else "",
        previous_url=_address(query, "before", items[0], order) if items and has_previous else "",
    )


def _moment(text: str) -> datetime | None:
    try:
        value = parse_datetime(text)
        return value.astimezone(UTC) if value is not None and value.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _address(query: QueryDict, key: str, row: Model, order: Order) -> str:
    address = query.copy()
    address.pop("after", None)
    address.pop("before", None)
    address[key] = order.cursor_at(row)
    return f"?{address.urlencode()}"
