"""Who is away, and who stands in for them meanwhile."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from routing.leads import Leads
from routing.models import Absence, DepartmentMember

Fits = Callable[[User], bool]


def absences_on(day: date) -> QuerySet[Absence]:
    """The absences that a day is part of."""
    return Absence.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class Presence:
    """Who of the staff is away on one day, today where none is named. Asked of the database once, when it is needed."""

    def __init__(self, day: date | None = None) -> None:
        self.day = day or timezone.localdate()
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


def may_note_absence(actor: User, person: User) -> bool:
    """Whether somebody may say that a person is away: the person, whoever leads one of their departments, the support
    lead, the administrators."""
    if not (actor.is_agent and person.is_agent):
        return False
    if actor.pk == person.pk or actor.sees_all_departments:
        return True
    leads = Leads()
    places = DepartmentMember.objects.filter(user=person).values_list("department_id", flat=True)
    return any(actor in leads.of(place) for place in places)


def coming_absences(person: User, day: date) -> list[Absence]:
    """A person's absences that are not over on a day, the next first."""
    rows = Absence.objects.filter(Q(until=None) | Q(until__gte=day), user=person)
    return list(rows.select_related("stand_in").order_by("since", "pk"))


def possible_stand_ins(person: User) -> list[User]:
    """Everybody who could stand in for a person, by name: those in their departments first."""
    staff = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER).exclude(pk=person.pk).order_by("name", "pk")
    places = DepartmentMember.objects.filter(user=person).values("department_id")
    near = set(DepartmentMember.objects.filter(department_id__in=places).values_list("user_id", flat=True))
    return sorted(staff, key=lambda one: one.pk not in near)


def names_with_absences(people: Iterable[User]) -> list[tuple[str, str]]:
    """People to choose from, by their ids; whoever is away today says so, until when, and who stands in."""
    presence = Presence()
    return [(str(person.pk), _name(person, presence.absence_of(person))) for person in people]


def _name(person: User, absence: Absence | None) -> str:
    if absence is None:
        return str(person)
    words = {"name": person, "stand_in": absence.stand_in or "", "day": ""}
    if absence.until is not None:
        words["day"] = date_format(absence.until, "SHORT_DATE_FORMAT")
        if absence.stand_in:
            return _("%(name)s (away until %(day)s; %(stand_in)s stands in)") % words
        return _("%(name)s (away until %(day)s)") % words
    return (_("%(name)s (away; %(stand_in)s stands in)") if absence.stand_in else _("%(name)s (away)")) % words
