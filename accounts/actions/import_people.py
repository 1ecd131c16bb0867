"""People from a file: what each row comes to, and writing them. The rows count one after another, as if typed in."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from accounts.actions.import_findings import Outcome, Verdict
from accounts.actions.inserting import insert_rows, update_rows
from accounts.actions.inviting import LIFETIME
from accounts.actions.people import DETAILS
from accounts.enums import AccountEventKind, Role
from accounts.folding import clean_line, fold_text
from accounts.import_columns import Column
from accounts.import_rows import PersonRow, Read, Remark, RowTrouble, RowWarning, search_key
from accounts.models import AccountEvent, Import, Invitation, Organisation, User
from accounts.models.entry import new_public_id
from accounts.poking import poke_worker
from accounts.queries.imports import (
    KnownOrganisation,
    KnownPerson,
    open_invitations,
    organisations_named,
    organisations_with_ids,
    people_with_keys,
    places_held_for,
    places_taken_at,
    same_name,
)

# Nobody is told of these (tests/notifications), so that no worker needs to look at a hundred thousand of them.
SILENT = (AccountEventKind.REGISTERED, AccountEventKind.DETAILS_CHANGED)
NEW_FIELDS = (
    "email",
    "email_key",
    "name",
    "search_key",
    "phone",
    "language",
    "organisation_id",
    "is_named_contact",
    "is_contact_person",
    "password",
)
CHANGED_FIELDS = (
    "name",
    "search_key",
    "phone",
    "language",
    "organisation_id",
    "is_named_contact",
    "is_contact_person",
    "sees_colleagues",
)


@dataclass
class Change:
    """A person as they are after the import. `known` is None for a new one; `events`: what is recorded."""

    row: PersonRow
    known: KnownPerson | None
    organisation_id: int | None
    is_named_contact: bool
    is_contact_person: bool
    details: dict[str, str] = field(default_factory=dict)  # of a known person: what is said differently
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class _Places:
    name: str
    limit: int | None
    taken: int


class PeopleJudge:
    """Judges the rows of one file in their order, chunk by chunk. Remembers addresses and places between chunks."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._organisations: dict[str, KnownOrganisation | str] = {}  # by the cell; a text: the nearest name, or none
        self._places: dict[int, _Places] = {}
        self._uncounted: set[int] = set()

    def judge(self, chunk: Sequence[Read]) -> list[Verdict]:
        rows = [read.row for read in chunk if read.row is not None]
        known = people_with_keys({row.key for row in rows if row.key})
        held = places_held_for([person.pk for person in known.values()]) if known else set()
        self._find_organisations(rows)
        self._count_places(known.values())
        return [self._verdict(read, known, held) for read in chunk]

    def _verdict(self, read: Read, people: dict[str, KnownPerson], held: set[tuple[int, int]]) -> Verdict:
        if read.row is None:
            return Verdict(Outcome.WRONG, read.problems, read.warnings)
        row: PersonRow = read.row
        known = people.get(row.key) if row.key else None
        problems = [*read.problems, *self._person_problems(row, known)]
        organisation = self._organisation_of(row, known, problems)
        change = _change(row, known, organisation)
        if (change.is_named_contact or change.is_contact_person) and change.organisation_id is None:
            column = Column.NAMED_CONTACT if change.is_named_contact else Column.CONTACT_PERSON
            problems.append(Remark(row.number, column, RowTrouble.NO_ORGANISATION))
        if not problems:
            problems += self._take_place(change, held)
        if problems:
            return Verdict(Outcome.WRONG, problems, read.warnings)
        warnings = [*read.warnings, *_person_warnings(row, known)]
        if known is None:
            return Verdict(Outcome.NEW, [], warnings, change)
        change.events = self._events(change, known)
        return Verdict(Outcome.CHANGED if change.events else Outcome.UNCHANGED, [], warnings, change)

    def _person_problems(self, row: PersonRow, known: KnownPerson | None) -> Iterable[Remark]:
        first = self._seen.setdefault(row.key, row.number) if row.key else row.number
        if first != row.number:
            yield Remark(row.number, Column.EMAIL, RowTrouble.TWICE, {"cell": row.email, "row": first})
        if known is not None and known.role != Role.CUSTOMER:
            yield Remark(row.number, Column.EMAIL, RowTrouble.STAFF, {"cell": row.email})
        elif known is not None and known.closed_at is not None:
            yield Remark(row.number, Column.EMAIL, RowTrouble.CLOSED, {"cell": row.email})

    def _organisation_of(
        self, row: PersonRow, known: KnownPerson | None, problems: list[Remark]
    ) -> KnownOrganisation | None:
        """The one the row names; None when it names none. An unknown one is added to the problems."""
        found = self._organisations.get(row.organisation, "") if row.organisation else None
        if isinstance(found, str):
            values = {"cell": row.organisation, "nearest": found}
            problems.append(Remark(row.number, Column.ORGANISATION, RowTrouble.UNKNOWN_ORGANISATION, values))
            return None
        return found

    def _take_place(self, change: Change, held: set[tuple[int, int]]) -> list[Remark]:
        """Keep count of the places as the doors do (`accounts/actions/contacts.py`): who goes makes room for who comes,
        and whoever was invited to be a named contact has a place already."""
        known = change.known
        had = known.organisation_id if known is not None and known.is_named_contact else None
        wants = change.organisation_id if change.is_named_contact else None
        if wants == had:
            return []
        if wants is not None and (known is None or (known.pk, wants) not in held):
            places = self._places[wants]
            if places.limit is not None and places.taken >= places.limit:
                values = {"organisation": places.name, "limit": places.limit}
                return [Remark(change.row.number, Column.NAMED_CONTACT, RowTrouble.NO_PLACE, values)]
            places.taken += 1
        if had is not None:
            self._places[had].taken -= 1
        return []

    def _events(self, change: Change, known: KnownPerson) -> list[tuple[str, dict[str, Any]]]:
        events: list[tuple[str, dict[str, Any]]] = []
        change.details = {name: said for name in DETAILS if (said := _said_differently(change.row, known, name))}
        if change.details:
            events.append((AccountEventKind.DETAILS_CHANGED, {"fields": list(change.details)}))
        moved = change.organisation_id != known.organisation_id
        name = self._places[change.organisation_id].name if change.organisation_id else ""
        if moved:
            before = self._places[known.organisation_id].name if known.organisation_id else ""
            events.append((AccountEventKind.MOVED, {"from": before, "to": name}))
        for flag in ("is_named_contact", "is_contact_person"):
            if getattr(change, flag) != (getattr(known, flag) and not moved):
                data = {flag: getattr(change, flag), "organisation": name}
                events.append((AccountEventKind.CONTACT_CHANGED, data))
        return events

    def _find_organisations(self, rows: Iterable[PersonRow]) -> None:
        new = {row.organisation for row in rows if row.organisation} - self._organisations.keys()
        found = organisations_named(new) if new else {}
        for name in new:
            candidates = found.get(search_key(name), [])
            one = same_name(candidates, name)
            self._organisations[name] = one or (candidates[0].name if candidates else "")
            if one is not None:
                self._know(one)

    def _count_places(self, people: Iterable[KnownPerson]) -> None:
        left = {person.organisation_id for person in people if person.organisation_id} - self._places.keys()
        for one in organisations_with_ids(left) if left else []:
            self._know(one)
        for pk, taken in places_taken_at(self._uncounted).items() if self._uncounted else ():
            self._places[pk].taken = taken
        self._uncounted.clear()

    def _know(self, one: KnownOrganisation) -> None:
        if one.pk not in self._places:
            self._places[one.pk] = _Places(one.name, one.limit, 0)
            self._uncounted.add(one.pk)


