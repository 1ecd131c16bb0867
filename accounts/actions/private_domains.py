"""The portal's list of public webmail domains: they prove no employer (I6)."""

from django.db import transaction

from accounts.folding import fold_domain
from accounts.models import OrganisationDomain, PrivateDomain, User
from accounts.rules import require_administrator
from accounts.webmail import WEBMAIL_DOMAINS


class NoPrivateDomain(ValueError):
    """The domain cannot be put on the list: it is none, or a customer's. `customers`: the domain that is."""

    def __init__(self, customers: str = "") -> None:
        super().__init__(customers)
        self.customers = customers


def add_private_domain(*, actor: User, domain: str) -> bool:
    """Say that addresses at a domain, or below it, are private ones. It is kept in ASCII.

    Returns False, and does nothing, when it was on the list. Raises NoPrivateDomain, PermissionError unless the actor
    is an administrator.
    """
    require_administrator(actor)
    folded = fold_domain(domain)
    if not folded:
        raise NoPrivateDomain
    with transaction.atomic():
        _refuse_customers(folded)
        made = PrivateDomain.objects.get_or_create(domain=folded)[1]
    return bool(made)


def remove_private_domain(*, actor: User, domain: PrivateDomain) -> None:
    """Take a domain off the list: addresses there count as any other from now on.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    PrivateDomain.objects.filter(pk=domain.pk).delete()


def restore_private_domains(*, actor: User) -> int:
    """Put what is missing of the list that a new portal begins with back on it; what else is on it stays.

    A customer's own domains are left out. Returns how many were added. Raises PermissionError unless the actor is an
    administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        there = set(PrivateDomain.objects.values_list("domain", flat=True))
        customers = set(OrganisationDomain.objects.values_list("domain", flat=True))
        missing = [domain for domain in WEBMAIL_DOMAINS if domain not in there and domain not in customers]
        PrivateDomain.objects.bulk_create([PrivateDomain(domain=domain) for domain in missing], ignore_conflicts=True)
    return len(missing)


def _refuse_customers(domain: str) -> None:
    below = OrganisationDomain.objects.filter(domain__endswith=f".{domain}")
    found = OrganisationDomain.objects.filter(domain=domain).first() or below.first()
    if found is not None:
        raise NoPrivateDomain(found.domain)
