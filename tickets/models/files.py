import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import TenantModel
from tickets.models.messages import Message


def stored_name(instance: Any, filename: str) -> str:
    """Where a file lies: by tenant and month under a random name; nothing of the sender's name reaches the disk."""
    return f"tickets/{instance.tenant_id}/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class StoredFile(TenantModel):
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=40, blank=True)  # of pictures browsers may show; else empty
    size = models.PositiveBigIntegerField()
    file = models.FileField(upload_to=stored_name, max_length=200)
    field_key = models.SlugField(max_length=40, blank=True)  # of the question it answers, if it answers one
    content_id = models.CharField(max_length=200, blank=True)  # by which a mail's HTML shows it in place
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return bool(self.content_type)


class Upload(StoredFile):
    """A file kept while its form still has errors; becomes an attachment, or is swept away after a day."""

    form_key = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "form_key"], name="upload_form"),
            models.Index(fields=["created_at"], name="upload_old"),
        ]

    @property
    def key(self) -> str:
        """How its form names it; means nothing without the form's own key."""
        return str(self.pk)


class Attachment(StoredFile):
    """A file on a message. Reached only through its ticket, by those who may see the message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        ordering = ["pk"]
