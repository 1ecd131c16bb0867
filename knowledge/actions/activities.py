"""Activities: what can be booked at all, and who may."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from accounts.models import Organisation, User
from accounts.rules import require_staff
from knowledge.enums import ActivityKind, Audience
from knowledge.models import Activity, ActivityOrganisation
from knowledge.seen import mark_of, refuse_unseen


@dataclass(frozen=True)
class ActivityWords:
    """What is said of an activity. `organisations` count only where it is for certain ones."""

    kind: ActivityKind
    audience: Audience
    title_sv: str
    title_en: str
    body_sv: str = ""
    body_en: str = ""
    organisations: tuple[Organisation, ...] = ()


def save_activity(
    *, actor: User | None, words: ActivityWords, activity: Activity | None = None, seen: str | None = None
) -> Activity:
    """Add an activity, or change one. Who has booked keeps their place, also where it is for others from now on.

    Its address is made from the title and stays. `seen`: the mark (`mark_of` its `words_of`) of what the actor had read
    before they wrote; None does not ask. Raises ValueError without a title, Outdated, PermissionError unless the actor
    is staff.
    """
    require_staff(actor)
    if not (words.title_sv or words.title_en):
        raise ValueError("An activity has a title")
    with transaction.atomic():
        locked = _lock(activity) if activity is not None else _new(words)
        if activity is not None:
            refuse_unseen(seen, mark_of(words_of(locked)), mark_of(words))
        for name in ("kind", "audience", "title_sv", "title_en", "body_sv", "body_en"):
            setattr(locked, name, getattr(words, name))
        locked.save()
        _set_organisations(locked, words.organisations if words.audience == Audience.ORGANISATIONS else ())
    return locked


def set_activity_offered(*, actor: User | None, activity: Activity, is_active: bool) -> Activity:
    """Offer an activity, or no more: then nobody can book it, and who has booked keeps their place.

    Nothing happens when nothing is different. Raises PermissionError unless the actor is staff.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = _lock(activity)
        if locked.is_active != is_active:
            locked.is_active = is_active
            locked.save(update_fields=["is_active"])
    return locked


def words_of(activity: Activity) -> ActivityWords:
    """What is said of an activity now."""
    names = ("title_sv", "title_en", "body_sv", "body_en")
    return ActivityWords(
        ActivityKind(activity.kind),
        Audience(activity.audience),
        **{name: getattr(activity, name) for name in names},
        organisations=tuple(row.organisation for row in activity.organisations.select_related("organisation")),
    )


def _lock(activity: Activity) -> Activity:
    found: Activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    return found


def _new(words: ActivityWords) -> Activity:
    taken = set(Activity.objects.values_list("slug", flat=True))
    base = slugify(words.title_en or words.title_sv)[:50].strip("-") or "activity"
    slug = next(one for one in _numbered(base) if one not in taken)
    last = Activity.objects.aggregate(last=Max("position"))["last"]
    return Activity(slug=slug, position=0 if last is None else last + 1)


def _numbered(base: str) -> Iterable[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _set_organisations(activity: Activity, organisations: Iterable[Organisation]) -> None:
    wanted = {one.pk: one for one in organisations}
    there = set(activity.organisations.values_list("organisation_id", flat=True))
    activity.organisations.exclude(organisation__in=wanted).delete()
    ActivityOrganisation.objects.bulk_create(
        ActivityOrganisation(activity=activity, organisation=one) for key, one in wanted.items() if key not in there
    )
