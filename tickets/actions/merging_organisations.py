"""Two organisations that are one: everything of the one moves to the other, and nothing is lost silently."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.enums import AccountEventKind, Visibility
from accounts.models import (
    AccountEvent,
    Invitation,
    LocalAdministrator,
    Organisation,
    OrganisationDomain,
    ProviderContact,
    Site,
    User,
)
from accounts.rules import require_administrator
from knowledge.models import ActivityOrganisation, ArticleOrganisation, ServiceMessageOrganisation
from routing.actions.pointing import point_rules
from routing.models import OrganisationDepartment
from tickets.models import OrganisationException, Ticket, TopicOrganisation

AGREED = ("agreement", "agreement_from", "agreement_until", "contact_limit")
# What is for certain organisations in the help centre, and by what its rows say which.
IN_HELP_CENTRE: tuple[tuple[Any, str], ...] = (
    (ArticleOrganisation, "article_id"),
    (ServiceMessageOrganisation, "service_message_id"),
    (ActivityOrganisation, "activity_id"),
)


class SomethingLeft(RuntimeError):
    """Something still points at the organisation that is to end; nothing was changed."""


@dataclass(frozen=True)
class Merger:
    """What a merger moves, and what cannot be kept twice and is therefore written into the target's notes."""

    people: int
    named_contacts: int
    tickets: int
    domains: int
    administrators: int
    provider_contacts: int
    invitations: int
    sites: int
    topics: int
    in_help_centre: int
    exceptions: int
    takes_agreement: bool
    takes_department: bool
    noted: tuple[str, ...]


def plan_merger(source: Organisation, target: Organisation) -> Merger:
    """What `merge_organisations` would do now. Changes nothing."""
    moved_contacts, _kept = _provider_contacts(source, target)
    moved_exceptions, _same = _exceptions(source, target)
    return Merger(
        people=User.objects.filter(organisation=source).count(),
        named_contacts=User.objects.filter(organisation=source, is_named_contact=True).count(),
        tickets=Ticket.objects.filter(organisation=source).count(),
        domains=OrganisationDomain.objects.filter(organisation=source).count(),
        administrators=LocalAdministrator.objects.filter(organisation=source).count(),
        provider_contacts=len(moved_contacts),
        invitations=Invitation.objects.filter(organisation=source).count(),
        sites=len(_sites_to_move(source, target)),
        topics=len(_to_move(TopicOrganisation, "topic_id", source, target)),
        in_help_centre=sum(len(_to_move(*one, source, target)) for one in IN_HELP_CENTRE),
        exceptions=len(moved_exceptions),
        takes_agreement=_takes_agreement(source, target),
        takes_department=_department_of(source) is not None and _department_of(target) is None,
        noted=tuple(_noted(source, target)),
    )


