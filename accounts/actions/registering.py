from django.db import IntegrityError, transaction

from accounts.enums import AccountEventKind, Role
from accounts.models import AccountEvent, Organisation, User
from accounts.queries import person_at


def register_person(
    *,
    actor: User | None,
    email: str,
    name: str = "",
    phone: str = "",
    language: str = "",
    role: str = Role.CUSTOMER,
    organisation: Organisation | None = None,
) -> tuple[User, bool]:
    """The person with this address on the portal, registered now if nobody knew them (T8).

    Returns (person, whether they are new). A known person keeps what is on record; what a stranger typed never
    overwrites it. The new account has no password and an unverified address. Records AccountEvent `registered`.
    Safe under parallel calls: the address is unique per tenant, and who comes second gets the first one's row.
    """
    person = person_at(email)
    if person is not None:
        return person, False
    person = User(email=email.strip(), name=name, phone=phone, language=language, role=role, organisation=organisation)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
            AccountEvent.objects.create(
                actor=actor, user=person, kind=AccountEventKind.REGISTERED, data={"role": str(role)}
            )
    except IntegrityError:
        known = person_at(email)
        if known is None:
            raise
        return known, False
    return person, True
