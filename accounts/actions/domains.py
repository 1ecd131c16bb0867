"""An organisation's mail domains: whoever proves an address there belongs to it (T13)."""

from django.db import IntegrityError, transaction

from accounts.actions.organising import lock_organisation
from accounts.enums import AccountEventKind
from accounts.folding import fold_domain
from accounts.models import AccountEvent, Organisation, OrganisationDomain, PrivateDomain, User
from accounts.queries.domains import is_private_domain, people_to_join
from accounts.rules import require_administrator


class DomainRefused(ValueError):
    """The domain can be no organisation's. `organisation` is the one that has it already, if that is why; `private` is
    the webmail domain that stands in the way."""

    def __init__(self, organisation: Organisation | None = None, private: str = "") -> None:
        super().__init__(organisation, private)
        self.organisation, self.private = organisation, private


def add_domain(
    *, actor: User | None, organisation: Organisation, domain: str, with_subdomains: bool = False
) -> OrganisationDomain:
    """Say that a mail domain is the organisation's; with its sub-domains only if said so. It is kept in ASCII.

    From now on people who prove an address there join the organisation; `join_people` brings those who did before.
    A domain it has already only changes what holds for its sub-domains. Raises DomainRefused for what is no domain, a
    webmail domain or one below or (with sub-domains) above it, and another organisation's domain; PermissionError
    unless the actor is an administrator.
    """
    require_administrator(actor)
    folded = fold_domain(domain)
    if not folded:
        raise DomainRefused
    with transaction.atomic():
        locked = lock_organisation(organisation)
        _refuse_webmail(folded, with_subdomains)
        row = OrganisationDomain.objects.select_related("organisation").filter(domain=folded).first()
        if row is None:
            return _new_row(locked, folded, with_subdomains)
        if row.organisation_id != locked.pk:
            raise DomainRefused(row.organisation)
        if row.with_subdomains != with_subdomains:
            row.with_subdomains = with_subdomains
            row.save(update_fields=["with_subdomains"])
    return row


def remove_domain(*, actor: User | None, domain: OrganisationDomain) -> None:
    """Say that a domain is the organisation's no longer. Nobody leaves it; only nobody new joins.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        lock_organisation(domain.organisation)
        OrganisationDomain.objects.filter(pk=domain.pk).delete()


def join_people(*, actor: User, organisation: Organisation) -> list[User]:
    """Let those join who belong to no organisation and have proved an address at one of its domains (T13).

    Records `moved` for each, and returns them. Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        keys = [person.pk for person in people_to_join(organisation)]
        people = list(User.objects.select_for_update().filter(pk__in=keys, organisation=None).order_by("pk"))
        for person in people:
            person.organisation = organisation
            person.save(update_fields=["organisation"])
            AccountEvent.objects.create(
                actor=actor, user=person, kind=AccountEventKind.MOVED, data={"from": "", "to": organisation.name}
            )
    return people


def _refuse_webmail(domain: str, with_subdomains: bool) -> None:
    if is_private_domain(domain):
        raise DomainRefused(private=domain)
    below = PrivateDomain.objects.filter(domain__endswith=f".{domain}").first() if with_subdomains else None
    if below is not None:
        raise DomainRefused(private=below.domain)


def _new_row(organisation: Organisation, domain: str, with_subdomains: bool) -> OrganisationDomain:
    row = OrganisationDomain(organisation=organisation, domain=domain, with_subdomains=with_subdomains)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody said the same of another organisation at the same moment
        other = OrganisationDomain.objects.select_related("organisation").get(domain=domain)
        raise DomainRefused(other.organisation) from None
    return row
