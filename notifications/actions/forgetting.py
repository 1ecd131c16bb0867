from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from notifications.models import KeptMail

KEPT_FOR = timedelta(days=30)


def forget_kept_mails() -> int:
    """Delete this tenant's kept mails, rows and files, after 30 days; that they were sent stays known.

    Returns how many.
    """
    old = KeptMail.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).defer("raw")[:500]
    for kept in old:
        (settings.MAIL_DIR / kept.file_name).unlink(missing_ok=True)
        kept.delete()
    return len(old)
