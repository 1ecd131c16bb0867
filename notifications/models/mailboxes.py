from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from notifications.enums import AfterFetch, MailboxSignIn, MailSecurity
from notifications.models.addresses import MailAddress


class Mailbox(TenantModel):
    """A mailbox that is read over IMAP. What was fetched is known by `uidvalidity` and `last_uid`, never by flags.

    `secret` is sealed (`accounts.sealing`): the password, or for OAuth the refresh token; `client_secret` too.
    `address` says what a mail is for that names none of the portal's addresses. Mails up to `careful_to` are asked
    for one by one, because the connection broke at one of them. Mails up to `catch_up_to` lay there when the
    mailbox was connected, or when it began to number its mails anew: they are asked when they came, and whether
    they are here already. `failing_since` is None while it can be read; `told_at`: when people were last told of
    its trouble, None once it is over. `holder` and `lease_until`: who reads it now.
    """

    name = models.CharField(max_length=80)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=MailSecurity.choices, default=MailSecurity.TLS)
    sign_in = models.CharField(max_length=8, choices=MailboxSignIn.choices, default=MailboxSignIn.PASSWORD)
    username = models.CharField(max_length=254)
    secret = models.TextField(blank=True)
    token_url = models.URLField(max_length=500, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    client_secret = models.TextField(blank=True)
    folder = models.CharField(max_length=200, default="INBOX")
    address = models.ForeignKey(MailAddress, on_delete=models.PROTECT, null=True, blank=True, related_name="mailboxes")
    after_fetch = models.CharField(max_length=5, choices=AfterFetch.choices, default=AfterFetch.READ)
    move_to = models.CharField(max_length=200, blank=True)
    fetches_old = models.BooleanField(default=False)  # also what lay there before it was connected
    quiet_hours = models.PositiveIntegerField(default=0)  # so long without a mail is unusual; 0: nothing is
    is_active = models.BooleanField(default=True)
    uidvalidity = models.PositiveBigIntegerField(null=True)
    last_uid = models.PositiveBigIntegerField(default=0)
    catch_up_to = models.PositiveBigIntegerField(default=0)
    careful_to = models.PositiveBigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    last_mail_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    holder = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(holder__isnull=True, lease_until__isnull=True)
                | Q(holder__isnull=False, lease_until__isnull=False),
                name="a_mailbox_is_held_until_a_moment",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MissedMail(TenantModel):
    """A mail up to the mailbox's `last_uid` that could not be fetched yet; the others were not held up by it."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="missed_mails")
    uid = models.PositiveBigIntegerField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "uid"], name="missed_once_per_mailbox")]
        indexes = [models.Index(fields=["mailbox", "next_attempt_at", "uid"], name="missed_due")]

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.uid}"
