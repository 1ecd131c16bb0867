"""The ledger: every mail that ever reached us, and what became of it."""

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel, User
from notifications.enums import MailReason, MailSource, MailState
from notifications.models.addresses import MailAddress
from notifications.models.deliveries import Delivery
from notifications.models.mailboxes import Mailbox
from tickets.models import Message, Ticket


class IncomingMail(TenantModel):
    """One mail that reached us. The row and its raw bytes (`RawMail`) are committed before anything reads them.

    `source_key` names the mail at its source, so that fetching it again stores it no second time. `recipient` is the
    envelope's, where the source tells it; `address` the portal's address it turned out to be for. What it says of
    itself (`sender` bare, empty where it is not certain; `subject`, `sent_at`; `mail_id`, its Message-ID) is filled in
    when it is read. `authentication` is what our own mail server found ({"spf": "pass", "dkim": …, "dmarc": …}).
    `user`: whom it is from, as far as the portal knows them. `delivery`: the mail of ours that it answers or reports
    on. `detail` adds to `reason`. `decided_by`: the colleague who decided what becomes of it, if one did.
    """

    source = models.CharField(max_length=7, choices=MailSource.choices)
    source_key = models.CharField(max_length=200)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, null=True, related_name="mails")
    recipient = models.CharField(max_length=320, blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the raw bytes
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    reason = models.CharField(max_length=18, choices=MailReason.choices, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    address = models.ForeignKey(MailAddress, on_delete=models.SET_NULL, null=True, related_name="mails")
    sender = models.CharField(max_length=254, blank=True)
    sender_key = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    search_key = models.CharField(max_length=1000, blank=True)  # sender, name and subject, folded
    mail_id = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)
    authentication = models.JSONField(default=dict)
    is_automatic = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="incoming_mails")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="incoming_mails")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="incoming_mails")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="answers")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    holder = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    first: "IncomingMail | None" = None  # set for pages by `notifications.ledger.add_firsts`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "source_key"], name="stored_once_per_source"),
            models.CheckConstraint(
                condition=(Q(state__in=[MailState.HELD, MailState.REFUSED, MailState.FAILED]) & ~Q(reason=""))
                | (Q(state__in=[MailState.WAITING, MailState.NEW_TICKET, MailState.REPLY]) & Q(reason="")),
                name="a_mail_put_aside_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MailState.NEW_TICKET, MailState.REPLY]) | Q(ticket__isnull=False),
                name="a_mail_taken_has_its_ticket",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_attempt_at", "id"],
                condition=Q(next_attempt_at__isnull=False),
                name="incoming_due",
            ),
            models.Index(fields=["tenant", "-received_at", "-id"], name="incoming_list"),
            models.Index(fields=["tenant", "state", "-received_at", "-id"], name="incoming_list_by_state"),
            models.Index(fields=["tenant", "sender_key", "-received_at"], name="incoming_sender"),
            models.Index(fields=["tenant", "mail_id"], name="incoming_mail_id"),
            models.Index(fields=["ticket", "id"], name="incoming_ticket"),
            models.Index(fields=["message"], name="incoming_message"),
        ]

    def __str__(self) -> str:
        return f"{self.sender or '?'}: {self.subject}"


class RawMail(TenantModel):
    """A mail's bytes as they came, compressed (zlib). Apart from the ledger's row, so that lists stay light."""

    mail = models.OneToOneField(IncomingMail, on_delete=models.CASCADE, related_name="raw")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.mail_id)
