from django.db import models

from accounts.models import TenantModel, User
from notifications.enums import MailKind, MailSecurity


class MailSettings(TenantModel):
    """How the portal's mail goes out and comes in. One row a tenant; without it, these defaults hold.

    With `smtp_host` the portal's mails leave by that server, else by the installation's. `answers_by_token`: replies go
    to support+token@…, so that they find their ticket whatever the mail program does; switched off for mail servers
    that know no "+". `authserv_id`: under which name our own mail server writes Authentication-Results; others' count
    for nothing. `mails_an_hour`: from one sender, before they are held as a loop; `acknowledgements_an_hour`: to one
    address.
    """

    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=MailSecurity.choices, default=MailSecurity.STARTTLS)
    smtp_username = models.CharField(max_length=254, blank=True)
    smtp_secret = models.TextField(blank=True)  # sealed
    answers_by_token = models.BooleanField(default=True)
    authserv_id = models.CharField(max_length=253, blank=True)
    dkim_selectors = models.CharField(max_length=200, blank=True)  # where the advice looks, apart by commas
    mails_an_hour = models.PositiveIntegerField(default=30)
    acknowledgements_an_hour = models.PositiveIntegerField(default=5)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_mail_settings_per_tenant")]

    def __str__(self) -> str:
        return self.smtp_host or "-"


class MailWording(TenantModel):
    """A portal's own words for a kind of mail, in one language, in the safe template language (Liquid). Without a row
    the original words are used."""

    kind = models.CharField(max_length=20, choices=MailKind.choices)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    text = models.TextField(max_length=20_000)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "language"], name="wording_once_per_kind_and_language")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
