"""Whether somebody is told the portal's phone number: an agreement may leave the phone out (S2)."""

from dataclasses import dataclass

from accounts.models import User
from accounts.scoping import current_tenant


@dataclass(frozen=True)
class Telephone:
    number: str
    hours: str


def phone_for(person: User | None) -> Telephone | None:
    """The portal's phone for this reader (None: nobody in particular); None where their agreement leaves it out, and
    for strangers where only people who are let in may ask: one of them may be somebody whose agreement does."""
    tenant = current_tenant()
    if person is None and not tenant.guests_file:
        return None
    organisation = person.organisation if person is not None else None
    agreement = organisation.agreement if organisation else None
    if not tenant.phone or (agreement is not None and not agreement.shows_phone):
        return None
    return Telephone(tenant.phone, tenant.phone_hours)
