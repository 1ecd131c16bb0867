"""Many rows at once, behind the guard, quicker than `bulk_create`: inside one transaction nobody else writes on SQLite.

100,000 people with their events take Django's objects 17 s and more, most of it in Python; other writers give up after
20. Here a row is a tuple, and what all rows share is prepared once. Two cores: 100,000 people with events in 3 s.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import JSONField

from accounts.models import TenantModel
from accounts.scoping import current_tenant


def insert_rows(template: TenantModel, fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert one row for each of `rows`. They give the named fields (by attname): plain texts, numbers, booleans, JSON.
    All other fields are the template's. Keys among them must come from queries in the scope.

    `template` passes the tenant's guard as if it was saved. Fields that fill themselves (auto_now_add) are not filled.
    """
    template.guard_write()
    model, meta = type(template), template._meta
    shared = [field for field in meta.concrete_fields if field.attname not in fields and not field.primary_key]
    values = [field.get_db_prep_save(getattr(template, field.attname), connection) for field in shared]
    given = [_field(model, name) for name in fields]
    columns = [field.column for field in (*given, *shared)]
    has_json = any(isinstance(field, JSONField) for field in given)
    _many(
        f"INSERT INTO {_name(meta.db_table)} ({', '.join(map(_name, columns))}) "  # noqa: S608 - names of our models
        f"VALUES ({', '.join(['%s'] * len(columns))})",
        [(*(_prepared(row) if has_json else row), *values) for row in rows],
    )


def update_rows(model: type[TenantModel], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change the named fields (by attname) of the scope's rows; each of `rows` gives their values and ends with the
    id. Keys among them must come from queries in the scope."""
    meta = model._meta
    columns = [_field(model, name).column for name in fields]
    tenant = current_tenant().pk
    _many(
        f"UPDATE {_name(meta.db_table)} SET {', '.join(f'{_name(column)} = %s' for column in columns)} "  # noqa: S608
        f"WHERE id = %s AND tenant_id = {int(tenant)}",
        [tuple(row) for row in rows],
    )


def _field(model: type[TenantModel], attname: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _prepared(row: Sequence[Any]) -> Iterable[Any]:
    return (connection.ops.adapt_json_value(value, None) if isinstance(value, dict) else value for value in row)


def _many(statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
