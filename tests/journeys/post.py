"""The mails of a journey: the worker's work is done between two steps, and what it sent is read and followed."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from notifications.actions.draining import drain_everybody
from notifications.actions.telling_service import tell_subscribers
from notifications.models import Delivery, KeptMail
from tickets.actions.answering_together import give_answers


@dataclass(frozen=True)
class Letter:
    """One mail as it left: read from the row, which is byte for byte the file in the mail folder."""

    kind: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def language(self) -> str:
        found = re.search(r'<html[^>]* lang="(\w+)"', self.html)
        return found[1] if found else ""

    def link(self, path: str) -> str:
        """The one address in the text that goes to `path`; the HTML part has it as well."""
        (found,) = set(re.findall(rf"https?://[^\s/]+{path}\S*", self.text))
        assert found in self.html.replace("&amp;", "&"), f"the HTML part lacks {found}"
        return found

    @property
    def ticket_link(self) -> str:
        return self.link("/t/")

    @property
    def desk_link(self) -> str:
        return self.link("/desk/tickets/")

    @property
    def password_link(self) -> str:
        return self.link("/password/")

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        assert part is not None, f"a mail without a {kind} part"
        return part.get_content().replace("\r\n", "\n")


class Post:
    """The post of one portal."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.read: set[int] = set()

    def deliver(self) -> None:
        """Do the worker's work until nothing is left of it."""
        with tenant_scope(self.tenant):
            while tell_subscribers() or give_answers():
                pass
        while drain_everybody():
            pass
        with tenant_scope(self.tenant):
            unsent = list(Delivery.objects.exclude(state="sent").values_list("address", "template", "state"))
        assert unsent == [], "these mails did not get out"

    def take(self) -> dict[tuple[str, str], Letter]:
        """Deliver; then the letters nobody has taken yet, by address and kind."""
        self.deliver()
        with tenant_scope(self.tenant):
            kept = list(
                KeptMail.objects.exclude(delivery__in=self.read).select_related("delivery").order_by("delivery_id")
            )
        self.read |= {mail.delivery_id for mail in kept}
        letters = {}
        for mail in kept:
            raw = bytes(mail.raw)
            assert (settings.MAIL_DIR / mail.file_name).read_bytes() == raw
            message = message_from_bytes(raw, policy=policy.default)
            assert message["To"].addresses[0].addr_spec == mail.delivery.address
            key = (mail.delivery.address, mail.delivery.template)
            assert key not in letters, f"{key} was told twice"
            letters[key] = Letter(mail.delivery.template, message)
        return letters
