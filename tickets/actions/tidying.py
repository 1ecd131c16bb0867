from datetime import timedelta

from django.utils import timezone

from tickets.actions.attaching import forget_upload
from tickets.models import Upload

KEPT_FOR = timedelta(days=1)


def sweep_uploads() -> int:
    """Delete this tenant's files of forms that were never sent within a day. Returns how many."""
    swept = 0
    for upload in Upload.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).order_by("pk")[:500]:
        forget_upload(upload)
        swept += 1
    return swept
