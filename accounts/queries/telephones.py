"""Whether somebody is told the portal's phone number: it is for those who may ask by phone (S1, S2)."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import AskingChannel
from accounts.models import Agreement, Organisation, User
from accounts.queries.entitlement import obstacle_for
from accounts.scoping import current_tenant


@dataclass(frozen=True)
class Telephone:
    """`hours` in words; `on_call` is the number outside office hours (M1), empty where there is none."""

    number: str
    hours: str
    on_call: str = ""
    is_urgent_only: bool = True


def may_call(person: User | None) -> bool:
    """Whether this reader (None: nobody in particular) is told phone numbers: not who may not ask by phone, because
    their agreement leaves it out (S2) or others at their organisation ask for them (S1); and where only people who are
    let in may ask, no strangers as long as an agreement leaves it out: one of them may be somebody who has it.
    Otherwise everybody is, for urgent matters do not wait for signing in (M1)."""
    if person is None:
        return current_tenant().guests_file or not agreements_without_phone().exists()
    return obstacle_for(person, AskingChannel.PHONE) is None


def agreements_without_phone() -> QuerySet[Agreement]:
    """The agreements that leave the phone out and that customers have, also retired ones, or can get."""
    held = Q(is_active=True) | Exists(Organisation.objects.filter(agreement=OuterRef("pk")))
    return Agreement.objects.filter(held, shows_phone=False)


def phone_for(person: User | None) -> Telephone | None:
    """The portal's phone for this reader (None: nobody in particular); None where there is none, or where they are not
    told (`may_call`)."""
    return telephone() if current_tenant().phone and may_call(person) else None


def telephone(number: str = "") -> Telephone | None:
    """The portal's phone, or another `number`; None where there is none. The caller has asked `may_call`."""
    tenant = current_tenant()
    if not (number or tenant.phone):
        return None
    if number and number != tenant.phone:
        return Telephone(number, "", is_urgent_only=tenant.phone_is_urgent_only)
    return Telephone(tenant.phone, tenant.phone_hours, tenant.on_call_phone, tenant.phone_is_urgent_only)
