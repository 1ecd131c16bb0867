"""Lists as rows of text, for files that leave. Read in portions, so that memory does not grow with them.

The header of people and organisations is the one an import understands, and what it reads back changes nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import ImportKind
from accounts.import_columns import COLUMNS, header_of, visibility_as, yes_or_no_as
from accounts.import_rows import domains_as
from accounts.models import Application, Invitation, Organisation, OrganisationDomain, User

AT_ONCE = 1000
Row = Iterable[object]


def people_header(language: str) -> list[str]:
    return [header_of(column, language) for column in COLUMNS[ImportKind.PEOPLE]]


def people_rows(people: QuerySet[User], language: str) -> Iterator[Row]:
    values = people.order_by("search_key", "pk").values_list(
        "email", "name", "phone", "language", "organisation__name", "is_named_contact", "is_contact_person"
    )
    for email, name, phone, spoken, organisation, named, contact_person in values.iterator(chunk_size=AT_ONCE):
        marks = (yes_or_no_as(named, language), yes_or_no_as(contact_person, language)) if organisation else ("", "")
        yield email, name, phone, spoken, organisation or "", *marks


def organisations_header(language: str) -> list[str]:
    return [header_of(column, language) for column in COLUMNS[ImportKind.ORGANISATIONS]]


def organisations_rows(organisations: QuerySet[Organisation], language: str) -> Iterator[Row]:
    domains = Prefetch("domains", OrganisationDomain.objects.order_by("domain"))
    rows = organisations.select_related("agreement").prefetch_related(domains).order_by("search_key", "pk")
    for one in rows.iterator(chunk_size=AT_ONCE):
        yield (
            one.name,
            domains_as((row.domain, row.with_subdomains) for row in one.domains.all()),
            one.agreement.name if one.agreement else "",
            one.contact_limit or "",
            visibility_as(one.visibility, language),
            one.notes,
        )


def applications_header() -> list[str]:
    return [
        _("Mail address"),
        _("Name"),
        _("Phone"),
        _("Organisation"),
        _("Reason"),
        _("Applied"),
        _("State"),
        _("Why not"),
        _("Explanation"),
        _("Decided by"),
        _("Decided"),
    ]


def applications_rows(applications: QuerySet[Application]) -> Iterator[Row]:
    rows = applications.select_related("user", "decided_by").order_by("created_at", "pk")
    for one in rows.iterator(chunk_size=AT_ONCE):
        yield (
            one.user.email,
            one.user.name,
            one.user.phone,
            one.organisation_name,
            one.reason,
            moment(one.created_at),
            one.get_state_display(),
            one.get_refusal_display() if one.refusal else "",
            one.explanation,
            one.decided_by or "",
            moment(one.decided_at),
        )


def invitations_header() -> list[str]:
    return [
        _("Mail address"),
        _("Name"),
        _("Organisation"),
        _("Role"),
        _("Named contact"),
        _("Contact person"),
        _("Invited by"),
        _("Invited"),
        _("Runs out"),
        _("Accepted"),
        _("Withdrawn"),
    ]


def invitations_rows(invitations: QuerySet[Invitation], language: str) -> Iterator[Row]:
    rows = invitations.select_related("user", "organisation", "invited_by").order_by("-created_at", "-pk")
    for one in rows.iterator(chunk_size=AT_ONCE):
        yield (
            one.user.email,
            one.user.name,
            one.organisation or "",
            one.get_role_display(),
            yes_or_no_as(one.is_named_contact, language),
            yes_or_no_as(one.is_contact_person, language),
            one.invited_by or "",
            moment(one.created_at),
            moment(one.expires_at),
            moment(one.accepted_at),
            moment(one.revoked_at),
        )


def moment(value: Any) -> str:
    """As spreadsheets read it, in the reader's zone."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""
