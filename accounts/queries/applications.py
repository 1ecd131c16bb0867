"""Who applies for access, and what the rules see of them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.enums import ApplicationState
from accounts.folding import fold_text
from accounts.models import Application, Organisation
from accounts.queries.domains import domain_of, is_private_address, organisation_at
from accounts.queries.entitlement import places_taken


@dataclass(frozen=True)
class Findings:
    """What the portal's rows say about an applicant, beside what they say themselves. `limit` is None where any number
    of people may ask, or no organisation is known."""

    domain: str
    organisation: Organisation | None
    limit: int | None
    taken: int
    is_private: bool
    earlier: list[Application]

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.taken >= self.limit


def findings_about(application: Application) -> Findings:
    address = application.user.email
    organisation = organisation_at(address)
    limit = organisation.named_contact_limit if organisation else None
    earlier = application.user.applications.exclude(pk=application.pk).select_related("decided_by").order_by("-pk")
    return Findings(
        domain=domain_of(address),
        organisation=organisation,
        limit=limit,
        taken=places_taken(organisation) if organisation and limit is not None else 0,
        is_private=is_private_address(address),
        earlier=list(earlier[:10]),
    )


def waiting_applications() -> QuerySet[Application]:
    return Application.objects.filter(state=ApplicationState.WAITING)


def matching_applications(words: str) -> QuerySet[Application]:
    """Applications whose applicant's name or address, or whose organisation as typed, holds every word."""
    found = Application.objects.all()
    for word in fold_text(words)[:100].split()[:8]:
        found = found.filter(Q(user__search_key__contains=word) | Q(organisation_name__icontains=word))
    return found
