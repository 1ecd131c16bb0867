"""What imports ask of the rows: many at once, in a number of queries that does not grow with them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.import_rows import name_key
from accounts.import_rows import search_key as search_key_of
from accounts.models import Agreement, Import, Invitation, Organisation, OrganisationDomain, PrivateDomain, Tenant, User
from accounts.scoping import every_tenant


def imports_seen_by(actor: User) -> QuerySet[Import]:
    """The imports somebody may open: an administrator's, all of the portal; others', none."""
    found: QuerySet[Import] = Import.objects.select_related("created_by", "ordered_by")
    return found if actor.is_administrator else found.none()


def tenants_with_imports_to_do() -> list[Tenant]:
    """The tenants for whose imports a worker can do something now."""
    with every_tenant():
        keys = set(Import.objects.waiting(timezone.now()).order_by().values_list("tenant_id", flat=True).distinct())
    active = Tenant.objects.filter(pk__in=keys, is_active=True) if keys else Tenant.objects.none()
    return list(active.order_by("pk"))


@dataclass(slots=True)
class KnownPerson:
    pk: int
    key: str
    email: str
    name: str
    search_key: str
    phone: str
    language: str
    role: str
    organisation_id: int | None
    is_named_contact: bool
    is_contact_person: bool
    sees_colleagues: bool
    is_active: bool
    closed_at: datetime | None


def people_with_keys(keys: Collection[str]) -> dict[str, KnownPerson]:
    rows = User.objects.filter(email_key__in=keys).values_list(
        "pk",
        "email_key",
        "email",
        "name",
        "search_key",
        "phone",
        "language",
        "role",
        "organisation_id",
        "is_named_contact",
        "is_contact_person",
        "sees_colleagues",
        "is_active",
        "closed_at",
    )
    return {row[1]: KnownPerson(*row) for row in rows}


@dataclass(slots=True)
class KnownOrganisation:
    """`limit`: how many named contacts it may have, by its own number or its agreement's."""

    pk: int
    name: str
    limit: int | None
    agreement_id: int | None
    contact_limit: int | None
    visibility: str
    notes: str


def organisations_named(names: Iterable[str]) -> dict[str, list[KnownOrganisation]]:
    """By search key, the organisations whose names somebody could mean by these."""
    found: dict[str, list[KnownOrganisation]] = {}
    keys = {search_key_of(name) for name in names}
    for organisation in _organisations(Q(search_key__in=keys)):
        found.setdefault(search_key_of(organisation.name), []).append(organisation)
    return found


def organisations_with_ids(ids: Collection[int]) -> list[KnownOrganisation]:
    return list(_organisations(Q(pk__in=ids)))


def same_name(found: Iterable[KnownOrganisation], name: str) -> KnownOrganisation | None:
    """The one that is meant by a name: spelled the very same, or but for capitals."""
    same = [organisation for organisation in found if name_key(organisation.name) == name_key(name)]
    return next((one for one in same if one.name == name), same[0] if same else None)


def _organisations(condition: Q) -> Iterable[KnownOrganisation]:
    # Sorted here: asked to, SQLite goes through the whole table in that order instead of using the names' index.
    rows = Organisation.objects.filter(condition).order_by().annotate(shared_limit=F("agreement__contact_limit"))
    for pk, name, own, shared, agreement, visibility, notes in sorted(
        rows.values_list("pk", "name", "contact_limit", "shared_limit", "agreement_id", "visibility", "notes")
    ):
        yield KnownOrganisation(pk, name, shared if own is None else own, agreement, own, visibility, notes)


def places_taken_at(ids: Collection[int]) -> dict[int, int]:
    """`accounts.queries.entitlement.places_taken` for many organisations at once."""
    named = _counted(
        User.objects.filter(organisation__in=ids, is_named_contact=True, closed_at=None), "organisation_id"
    )
    invited = _counted(
        open_invitations()
        .filter(organisation__in=ids, is_named_contact=True)
        .exclude(user__organisation=F("organisation"), user__is_named_contact=True),
        "organisation_id",
    )
    return {pk: named.get(pk, 0) + invited.get(pk, 0) for pk in ids}


def places_held_for(people: Collection[int]) -> set[tuple[int, int]]:
    """(person, organisation) for those invited to be named contacts: their place is theirs already."""
    rows = open_invitations().filter(user__in=people, is_named_contact=True, organisation__isnull=False)
    return set(rows.values_list("user_id", "organisation_id"))


def open_invitations() -> QuerySet[Invitation]:
    found: QuerySet[Invitation] = Invitation.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    return found


def _counted(rows: QuerySet[Any], key: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(key).annotate(number=Count("pk")))


def domains_of(ids: Collection[int]) -> dict[int, dict[str, bool]]:
    """The mail domains of many organisations, each with whether its sub-domains count."""
    found: dict[int, dict[str, bool]] = {pk: {} for pk in ids}
    rows = OrganisationDomain.objects.filter(organisation__in=ids).order_by()
    for pk, domain, with_subdomains in rows.values_list("organisation_id", "domain", "with_subdomains"):
        found[pk][domain] = with_subdomains
    return found


def owners_of(domains: Collection[str]) -> dict[str, str]:
    """Whose these mail domains are now, by name."""
    rows = OrganisationDomain.objects.filter(domain__in=domains).order_by()
    return dict(rows.values_list("domain", "organisation__name"))


def webmail_domains() -> frozenset[str]:
    return frozenset(PrivateDomain.objects.values_list("domain", flat=True))


def agreements_by_name() -> dict[str, tuple[int, bool]]:
    """By folded name: the agreement's id, and whether it is still given to anybody new."""
    rows = Agreement.objects.values_list("name", "pk", "is_active")
    return {name_key(name): (pk, is_active) for name, pk, is_active in rows}
