from django.db import transaction

from accounts.actions.ending_sessions import end_sessions
from accounts.actions.verifying import verify_address
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker


def set_password(*, actor: User, user: User, password: str, browser: str = "") -> None:
    """Give `user` a new password, after a link to their mailbox proved who they are (the caller checked it).

    Side effects: the address counts as verified, every session of theirs ends, AccountEvent `password_set`, which
    knows whether it was the `first` one and in which `browser`.
    """
    with transaction.atomic():
        _give(actor=actor, user=user, password=password, browser=browser)
        verify_address(actor=actor, user=user)


def change_password(*, actor: User, user: User, password: str, keep: str = "", browser: str = "") -> None:
    """Give `user` a new password, after the present one proved who they are (the caller checked it).

    Side effects: their other sessions end (`keep`: the key of this one), AccountEvent `password_set`.
    """
    if actor.pk != user.pk:
        raise PermissionError("A password is changed by its owner")
    _give(actor=actor, user=user, password=password, browser=browser, keep=keep)


def _give(*, actor: User, user: User, password: str, browser: str, keep: str = "") -> None:
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        first = not person.has_usable_password()
        person.set_password(password)
        person.save(update_fields=["password"])
        end_sessions(actor=actor, user=person, keep=keep)
        data = {"first": first, "browser": browser}
        AccountEvent.objects.create(actor=actor, user=person, kind=AccountEventKind.PASSWORD_SET, data=data)
        poke_worker()
    user.password = person.password
