from django.db import IntegrityError, transaction

from accounts.enums import AccountEventKind, Role
from accounts.models import AccountEvent, Organisation, User
from accounts.queries.people import person_at


def register_person(
    *,
    actor: User | None,
    email: str,
    name: str = "",
    phone: str = "",
    language: str = "",
    role: str = Role.CUSTOMER,
    organisation: Organisation | None = None,
    is_active: bool = True,
) -> tuple[User, bool]:
    """The person with this address on the portal, registered now if nobody knew them (T8).

    Returns (person, whether they are new). A known person keeps what is on record; what a stranger typed never
    overwrites it. The new account has no password and an unverified address;
    nothing works in it before `is_active`. Records AccountEvent `registered`.
    Safe under parallel calls: the address is unique per tenant, and who comes second gets the first one's row.
    """
    person = person_at(email)
    if person is not None:
        return person, False
    person = User(
        email=email.strip(),
        name=name,
        phone=phone,
        language=language,
        role=role,
        organisation=organisation,
        is_active=is_active,
    )
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
