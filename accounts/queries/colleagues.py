"""Who works with whom, and what that lets them see of each other."""

from django.db.models import QuerySet

from accounts.enums import Role, Visibility
from accounts.folding import fold_address, fold_text
from accounts.models import User


def sees_organisations_tickets(person: User) -> bool:
    """Whether somebody reads the tickets of their present organisation besides their own, as it says itself (T14).

    Only a customer with a proven address: before that nobody sees anything of others.
    """
    organisation = person.organisation
    if organisation is None or person.is_agent or not person.is_active or person.verified_at is None:
        return False
    return {
        Visibility.OWN: False,
        Visibility.CONTACT_PERSON: person.is_contact_person,
        Visibility.CHOSEN: person.is_contact_person or person.sees_colleagues,
        Visibility.EVERYBODY: True,
    }[Visibility(organisation.visibility)]


def is_read_by_colleagues(person: User) -> bool:
    """Whether tickets of this person's can be read by others of their organisation."""
    return person.organisation is not None and person.organisation.visibility != Visibility.OWN


def colleagues_of(person: User) -> QuerySet[User]:
    """Whom somebody may bring into a ticket: the active customers of their organisation with a proven address, by
    name. Nobody for a person whose own address is not proven."""
    known = person.organisation_id is not None and person.is_active and person.verified_at is not None
    if not known:
        return User.objects.none()
    return (
        active_customers().filter(organisation=person.organisation_id, verified_at__isnull=False).exclude(pk=person.pk)
    )


def named_or_at(people: QuerySet[User], words: str) -> list[User]:
    """Those of `people` with exactly this name, or this mail address; two at most."""
    at_address = list(people.filter(email_key=fold_address(words)))
    if at_address or not fold_text(words):
        return at_address
    named = people.filter(search_key__startswith=f"{fold_text(words)} ")[:50]
    return [person for person in named if fold_text(person.name) == fold_text(words)][:2]


def active_customers() -> QuerySet[User]:
    """Every customer of the portal who is let in, by name."""
    return User.objects.filter(role=Role.CUSTOMER, is_active=True).order_by("name", "pk")
