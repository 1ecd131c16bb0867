"""What the mails that are read in one round share."""

from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from accounts.queries.domains import organisations_domains
from notifications.models import IncomingMail, MailAddress, MailSettings, RawMail, SenderRule
from notifications.queries import mail_settings, verdict_among
from tickets.filing_rules import FilingRules

_DOMAINS_KEPT = 5_000
_FETCHED_AT_ONCE = 4 * 1024 * 1024  # bytes of mails: memory stays flat, however large they are


class Incoming:
    """What the mails of one round share: asked once for all of them, when the first one needs it. Never kept longer,
    so that a change in the settings counts from the next round on."""

    def __init__(self, mails: Iterable[IncomingMail] = ()) -> None:
        self.mails = list(mails)
        self.rules = FilingRules()

    @cached_property
    def settings(self) -> MailSettings:
        return mail_settings()

    @cached_property
    def addresses(self) -> dict[str, MailAddress]:
        """All the portal's addresses, by their key."""
        return {row.key: row for row in MailAddress.objects.select_related("topic", "department")}

    @cached_property
    def domains(self) -> frozenset[str] | None:
        """The domains of the portal's organisations, unless they are very many."""
        return organisations_domains(_DOMAINS_KEPT)

    def verdict_on(self, sender_key: str) -> str:
        """What staff decided about a sender, empty for nothing."""
        return verdict_among(self._verdicts, sender_key)

    @cached_property
    def _verdicts(self) -> dict[str, str]:
        return dict(SenderRule.objects.values_list("key", "verdict"))

    def content_of(self, mail: IncomingMail) -> bytes:
        """A mail's bytes as they are stored. Those of small mails are fetched together, and each given once."""
        kept = self._contents.pop(mail.pk, None)
        return RawMail.objects.values_list("content", flat=True).get(mail=mail) if kept is None else kept

    @cached_property
    def _contents(self) -> dict[int, bytes]:
        sums = zip(self.mails, accumulate(mail.size for mail in self.mails), strict=True)
        small = [mail.pk for mail, so_far in sums if so_far <= _FETCHED_AT_ONCE]
        return dict(RawMail.objects.filter(mail__in=small).values_list("mail_id", "content"))
