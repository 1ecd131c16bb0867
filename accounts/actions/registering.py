from django.db import IntegrityError, transaction

from accounts.enums import AccountEventKind, Role
from accounts.facts import Standing
from accounts.models import AccountEvent, Organisation, User
from accounts.queries.entitlement import standing_of
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


def let_in(*, actor: User | None, user: User) -> User:
    """Let in somebody who is written down here and was never let in, because their portal takes people like them or a
    colleague decided to hear them (`actor`; None: the portal's rules). Whoever is in, has applied, is invited or was
    closed out stays as they are. Nothing is proved by it: their address stays unverified."""
    if user.is_active or standing_of(user) != Standing.UNKNOWN:
        return user
    with transaction.atomic():
        User.objects.filter(pk=user.pk, is_active=False, closed_at=None).update(is_active=True)
        user.is_active = True
    return user
