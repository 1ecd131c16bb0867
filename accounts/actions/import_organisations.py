"""Organisations from a file: what each row comes to, and writing them. The rows count one after another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.actions.import_findings import Outcome, Verdict
from accounts.actions.import_people import lock_in_order
from accounts.actions.inserting import insert_rows, update_rows
from accounts.enums import Visibility
from accounts.folding import clean_text
from accounts.import_columns import Column
from accounts.import_rows import OrganisationRow, Read, Remark, RowTrouble, RowWarning, name_key, search_key
from accounts.models import Import, Organisation, OrganisationDomain, User
from accounts.queries.imports import (
    KnownOrganisation,
    agreements_by_name,
    domains_of,
    organisations_named,
    owners_of,
    same_name,
    webmail_domains,
)

NEW_FIELDS = ("name", "search_key", "agreement_id", "contact_limit", "visibility", "notes")
CHANGED_FIELDS = ("agreement_id", "contact_limit", "visibility", "notes")


@dataclass
class Change:
    """An organisation as it is after the import. `domains` None leaves them as they are."""

    row: OrganisationRow
    known: KnownOrganisation | None
    agreement_id: int | None
    domains: dict[str, bool] | None
    domains_before: dict[str, bool]

    @property
    def values(self) -> tuple[Any, ...]:
        row, known = self.row, self.known
        notes = row.notes if known is None or _notes_differ(row, known) else known.notes
        return (
            self.agreement_id,
            row.contact_limit or (known.contact_limit if known else None),
            row.visibility or (known.visibility if known else Visibility.OWN),
            notes,
        )

    @property
    def is_any(self) -> bool:
        known = self.known
        if known is None:
            return True
        before = (known.agreement_id, known.contact_limit, known.visibility, known.notes)
        return self.values != before or (self.domains is not None and self.domains != self.domains_before)


class OrganisationsJudge:
    """Judges the rows of one file in their order, chunk by chunk."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._given: dict[str, str] = {}  # domain → the organisation that has it after the rows so far; empty: free

    @cached_property
    def _agreements(self) -> dict[str, tuple[int, bool]]:
        return agreements_by_name()

    @cached_property
    def _webmail(self) -> frozenset[str]:
        return webmail_domains()

    def judge(self, chunk: Sequence[Read]) -> list[Verdict]:
        rows = [read.row for read in chunk if read.row is not None and read.row.name]
        found = organisations_named({row.name for row in rows})
        self._owners = owners_of({domain for row in rows for domain in row.domains or ()})
        known = {row.number: same_name(found.get(search_key(row.name), ()), row.name) for row in rows}
        domains = domains_of([one.pk for one in known.values() if one is not None])
        return [self._verdict(read, known, domains, found) for read in chunk]

    def _verdict(
        self,
        read: Read,
        organisations: dict[int, KnownOrganisation | None],
        domains: dict[int, dict[str, bool]],
        alike: dict[str, list[KnownOrganisation]],
    ) -> Verdict:
        if read.row is None:
            return Verdict(Outcome.WRONG, read.problems, read.warnings)
        row: OrganisationRow = read.row
        known = organisations.get(row.number)
        change = Change(
            row=row,
            known=known,
            agreement_id=known.agreement_id if known else None,
            domains=row.domains,
            domains_before=domains[known.pk] if known else {},
        )
        problems = [*read.problems, *self._problems(change)]
        if problems:
            return Verdict(Outcome.WRONG, problems, read.warnings)
        self._give_domains(change)
        if known is None:
            near = alike.get(search_key(row.name), [])
            resembling = [
                Remark(row.number, Column.NAME, RowWarning.RESEMBLES, {"name": row.name, "other": other.name})
                for other in near[:1]
            ]
            return Verdict(Outcome.NEW, [], [*read.warnings, *resembling], change)
        return Verdict(Outcome.CHANGED if change.is_any else Outcome.UNCHANGED, [], read.warnings, change)

    def _problems(self, change: Change) -> Iterable[Remark]:
        row = change.row
        first = self._seen.setdefault(row.key, row.number) if row.key else row.number
        if first != row.number:
            yield Remark(row.number, Column.NAME, RowTrouble.TWICE, {"cell": row.name, "row": first})
        if row.agreement:
            pk, is_given = self._agreements.get(name_key(row.agreement), (None, False))
            if pk is None or (not is_given and pk != change.agreement_id):
                yield Remark(row.number, Column.AGREEMENT, RowTrouble.UNKNOWN_AGREEMENT, {"cell": row.agreement})
            change.agreement_id = pk
        for domain, with_subdomains in (row.domains or {}).items():
            yield from self._domain_problems(change, domain, with_subdomains)

    def _domain_problems(self, change: Change, domain: str, with_subdomains: bool) -> Iterable[Remark]:
        row = change.row
        private = self._private(domain, with_subdomains)
        if private:
            yield Remark(row.number, Column.DOMAINS, RowTrouble.DOMAIN_PRIVATE, {"domain": domain, "private": private})
        owner = self._given.get(domain, self._owners.get(domain, ""))
        if owner and name_key(owner) != row.key:
            yield Remark(row.number, Column.DOMAINS, RowTrouble.DOMAIN_TAKEN, {"domain": domain, "organisation": owner})

    def _private(self, domain: str, with_subdomains: bool) -> str:
        """The webmail domain that stands in the way: itself, one above it, or with its sub-domains one below it."""
        labels = domain.split(".")
        above = (".".join(labels[start:]) for start in range(len(labels) - 1))
        found = next((name for name in above if name in self._webmail), "")
        if found or not with_subdomains:
            return found
        return next((name for name in sorted(self._webmail) if name.endswith(f".{domain}")), "")

    def _give_domains(self, change: Change) -> None:
        if change.domains is None:
            return
        for domain in change.domains_before.keys() - change.domains.keys():
            self._given[domain] = ""
        for domain in change.domains:
            self._given[domain] = change.row.name


