"""The worker's part of an import: read a file through and say what would become of it; later, write it, whole or not.

Reading is done in steps, between which a worker does other things, and begins anew when its worker died: it changes
nothing. Writing is one transaction, in which everything is judged again: what was killed has left nothing behind.
"""

import itertools
import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import IO, Any
from uuid import UUID, uuid4

from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions.import_findings import Findings, Outcome
from accounts.actions.import_organisations import OrganisationsJudge, OrganisationsWriter, lock_for_organisations
from accounts.actions.import_people import PeopleJudge, PeopleWriter, lock_for_people
from accounts.csv_reading import FileTrouble, Table, Unreadable, look_over, records
from accounts.enums import ImportKind, ImportState
from accounts.import_columns import REQUIRED, Column, column_of
from accounts.import_rows import OrganisationRow, PersonRow, Read, Remark, RowWarning, places_of, read_row
from accounts.models import Import, Tenant
from accounts.queries.imports import tenants_with_imports_to_do
from accounts.scoping import tenant_scope

CHUNK = 500  # rows judged with a handful of queries, and written with as many statements
LEASE = timedelta(seconds=60)  # renewed with every chunk that is read; a write is guarded by the row's lock as well
ATTEMPTS = 5
SAMPLES = 3
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else has the import now, or it was discarded."""


class Overtaken(Exception):
    """What is wrong with the file is no longer what the administrator was shown. Nothing was written."""

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self.findings = findings


@dataclass(frozen=True)
class Hold:
    """The right to work on one import. Worthless once it has run out."""

    import_id: int
    holder: UUID

    def note(self, **changes: Any) -> None:
        """Write down how far it is, and keep it for a while longer. Raises LeaseLost."""
        if not self._mine().update(lease_until=timezone.now() + LEASE, **changes):
            raise LeaseLost

    def settle(self, state: ImportState, **changes: Any) -> None:
        """Write down what became of it, and give it back. Raises LeaseLost."""
        if not self._mine().update(state=state, holder=None, lease_until=None, **changes):
            raise LeaseLost

    def let_go(self) -> None:
        """Leave it to the next who comes, at once: this worker is asked to stop."""
        self._mine().update(holder=None, lease_until=None, attempts=F("attempts") - 1)

    def _mine(self) -> Any:
        return Import.objects.filter(
            pk=self.import_id, holder=self.holder, state__in=(ImportState.UPLOADED, ImportState.ORDERED)
        )


@dataclass
class _Work:
    tenant: Tenant
    hold: Hold
    steps: Iterator[None]


_at_hand: _Work | None = None  # what this process is in the middle of


def always() -> bool:
    return True


def work_on_imports(keep_going: KeepGoing = always, seconds: float | None = None) -> bool:
    """Work on the imports of all tenants, one after another, for about so long; without `seconds`, until none is left.

    Returns whether more could be done at once. Between two chunks of rows `keep_going` is asked. Raises database errors
    only; the import is then taken up again when its lease has run out.
    """
    global _at_hand
    end = time.monotonic() + seconds if seconds is not None else None
    while (work := _at_hand or _claim_next()) is not None:
        _at_hand = work
        if not keep_going():
            put_down()
            return False
        if not _step(work):
            _at_hand = None
        if end is not None and time.monotonic() >= end:
            return True
    return False


def put_down() -> None:
    """Let go of what this process is in the middle of, so that another one need not wait for the lease."""
    global _at_hand
    work, _at_hand = _at_hand, None
    if work is not None:
        with tenant_scope(work.tenant):
            work.hold.let_go()


def _step(work: _Work) -> bool:
    """One chunk. Returns whether there is more of this import."""
    global _at_hand
    with tenant_scope(work.tenant):
        try:
            next(work.steps)
        except StopIteration:
            return False
        except LeaseLost:
            log.warning("Import %s was taken over or discarded", work.hold.import_id)
            return False
        except (DatabaseError, InterfaceError):
            _at_hand = None
            raise
        except Exception:
            # It rests until its lease has run out, and is given up after a few times.
            log.exception("Import %s stopped at an unforeseen place", work.hold.import_id)
            return False
    return True


def _claim_next() -> _Work | None:
    for tenant in tenants_with_imports_to_do():
        with tenant_scope(tenant):
            for found in Import.objects.waiting(timezone.now()).order_by("pk")[:5]:
                hold = _claim(found)
                if hold is not None:
                    return _Work(tenant, hold, _steps(found, hold))
    return None


def _claim(found: Import) -> Hold | None:
    """None when somebody else was faster, or has its row locked because they are writing."""
    now, hold = timezone.now(), Hold(found.pk, uuid4())
    with transaction.atomic(durable=True):
        free = Import.objects.waiting(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=found.pk)
        if not free.exists():
            return None
        free.update(holder=hold.holder, lease_until=now + LEASE, attempts=F("attempts") + 1)
    return hold


def _steps(found: Import, hold: Hold) -> Iterator[None]:
    try:
        with _opened(found) as file:
            work = _check if found.state == ImportState.UPLOADED else _write
            yield from work(_Source(file, ImportKind(found.kind)), found, hold)
    except Unreadable as trouble:
        hold.settle(
            ImportState.REFUSED,
            trouble=trouble.trouble,
            trouble_values=trouble.values,
            ended_at=timezone.now(),
        )


def _opened(found: Import) -> IO[bytes]:
    if found.attempts >= ATTEMPTS:
        raise Unreadable(FileTrouble.INTERRUPTED)
    try:
        file: IO[bytes] = found.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise Unreadable(FileTrouble.GONE) from None
    return file


class _Source:
    """The file as rows. Raises Unreadable."""

    def __init__(self, file: IO[bytes], kind: ImportKind) -> None:
        self.file, self.kind = file, kind
        self.table: Table = look_over(file, lambda header: column_of(header, kind) is not None)  # type: ignore[arg-type]
        self.places = places_of(self.table.header, kind)
        self._require_columns()

    def reads(self) -> Iterator[Read]:
        for record in records(self.file, self.table):  # type: ignore[arg-type]
            yield read_row(record, self.table.header, self.places, self.kind)

    def remarks(self) -> list[Remark]:
        """About the header: columns that are nothing to us."""
        return [
            Remark(self.table.header_row, "", RowWarning.UNKNOWN_COLUMN, {"header": name[:80]})
            for name in self.table.header
            if name and column_of(name, self.kind) is None
        ]

    def sample(self) -> list[str]:
        """Words by which a reader sees whether the letters are right, where the encoding was guessed."""
        if self.table.encoding != "cp1252":
            return []
        words = (
            word
            for record in records(self.file, self.table)  # type: ignore[arg-type]
            for cell in record.cells
            for word in cell.split()
            if not word.isascii()
        )
        return [word[:40] for word in itertools.islice(dict.fromkeys(itertools.islice(words, 20)), SAMPLES)]

    def _require_columns(self) -> None:
        found = [column for name in self.table.header if (column := column_of(name, self.kind))]
        double = next((column for column in found if found.count(column) > 1), None)
        if double is not None:
            raise Unreadable(FileTrouble.DOUBLE_COLUMN, column=double)
        required: Column = REQUIRED[self.kind]
        if required not in found:
            raise Unreadable(FileTrouble.MISSING_COLUMN, column=required)


def _check(source: _Source, found: Import, hold: Hold) -> Iterator[None]:
    """Say what would become of every row. Changes nothing but the import's own row."""
    table = source.table
    hold.note(
        encoding=table.encoding,
        separator=table.separator,
        columns=list(source.places),
        sample=source.sample(),
        rows_total=table.rows,
        rows_done=0,
    )
    yield
    findings, judge = Findings(source.remarks()), _judge(source.kind)
    done = 0
    for chunk in _chunks(source.reads()):
        for verdict in judge.judge(chunk):
            findings.add(verdict)
        done += len(chunk)
        hold.note(rows_done=done)
        yield
    hold.settle(ImportState.CHECKED, attempts=0, was_overtaken=False, **findings.as_fields())


