"""Who asks for an organisation, and who of its people sees the others' tickets (S1, T14, I11).

Locks are taken in one order by everybody: people first, by id, then their organisation.
"""

from django.db import transaction

from accounts.enums import AccountEventKind
from accounts.facts import NoPlaceLeft
from accounts.models import AccountEvent, Invitation, Organisation, User
from accounts.queries.contacts import keeps_contacts_of
from accounts.queries.entitlement import places_taken


class NoContact(ValueError):
    """The person can be no contact of the organisation: they are staff, their account is closed, or they belong to
    another one or to none."""


def claim_place(organisation: Organisation, *, held_by: Invitation | None = None) -> Organisation:
    """Make sure that the organisation may have one named contact more, and keep it so until the transaction ends.

    To be called in the transaction that then names somebody; whoever else wants a place meanwhile waits. Returns the
    organisation's row as it is now. Raises NoPlaceLeft when its limit is reached. Those invited to be named contacts
    have a place, too; `held_by` is the invitation whose own place is taken now.
    """
    locked: Organisation = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agreement")
        .get(pk=organisation.pk)
    )
    limit = locked.named_contact_limit
    if limit is not None:
        named = places_taken(locked, besides=held_by)
        if named >= limit:
            raise NoPlaceLeft(limit, named)
    return locked


def name_contact(*, actor: User, user: User) -> User:
    """Make somebody a named contact of their organisation: they may ask for it (S1). Records `contact_changed`.

    Nothing happens to one who is. Raises NoPlaceLeft when the organisation's places are taken, NoContact for somebody
    who can be none, PermissionError unless the actor keeps the organisation's contacts.
    """
    with transaction.atomic():
        (person,) = _locked(actor, user)
        if person.is_named_contact:
            return person
        claim_place(_organisation(person))
        _set_named(actor, person, True)
    return person


def unname_contact(*, actor: User, user: User) -> User:
    """Let somebody be a named contact no longer; their place is free. They keep their account and their tickets.

    Records `contact_changed`. Nothing happens to one who is none. Raises PermissionError unless the actor keeps the
    organisation's contacts.
    """
    with transaction.atomic():
        (person,) = _locked(actor, user)
        if person.is_named_contact:
            _set_named(actor, person, False)
    return person


def replace_contact(*, actor: User, old: User, new: User) -> User:
    """Give `old`'s place as a named contact to `new`, of the same organisation, in one step.

    Possible also where there are more contacts than places, which a smaller agreement leaves behind. Records
    `contact_changed` for both. When `old` has no place any more, `new` needs a free one: NoPlaceLeft. Raises NoContact
    when they are not of one organisation or `new` can be no contact, PermissionError unless the actor keeps its
    contacts. Returns `new`.
    """
    with transaction.atomic():
        before, after = _locked(actor, old, new)
        if before.organisation_id != after.organisation_id or before.pk == after.pk:
            raise NoContact
        if before.is_named_contact:
            _set_named(actor, before, False)
        elif not after.is_named_contact:
            claim_place(_organisation(after))
        if not after.is_named_contact:
            _set_named(actor, after, True)
    return after


def appoint_contact_person(*, actor: User, user: User, is_contact_person: bool) -> User:
    """Write down whom the organisation has appointed to keep its contacts and, where it says so, to see its tickets
    (T14); or that they no longer are.

    An organisation may have several. Records `contact_changed`. Raises NoContact, PermissionError unless the actor is
    staff.
    """
    return _mark(actor, user, "is_contact_person", is_contact_person)


def choose_colleague_sight(*, actor: User, user: User, sees_colleagues: bool) -> User:
    """Choose somebody to see the organisation's tickets, where chosen people do; or no longer (I11).

    Records `contact_changed`. Raises NoContact, PermissionError unless the actor is staff.
    """
    return _mark(actor, user, "sees_colleagues", sees_colleagues)


def _mark(actor: User, user: User, field: str, value: bool) -> User:
    if not actor.is_agent:
        raise PermissionError("Staff say who sees an organisation's tickets")
    with transaction.atomic():
        (person,) = _locked(actor, user)
        if getattr(person, field) == value:
            return person
        if value:
            _require_possible(person)
        setattr(person, field, value)
        person.save(update_fields=[field])
        _record(actor, person, field, value)
    return person


def _locked(actor: User, *people: User) -> list[User]:
    """The people's rows as they are now, locked, in the order asked for; after the actor's right to them is checked."""
    rows = User.objects.select_for_update(of=("self",)).select_related("organisation__agreement")
    found = {row.pk: row for row in rows.filter(pk__in=[person.pk for person in people]).order_by("pk")}
    locked = [found[person.pk] for person in people]
    for person in locked:
        if person.organisation is None:
            raise NoContact
        if not keeps_contacts_of(actor, person.organisation):
            raise PermissionError("Contacts are chosen by staff and the organisation's contact person")
    return locked


def _organisation(person: User) -> Organisation:
    if person.organisation is None:
        raise NoContact
    return person.organisation


def _require_possible(person: User) -> None:
    if person.is_agent or person.closed_at is not None or person.organisation_id is None:
        raise NoContact


def _set_named(actor: User, person: User, is_named: bool) -> None:
    if is_named:
        _require_possible(person)
    person.is_named_contact = is_named
    person.save(update_fields=["is_named_contact"])
    _record(actor, person, "is_named_contact", is_named)


def _record(actor: User, person: User, field: str, value: bool) -> None:
    AccountEvent.objects.create(
        actor=actor,
        user=person,
        kind=AccountEventKind.CONTACT_CHANGED,
        data={field: value, "organisation": str(_organisation(person))},
    )
