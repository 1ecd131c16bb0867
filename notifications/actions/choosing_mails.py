from collections.abc import Collection

from django.db import transaction

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from notifications.choices import choices_of
from notifications.enums import MailKind
from notifications.models import MutedMail


def choose_mails(*, actor: User, user: User, wanted: Collection[MailKind]) -> None:
    """Choose which of the mails one may do without are to be sent: those in `wanted`, and no other of them.

    What the person is not offered stays as it is, and kinds that nobody may do without are not to be chosen at all.
    Records `details_changed`; nothing happens when nothing is different. Only one's own choices: PermissionError.
    """
    if actor.pk != user.pk:
        raise PermissionError("Everybody chooses their own mails")
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        offered = {choice.kind for choice in choices_of(person)}
        rows = MutedMail.objects.filter(user=person, kind__in=offered)
        before, after = {MailKind(row.kind) for row in rows}, offered - set(wanted)
        if before == after:
            return
        rows.filter(kind__in=before - after).delete()
        MutedMail.objects.bulk_create([MutedMail(user=person, kind=kind) for kind in sorted(after - before)])
        AccountEvent.objects.create(
            actor=actor, user=person, kind=AccountEventKind.DETAILS_CHANGED, data={"fields": ["mails"]}
        )
