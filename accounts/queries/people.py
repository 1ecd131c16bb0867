from accounts.folding import fold_address
from accounts.models import User


def person_at(address: str) -> User | None:
    """The person with this mail address on the scope's portal, however it is spelled."""
    person: User | None = User.objects.filter(email_key=fold_address(address)).first()
    return person
