"""The portal's own words in its mails, as its administrators write them."""

from django.db import transaction

from accounts.models import User
from accounts.rules import require_administrator
from notifications.models import MailWording
from notifications.worded import judge
from notifications.wording import Wording
from notifications.wording_kinds import WORDED


def save_wording(*, actor: User | None, kind: str, language: str, wording: Wording) -> MailWording:
    """Send mails of a kind in these words from now on, to those who read the language.

    Raises WordingBroken where they cannot be used, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    judge(WORDED[kind], wording)
    with transaction.atomic():
        row = MailWording.objects.select_for_update().filter(kind=kind, language=language).first()
        if row is not None and Wording(row.subject, row.text) == wording:
            return row
        saved: MailWording
        saved, _made = MailWording.objects.update_or_create(
            kind=kind,
            language=language,
            defaults={"subject": wording.subject, "text": wording.text, "edited_by": actor},
        )
    return saved


def restore_wording(*, actor: User | None, kind: str, language: str) -> None:
    """Send mails of a kind in the original words again; the portal's own are thrown away. Raises PermissionError unless
    the actor is an administrator."""
    require_administrator(actor)
    MailWording.objects.filter(kind=kind, language=language).delete()
