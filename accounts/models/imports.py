"""Files of people or organisations that an administrator brings in."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import ImportKind, ImportState
from accounts.models.people import User
from accounts.models.tenancy import TenantModel, TenantQuerySet, scoped_manager


def stored_name(instance: Any, filename: str) -> str:
    """Where the file lies: under a random name; nothing of the sender's name reaches the disk."""
    return f"imports/{instance.tenant_id}/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class ImportQuerySet(TenantQuerySet):
    def waiting(self, now: Any) -> "ImportQuerySet":
        """Those a worker can take up: it is their turn, and whoever had them has let go or died."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        return self.filter(free, state__in=(ImportState.UPLOADED, ImportState.ORDERED))


class Import(TenantModel):
    """One file, what was found in it, and what became of it. Doubles as the record of who imported what.

    `problems` and `warnings` hold the first thousand, each as row, column, code and values
    (`accounts/problems_in_words.py` says them); the totals are exact. `sample` shows letters by which a reader sees
    whether the encoding was recognised rightly. `holder` and `lease_until`: who works on it.
    """

    kind = models.CharField(max_length=13, choices=ImportKind.choices)
    state = models.CharField(max_length=9, choices=ImportState.choices, default=ImportState.UPLOADED)
    file = models.FileField(upload_to=stored_name, max_length=200, blank=True)
    name = models.CharField(max_length=150)
    encoding = models.CharField(max_length=12, blank=True)
    separator = models.CharField(max_length=1, blank=True)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    trouble = models.CharField(max_length=20, blank=True)
    trouble_values = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_wrong = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    problems_total = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    warnings_total = models.PositiveIntegerField(default=0)
    leaves_out_wrong = models.BooleanField(default=False)
    sends_invitations = models.BooleanField(default=False)
    was_overtaken = models.BooleanField(default=False)  # what the check found was no longer so when it was written
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    holder = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    objects: ClassVar[Any] = scoped_manager(ImportQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="import_list"),
            models.Index(fields=["id"], condition=Q(state__in=("uploaded", "ordered")), name="import_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def is_at_work(self) -> bool:
        return self.state in (ImportState.UPLOADED, ImportState.ORDERED)

    @property
    def rows_to_write(self) -> int:
        return self.rows_new + self.rows_changed
