"""The desk's lists of people and organisations: plain data from an address to a list and back."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import AccountState, Role
from accounts.folding import fold_text
from accounts.models import Application, Invitation, Organisation, User
from accounts.paging import Order
from accounts.passing import whole_number

BY_NAME = Order("search_key", by_text=True)
STATES: dict[str, Q] = {
    AccountState.ACTIVE: Q(is_active=True, verified_at__isnull=False),
    AccountState.UNVERIFIED: Q(is_active=True, verified_at__isnull=True),
    AccountState.WAITING: Q(is_active=False, closed_at__isnull=True),
    AccountState.CLOSED: Q(closed_at__isnull=False),
}


def _only_asked() -> Q:
    """Addresses somebody typed to learn whom to turn to: kept for the mail's sake, and nobody to work with. Made anew
    each time: a query of tenant data belongs to the scope it was made in."""
    return (
        Q(is_active=False, closed_at=None)
        & ~Exists(Application.objects.filter(user=OuterRef("pk")))
        & ~Exists(Invitation.objects.filter(user=OuterRef("pk")))
    )


@dataclass
class PeopleAsked:
    """What an address of the list of people asks for. Unknown values mean the default."""

    query: QueryDict
    words: str = field(init=False)
    state: str = field(init=False)
    role: str = field(init=False)
    organisation: Organisation | None = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.query.get("q", "").strip()
        self.state = _known(self.query.get("state", ""), STATES)
        self.role = _known(self.query.get("role", ""), ("staff", "all"))
        key = whole_number(self.query.get("organisation", ""))
        self.organisation = Organisation.objects.filter(pk=key).first() if key is not None else None

    def people(self) -> QuerySet[User]:
        """The people asked for, whatever their state."""
        people: QuerySet[User] = User.objects.exclude(_only_asked())
        if self.role != "all":
            people = people.exclude(role=Role.CUSTOMER) if self.role else people.filter(role=Role.CUSTOMER)
        if self.organisation is not None:
            people = people.filter(organisation=self.organisation)
        return matching_people(people, self.words)

    def in_state(self) -> QuerySet[User]:
        people = self.people()
        return people.filter(STATES[self.state]) if self.state else people

    def tabs(self) -> list[dict[str, Any]]:
        """The states with their counts, in one query."""
        counts = self.people().aggregate(
            all=Count("pk"), **{key: Count("pk", filter=condition) for key, condition in STATES.items()}
        )
        return [
            {
                "label": label,
                "count": counts[key or "all"],
                "url": self.address(state=key),
                "current": key == self.state,
            }
            for key, label in (("", _("All")), *((state.value, state.label) for state in AccountState))
        ]

    def address(self, **changes: str) -> str:
        """The list's address with some of its questions changed, from its first page."""
        asked = {key: str(self.query[key]) for key in ("q", "state", "role", "organisation") if self.query.get(key)}
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in {**asked, **changes}.items() if value})
        return f"{reverse('people')}?{query.urlencode()}" if query else reverse("people")


def matching_people(people: QuerySet[User], words: str) -> QuerySet[User]:
    """People whose name, address or organisation match what was searched for."""
    for word in fold_text(words)[:100].split()[:8]:
        organisations = Organisation.objects.filter(search_key__contains=word).values("pk")
        people = people.filter(Q(search_key__contains=word) | Q(organisation__in=organisations))
    return people


def matching_organisations(words: str) -> QuerySet[Organisation]:
    """Organisations whose name or mail domain match what was searched for."""
    organisations: QuerySet[Organisation] = Organisation.objects.all()
    for word in fold_text(words)[:100].split()[:8]:
        at_domain = Q(pk__in=Organisation.objects.filter(domains__domain__contains=word).values("pk"))
        organisations = organisations.filter(Q(search_key__contains=word) | at_domain)
    return organisations


def with_counts(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Organisations with `people_count` and `named_count`, of accounts that are not closed."""
    theirs = User.objects.filter(organisation=OuterRef("pk"), closed_at=None).order_by()
    return organisations.select_related("agreement").annotate(
        people_count=_counted(theirs), named_count=_counted(theirs.filter(is_named_contact=True))
    )


def _counted(people: QuerySet[User]) -> Coalesce:
    return Coalesce(Subquery(people.values("organisation").annotate(number=Count("pk")).values("number")), 0)


def _known(value: str, offered: Any) -> str:
    return value if value in offered else ""
