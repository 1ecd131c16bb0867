"""A row is the seam: what happened is written with the change itself; what follows is derived from it by a worker."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models.people import User
from accounts.models.tenancy import TenantModel, TenantQuerySet, scoped_manager


class AppendOnly(TypeError):
    """Somebody tried to rewrite history."""


class EventQuerySet(TenantQuerySet):
    def update(self, **kwargs: Any) -> int:
        if set(kwargs) != {"fanned_out_at"}:
            raise AppendOnly("Events are never changed; only the worker's mark is set")
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise AppendOnly("Events are never deleted")

    def pending(self) -> "EventQuerySet":
        """Events whose followers (mails) are to be derived now, in the order they happened."""
        due = models.Q(due_at__isnull=True) | models.Q(due_at__lte=timezone.now())
        return self.filter(due, fanned_out_at__isnull=True).order_by("pk")


class Event(TenantModel):
    """Append-only. `actor` is None when the machine acted; `fanned_out_at` is the worker's mark and not history. Nobody
    is told before `due_at` (None: at once)."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    fanned_out_at = models.DateTimeField(null=True, editable=False)
    objects: ClassVar[Any] = scoped_manager(EventQuerySet)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("Events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Events are never deleted")


class AccountEvent(Event):
    """Something that happened to a person's account."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_events")
    kind = models.CharField(max_length=30, choices=AccountEventKind.choices)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "id"], condition=models.Q(fanned_out_at=None), name="account_event_pending")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"