class OrganisationsWriter:
    """Writes what was judged, inside the caller's transaction."""

    def __init__(self, found: Import, actor: User, now: datetime) -> None:
        self.organisation = Organisation(created_at=now)

    def write(self, changes: Sequence[Change]) -> None:
        new = [change for change in changes if change.known is None]
        insert_rows(
            self.organisation,
            NEW_FIELDS,
            [(change.row.name, search_key(change.row.name), *change.values) for change in new],
        )
        names = [change.row.name for change in new]
        ids = dict(Organisation.objects.filter(name__in=names).values_list("name", "pk")) if names else {}
        known = [(change, change.known.pk) for change in changes if change.known is not None]
        update_rows(Organisation, CHANGED_FIELDS, [(*change.values, pk) for change, pk in known])
        self._forget_dates(known)
        self._set_domains([*((change, ids[change.row.name]) for change in new), *known])

    def finish(self) -> None:
        pass

    def _forget_dates(self, changes: Iterable[tuple[Change, int]]) -> None:
        """From when to when the old agreement held says nothing about a new one."""
        other = [pk for change, pk in changes if change.known and change.known.agreement_id != change.agreement_id]
        if other:
            Organisation.objects.filter(pk__in=other).update(agreement_from=None, agreement_until=None)

    def _set_domains(self, changes: Sequence[tuple[Change, int]]) -> None:
        rows = []
        for change, pk in changes:
            if change.domains is None or change.domains == change.domains_before:
                continue
            if change.domains_before:
                OrganisationDomain.objects.filter(organisation=pk).delete()
            rows += [(pk, domain, with_subdomains) for domain, with_subdomains in change.domains.items()]
        insert_rows(OrganisationDomain(), ("organisation_id", "domain", "with_subdomains"), rows)


def lock_for_organisations(names: Iterable[Sequence[str]]) -> None:
    """Lock every organisation of the file that is known, by id."""
    ids = {one.pk for some in names for candidates in organisations_named(some).values() for one in candidates}
    lock_in_order(Organisation, ids)


def _notes_differ(row: OrganisationRow, known: KnownOrganisation) -> bool:
    return bool(row.notes) and row.notes != clean_text(known.notes).strip()
