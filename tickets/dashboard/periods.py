"""Which days a chart is about, how they are put together into steps, and the days before them to compare with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from tickets.dashboard.narrowing import Days

# How many days, how many of them make a step, and what it is called.
LENGTHS: dict[str, tuple[int, int, Any]] = {
    "week": (7, 1, gettext_lazy("Last 7 days")),
    "month": (28, 1, gettext_lazy("Last 4 weeks")),
    "quarter": (91, 7, gettext_lazy("Last 13 weeks")),
    "year": (364, 7, gettext_lazy("Last 52 weeks")),
}
USUAL = "month"


@dataclass(frozen=True)
class Period:
    """The days up to today at the portal."""

    key: str
    today: date

    @property
    def days(self) -> Days:
        return Days(self.today - timedelta(days=LENGTHS[self.key][0] - 1), self.today)

    @property
    def before(self) -> Days:
        """As many days, just before."""
        length = timedelta(days=LENGTHS[self.key][0])
        return Days(self.days.first - length, self.days.last - length)

    @property
    def steps(self) -> list[Days]:
        """Its days one by one, or in weeks of which the last ends today."""
        length, step, _label = LENGTHS[self.key]
        firsts = (self.days.first + timedelta(days=number) for number in range(0, length, step))
        return [Days(first, first + timedelta(days=step - 1)) for first in firsts]
