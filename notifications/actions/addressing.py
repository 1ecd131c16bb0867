"""The addresses people write to, and what their mail becomes (T9)."""

from dataclasses import dataclass, fields

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from accounts.queries.people import person_at
from accounts.rules import require_administrator
from notifications.models import MailAddress
from notifications.receivers import is_received_elsewhere
from routing.models import Department
from tickets.enums import Priority
from tickets.models import HelpTopic


class AddressRefused(ValueError):
    """The portal cannot receive mail there. `why`: "taken" (it does already), "elsewhere" (it is another portal's),
    "person" (it is `person`'s own)."""

    def __init__(self, why: str, person: User | None = None) -> None:
        super().__init__(why)
        self.why, self.person = why, person


class AddressInUse(ValueError):
    """Mails have come to the address, or a mailbox stands for it: it can be retired, not removed."""


@dataclass(frozen=True)
class AddressWords:
    """What a mail to an address becomes. `department` None: where the topic's tickets go. `language` empty: the
    portal's."""

    email: str
    topic: HelpTopic
    department: Department | None = None
    priority: str = Priority.LOW
    language: str = ""


def add_address(*, actor: User | None, words: AddressWords) -> MailAddress:
    """Receive mail at one address more. Raises AddressRefused, PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    _judge(words.email)
    try:
        with transaction.atomic():
            made: MailAddress = MailAddress.objects.create(**_fields(words))
    except IntegrityError as taken:
        raise AddressRefused("taken") from taken
    return made


def update_address(*, actor: User | None, address: MailAddress, words: AddressWords) -> MailAddress:
    """Say anew what mail to an address becomes; holds for mails that are read from now on. Tickets stay as they are.

    Raises AddressRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    wanted = _fields(words)
    with transaction.atomic():
        locked = _lock(address)
        if {field: getattr(locked, field) for field in wanted} == wanted:
            return locked
        if locked.email != words.email:
            _judge(words.email, but=locked)
        for field, value in wanted.items():
            setattr(locked, field, value)
        try:
            with transaction.atomic():
                locked.save(update_fields=[*wanted, "key"])
        except IntegrityError as taken:
            raise AddressRefused("taken") from taken
    return locked


def retire_address(*, actor: User | None, address: MailAddress, words_sv: str = "", words_en: str = "") -> MailAddress:
    """Take no tickets at an address any more: who writes there is told where to turn, once a day (I14). Of an address
    that is retired already, the words alone change. Raises PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(address)
        if locked.is_retired and (locked.words_sv, locked.words_en) == (words_sv, words_en):
            return locked
        locked.retired_at = locked.retired_at or timezone.now()
        locked.words_sv, locked.words_en = words_sv, words_en
        locked.save(update_fields=["retired_at", "words_sv", "words_en"])
    return locked


def restore_address(*, actor: User | None, address: MailAddress) -> MailAddress:
    """Let an address that was retired take tickets again; its words are kept for another time. Raises PermissionError
    unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(address)
        if locked.is_retired:
            locked.retired_at = None
            locked.save(update_fields=["retired_at"])
    return locked


def remove_address(*, actor: User | None, address: MailAddress) -> None:
    """Forget an address at which no mail has ever come, such as one that was misspelt.

    Raises AddressInUse, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(address)
        if locked.mails.exists():
            raise AddressInUse
        try:
            locked.delete()
        except ProtectedError as used:
            raise AddressInUse from used


def _fields(words: AddressWords) -> dict[str, object]:
    return {field.name: getattr(words, field.name) for field in fields(words)}


def _judge(email: str, but: MailAddress | None = None) -> None:
    owner = person_at(email)
    if owner is not None and owner.is_active:
        raise AddressRefused("person", owner)
    if is_received_elsewhere(email):
        raise AddressRefused("elsewhere")


def _lock(address: MailAddress) -> MailAddress:
    locked: MailAddress = MailAddress.objects.select_for_update().get(pk=address.pk)
    return locked
