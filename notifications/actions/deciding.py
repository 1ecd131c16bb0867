"""What staff decide about mails that nothing else decided, and about all mails of a sender."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.folding import fold_address, fold_domain
from accounts.models import User
from accounts.poking import poke_worker
from accounts.rules import require_staff
from accounts.scoping import current_tenant
from notifications.actions.taking import NoSender, Taken, keep_files, take_as_new, take_as_reply
from notifications.enums import MailReason, MailState, Verdict
from notifications.ledger import TO_DECIDE, raw_bytes
from notifications.mail.parsed import ParsedMail
from notifications.mail.parsing import parse
from notifications.models import IncomingMail, MailAddress, SenderRule
from notifications.queries import is_address_of_staff
from routing.models import Department
from tickets.models import HelpTopic, Ticket
from tickets.queries import works_on

log = logging.getLogger(__name__)


class NotJudgeable(Exception):
    """A sender nobody judges: what is no address, a colleague's address, or one of the portal's own. What bears these
    is told apart by proof, and to block them would lose what colleagues answer by mail."""


def accept_as_new(
    *, actor: User, mail: IncomingMail, forwarded: bool = False, sender: str = "", topic: HelpTopic | None = None
) -> Ticket | None:
    """Make a ticket of a mail that was held, refused or could not be read; the colleague answers for it, so that
    neither the sender's entry rules nor any proof is asked for.

    `forwarded`: it becomes the ticket of the customer whose mail it passes on. `sender`: whose it becomes where the
    mail does not say for certain; `topic` where it came to none of the portal's addresses. Where it names a
    ticket that the colleague sees, the new one is linked to that. The sender is confirmed to like everybody else who
    files a ticket. Returns None, and does nothing, when it was decided before or is being read. Raises NoSender where
    nobody says whose it is, ValueError where a topic is needed, PermissionError unless the actor works on the desk.
    """
    require_staff(actor)

    def take(locked: IncomingMail, parsed: ParsedMail) -> Taken:
        about = locked.ticket
        return take_as_new(
            mail=locked,
            parsed=parsed,
            address=locked.address,
            topic=topic,
            actor=actor,
            forwarded=forwarded and parsed.forwarded is not None,
            follows=about if about is not None and works_on(actor, about) else None,
        )

    return _accept(actor, mail, sender, MailState.NEW_TICKET, take)


def accept_to(*, actor: User, mail: IncomingMail, ticket: Ticket, sender: str = "") -> Ticket | None:
    """Add a mail to a ticket as its sender's reply, whoever they are: the colleague answers for it (T7: it reopens a
    closed one). Its sender is not put on the ticket.

    `sender`: who wrote it where the mail does not say for certain. Returns None, and does nothing, when it was decided
    before or is being read. Raises NoSender, and PermissionError unless the actor sees the ticket on the desk.
    """
    require_staff(actor)
    if not works_on(actor, ticket):
        raise PermissionError("Only who sees a ticket adds a mail to it")

    def take(locked: IncomingMail, parsed: ParsedMail) -> Taken:
        return take_as_reply(mail=locked, parsed=parsed, ticket=ticket, actor=actor)

    return _accept(actor, mail, sender, MailState.REPLY, take)


def discard(*, actor: User, mail: IncomingMail) -> bool:
    """Decide that a mail needs no answer: it stays in the ledger as refused, and nothing follows.

    `read_again` undoes it. Returns False, and does nothing, when somebody decided before, or it is being read. Raises
    PermissionError unless the actor works on the desk.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = _lock_mail(mail)
        if locked.state not in TO_DECIDE or locked.reason == MailReason.DISCARDED:
            return False
        _settle(locked, actor, state=MailState.REFUSED, reason=MailReason.DISCARDED, detail="", next_attempt_at=None)
    log.info("Person %s discarded incoming mail %s", actor.pk, mail.pk)
    return True


