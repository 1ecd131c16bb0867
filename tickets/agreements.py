"""The portal's agreements, with the service level each promises: for their list, and as rows of a file."""

from collections.abc import Iterator

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from accounts.import_columns import yes_or_no_as
from accounts.models import Agreement
from accounts.queries.exporting import AT_ONCE, Row


def all_agreements() -> QuerySet[Agreement]:
    """Each with how many organisations have it (`users`) and what its service level is called (`level_name`)."""
    found: QuerySet[Agreement] = Agreement.objects.annotate(
        users=Count("organisations"), level_name=F("level__level__name")
    )
    return found


def agreements_header() -> list[str]:
    return [
        _("Name"),
        _("Named contacts"),
        _("The portal"),
        _("Mail"),
        _("Phone"),
        _("Service level"),
        _("Organisations"),
        _("Given to anybody new"),
    ]


def agreements_rows(language: str) -> Iterator[Row]:
    ways = ("allows_web", "allows_mail", "shows_phone")
    values = (
        all_agreements()
        .order_by("name", "pk")
        .values_list("name", "contact_limit", "level_name", "users", "is_active", *ways)
    )
    for name, limit, level, users, is_active, *allowed in values.iterator(chunk_size=AT_ONCE):
        words = [yes_or_no_as(way, language) for way in allowed]
        yield name, limit or "", *words, level or "", users, yes_or_no_as(is_active, language)
