"""What a file's rows come to: how many are new, changed, unchanged, wrong, and what there is to say about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from accounts.import_rows import Remark
from accounts.models import Import

KEPT = 1000  # remarks of a kind; a file with more than that wants to be made anew


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass
class Verdict:
    """What becomes of one row. `change` is what its kind of import needs to write it."""

    outcome: Outcome
    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    change: Any = None


class Findings:
    def __init__(self, warnings: Iterable[Remark] = ()) -> None:
        self.counts = dict.fromkeys(Outcome, 0)
        self.problems: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []
        self.problems_total = self.warnings_total = 0
        for remark in warnings:
            self._warn(remark)

    def add(self, verdict: Verdict) -> None:
        self.counts[verdict.outcome] += 1
        for remark in verdict.problems:
            self.problems_total += 1
            if len(self.problems) < KEPT:
                self.problems.append(remark.as_json())
        for remark in verdict.warnings:
            self._warn(remark)

    def _warn(self, remark: Remark) -> None:
        self.warnings_total += 1
        if len(self.warnings) < KEPT:
            self.warnings.append(remark.as_json())

    def is_what_was_agreed(self, found: Import) -> bool:
        """Whether the rows that are wrong are those the administrator saw, and chose to leave out."""
        if not self.problems_total:
            return not found.problems_total or found.leaves_out_wrong
        same = self.problems_total == found.problems_total and self.problems == found.problems
        return same and found.leaves_out_wrong

    def as_fields(self) -> dict[str, Any]:
        return {
            "rows_new": self.counts[Outcome.NEW],
            "rows_changed": self.counts[Outcome.CHANGED],
            "rows_unchanged": self.counts[Outcome.UNCHANGED],
            "rows_wrong": self.counts[Outcome.WRONG],
            "problems": self.problems,
            "problems_total": self.problems_total,
            "warnings": self.warnings,
            "warnings_total": self.warnings_total,
        }