def merge_organisations(*, actor: User, source: Organisation, target: Organisation) -> Organisation:
    """Let everything of `source` belong to `target`: people with what they are there, tickets, domains, administrators,
    contacts at the provider, invitations, sites, the topics it is offered, the articles, service messages and
    activities that are for it; its agreement, responsible department and exceptions from it where the target has none;
    routing rules that ask for it ask for the target.

    What the target has already, and can have once only, stays the target's; the source's is written into the target's
    notes, with its own notes. The target's choice of who sees what holds for everybody. There may be more named
    contacts than places afterwards; nobody loses theirs. Records `moved` for each person. The source ends.

    Raises SomethingLeft, and changes nothing, when anything else still points at the source; ValueError for one and the
    same; PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    if source.pk == target.pk:
        raise ValueError("An organisation is not merged with itself")
    with transaction.atomic():
        # People first, as everybody locks them; then both organisations, so that nothing new can point at the source.
        list(User.objects.select_for_update().filter(organisation=source).order_by("pk"))
        rows = Organisation.objects.select_for_update(of=("self",)).select_related("agreement")
        found = {row.pk: row for row in rows.filter(pk__in=(source.pk, target.pk)).order_by("pk")}
        old, kept = found[source.pk], found[target.pk]
        _move_facts(old, kept)
        _move_people(actor, old, kept)
        _move_rows(old, kept)
        point_rules(actor=actor, fact="organisation", old=str(old.pk), new=str(kept.pk))
        _end(old)
    return kept


def _move_people(actor: User, source: Organisation, target: Organisation) -> None:
    people = list(User.objects.filter(organisation=source).order_by("pk"))
    User.objects.filter(organisation=source).update(organisation=target)
    AccountEvent.objects.bulk_create(
        AccountEvent(
            actor=actor,
            user=person,
            kind=AccountEventKind.MOVED,
            data={"from": source.name, "to": target.name, "merged": True},
        )
        for person in people
    )


def _move_rows(source: Organisation, target: Organisation) -> None:
    for model in (Ticket, OrganisationDomain, Invitation):
        model.objects.filter(organisation=source).update(organisation=target)
    known = set(_administrators(target))
    for row in LocalAdministrator.objects.filter(organisation=source):
        if (row.name, row.email, row.phone) in known:
            row.delete()  # the very same stands there already
        else:
            row.organisation = target
            row.save(update_fields=["organisation"])
    moved, kept = _provider_contacts(source, target)
    ProviderContact.objects.filter(pk__in=[row.pk for row in moved]).update(organisation=target)
    ProviderContact.objects.filter(pk__in=[row.pk for row in kept]).delete()  # noted
    _move_what_routes(source, target)
    department = OrganisationDepartment.objects.filter(organisation=source)
    if _department_of(target) is None:
        department.update(organisation=target)
    else:
        department.delete()  # the same, or noted


def _move_what_routes(source: Organisation, target: Organisation) -> None:
    """Sites, topics, what the help centre has for it, and exceptions; what the target has already goes, for it says the
    same or is noted."""
    Site.objects.filter(pk__in=[row.pk for row in _sites_to_move(source, target)]).update(organisation=target)
    Site.objects.filter(organisation=source).delete()
    for model, what in ((TopicOrganisation, "topic_id"), *IN_HELP_CENTRE):
        moved = [row.pk for row in _to_move(model, what, source, target)]
        model.objects.filter(pk__in=moved).update(organisation=target)
        model.objects.filter(organisation=source).delete()
    exceptions = [row.pk for row in _exceptions(source, target)[0]]
    OrganisationException.objects.filter(pk__in=exceptions).update(organisation=target)
    OrganisationException.objects.filter(organisation=source).delete()


def _move_facts(source: Organisation, target: Organisation) -> None:
    noted = _noted(source, target)
    if _takes_agreement(source, target):
        for field in AGREED:
            setattr(target, field, getattr(source, field))
    if noted:
        heading = _("From %s, merged into this one:") % source.name
        target.notes = "\n\n".join(filter(None, [target.notes, "\n".join([heading, *noted])]))
    target.save()


def _end(source: Organisation) -> None:
    """Delete the empty organisation; but nothing goes with it, whatever may point at one in times to come."""
    for relation in relations():
        model: Any = relation.related_model
        if model.objects.filter(**{relation.field.name: source}).exists():
            raise SomethingLeft(model._meta.label)
    source.delete()


def relations() -> list[Any]:
    """Everything that can point at an organisation."""
    fields: list[Any] = Organisation._meta.get_fields(include_hidden=True)
    return [field for field in fields if field.auto_created and not field.concrete]


def _noted(source: Organisation, target: Organisation) -> list[str]:
    """What the target has already in its own way: the source's, in words."""
    lines = []
    if not _takes_agreement(source, target) and _agreed(source) and _agreed(source) != _agreed(target):
        lines.append(_("Agreement: %s") % _agreed(source))
    if source.visibility != target.visibility:
        lines.append(_("Who saw what: %s") % Visibility(source.visibility).label)
    department, own = _department_of(source), _department_of(target)
    if department is not None and own is not None and department.department_id != own.department_id:
        lines.append(_("Responsible department: %s") % department.department.name)
    lines += [_("Exception: %s") % _exception_in_words(row) for row in _exceptions(source, target)[1]]
    lines += [
        _("Site: %s") % ", ".join(filter(None, [row.name, row.address])) for row in _sites_to_note(source, target)
    ]
    kept_out = _provider_contacts(source, target)[1]
    lines += [", ".join(filter(None, [str(row), row.email, row.phone])) for row in kept_out]
    if source.notes and source.notes not in target.notes:
        lines.append(source.notes)
    return lines


