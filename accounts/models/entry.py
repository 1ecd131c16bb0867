"""How people get in: what strangers asked for, applications, invitations."""

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import ApplicationState, EntryRequestKind, Refusal, Role
from accounts.facts import InvitationState
from accounts.models.events import AppendOnly, Event, EventQuerySet
from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.models.tenancy import TenantModel, TenantQuerySet, scoped_manager


def new_public_id() -> str:
    return secrets.token_urlsafe(12)


class EntryRequestQuerySet(EventQuerySet):
    """What came of a request stands with the person; what was typed is no history, so it may go once it is settled."""

    _forget = TenantQuerySet.delete

    def delete(self) -> Any:
        if self.filter(fanned_out_at=None).exists():
            raise AppendOnly("A request that waits is never deleted")
        return self._forget()


class EntryRequest(Event):
    """Somebody not signed in typed an address. The same row for a known and an unknown one, so that neither the page
    nor its time tells them apart; the worker settles it (`accounts/actions/settling.py`) and answers by mail.

    `data` holds what was typed (name, phone, organisation, reason, language) and nothing that was found out.
    """

    kind = models.CharField(max_length=10, choices=EntryRequestKind.choices)
    address = models.EmailField(max_length=254)
    objects: ClassVar[Any] = scoped_manager(EntryRequestQuerySet)

    class Meta:
        indexes = [models.Index(fields=["tenant", "id"], condition=Q(fanned_out_at=None), name="entry_request_pending")]

    def __str__(self) -> str:
        return f"{self.kind} {self.address}"


class Application(TenantModel):
    """Somebody asks to be let in; staff decide. One waiting application a person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="applications")
    organisation_name = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ApplicationState.choices, default=ApplicationState.WAITING)
    refusal = models.CharField(max_length=20, choices=Refusal.choices, blank=True)
    explanation = models.TextField(blank=True)  # words of the staff's own, which the applicant reads
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: by a rule
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="waiting"), name="one_waiting_application"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="decided_applications_have_a_date",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "created_at", "id"], name="application_list")]

    def __str__(self) -> str:
        return f"{self.user} · {self.state}"


class Invitation(TenantModel):
    """A place kept for one person: whoever reads the mail at their address may take it, once."""

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=15, choices=Role.choices, default=Role.CUSTOMER)
    is_named_contact = models.BooleanField(default=False)
    is_contact_person = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(blank=True)  # of the one who invites
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation",
            )
        ]
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="invitation_list")]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    @property
    def state(self) -> InvitationState:
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if self.expires_at > timezone.now() else InvitationState.EXPIRED