class PeopleWriter:
    """Writes what was judged, inside the caller's transaction."""

    def __init__(self, found: Import, actor: User, now: datetime) -> None:
        self.invites, self.now = found.sends_invitations, now
        self.actor = actor
        self.person = User(role=Role.CUSTOMER, is_active=not self.invites, created_at=now)
        self.registered = AccountEvent(
            actor=actor,
            kind=AccountEventKind.REGISTERED,
            data={"role": str(Role.CUSTOMER), "import": found.pk},
            created_at=now,
            fanned_out_at=now,
        )
        self.event = AccountEvent(actor=actor, created_at=now)
        self.silent_event = AccountEvent(actor=actor, created_at=now, fanned_out_at=now)
        self.invitation = Invitation(invited_by=actor, created_at=now, expires_at=now + LIFETIME)
        self.mark = {"import": found.pk}

    def write(self, changes: Sequence[Change]) -> None:
        self._register([change for change in changes if change.known is None])
        self._change([change for change in changes if change.known is not None])

    def finish(self) -> None:
        poke_worker()

    def _register(self, changes: Sequence[Change]) -> None:
        insert_rows(self.person, NEW_FIELDS, [_new_person(change) for change in changes])
        keys = {change.row.key: change for change in changes}
        ids = list(User.objects.filter(email_key__in=keys).values_list("pk", "email_key")) if keys else []
        insert_rows(self.registered, ("user_id",), [(pk,) for pk, _key in ids])
        if self.invites:
            self._invite({pk: keys[key] for pk, key in ids})

    def _invite(self, people: dict[int, Change]) -> None:
        fields = ("public_id", "user_id", "organisation_id", "is_named_contact", "is_contact_person")
        rows = [
            (new_public_id(), pk, change.organisation_id, change.is_named_contact, change.is_contact_person)
            for pk, change in people.items()
        ]
        insert_rows(self.invitation, fields, rows)
        ids = Invitation.objects.filter(user__in=people, accepted_at=None, revoked_at=None).values_list("user_id", "pk")
        role = str(Role.CUSTOMER)
        self._record(
            [(user, AccountEventKind.INVITED, {"invitation": pk, "role": role, **self.mark}) for user, pk in ids]
        )

    def _change(self, changes: Sequence[Change]) -> None:
        update_rows(User, CHANGED_FIELDS, [_changed_person(change) for change in changes])
        self._record([(_pk(change), kind, {**data, **self.mark}) for change in changes for kind, data in change.events])
        if changes:
            self._let_invitations_follow({_pk(change): change for change in changes})

    def _let_invitations_follow(self, people: dict[int, Change]) -> None:
        """Whoever is still invited comes in as what the file says they are."""
        for pk in open_invitations().filter(user__in=people, role=Role.CUSTOMER).values_list("user_id", flat=True):
            change = people[pk]
            open_invitations().filter(user=pk).update(
                organisation=change.organisation_id,
                is_named_contact=change.is_named_contact,
                is_contact_person=change.is_contact_person,
            )

    def _record(self, events: Sequence[tuple[int, str, dict[str, Any]]]) -> None:
        for template, is_silent in ((self.silent_event, True), (self.event, False)):
            rows = [event for event in events if (event[1] in SILENT) == is_silent]
            insert_rows(template, ("user_id", "kind", "data"), rows)