def _agreed(organisation: Organisation) -> str:
    """The agreement with its time and own number in words; empty when nothing is agreed."""
    if not any(getattr(organisation, field) for field in AGREED):
        return ""
    parts = [str(organisation.agreement or _("none"))]
    if organisation.agreement_from or organisation.agreement_until:
        days = [
            date_format(day, "DATE_FORMAT") if day else ""
            for day in (organisation.agreement_from, organisation.agreement_until)
        ]
        parts.append(" – ".join(days))
    if organisation.contact_limit is not None:
        parts.append(_("own number of named contacts: %d") % organisation.contact_limit)
    return ", ".join(parts)


def _takes_agreement(source: Organisation, target: Organisation) -> bool:
    return bool(_agreed(source)) and not _agreed(target)


def _department_of(organisation: Organisation) -> OrganisationDepartment | None:
    found: OrganisationDepartment | None = (
        OrganisationDepartment.objects.select_related("department").filter(organisation=organisation).first()
    )
    return found


def _administrators(organisation: Organisation) -> list[tuple[str, str, str]]:
    return list(LocalAdministrator.objects.filter(organisation=organisation).values_list("name", "email", "phone"))


def _provider_contacts(
    source: Organisation, target: Organisation
) -> tuple[list[ProviderContact], list[ProviderContact]]:
    """The source's contacts at the provider: those the target has none of, and those of which it has its own."""
    own = {row.kind for row in ProviderContact.objects.filter(organisation=target)}
    rows = list(ProviderContact.objects.filter(organisation=source))
    return [row for row in rows if row.kind not in own], [row for row in rows if row.kind in own]


def _sites_to_move(source: Organisation, target: Organisation) -> list[Site]:
    """The source's sites that the target has none of the same name of."""
    own = set(Site.objects.filter(organisation=target).values_list("name_key", flat=True))
    return [row for row in Site.objects.filter(organisation=source) if row.name_key not in own]


def _sites_to_note(source: Organisation, target: Organisation) -> list[Site]:
    """The source's sites that the target has with another address."""
    own = dict(Site.objects.filter(organisation=target).values_list("name_key", "address"))
    rows = Site.objects.filter(organisation=source).exclude(address="")
    return [row for row in rows if row.name_key in own and own[row.name_key] != row.address]


def _to_move(model: Any, what: str, source: Organisation, target: Organisation) -> list[Any]:
    """The source's rows of `model` that say of something (`what`) that it is for an organisation, but not yet for the
    target."""
    own = set(model.objects.filter(organisation=target).values_list(what, flat=True))
    return [row for row in model.objects.filter(organisation=source) if getattr(row, what) not in own]


def _exceptions(
    source: Organisation, target: Organisation
) -> tuple[list[OrganisationException], list[OrganisationException]]:
    """The source's exceptions: those on topics the target has none for, and those where it has another one."""
    own = dict(OrganisationException.objects.filter(organisation=target).values_list("topic_id", "department_id"))
    rows = list(OrganisationException.objects.filter(organisation=source).select_related("topic", "department"))
    moved = [row for row in rows if row.topic_id not in own]
    return moved, [row for row in rows if row.topic_id in own and own[row.topic_id] != row.department_id]


def _exception_in_words(row: OrganisationException) -> str:
    return f"{row.topic} → {row.department.name if row.department else _('as if it had no department')}"
