"""What incoming mails are judged by that is the same for all of them."""

from functools import cached_property

from notifications.models import MailAddress, MailSettings
from notifications.queries import mail_settings
from tickets.filing_rules import FilingRules


class Incoming:
    """What the mails of one round share: asked once for all of them, when the first one needs it. Never kept longer,
    so that a change in the settings counts from the next round on."""

    def __init__(self) -> None:
        self.rules = FilingRules()

    @cached_property
    def settings(self) -> MailSettings:
        return mail_settings()

    @cached_property
    def addresses(self) -> dict[str, MailAddress]:
        """All the portal's addresses, by their key."""
        return {row.key: row for row in MailAddress.objects.select_related("topic", "department")}
