"""What a mail address says about where somebody works. Says nothing about whether it is theirs."""

from accounts.folding import fold_address
from accounts.models import Organisation, OrganisationDomain, PrivateDomain


def domain_of(address: str) -> str:
    """The part after the @ in its ASCII form; empty when there is none."""
    return fold_address(address).rpartition("@")[2] if "@" in address else ""


def organisation_at(address: str) -> Organisation | None:
    """The organisation this address's domain belongs to: the domain itself, or the nearest one above that says that its
    sub-domains count. In one query."""
    domain = domain_of(address)
    found = {
        row.domain: row
        for row in OrganisationDomain.objects.select_related("organisation__agreement").filter(
            domain__in=_with_those_above(domain)
        )
    }
    for name in _with_those_above(domain):
        row = found.get(name)
        if row is not None and (name == domain or row.with_subdomains):
            organisation: Organisation = row.organisation
            return organisation
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
