from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actions.codes import LIFE as CODE_LIFE
from accounts.models import AccountEvent, Event, TenantModel, TenantQuerySet, User, scoped_manager
from notifications.enums import (
    TO_ANOTHER_ADDRESS,
    TO_BE_LOOKED_AT,
    DeliveryState,
    MailKind,
    Medium,
    Stage,
    Trouble,
)
from tickets.models import Ticket, TicketEvent

WAITING = (DeliveryState.QUEUED, DeliveryState.UNKNOWN)


class DeliveryQuerySet(TenantQuerySet):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """To be sent now: waiting ones, and once those of which it is not known whether they arrived."""
        return self.filter(state__in=WAITING, next_attempt_at__isnull=False, next_attempt_at__lte=now)

    def abandoned(self, now: datetime) -> "DeliveryQuerySet":
        """Being sent by somebody who has not been heard of for longer than any send takes."""
        return self.filter(lease_until__isnull=False, lease_until__lte=now)

    def with_event(self) -> "DeliveryQuerySet":
        return self.select_related("recipient", "ticket_event__ticket", "account_event__user")

    def with_story(self) -> "DeliveryQuerySet":
        """With everything a mail tells of."""
        return self.with_event().select_related(
            "ticket_event__actor",
            "ticket_event__message",
            "ticket_event__ticket__requester",
            "ticket_event__ticket__organisation",
            "ticket_event__ticket__department",
            "ticket_event__ticket__topic",
        )


class Delivery(TenantModel):
    """One outgoing mail to one person about one event. Keeps no text: mails may carry password links.

    `next_attempt_at` is None when nothing is planned; `unheard` counts the sends whose end nobody heard, after the
    first of which the mail is repeated once; `repeats` counts "send again"; `holder` is the lease's key.
    """

    ticket_event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, null=True, related_name="deliveries")
    account_event = models.ForeignKey(AccountEvent, on_delete=models.PROTECT, null=True, related_name="deliveries")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deliveries")
    address = models.CharField(max_length=254)
    channel = models.CharField(max_length=5, choices=Medium.choices, default=Medium.MAIL)
    template = models.CharField(max_length=20, choices=MailKind.choices)
    with_text = models.BooleanField(default=False)  # a guest's own words, sent to an unproven address
    message_id = models.CharField(max_length=320, unique=True)
    state = models.CharField(max_length=7, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    stage = models.CharField(max_length=7, choices=Stage.choices, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    unheard = models.PositiveIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    give_up_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    holder = models.UUIDField(null=True)
    trouble = models.CharField(max_length=12, choices=Trouble.choices, blank=True)
    server_reply = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)  # how a mail provider names it in its reports
    arrived_at = models.DateTimeField(null=True)  # as the provider reports
    bounced_at = models.DateTimeField(null=True)
    objects = scoped_manager(DeliveryQuerySet)  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket_event__isnull=True) ^ Q(account_event__isnull=True),
                name="delivery_has_one_event",
            ),
            models.UniqueConstraint(
                fields=["ticket_event", "recipient", "channel"], name="told_once_about_a_ticket_event"
            ),
            models.UniqueConstraint(
                fields=["account_event", "recipient", "channel"], name="told_once_about_an_account_event"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING, lease_until__isnull=False, stage__in=Stage.values)
                | (~Q(state=DeliveryState.SENDING) & Q(lease_until__isnull=True, stage="")),
                name="a_send_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
                name="sent_mails_have_a_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_attempt_at", "id"],
                condition=Q(next_attempt_at__isnull=False),
                name="delivery_due",
            ),
            models.Index(
                fields=["tenant", "lease_until"], condition=Q(lease_until__isnull=False), name="delivery_leased"
            ),
            models.Index(fields=["tenant", "-created_at", "-id"], name="delivery_list"),
            models.Index(fields=["tenant", "state", "-created_at", "-id"], name="delivery_list_by_state"),
            models.Index(fields=["recipient", "created_at"], condition=Q(with_text=True), name="delivery_echo"),
            models.Index(fields=["tenant", "provider_id"], condition=~Q(provider_id=""), name="delivery_provider"),
            models.Index(fields=["recipient", "template", "created_at"], name="delivery_to_person"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.address}"

    @property
    def event(self) -> Event:
        event = self.ticket_event if self.ticket_event_id else self.account_event
        assert event is not None  # noqa: S101 - the database keeps it so (delivery_has_one_event)
        return event

    @property
    def present_address(self) -> str:
        """Where it goes when it is sent now: to the address the person has now, unless its event says where."""
        return self.address if self.template in TO_ANOTHER_ADDRESS else self.recipient.email

    @property
    def ticket(self) -> Ticket | None:
        return self.ticket_event.ticket if self.ticket_event else None

    @property
    def subject(self) -> str:
        """What the mail is about, for the staff: its kind and the ticket's subject."""
        label = str(MailKind(self.template).label)
        return f"{label} · {self.ticket.subject}" if self.ticket else label

    @property
    def error(self) -> str:
        """Why it is not sent, or not welcome: in the reader's words, then the mail server's own."""
        if not self.trouble or (self.state == DeliveryState.SENT and self.trouble != Trouble.COMPLAINED):
            return ""
        return " ".join(filter(None, (str(Trouble(self.trouble).label), self.server_reply)))

    @property
    def is_outlived(self) -> bool:
        """Whether it holds a code that has run out."""
        return self.template == MailKind.CODE and timezone.now() - self.event.created_at > CODE_LIFE

    @property
    def can_be_sent_again(self) -> bool:
        """What did not get out; and mails about accounts also when they did, because filters keep them (I7)."""
        stuck = self.state in TO_BE_LOOKED_AT or (
            self.state == DeliveryState.SENT and self.account_event_id is not None
        )
        return stuck and not self.is_outlived
