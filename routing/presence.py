"""Who is away, and who stands in for them meanwhile."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import F, Q, QuerySet

from accounts.models import User
from routing.models import Absence

Fits = Callable[[User], bool]


def absences_on(day: date) -> QuerySet[Absence]:
    """The absences that a day is part of."""
    return Absence.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class Presence:
    """Who of the staff is away on one day. Asked of the database once, when it is needed."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._absences: dict[int, Absence] | None = None

    def absence_of(self, person: User) -> Absence | None:
        """Why somebody is not here. Of several absences at once, the one that names a stand-in; else any of them."""
        if self._absences is None:
            rows = (
                absences_on(self.day).select_related("user", "stand_in").order_by(F("stand_in_id").asc(nulls_last=True))
            )
            self._absences = {}
            for row in rows:
                self._absences.setdefault(row.user_id, row)
        return self._absences.get(person.pk)

    def instead_of(self, person: User, fits: Fits = lambda _person: True) -> User | None:
        """The person, or where they are away whoever stands in for them, or for their stand-in in turn. None where the
        row ends with nobody who is here, works on the staff and `fits`; or where it comes back to somebody."""
        seen: set[int] = set()
        here: User | None = person
        while here is not None and here.pk not in seen and here.is_active and here.is_agent:
            seen.add(here.pk)
            absence = self.absence_of(here)
            if absence is None:
                return here if fits(here) else None
            here = absence.stand_in
        return None

    def here_of(self, people: Iterable[User], fits: Fits = lambda _person: True) -> list[User]:
        """Everybody of these who is here, and those who stand in for the others; each once."""
        found = (self.instead_of(person, fits) for person in people)
        return list({person.pk: person for person in found if person is not None}.values())
