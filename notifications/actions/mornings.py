"""The mail of the morning about what waits, for those on the staff who chose it."""

import logging
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from accounts.scoping import current_tenant
from notifications.actions.fanning_out import fan_out
from notifications.models import MorningChoice
from notifications.mornings import has_something_to_tell
from notifications.rules import MORNING
from routing.models import DepartmentMember
from routing.presence import Presence
from routing.promises import Promises

NOON = 12  # o'clock: what has not been told by then is old, and the next morning is near
log = logging.getLogger(__name__)


def choose_morning(*, actor: User, user: User, wanted: bool) -> None:
    """Have a mail about what waits every working morning, or no more; the first one comes on the next morning. Records
    `details_changed`; nothing happens when nothing is different. Only one's own, and on the staff: PermissionError."""
    if actor.pk != user.pk or not user.is_agent:
        raise PermissionError("Everybody on the staff chooses their own mails")
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if MorningChoice.objects.filter(user=person).exists() == wanted:
            return
        if wanted:
            MorningChoice.objects.create(user=person, told_on=_today(person, timezone.now()))
        else:
            MorningChoice.objects.filter(user=person).delete()
        AccountEvent.objects.create(
            actor=actor, user=person, kind=AccountEventKind.DETAILS_CHANGED, data={"fields": ["mails"]}
        )


def send_mornings(now: datetime | None = None) -> int:
    """Send everybody whose working morning it is the mail they chose. Returns how many mails follow.

    Called by the clock. One person's trouble is logged and holds nobody else up.
    """
    now = now or timezone.now()
    promises, number = Promises(), 0
    for choice in MorningChoice.objects.select_related("user").order_by("pk"):
        person = choice.user
        person.tenant = current_tenant()
        day = _today(person, now)
        if choice.told_on >= day or not _is_morning(person, now) or not _works_on(person, day, promises):
            continue
        try:
            number += tell_morning(actor=None, user=person, day=day)
        except Exception:
            log.exception("The morning's mail for person %s could not be made", person.pk)
    return number


def tell_morning(*, actor: User | None, user: User, day: date) -> bool:
    """Let a person have the mail of one morning: once, however often it is asked for, and only where something waits.
    Records `morning_due`; event, delivery and the mark of the day are there together or not at all. Returns whether a
    mail follows."""
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if not MorningChoice.objects.filter(user=person, told_on__lt=day).update(told_on=day):
            return False
        if not (person.is_active and person.is_agent and has_something_to_tell(person)):
            return False
        event = AccountEvent.objects.create(actor=actor, user=person, kind=AccountEventKind.MORNING_DUE)
        fan_out(event)
        poke_worker()
    return True


def _today(person: User, now: datetime) -> date:
    return now.astimezone(ZoneInfo(person.reading_time_zone)).date()


def _is_morning(person: User, now: datetime) -> bool:
    return time(MORNING) <= now.astimezone(ZoneInfo(person.reading_time_zone)).time() < time(NOON)


def _works_on(person: User, day: date, promises: Promises) -> bool:
    """Whether it is a working day in one of the person's departments, or where they have none on the portal; and they
    are not away."""
    places = list(DepartmentMember.objects.filter(user=person).values_list("department_id", flat=True)) or [None]
    works = any(promises.hours(None, place).on(day) for place in places)
    return works and Presence(day).absence_of(person) is None
