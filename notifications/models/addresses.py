from datetime import datetime

from django.db import models

from accounts.enums import Language
from accounts.folding import fold_address
from accounts.languages import in_readers_language
from accounts.models import TenantModel
from routing.models import Department
from tickets.enums import Priority
from tickets.models import HelpTopic


class MailAddress(TenantModel):
    """An address of the portal that people write to; it decides what their mail becomes (T9).

    `department` None: where the topic's tickets go. `language`: of mails to strangers who write here; empty means the
    portal's. A retired address takes no tickets: it answers where to turn instead, with `words` if there are any (I14).
    """

    email = models.EmailField(max_length=254)
    key = models.CharField(max_length=254, editable=False)
    topic = models.ForeignKey(HelpTopic, on_delete=models.PROTECT, related_name="mail_addresses")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="receiving_addresses"
    )
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.LOW)
    language = models.CharField(max_length=2, choices=Language.choices, blank=True)
    retired_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)
    words_sv = models.TextField(max_length=2000, blank=True)
    words_en = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["email"]
        # Across all portals: a mail belongs to one of them.
        constraints = [models.UniqueConstraint(fields=["key"], name="mail_address_once")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = fold_address(self.email)
        super().save(*args, **kwargs)

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def words(self) -> str:
        return in_readers_language(self.words_sv, self.words_en)
