from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.ending_sessions import end_sessions
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from accounts.queries.domains import organisation_at
from accounts.tokens.addresses import still_holds


class AddressTaken(Exception):
    """Somebody else on the portal has this address, in whatever spelling."""


class AddressRequestVoid(Exception):
    """Meanwhile the address was changed, another one asked for, or a new password set."""


def request_address(*, actor: User, user: User, address: str) -> None:
    """Ask for another mail address, which counts once whoever reads its mail has confirmed it.

    The same for every address, whether somebody has it or not, so that nobody can try out who is known here: the worker
    leaves the mail out when it is somebody else's. That person is not mailed either; they asked for nothing, and what
    they were told would be a message from whoever typed their address. Only the last address asked for can be
    confirmed. The caller asked for a proof of who they are, and spent the allowances of person and address.
    Side effect: AccountEvent `address_requested`, from which the mail is made. Only one's own.
    """
    if actor.pk != user.pk:
        raise PermissionError("An address is changed by its owner")
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        data = {"address": address.strip(), "old": person.email}
        AccountEvent.objects.create(actor=actor, user=person, kind=AccountEventKind.ADDRESS_REQUESTED, data=data)
        poke_worker()


def confirm_address(*, actor: User, user: User, asked: AccountEvent, session_key: str = "") -> User:
    """Give a person the address they asked for, after the link in the mail to it proved that they read it.

    They stay in their organisation, also with an address of another domain: staff decide about that. Whoever has none
    joins the one the new address belongs to, as with every proven address (T13). Side effects: their sessions end,
    except the one with `session_key`; links and codes mailed to the old address open nothing any more; AccountEvent
    `address_changed`, from which the old address is told.
    Raises AddressTaken when somebody else has the address, also when both confirm at once (the address is unique per
    tenant), AddressRequestVoid when `asked` no longer counts. Then nothing is changed.
    """
    if actor.pk != user.pk or asked.user_id != user.pk:
        raise PermissionError("An address is changed by its owner")
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if not still_holds(asked, person):
            raise AddressRequestVoid
        old, person.email = person.email, asked.data["address"]
        person.verified_at = timezone.now()
        if person.organisation_id is None and not person.is_agent:
            person.organisation = organisation_at(person.email)
        _save_unless_taken(person)
        end_sessions(actor=actor, user=person, keep=session_key)
        data = {"old": old, "new": person.email}
        AccountEvent.objects.create(actor=actor, user=person, kind=AccountEventKind.ADDRESS_CHANGED, data=data)
        poke_worker()
    return person


def _save_unless_taken(person: User) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as conflict:
        if User.objects.filter(email_key=person.email_key).exclude(pk=person.pk).exists():
            raise AddressTaken from conflict
        raise
