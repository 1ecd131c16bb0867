"""How a mail names whoever did something, and when."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Tenant, User
from notifications.addresses import header_line


def name_of(actor: User | None, tenant: Tenant, *, desk: bool) -> str:
    """Who did it. Customers learn nobody's mail address."""
    if actor is None or (actor.is_agent and not actor.name and not desk):
        return tenant.name
    return header_line(str(actor) if desk else actor.public_name)


def moment_in_words(moment: datetime) -> str:
    """A date and time as people write it: 21 nov 2026 10.31 in Swedish, 21 Nov 2026 10:31 in English."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
