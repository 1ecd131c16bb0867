"""Who of the staff is away, and who stands in."""

from datetime import date

from django.db import transaction

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from routing.models import Absence
from routing.presence import may_note_absence

AT_MOST = 50  # of one person


class AbsenceRefused(ValueError):
    """`why`: "backwards" (it ends before it begins), "stand_in" (nobody can stand in for themselves, and only who works
    here for anybody), "many"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def note_absence(
    *, actor: User | None, user: User, since: date, until: date | None = None, stand_in: User | None = None
) -> Absence:
    """Say that somebody on the staff is away from `since` until the end of `until` (None: nobody knows yet), and who
    stands in. What goes stale is then told to whoever stands in; tickets stay with whom they are.

    Records `details_changed`. Raises AbsenceRefused, and PermissionError for whoever may not say so (see
    `may_note_absence`; None is an operator's command).
    """
    if actor is not None and not may_note_absence(actor, user):
        raise PermissionError("Only for oneself, or by a lead")
    if until is not None and until < since:
        raise AbsenceRefused("backwards")
    if stand_in is not None and not (stand_in.pk != user.pk and stand_in.is_active and stand_in.is_agent):
        raise AbsenceRefused("stand_in")
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if Absence.objects.filter(user=person).count() >= AT_MOST:
            raise AbsenceRefused("many")
        absence = Absence.objects.create(user=person, stand_in=stand_in, since=since, until=until)
        _record(actor, person)
    return absence


def remove_absence(*, actor: User | None, absence: Absence) -> None:
    """Take an absence back: the person is here after all. Records `details_changed`. Raises PermissionError as
    `note_absence`. Nothing happens when it is gone already."""
    if actor is not None and not may_note_absence(actor, absence.user):
        raise PermissionError("Only for oneself, or by a lead")
    with transaction.atomic():
        number, _by_model = Absence.objects.filter(pk=absence.pk).delete()
        if number:
            _record(actor, absence.user)


def _record(actor: User | None, person: User) -> None:
    AccountEvent.objects.create(
        actor=actor, user=person, kind=AccountEventKind.DETAILS_CHANGED, data={"fields": ["absence"]}
    )
