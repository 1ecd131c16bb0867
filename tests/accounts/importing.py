"""Bring in a file as an administrator does, and have a worker do its part."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions.import_work import work_on_imports
from accounts.actions.importing import order_import, upload_import
from accounts.enums import ImportKind
from accounts.models import Import
from tests.conftest import Portal


def uploaded(portal: Portal, content: str | bytes, kind: str = "people", name: str = "list.csv") -> Import:
    raw = content.encode() if isinstance(content, str) else content
    return upload_import(actor=portal.administrator, kind=ImportKind(kind), file=SimpleUploadedFile(name, raw))


def checked(portal: Portal, content: str | bytes, kind: str = "people") -> Import:
    """The file after its dry run."""
    found = uploaded(portal, content, kind)
    work_on_imports()
    found.refresh_from_db()
    return found


def imported(portal: Portal, content: str | bytes, kind: str = "people", **choices: Any) -> Import:
    """The file after all of it, or as much as could be done."""
    found = checked(portal, content, kind)
    order_import(actor=portal.administrator, import_=found, **choices)
    work_on_imports()
    found.refresh_from_db()
    return found


def counts(found: Import) -> tuple[int, int, int, int]:
    """New, changed, unchanged, wrong."""
    return found.rows_new, found.rows_changed, found.rows_unchanged, found.rows_wrong


def said(found: Import) -> list[tuple[int, str, str]]:
    """What is wrong: row, column, code."""
    return [(remark["row"], remark["column"], remark["code"]) for remark in found.problems]


def warned(found: Import) -> list[tuple[int, str]]:
    return [(remark["row"], remark["code"]) for remark in found.warnings]
