"""Mails that become no ticket are answered with where to turn instead: to whoever their sender claims to be, so at most
once a day, and with no word of what they wrote (DESIGN, fault 9)."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions.registering import register_person
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from notifications.models import MailAddress
from notifications.queries import of_one_mailbox

ONCE_IN = timedelta(days=1)


def tell_retired(*, sender: str, name: str, address: MailAddress, mail_id: str = "") -> tuple[User, bool]:
    """Tell whoever wrote to a retired address where to turn, once a day for each such address (I14).

    Somebody unknown is written down, not let in, because the mail needs somebody to go to. `mail_id`: the
    Message-ID of what they wrote, which the answer names (RFC 3834, 3.1.5). Records `wrote_to_retired`. Returns the
    person, and whether they are told now.
    """
    words = {"sv": address.words_sv, "en": address.words_en}
    data = {"address": address.email, "words": words, "answers": mail_id}
    return _tell(sender, name, address.language, AccountEventKind.WROTE_TO_RETIRED, data)


def tell_not_let_in(*, sender: str, name: str, language: str = "", mail_id: str = "") -> tuple[User, bool]:
    """Tell somebody who may not ask by mail why, and whom to turn to or how to apply (S7), once a day.

    Nobody is let in by it and nothing is applied for. `mail_id`: the Message-ID of what they wrote, which the answer
    names. Records `not_entitled`. Returns the person, and whether they are told now.
    """
    return _tell(sender, name, language, AccountEventKind.NOT_ENTITLED, {"by_mail": True, "answers": mail_id})


def _tell(sender: str, name: str, language: str, kind: AccountEventKind, data: dict[str, Any]) -> tuple[User, bool]:
    with transaction.atomic():
        known, _new = register_person(actor=None, email=sender, name=name, language=language, is_active=False)
        person: User = User.objects.select_for_update(of=("self",)).get(pk=known.pk)
        is_new = not _was_told(person, kind, data)
        if is_new:
            AccountEvent.objects.create(actor=None, user=person, kind=kind, data=data)
            poke_worker()
    return person, is_new


def _was_told(person: User, kind: AccountEventKind, data: dict[str, Any]) -> bool:
    same = User.objects.filter(of_one_mailbox("email_key", person.email_key))
    lately = AccountEvent.objects.filter(user__in=same, kind=kind, created_at__gt=timezone.now() - ONCE_IN)
    said = next(iter(data))
    return any(event.data.get(said) == data[said] for event in lately)
