"""What is to be known about a mail to judge it, asked of the rows only as far as the judgement asks (`judging`)."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from accounts.folding import fold_address, fold_text
from accounts.models import User
from accounts.queries.guests import is_let_in_by_mail
from accounts.queries.people import person_at
from accounts.scoping import current_tenant
from notifications.brakes import is_looping
from notifications.enums import MailReason, MailSource, MailState, Verdict
from notifications.incoming import Incoming
from notifications.judging import Addressed, Whose
from notifications.mail.cleaning import fit, fit_line, is_fit_address
from notifications.mail.limits import MAIL_BYTES
from notifications.mail.parsed import Machine, ParsedMail
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.tokens import delivery_answered, is_for_bounces, is_like_ours, without_token
from notifications.whose import Claim, claim_of

_LOOKED_AT = 200


class FactsOf:
    """The facts about one mail (`judging.MailFacts`). Fills in what the ledger's row says the mail says of itself."""

    def __init__(self, mail: IncomingMail, parsed: ParsedMail, incoming: Incoming) -> None:
        self.mail, self.parsed, self.incoming = mail, parsed, incoming
        for name, value in self.said.items():
            setattr(mail, name, value)

    @cached_property
    def said(self) -> dict[str, Any]:
        """What the mail says of itself, as the ledger's row keeps it."""
        parsed = self.parsed
        sender = _fitting_address(parsed.sender)
        name, subject = fit_line(parsed.sender_name, 200), fit_line(parsed.subject, 500)
        return {
            "sender": sender,
            "sender_key": fold_address(sender) if sender else "",
            "sender_name": name,
            "subject": subject,
            "search_key": fold_text(f"{sender} {name} {subject}")[:1000],
            "mail_id": fit_line(parsed.message_id, 500),
            "sent_at": _moment(parsed.sent_at),
            "is_automatic": parsed.is_automatic,
            "authentication": self._results,
        }

    @property
    def is_too_much(self) -> bool:
        return self.parsed.is_too_much or self.mail.size > MAIL_BYTES

    @property
    def is_ours(self) -> bool:
        mail_id, key = self.mail.mail_id, self.mail.sender_key
        if is_like_ours(mail_id) and Delivery.objects.filter(message_id=mail_id[:320]).exists():
            return True
        own = bool(key) and key == fold_address(current_tenant().mail_address)
        return own or key in self.incoming.addresses

    @property
    def machine(self) -> Machine | None:
        if self.parsed.is_bounce:
            return Machine.REPORT
        return None if self._came_through_our_group else self.parsed.machine

    @property
    def _came_through_our_group(self) -> bool:
        """Whether it looks like a list's only because the portal's own address is a group (as support@ often is)."""
        group = self.parsed.list_address if self.parsed.machine == Machine.BULK else ""
        return bool(group) and fold_address(fit(group)[:254]) in self.incoming.addresses

    @cached_property
    def _verdict(self) -> str:
        return self.incoming.verdict_on(self.mail.sender_key)

    @property
    def is_blocked(self) -> bool:
        return self._verdict == Verdict.BLOCK

    @property
    def is_accepted(self) -> bool:
        return self._verdict == Verdict.ACCEPT

    @property
    def answers(self) -> bool:
        return bool(self.parsed.in_reply_to or self.parsed.references) or self.claim.delivery is not None

    @property
    def is_to_bounces(self) -> bool:
        return any(is_for_bounces(one) for one in (self.mail.recipient, *self.parsed.recipients[:_LOOKED_AT]))

    @cached_property
    def is_known(self) -> bool:
        """Whether the same mail was read before. Machines that give all their mails one Message-ID mean each of them:
        it is the same only with the same subject and date."""
        mail = self.mail
        if not (mail.mail_id and mail.sender_key):
            return False
        same = IncomingMail.objects.filter(mail_id=mail.mail_id, sender_key=mail.sender_key)
        same = same.filter(subject=mail.subject, sent_at=mail.sent_at).exclude(pk=mail.pk)
        unsettled = (MailState.WAITING, MailState.FAILED)
        return bool(same.exclude(state__in=unsettled).exclude(reason=MailReason.DUPLICATE).exists())

    @property
    def has_sender(self) -> bool:
        return bool(self.mail.sender)

    @cached_property
    def is_looping(self) -> bool:
        ticket = self.claim.ticket if self.whose != Whose.NONE else None
        return is_looping(self.mail, ticket, is_accepted=self.is_accepted, settings=self.incoming.settings)

    @cached_property
    def person(self) -> User | None:
        """Who has the sender's address. That proves nothing."""
        return person_at(self.mail.sender) if self.mail.sender else None

    @property
    def is_in(self) -> bool:
        return self.person is not None and self.person.is_active

    @cached_property
    def claim(self) -> Claim:
        return claim_of(self.mail, self.parsed, self.person)

    @cached_property
    def delivery_reported(self) -> Delivery | None:
        """The mail of ours that a report is about: to whose envelope's sender it came, else whose Message-ID it names.
        Neither can be made up."""
        named = (delivery_answered(one) for one in (self.mail.recipient, *self.parsed.recipients[:_LOOKED_AT]))
        found = next((delivery for delivery in named if delivery is not None), None)
        ids = [report.message_id[:320] for report in self.parsed.reports if report.message_id]
        return found or (Delivery.objects.with_story().filter(message_id__in=ids).first() if ids else None)

    @property
    def is_unknown_report(self) -> bool:
        reports = self.parsed.reports
        is_final = any(report.is_final for report in reports) or not reports
        return self.parsed.is_bounce and is_final and self.delivery_reported is None

    @property
    def whose(self) -> Whose:
        return self.claim.whose

    @property
    def has_words(self) -> bool:
        return bool(self.parsed.new_text.strip() or self.parsed.attachments)

    @property
    def is_colleague(self) -> bool:
        return self.person is not None and self.person.is_agent and self.person.is_active

    @property
    def is_proven(self) -> bool:
        """Whether our own mail server found that the mail came from its sender's domain (RFC 8601)."""
        found = self._results
        aligned = found.get("dkim") == "pass" and found.get("dkim_domain") == _domain(self.mail.sender_key)
        return bool(found) and (found.get("dmarc") == "pass" or aligned)

    @property
    def is_forged(self) -> bool:
        """Whether our own mail server says that it came from elsewhere, and nothing but the sender's address speaks for
        the reply: a bare number or thread; or a colleague's token, which goes along when they answer with a copy.
        Where that server is known, a colleague's mails must be proven."""
        if self.whose == Whose.STAFF:
            return bool(self.incoming.settings.authserv_id) and not self.is_proven
        by_token = self.claim.delivery is not None
        return self.whose == Whose.SENDER and not by_token and self._results.get("dmarc") == "fail"

    @cached_property
    def _results(self) -> dict[str, str]:
        """What our own mail server wrote into the mail; the topmost such header, as anybody can write more below. A
        file somebody uploads proves nothing: our mail server had no say in it."""
        if self.mail.source == MailSource.UPLOAD or not self.parsed.authentication:
            return {}
        own = self.incoming.settings.authserv_id.casefold()
        found = next((one for one in self.parsed.authentication if own and one.by.casefold() == own), None)
        if found is None:
            return {}
        values = {"by": found.by, "spf": found.spf, "dkim": found.dkim, "dmarc": found.dmarc}
        values |= {"dkim_domain": found.dkim_domain.casefold(), "spf_domain": found.spf_domain}
        return {name: fit_line(value, 253) for name, value in values.items() if value}

    @property
    def is_forward(self) -> bool:
        """Whether it holds a mail passed on, whose writer can be read and is no colleague."""
        forwarded = self.parsed.forwarded
        if forwarded is None or not _fitting_address(forwarded.sender):
            return False
        writer = person_at(forwarded.sender)
        return writer is None or not writer.is_agent

    @property
    def _keys(self) -> list[str]:
        """Whom it says it is for, the surest first, as addresses are compared."""
        said = dict.fromkeys((self.mail.recipient, *self.parsed.recipients[:_LOOKED_AT]))
        return list(dict.fromkeys(key for one in said if one for key in _spellings(one)))

    @cached_property
    def address(self) -> MailAddress | None:
        """The portal's address it came to: a receiving one before a retired one, the surest first; else its
        mailbox's."""
        known = self.incoming.addresses
        found = [known[key] for key in self._keys if key in known]
        mailbox = self.mail.mailbox
        if not found and mailbox is not None:
            return mailbox.address
        return next((row for row in found if not row.is_retired), None) or next(iter(found), None)

    @property
    def addressed(self) -> Addressed:
        if self.address is None:
            return Addressed.NONE
        return Addressed.RETIRED if self.address.is_retired else Addressed.RECEIVING

    @cached_property
    def is_let_in(self) -> bool:
        return is_let_in_by_mail(self.mail.sender, self.person, self.incoming.domains)


def _fitting_address(address: str) -> str:
    plain = address.strip()
    return plain if is_fit_address(plain) else ""


def _spellings(address: str) -> list[str]:
    """An address's key, without our token, and without what follows a "+", which mail servers leave in (RFC 5233)."""
    bare = without_token(fit(address).strip())
    local, at, domain = bare.rpartition("@")
    return [fold_address(one) for one in (bare, f"{local.partition('+')[0]}{at}{domain}")] if at else []


def _moment(said: datetime | None) -> datetime | None:
    """A date as the rows take it; none where the mail's makes no sense."""
    if said is None:
        return None
    aware = said if said.tzinfo is not None else said.replace(tzinfo=UTC)
    try:
        moment = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if 1970 <= moment.year < 3000 else None


def _domain(key: str) -> str:
    return key.rpartition("@")[2]
