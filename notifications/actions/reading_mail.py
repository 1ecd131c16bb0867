"""Read the mails that wait, and let each become what it is: a ticket, a reply, or a row that says why not.

A mail is taken by a lease. It is read outside any transaction; then one transaction does what follows and settles the
ledger's row, so that a worker who dies leaves nothing or everything. A mail during which workers die rests longer each
time and shows as failed: it holds no other up.
"""

import logging
import time
import zlib
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.facts import NotEntitled
from notifications.actions.bouncing import mark_bounced
from notifications.actions.taking import Taken, keep_files, take_as_new, take_as_reply
from notifications.actions.turning_away import tell_not_let_in, tell_retired
from notifications.enums import MailReason, MailState
from notifications.facts import LeaseLost
from notifications.incoming import Incoming
from notifications.judging import Judgement, Whose, judge
from notifications.mail.cleaning import fit_line
from notifications.mail.parsed import ParsedMail
from notifications.mail.parsing import parse
from notifications.mail_facts import FactsOf
from notifications.mail_locking import MailLease, claim_mail
from notifications.models import IncomingMail

MAILS_A_ROUND = 20
SECONDS_A_ROUND = 30.0
_DETAIL = 500
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


def read_due(keep_going: KeepGoing) -> bool:
    """Read the mails that are due, a bounded round of them, in the scope's tenant. Returns whether more could be read
    at once. Raises database errors only."""
    due = IncomingMail.objects.filter(next_attempt_at__lte=timezone.now()).select_related("mailbox__address__topic")
    found = list(due.order_by("next_attempt_at", "pk")[:MAILS_A_ROUND])
    end, incoming = time.monotonic() + SECONDS_A_ROUND, Incoming(found)
    for mail in found:
        if not keep_going() or time.monotonic() > end:
            return True
        read_mail(mail, incoming)
    return len(found) == MAILS_A_ROUND


def read_mail(mail: IncomingMail, incoming: Incoming | None = None) -> bool:
    """Read one mail and do what follows, exactly once, however many workers try. Returns whether it was done here.
    `incoming`: what it shares with the others of its round.

    Whatever goes wrong with it is written down at its row, and it is tried again later. Raises database errors only.
    """
    lease = claim_mail(mail)
    if lease is None:
        return False
    incoming = incoming or Incoming()
    try:
        parsed = parse(zlib.decompress(incoming.content_of(mail)))
        _decide(mail, parsed, lease, incoming)
    except (OperationalError, InterfaceError):
        raise
    except LeaseLost:
        log.info("Incoming mail %s was taken over by somebody else", mail.pk)
        return False
    except Exception as trouble:
        log.exception("Incoming mail %s could not be read", mail.pk)
        lease.fail(detail=type(trouble).__name__)
        return False
    return True


def _decide(mail: IncomingMail, parsed: ParsedMail, lease: MailLease, incoming: Incoming) -> None:
    """Judge, and do it. Where somebody's right to it ended between the two, it is judged once more."""
    for is_last in (False, True):
        facts = FactsOf(mail, parsed, incoming)
        judgement = judge(facts)
        if judgement.reason is None:
            keep_files(mail, parsed)
        try:
            with transaction.atomic():
                lease.settle(**_common(facts), **_carry_out(facts, judgement))
        except (PermissionError, NotEntitled):
            if is_last:
                raise
        else:
            log.debug("Incoming mail %s: %s %s", mail.pk, judgement.state, judgement.reason or "")
            return


def _common(facts: FactsOf) -> dict[str, Any]:
    """What the ledger's row says of any mail."""
    return facts.said | {"address": facts.address, "detail": fit_line(" ".join(facts.parsed.troubles), _DETAIL)}


def _carry_out(facts: FactsOf, judgement: Judgement) -> dict[str, Any]:
    """Do what was judged; returns what the ledger's row says of it."""
    if judgement.state == MailState.NEW_TICKET:
        return _taken(_open(facts, judgement), MailState.NEW_TICKET)
    if judgement.state == MailState.REPLY:
        return _taken(_reply(facts), MailState.REPLY) | {"delivery": facts.claim.delivery}
    put_aside = {"state": judgement.state, "reason": judgement.reason}
    if judgement.reason == MailReason.REPORT:
        return put_aside | _mark_reported(facts)
    return put_aside | _about(facts) | _turned_away(facts, judgement)


def _open(facts: FactsOf, judgement: Judgement) -> Taken:
    return take_as_new(
        mail=facts.mail,
        parsed=facts.parsed,
        address=facts.address,
        requester=facts.person if not judgement.forwarded and facts.is_in else None,
        forwarded=judgement.forwarded,
        is_vouched_for=facts.is_accepted,
        rules=facts.incoming.rules,
    )


def _reply(facts: FactsOf) -> Taken:
    claim = facts.claim
    if claim.ticket is None:
        raise ValueError("A reply has its ticket")
    return take_as_reply(
        mail=facts.mail,
        parsed=facts.parsed,
        ticket=claim.ticket,
        author=claim.author,
        as_staff=claim.whose == Whose.STAFF,
        written_by=claim.written_by,
    )


def _taken(taken: Taken, state: MailState) -> dict[str, Any]:
    """A copy of a mail that another worker has just taken is refused like any other copy."""
    if taken.is_new:
        return {"state": state, "reason": "", **taken.changes}
    return {"state": MailState.REFUSED, "reason": MailReason.DUPLICATE, **taken.changes}


def _about(facts: FactsOf) -> dict[str, Any]:
    """Whom and which ticket a mail put aside is about, as far as that is known. A colleague's bare address says
    nothing of who wrote it."""
    claim = facts.claim
    known = facts.person if not facts.is_colleague or facts.is_proven else None
    return {"user": known, "ticket": claim.ticket, "delivery": claim.delivery}


def _turned_away(facts: FactsOf, judgement: Judgement) -> dict[str, Any]:
    mail, address = facts.mail, facts.address
    if judgement.reason == MailReason.RETIRED and address is not None:
        person, is_new = tell_retired(sender=mail.sender, name=mail.sender_name, address=address, mail_id=mail.mail_id)
        return {"user": person} | ({} if is_new else {"reason": MailReason.RETIRED_AGAIN})
    if judgement.reason == MailReason.NOT_LET_IN:
        language = address.language if address else ""
        person, is_new = tell_not_let_in(
            sender=mail.sender, name=mail.sender_name, language=language, mail_id=mail.mail_id
        )
        return {"user": person} | ({} if is_new else {"reason": MailReason.NOT_LET_IN_AGAIN})
    return {}


def _mark_reported(facts: FactsOf) -> dict[str, Any]:
    """Mark the very mail that a report says will never arrive. Each of ours has one recipient."""
    delivery = facts.delivery_reported
    if delivery is None:
        return {"delivery": None, "ticket": None, "user": None}
    final = next((report for report in facts.parsed.reports if report.is_final), None)
    if final is not None:
        mark_bounced(actor=None, delivery=delivery, words=fit_line(final.words or final.status, 500))
    return {"delivery": delivery, "ticket": delivery.ticket, "user": delivery.recipient}