def read_again(*, actor: User, mail: IncomingMail) -> bool:
    """Have a mail read and decided anew by the rules as they are now, as if it had just come; undoes `discard`.

    Its ticket follows when a worker has read it. Returns False, and does nothing, when it became part of a ticket or
    waits to be read already. Raises PermissionError unless the actor works on the desk.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = _lock_mail(mail)
        if locked.state not in TO_DECIDE:
            return False
        anew: dict[str, Any] = {"state": MailState.WAITING, "reason": "", "detail": "", "attempts": 0}
        IncomingMail.objects.filter(pk=locked.pk).update(
            **anew,
            next_attempt_at=timezone.now(),
            holder=None,
            lease_until=None,
            processed_at=None,
            decided_by=None,
            decided_at=None,
        )
        poke_worker()
    log.info("Person %s has incoming mail %s read again", actor.pk, mail.pk)
    return True


def judge_sender(*, actor: User, key: str, verdict: Verdict) -> SenderRule:
    """Decide about all mails of a sender from now on: a mail address, or "@" and a domain, which administrators judge.

    To accept is no proof of who sent a mail; to block refuses what they send, without a word to them. What has come
    already stays as it is. Judged before, the new verdict replaces the old one. Raises NotJudgeable, and
    PermissionError unless the actor works on the desk (for a domain: is an administrator).
    """
    require_staff(actor)
    folded = _judged(key)
    if folded.startswith("@") and not actor.is_administrator:
        raise PermissionError("Only administrators judge a whole domain")
    with transaction.atomic():
        rule, is_new = SenderRule.objects.select_for_update().get_or_create(
            key=folded, defaults={"verdict": verdict, "created_by": actor}
        )
        if not is_new and rule.verdict != verdict:
            rule.verdict, rule.created_by = verdict, actor
            rule.save(update_fields=["verdict", "created_by"])
    log.info("Person %s judged a sender: %s (rule %s)", actor.pk, verdict, rule.pk)
    judged: SenderRule = rule
    return judged


def forget_judgement(*, actor: User, rule: SenderRule) -> None:
    """Let a sender's mails be decided like everybody else's again. Raises PermissionError unless the actor works on the
    desk (for a domain: is an administrator)."""
    require_staff(actor)
    if rule.key.startswith("@") and not actor.is_administrator:
        raise PermissionError("Only administrators judge a whole domain")
    SenderRule.objects.filter(pk=rule.pk).delete()
    log.info("Person %s took back the judgement of a sender (rule %s)", actor.pk, rule.pk)


def _accept(
    actor: User, mail: IncomingMail, sender: str, state: MailState, take: Callable[[IncomingMail, ParsedMail], Taken]
) -> Ticket | None:
    parsed = parse(raw_bytes(mail))  # before anything is locked: it may take its time
    if not parsed.sender:
        parsed = replace(parsed, sender=fold_address(sender))
    if not parsed.sender:
        raise NoSender
    keep_files(mail, parsed)
    with transaction.atomic():
        locked = _lock_mail(mail)
        if locked.state not in TO_DECIDE:
            return None
        taken = take(locked, parsed)
        _settle(locked, actor, state=state, reason="", detail="", next_attempt_at=None, **taken.changes)
    log.info("Person %s accepted incoming mail %s to ticket %s", actor.pk, mail.pk, taken.ticket.number)
    return taken.ticket


def _lock_mail(mail: IncomingMail) -> IncomingMail:
    """The mail's row as it is now, held until the transaction ends."""
    locked: IncomingMail = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    return locked


def _settle(mail: IncomingMail, actor: User, **changes: Any) -> None:
    """Write down what a colleague decided; a worker that was reading the mail finds it taken out of its hands."""
    now = timezone.now()
    IncomingMail.objects.filter(pk=mail.pk).update(
        **{"processed_at": now, **changes}, decided_by=actor, decided_at=now, holder=None, lease_until=None
    )


def _judged(key: str) -> str:
    """The key of a sender that may be judged."""
    local, at, domain = key.strip().rpartition("@")
    host = fold_domain(domain)
    if not at or not host or (local and (not local.isprintable() or " " in local)):
        raise NotJudgeable
    folded = fold_address(f"{local}@{host}")
    if len(folded) > 254 or _is_ours(folded):
        raise NotJudgeable
    return folded


def _is_ours(folded: str) -> bool:
    """Whether a colleague or the portal itself writes as this, so that no mail's From may decide about it."""
    ours = {current_tenant().mail_address, *Department.objects.values_list("mail_address", flat=True)}
    keys = {fold_address(address) for address in ours} | set(MailAddress.objects.values_list("key", flat=True))
    if not folded.startswith("@"):
        return folded in keys or is_address_of_staff(folded)
    colleagues = User.objects.exclude(role=Role.CUSTOMER).filter(email_key__endswith=folded)
    return any(key.endswith(folded) for key in keys) or colleagues.exists()
