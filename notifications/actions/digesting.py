import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from accounts.scoping import current_tenant
from notifications.actions.fanning_out import fan_out
from notifications.enums import DigestPace
from notifications.models import Delivery, DigestItem
from notifications.rules import is_digest_due

ITEMS_A_MAIL = 200
CHOSEN = {DigestPace.HOURLY, DigestPace.DAILY}  # by the reader
log = logging.getLogger(__name__)


def send_digests(now: datetime | None = None) -> int:
    """Gather what people have had collected, where its time has come, into one mail for each of them. Returns how many.

    Called by the clock. One person's trouble is logged and holds nobody else up.
    """
    now = now or timezone.now()
    number = 0
    for person, paces in _due(now).items():
        try:
            number += gather(actor=None, user=person, paces=paces)
        except Exception:
            log.exception("The digest for person %s could not be gathered", person.pk)
    return number


def gather(*, actor: User | None, user: User, paces: set[DigestPace]) -> bool:
    """Let what waits for a person at these paces be told in one mail, now. Records `digest_due`.

    One transaction under the person's lock: the items, the event and its delivery are there together or not at all, so
    that nothing is told twice. What is collected for a closed account is forgotten. Returns whether a mail follows.
    """
    with transaction.atomic():
        person: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        waiting = DigestItem.objects.filter(user=person, pace__in=paces, delivery=None).order_by("pk")
        keys = list(waiting.values_list("pk", flat=True)[:ITEMS_A_MAIL])
        return bool(keys) and put_into_one_mail(AccountEventKind.DIGEST_DUE, keys, actor=actor, person=person)


def put_into_one_mail(
    kind: AccountEventKind,
    keys: Sequence[int],
    *,
    actor: User | None,
    person: User,
    data: Mapping[str, Any] | None = None,
) -> bool:
    """Let these items be told to a person in one mail; for doors that hold the person's lock. Records `kind`. Returns
    whether a mail follows; if not, the items are forgotten."""
    items = DigestItem.objects.filter(pk__in=keys)
    event = AccountEvent.objects.create(actor=actor, user=person, kind=kind, data={"number": len(keys), **(data or {})})
    fan_out(event)
    delivery = Delivery.objects.filter(account_event=event).first()
    if delivery is None:
        items.delete()
        return False
    items.update(delivery=delivery)
    poke_worker()
    return True


def _due(now: datetime) -> dict[User, set[DigestPace]]:
    """For whom the time of a digest has come. What is collected hourly comes with a daily one, so that it stays one."""
    rows = DigestItem.objects.filter(delivery=None, pace__in=CHOSEN).order_by().values_list("user_id", "pace")
    oldest = list(rows.annotate(oldest=Min("created_at")))
    people = User.objects.in_bulk({person for person, _pace, _first in oldest}) if oldest else {}
    due: dict[User, set[DigestPace]] = defaultdict(set)
    for key, pace, first in oldest:
        person = people[key]
        person.tenant = current_tenant()
        if is_digest_due(DigestPace(pace), first, now, person.reading_time_zone):
            due[person] |= CHOSEN if pace == DigestPace.DAILY else {DigestPace.HOURLY}
    return due