def _write(source: _Source, found: Import, hold: Hold) -> Iterator[None]:
    """Bring it all in, or nothing. What takes long and needs no lock (reading, folding) is done before."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        done = 0
        hold.note(rows_done=0)
        for chunk in _chunks(source.reads()):
            spool.writelines(_packed(read) for read in chunk)
            done += len(chunk)
            hold.note(rows_done=done)
            yield
        try:
            _write_once_or_twice(source, spool, hold)
        except Overtaken as news:
            hold.settle(ImportState.CHECKED, attempts=0, was_overtaken=True, **news.findings.as_fields())


def _write_once_or_twice(source: _Source, spool: IO[str], hold: Hold) -> None:
    for last in (False, False, True):
        try:
            return _write_all(source, spool, hold)
        except IntegrityError:
            # Somebody registered, or entered, the same meanwhile: judged again, the row is a known one.
            if last:
                raise
    return None


def _write_all(source: _Source, spool: IO[str], hold: Hold) -> None:
    with transaction.atomic(durable=True):
        found = _locked(hold)
        _lock_rows(source.kind, spool)
        findings, judge = Findings(source.remarks()), _judge(source.kind)
        actor = found.ordered_by or found.created_by
        writer = _WRITERS[source.kind](found, actor, timezone.now())
        for chunk in _chunks(_unpacked(spool, source.kind)):
            verdicts = judge.judge(chunk)
            for verdict in verdicts:
                findings.add(verdict)
            if findings.problems_total == 0 or found.leaves_out_wrong:
                writer.write([row.change for row in verdicts if row.outcome in (Outcome.NEW, Outcome.CHANGED)])
        if not findings.is_what_was_agreed(found):
            raise Overtaken(findings)
        writer.finish()
        hold.settle(ImportState.DONE, attempts=0, ended_at=timezone.now(), **findings.as_fields())


def _locked(hold: Hold) -> Import:
    """The row, kept from other workers until the transaction ends, whatever the lease says."""
    rows = Import.objects.select_for_update(of=("self",)).select_related("ordered_by", "created_by")
    found: Import | None = rows.filter(pk=hold.import_id, holder=hold.holder, state=ImportState.ORDERED).first()
    if found is None:
        raise LeaseLost
    return found


def _lock_rows(kind: ImportKind, spool: IO[str]) -> None:
    if not connection.features.has_select_for_update:
        return
    keys = ([read.row.key for read in chunk if read.row] for chunk in _chunks(_unpacked(spool, kind)))
    names = {read.row.organisation for read in _unpacked(spool, kind) if read.row} if kind == ImportKind.PEOPLE else ()
    if kind == ImportKind.PEOPLE:
        lock_for_people(keys, names)
    else:
        lock_for_organisations(
            [read.row.name for read in chunk if read.row] for chunk in _chunks(_unpacked(spool, kind))
        )


def _packed(read: Read) -> str:
    remarks = [[astuple(remark) for remark in some] for some in (read.problems, read.warnings)]
    return json.dumps([astuple(read.row) if read.row else None, *remarks]) + "\n"


def _unpacked(spool: IO[str], kind: ImportKind) -> Iterator[Read]:
    spool.seek(0)
    make: Any = PersonRow if kind == ImportKind.PEOPLE else OrganisationRow
    for line in spool:
        row, problems, warnings = json.loads(line)
        yield Read(
            make(*row) if row else None,
            [Remark(*remark) for remark in problems],
            [Remark(*remark) for remark in warnings],
        )


def _chunks(reads: Iterable[Read]) -> Iterator[Sequence[Read]]:
    iterator = iter(reads)
    while chunk := list(itertools.islice(iterator, CHUNK)):
        yield chunk


def _judge(kind: ImportKind) -> PeopleJudge | OrganisationsJudge:
    return PeopleJudge() if kind == ImportKind.PEOPLE else OrganisationsJudge()


_WRITERS: dict[ImportKind, Any] = {
    ImportKind.PEOPLE: PeopleWriter,
    ImportKind.ORGANISATIONS: OrganisationsWriter,
}
