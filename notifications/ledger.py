"""The ledger of incoming mail: who sees which of its rows, and how they are searched and counted."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.folding import clean_line, fold_address, fold_text
from accounts.models import User
from notifications.enums import MailReason, MailState
from notifications.models import IncomingMail, MailAddress, RawMail, SenderRule
from routing.models import DepartmentMember
from routing.queries import sight_of
from tickets.models import Ticket
from tickets.queries import desk_tickets

# What a colleague decides about; what became part of a ticket stays there.
UNDECIDED = (MailState.HELD, MailState.FAILED)
TO_DECIDE = (*UNDECIDED, MailState.REFUSED)
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """What a list of mails is asked for. `since` and `until` are days, both of them among those asked for."""

    words: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


def incoming_seen_by(agent: User) -> QuerySet[IncomingMail]:
    """The incoming mails a member of staff sees: those about a ticket they see on the desk, and those about none that
    came to an address of a department they see. Who sees all departments sees all mails, also those that came to none
    of the portal's addresses."""
    mails: QuerySet[IncomingMail] = IncomingMail.objects.all()
    departments = sight_of(agent).department_ids
    if departments is None:
        return mails
    if not agent.is_agent:
        return mails.none()
    # Asked of each mail: the few that wait are counted on every page, and tickets are many.
    of_tickets = Exists(desk_tickets(agent).order_by().filter(pk=OuterRef("ticket")))
    return mails.filter(of_tickets | Q(ticket=None, address__in=addresses_of(departments).values("pk")))


def addresses_of(departments: set[int]) -> QuerySet[MailAddress]:
    """The receiving addresses whose mails go to these departments, by themselves or by their topic."""
    own = Q(department__in=departments)
    addresses: QuerySet[MailAddress] = MailAddress.objects.filter(
        own | Q(department=None, topic__department__in=departments)
    )
    return addresses.order_by("email")


def addresses_seen_by(agent: User) -> QuerySet[MailAddress]:
    """The receiving addresses whose mails an agent sees."""
    departments = sight_of(agent).department_ids
    return addresses_of(departments) if departments is not None else MailAddress.objects.order_by("email")


def with_names(mails: QuerySet[IncomingMail]) -> QuerySet[IncomingMail]:
    """With everything one mail's line or page says."""
    return mails.select_related(
        "ticket", "address", "mailbox", "user", "decided_by", "delivery__ticket_event__ticket", "message"
    )


def matching_incoming(mails: QuerySet[IncomingMail], asked: Asked) -> QuerySet[IncomingMail]:
    """Mails of the days asked for whose sender, subject or Message-ID match what was searched for, or that belong to
    the ticket with that number."""
    if asked.since is not None:
        mails = mails.filter(received_at__gte=_midnight(asked.since))
    if asked.until is not None and asked.until < date.max:
        mails = mails.filter(received_at__lt=_midnight(asked.until + timedelta(days=1)))
    text = clean_line(asked.words)[:500]
    digits = text.lstrip("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        of_ticket = Q(ticket__number=int(digits)) | Q(search_key__contains=digits)
        return mails.filter(of_ticket | Q(mail_id__contains=digits))
    name = text.removeprefix("<").removesuffix(">")
    if "@" in name and " " not in name:
        return mails.filter(_about_address(name))
    for word in fold_text(text).split()[:8]:
        mails = mails.filter(Q(search_key__contains=word) | Q(recipient__icontains=word))
    return mails


def _about_address(name: str) -> Q:
    """An address with its "@": a sender's, one that was written to, or a Message-ID, which looks like one."""
    return (
        Q(sender_key=fold_address(name))
        | Q(mail_id__in=(name, f"<{name}>"))
        | Q(search_key__contains=fold_text(name))
        | Q(recipient__iexact=name)
    )


def counts_of_incoming(mails: QuerySet[IncomingMail]) -> dict[str, int]:
    """How many mails are in which state, in one query."""
    rows = mails.order_by().values("state").annotate(number=Count("pk")).values_list("state", "number")
    return defaultdict(int, rows)


def waiting_for_decision(agent: User) -> int:
    """How many held mails this agent sees; those that failed are tried again by themselves."""
    return incoming_seen_by(agent).filter(state=MailState.HELD).order_by().count()


def is_told_of_waiting(agent: User) -> bool:
    """Whether the desk tells this agent of mails that wait: the leads of departments, and who sees all of them."""
    if agent.sees_all_departments:
        return True
    return agent.is_agent and DepartmentMember.objects.filter(user=agent, is_lead=True).exists()


def incoming_of_ticket(ticket: Ticket) -> list[IncomingMail]:
    """Every mail that became part of a ticket, or is held because of it; oldest first."""
    of_it = Q(message__isnull=False) | Q(state__in=UNDECIDED)
    mails = IncomingMail.objects.filter(of_it, ticket=ticket).select_related("user")
    return list(mails.order_by("received_at", "pk"))


def add_firsts(mails: Iterable[IncomingMail], agent: User) -> None:
    """Give each mail that had come already its `first`: the one that was read, if this agent sees it. One query, and
    only where there are such mails."""
    again = [mail for mail in mails if mail.reason == MailReason.DUPLICATE]
    if not again:
        return
    same = incoming_seen_by(agent).filter(mail_id__in={mail.mail_id for mail in again}).select_related("ticket")
    firsts = {_same(mail): mail for mail in same.exclude(reason=MailReason.DUPLICATE).order_by("-pk")}
    for mail in again:
        mail.first = firsts.get(_same(mail))


def _same(mail: IncomingMail) -> tuple[Any, ...]:
    """What the copies of one mail share (`notifications.mail_facts`)."""
    return mail.mail_id, mail.sender_key, mail.subject, mail.sent_at


def rule_about(sender_key: str) -> SenderRule | None:
    """What staff decided about a sender: about this address, or else about its whole domain. None: nothing."""
    if not sender_key:
        return None
    domain = f"@{sender_key.rpartition('@')[2]}"
    found = {rule.key: rule for rule in SenderRule.objects.filter(key__in=(sender_key, domain))}
    return found.get(sender_key) or found.get(domain)


def raw_bytes(mail: IncomingMail) -> bytes:
    """A mail as it came."""
    return b"".join(raw_pieces(mail))


def raw_pieces(mail: IncomingMail) -> Iterator[bytes]:
    """A mail as it came, piece by piece; nothing where its bytes are not kept any more. Fetched at once: what is
    streamed is read when the scope has been left."""
    kept = RawMail.objects.filter(mail=mail).first()
    return _unpacked(bytes(kept.content)) if kept is not None else iter(())


def _unpacked(packed: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    while packed and not unpacker.eof:
        yield unpacker.decompress(packed, _CHUNK)
        packed = unpacker.unconsumed_tail
    yield unpacker.flush()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
