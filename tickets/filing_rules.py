"""What a portal has decided about new tickets."""

from functools import cached_property

from routing.facts import Arrangement
from routing.models import Department
from routing.queries import earlier_days, load_arrangement
from tickets.models import PrioritySettings
from tickets.priorities import priority_settings


class FilingRules:
    """How a portal routes its new tickets and how urgent they begin; each thing is asked once, when it is first needed.

    Whoever opens many tickets in a row shares one among them, and not for long: what an administrator changes meanwhile
    counts from the next one on.
    """

    def __init__(self) -> None:
        self._departments: dict[int, Department] = {}

    @cached_property
    def arrangement(self) -> Arrangement:
        return load_arrangement()

    @cached_property
    def priorities(self) -> PrioritySettings:
        return priority_settings()

    @cached_property
    def earlier_days(self) -> int:
        return earlier_days()

    def department(self, key: int) -> Department:
        """The department that routing decided on."""
        if key not in self._departments:
            self._departments[key] = Department.objects.get(pk=key)
        return self._departments[key]
