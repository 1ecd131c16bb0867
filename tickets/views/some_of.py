"""The first few of many, by name, for pages on which a number alone would leave a reader guessing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

A_FEW = 10
Link = tuple[str, str]  # what it is called, and the address of its page


@dataclass(frozen=True)
class SomeOf:
    """For components/some_of.html: `links` to the first ones, and how many `more` there are."""

    links: list[Link]
    more: int


def some_of(rows: QuerySet[Any], link: Callable[[Any], Link]) -> SomeOf:
    """The first ones of rows that have an order."""
    first = [link(row) for row in rows[: A_FEW + 1]]
    more = rows.count() - A_FEW if len(first) > A_FEW else 0
    return SomeOf(first[:A_FEW], more)
