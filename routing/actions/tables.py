"""Tables that say which department belongs to which value, such as the local team of each municipality (T16)."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from accounts.folding import clean_line, fold_text
from accounts.models import User
from accounts.rules import require_administrator
from routing.models import Department, RoutingTable, RoutingTableRow
from routing.table_reading import ROWS_LIMIT, VALUE_LENGTH

TABLES_LIMIT = 100

Row = tuple[str, int]  # a value, and the id of its department


class TableNameTaken(ValueError):
    """Another table of the portal has this name."""


class TableInUse(ValueError):
    """Rules look into the table, so it cannot go. `rules` are their names."""

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__(rules)
        self.rules = list(rules)


class TableRefused(ValueError):
    """The rows cannot be kept: an empty or too long value, one twice, too many, or no open department of the portal.
    Whoever reads them from a file has found out which (`routing.table_reading`)."""


def add_table(*, actor: User | None, name: str, rows: Sequence[Row]) -> RoutingTable:
    """Add a table. Rules can look into it from now on.

    Raises TableNameTaken, TableRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        if RoutingTable.objects.count() >= TABLES_LIMIT:
            raise TableRefused
        table = RoutingTable(name=_cleaned(name))
        _save(table)
        _write(table, rows)
    return table


def replace_rows(*, actor: User | None, table: RoutingTable, rows: Sequence[Row]) -> RoutingTable:
    """Let a table say something else from now on: all its rows are replaced.

    Raises TableRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(table)
        RoutingTableRow.objects.filter(table=locked).delete()
        _write(locked, rows)
    return locked


def rename_table(*, actor: User | None, table: RoutingTable, name: str) -> RoutingTable:
    """Give a table another name. Raises TableNameTaken, TableRefused for none, PermissionError unless the actor is an
    administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(table)
        cleaned = _cleaned(name)
        if locked.name != cleaned:
            locked.name = cleaned
            _save(locked)
    return locked


def remove_table(*, actor: User | None, table: RoutingTable) -> None:
    """Delete a table with its rows. Raises TableInUse while a rule, even one that is switched off, looks into it,
    PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(table)
        rules = list(locked.rules.values_list("name", flat=True))
        if rules:
            raise TableInUse(rules)
        locked.delete()


def _write(table: RoutingTable, rows: Sequence[Row]) -> None:
    if len(rows) > ROWS_LIMIT:
        raise TableRefused
    departments = {department.pk: department for department in Department.objects.filter(is_active=True)}
    made: dict[str, RoutingTableRow] = {}
    for raw, department in rows:
        value = clean_line(raw)
        key = fold_text(value)
        if not key or len(value) > VALUE_LENGTH or key in made or department not in departments:
            raise TableRefused
        made[key] = RoutingTableRow(table=table, value=value, value_key=key[:400], department=departments[department])
    RoutingTableRow.objects.bulk_create(made.values(), batch_size=500)


def _cleaned(name: str) -> str:
    cleaned = clean_line(name)
    if not 0 < len(cleaned) <= 80:
        raise TableRefused
    return cleaned


def _lock(table: RoutingTable) -> RoutingTable:
    locked: RoutingTable = RoutingTable.objects.select_for_update().get(pk=table.pk)
    return locked


def _save(table: RoutingTable) -> None:
    try:
        with transaction.atomic():
            table.save()
    except IntegrityError:
        if RoutingTable.objects.filter(name=table.name).exclude(pk=table.pk).exists():
            raise TableNameTaken from None
        raise
