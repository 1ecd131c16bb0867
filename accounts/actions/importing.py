"""What an administrator does with an import: bring a file, say that its rows are written, or throw it away."""

from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.enums import ImportKind, ImportState
from accounts.folding import clean_line
from accounts.models import Import, User
from accounts.poking import poke_importer
from accounts.rules import require_administrator

UNDECIDED_FOR = timedelta(days=14)
REMEMBERED_FOR = timedelta(days=30)


class NothingToImport(ValueError):
    """No row of the file would change anything, or rows are wrong and were not left out on purpose."""


def upload_import(*, actor: User, kind: ImportKind, file: UploadedFile) -> Import:
    """Keep a file, for a worker to read through. Nothing is written to people or organisations.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    name = clean_line(file.name or "").replace("\\", "/").rpartition("/")[2][-150:] or "import.csv"
    with transaction.atomic():
        found: Import = Import.objects.create(
            kind=kind, file=file, name=name, created_by=actor, created_at=timezone.now()
        )
        poke_importer()
    return found


def order_import(
    *, actor: User, import_: Import, leaves_out_wrong: bool = False, sends_invitations: bool = False
) -> bool:
    """Have the rows of a checked file written by a worker: all of them, or all but the wrong ones, in one go.

    `sends_invitations`: new people are not let in before they take the invitation that is mailed to them; without it
    they are let in at once, and nobody is mailed. Returns False, and does nothing, when it was ordered, discarded or
    done before. Raises NothingToImport, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        found = _locked(import_)
        if found.state != ImportState.CHECKED:
            return False
        if not found.rows_to_write or (found.rows_wrong and not leaves_out_wrong):
            raise NothingToImport
        found.state, found.ordered_by, found.ordered_at = ImportState.ORDERED, actor, timezone.now()
        found.leaves_out_wrong = leaves_out_wrong and bool(found.rows_wrong)
        found.sends_invitations = sends_invitations and found.kind == ImportKind.PEOPLE
        found.rows_done, found.was_overtaken = 0, False
        found.save()
        poke_importer()
    return True


def discard_import(*, actor: User, import_: Import) -> bool:
    """Throw a file away of which nothing was imported, also while it is being checked.

    Returns False, and does nothing, when its rows are being written or it is over. Raises PermissionError unless the
    actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        found = _locked(import_)
        if found.state not in (ImportState.UPLOADED, ImportState.CHECKED):
            return False
        _end(found)
    return True


def forget_imports() -> int:
    """Delete this tenant's files that are not needed any more: imported, refused, discarded, or undecided for a
    fortnight. After a month also what was found in them; that they were imported, by whom and how many rows stays.

    Returns how many files.
    """
    now = timezone.now()
    for found in Import.objects.filter(state=ImportState.CHECKED, created_at__lt=now - UNDECIDED_FOR)[:100]:
        with transaction.atomic():
            locked = _locked(found)
            if locked.state == ImportState.CHECKED:
                _end(locked)
    over = Import.objects.filter(state__in=(ImportState.DONE, ImportState.REFUSED, ImportState.DISCARDED))
    over.filter(ended_at__lt=now - REMEMBERED_FOR).exclude(problems=[], warnings=[], sample=[]).update(
        problems=[], warnings=[], sample=[]
    )
    forgotten = 0
    for found in over.exclude(file="")[:100]:
        found.file.storage.delete(str(found.file.name))
        Import.objects.filter(pk=found.pk).update(file="")
        forgotten += 1
    return forgotten


def _locked(import_: Import) -> Import:
    found: Import = Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
    return found


def _end(found: Import) -> None:
    found.state, found.ended_at = ImportState.DISCARDED, timezone.now()
    found.holder, found.lease_until = None, None
    found.save()
