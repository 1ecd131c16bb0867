from collections.abc import Iterable

from accounts.enums import Role
from accounts.folding import fold_address
from accounts.models import User


def active_administrators() -> list[User]:
    """Whoever sets the portal up, the longest first."""
    return list(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk"))


def person_at(address: str) -> User | None:
    """The person with this mail address on the scope's portal, however it is spelled."""
    person: User | None = User.objects.filter(email_key=fold_address(address)).first()
    return person


def addresses_of_staff(addresses: Iterable[str]) -> set[str]:
    """Those of these mail addresses, folded, that somebody who works here, or did, has as their own."""
    keys = {fold_address(address) for address in addresses}
    rows = User.objects.filter(email_key__in=keys).exclude(role=Role.CUSTOMER)
    return set(rows.values_list("email_key", flat=True))