def lock_for_people(keys: Iterable[Sequence[str]], names: Iterable[str]) -> None:
    """Lock everybody in the file who is known, then their organisations and those it names, each by id: the order in
    which all doors take these locks. On SQLite a transaction has everything locked anyway."""
    ids: set[int] = set()
    organisations: set[int] = set()
    for some in keys:
        for person in people_with_keys(some).values():
            ids.add(person.pk)
            if person.organisation_id is not None:
                organisations.add(person.organisation_id)
    found = organisations_named(names)
    organisations.update(one.pk for candidates in found.values() for one in candidates)
    lock_in_order(User, ids)
    lock_in_order(Organisation, organisations)


def lock_in_order(model: Any, ids: Iterable[int]) -> None:
    ordered = sorted(ids)
    for start in range(0, len(ordered), 1000):
        rows = model.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ordered[start : start + 1000])
        list(rows.order_by("pk").values_list("pk"))


def _change(row: PersonRow, known: KnownPerson | None, organisation: KnownOrganisation | None) -> Change:
    """Who moves is no contact any more, unless the row says so; what it does not say stays."""
    before = known.organisation_id if known else None
    after = organisation.pk if organisation else before
    stays = known if known is not None and after == before else None
    named, person = row.is_named_contact, row.is_contact_person
    return Change(
        row=row,
        known=known,
        organisation_id=after,
        is_named_contact=bool(stays and stays.is_named_contact) if named is None else named,
        is_contact_person=bool(stays and stays.is_contact_person) if person is None else person,
    )


def _person_warnings(row: PersonRow, known: KnownPerson | None) -> Iterable[Remark]:
    if known is not None and not known.is_active:
        yield Remark(row.number, Column.EMAIL, RowWarning.NOT_LET_IN, {"cell": row.email})


def _said_differently(row: PersonRow, known: KnownPerson, name: str) -> str:
    said, before = getattr(row, name), getattr(known, name)
    return "" if said in (before, clean_line(before)) else said


def _new_person(change: Change) -> tuple[Any, ...]:
    row = change.row
    return (
        row.email,
        row.key,
        row.name,
        row.search_key,
        row.phone,
        row.language,
        change.organisation_id,
        change.is_named_contact,
        change.is_contact_person,
        UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30),
    )


def _changed_person(change: Change) -> tuple[Any, ...]:
    known, said = change.known, change.details
    assert known is not None  # noqa: S101 - for the type checker
    name = said.get("name", known.name)
    return (
        name,
        fold_text(f"{name} {known.email}")[:400] if "name" in said else known.search_key,
        said.get("phone", known.phone),
        said.get("language", known.language),
        change.organisation_id,
        change.is_named_contact,
        change.is_contact_person,
        known.sees_colleagues and change.organisation_id == known.organisation_id,
        known.pk,
    )


def _pk(change: Change) -> int:
    assert change.known is not None  # noqa: S101 - for the type checker
    return change.known.pk
