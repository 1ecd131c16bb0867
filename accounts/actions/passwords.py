from django.db import transaction

from accounts.actions.verifying import verify_address
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from accounts.queries.people import person_at


def request_password(*, actor: User | None, email: str) -> None:
    """Ask for the mail that lets a person set a (new) password.

    Says nothing about whether the address is known: an unknown or deactivated one ends here, silently. Side effect:
    AccountEvent `password_requested`, from which the worker makes the mail.
    """
    person = person_at(email)
    if person is None or not person.is_active:
        return
    with transaction.atomic():
        AccountEvent.objects.create(actor=actor, user=person, kind=AccountEventKind.PASSWORD_REQUESTED)
        poke_worker()


def set_password(*, actor: User, user: User, password: str) -> None:
    """Give `user` a new password, after a link to their mailbox proved who they are (the caller checked it).

    Side effects: the address counts as verified, every session of theirs ends, AccountEvent `password_set`.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        person.set_password(password)
        person.save(update_fields=["password"])
        verify_address(actor=actor, user=user)
        AccountEvent.objects.create(actor=actor, user=person, kind=AccountEventKind.PASSWORD_SET)
    user.password = person.password
