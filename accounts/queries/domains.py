"""What a mail address says about where somebody works. Says nothing about whether it is theirs."""

from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.enums import Role
from accounts.folding import fold_address
from accounts.models import Organisation, OrganisationDomain, PrivateDomain, User


def domain_of(address: str) -> str:
    """The part after the @ in its ASCII form; empty when there is none."""
    return fold_address(address).rpartition("@")[2] if "@" in address else ""


def organisations_domains(most: int) -> frozenset[str] | None:
    """All the domains of the portal's organisations; None where they are more than `most`."""
    domains = list(OrganisationDomain.objects.order_by().values_list("domain", flat=True)[: most + 1])
    return frozenset(domains) if len(domains) <= most else None


def organisation_at(address: str, domains: frozenset[str] | None = None) -> Organisation | None:
    """The organisation this address's domain belongs to: the domain itself, or the nearest one above that says that its
    sub-domains count. In one query; in none for a domain of nobody's, where the caller has all `domains` at hand."""
    domain = domain_of(address)
    if domains is not None and domains.isdisjoint(_with_those_above(domain)):
        return None
    rows = OrganisationDomain.objects.select_related("organisation__agreement")
    row = _nearest(domain, {row.domain: row for row in rows.filter(domain__in=_with_those_above(domain))})
    return row.organisation if row else None


def people_to_join(organisation: Organisation) -> list[User]:
    """The customers without an organisation who have proved an address at one of this one's domains: they did so before
    the domain was entered. In at most three queries."""
    own = list(OrganisationDomain.objects.filter(organisation=organisation))
    if not own:
        return []
    below = reduce(or_, (Q(domain__endswith=f".{row.domain}") for row in own))
    rows = {row.domain: row for row in (*own, *OrganisationDomain.objects.filter(below))}
    at_them = reduce(or_, (_at(row) for row in own))
    people = User.objects.filter(at_them, organisation=None, role=Role.CUSTOMER, is_active=True)
    return [
        person
        for person in people.exclude(verified_at=None).order_by("search_key", "pk")
        if (row := _nearest(domain_of(person.email), rows)) is not None and row.organisation_id == organisation.pk
    ]


def _at(row: OrganisationDomain) -> Q:
    exactly = Q(email_key__endswith=f"@{row.domain}")
    return exactly | Q(email_key__endswith=f".{row.domain}") if row.with_subdomains else exactly


def _nearest(domain: str, rows: dict[str, OrganisationDomain]) -> OrganisationDomain | None:
    for name in _with_those_above(domain):
        row = rows.get(name)
        if row is not None and (name == domain or row.with_subdomains):
            return row
    return None


def is_private_domain(domain: str) -> bool:
    """Whether this is a webmail domain of the portal's list, or lies below one."""
    return PrivateDomain.objects.filter(domain__in=_with_those_above(domain)).exists()


def is_private_address(address: str) -> bool:
    return is_private_domain(domain_of(address))


def _with_those_above(domain: str) -> list[str]:
    """The domain and those above it, nearest first: a.b.example, b.example. At most ten levels are looked at."""
    labels = domain.split(".")[-10:]
    return [domain, *(".".join(labels[start:]) for start in range(1, len(labels) - 1))]
