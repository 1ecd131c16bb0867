"""Whose ticket a mail is about, and as whom its sender speaks there. Nobody writes on a ticket who may not: what a mail
says of itself (From, subject, References) proves nothing; that its sender had one of our mails does."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.folding import fold_address
from accounts.models import User
from notifications.enums import DESK_KINDS
from notifications.judging import Whose
from notifications.mail.cleaning import numbers_in
from notifications.mail.parsed import ParsedMail
from notifications.models import Delivery, IncomingMail
from notifications.tokens import delivery_answered, thread_named, was_taken_back
from tickets.models import Ticket, TicketLink
from tickets.queries import takes_part, where_it_leads, works_on

_LOOKED_AT = 100  # addresses, and Message-IDs, of one mail


@dataclass(frozen=True)
class ClaimFacts:
    """`by_token`: it names a mail of ours that nobody else can name; `to_desk`: that one was a mail to the desk,
    `to_colleague`: went to an agent, as whatever; `is_recipient`: its sender's address is that mail's recipient's.
    `recipient_may`: who got that mail may still write on the ticket. `names_ticket`: it only bears the ticket's
    number or thread. `sender_takes_part` in the ticket; `is_colleague`: the sender's address is an agent's."""

    by_token: bool = False
    to_desk: bool = False
    to_colleague: bool = False
    is_recipient: bool = False
    recipient_may: bool = False
    names_ticket: bool = False
    sender_takes_part: bool = False
    is_colleague: bool = False


def decide(facts: ClaimFacts) -> Whose:
    """Pure. A token speaks for whoever holds it, like the link in the same mail, unless it is a colleague's: that one
    speaks only with its owner's address. A bare number or thread counts only for who takes part, and for an agent's
    address never."""
    if facts.by_token and (facts.to_desk or facts.to_colleague):
        if not (facts.is_recipient and facts.recipient_may):
            return Whose.STRANGER
        return Whose.STAFF if facts.to_desk else Whose.SENDER
    if facts.by_token and facts.recipient_may:
        return Whose.SENDER if facts.sender_takes_part and not facts.is_colleague else Whose.RECIPIENT
    if facts.by_token or facts.names_ticket:
        return Whose.SENDER if facts.sender_takes_part and not facts.is_colleague else Whose.STRANGER
    return Whose.NONE


@dataclass(frozen=True)
class Claim:
    """`ticket` also for a stranger; `author`: whose reply it is; `written_by`: the address it came from where that is
    not the author's. `delivery`: the mail of ours that it answers."""

    whose: Whose = Whose.NONE
    ticket: Ticket | None = None
    author: User | None = None
    written_by: str = ""
    delivery: Delivery | None = None


def claim_of(mail: IncomingMail, parsed: ParsedMail, sender: User | None) -> Claim:
    """Whose ticket a mail is about. `sender` is who has its sender's address, if anybody."""
    delivery = delivery_named(mail, parsed)
    first = delivery.ticket if delivery is not None else _ticket_named(parsed)
    if first is None:
        return Claim(delivery=delivery)
    ticket = where_it_leads(first)
    takes = sender is not None and takes_part(sender, ticket)
    colleague = sender is not None and sender.is_agent
    if delivery is None:
        facts = ClaimFacts(names_ticket=True, sender_takes_part=takes, is_colleague=colleague)
        return Claim(decide(facts), ticket, sender)
    recipient = delivery.recipient
    facts = ClaimFacts(
        by_token=True,
        to_desk=delivery.template in DESK_KINDS,
        to_colleague=recipient.is_agent,
        is_recipient=sender is not None and sender.pk == recipient.pk,
        recipient_may=_may_write(delivery, first, ticket),
        sender_takes_part=takes,
        is_colleague=colleague,
    )
    whose = decide(facts)
    if whose == Whose.RECIPIENT:
        return Claim(whose, ticket, recipient, parsed.sender, delivery)
    return Claim(whose, ticket, sender, delivery=delivery)


def delivery_named(mail: IncomingMail, parsed: ParsedMail) -> Delivery | None:
    """The mail of ours that a mail answers: by the token in an address it was sent to, else by what it refers to.
    Neither can be made up, and neither counts once staff have made the ticket's links void."""
    for address in dict.fromkeys((mail.recipient, *parsed.recipients[:_LOOKED_AT])):
        found = delivery_answered(address)
        if found is not None and found.ticket is not None:
            return found
    named = [parsed.in_reply_to, *reversed(parsed.references[-_LOOKED_AT:])]
    ids = [one for one in dict.fromkeys(named) if one and len(one) <= 320]
    found_by_id = {row.message_id: row for row in _about_tickets(ids)} if ids else {}
    answered = next((found_by_id[one] for one in ids if one in found_by_id), None)
    return None if answered is None or was_taken_back(answered) else answered


def _about_tickets(ids: list[str]):  # type: ignore[no-untyped-def]
    return Delivery.objects.with_story().filter(message_id__in=ids, ticket_event__isnull=False)


def _ticket_named(parsed: ParsedMail) -> Ticket | None:
    """The ticket whose thread a mail is in, or whose number is in its subject. Anybody can write either."""
    for one in (parsed.in_reply_to, *reversed(parsed.references[-_LOOKED_AT:])):
        thread = thread_named(one)
        found = Ticket.objects.filter(pk=thread).first() if thread else None
        if found is not None:
            return found
    numbers = numbers_in(parsed.subject)
    return Ticket.objects.filter(number__in=numbers[:5]).order_by("-pk").first() if numbers else None


def _may_write(delivery: Delivery, first: Ticket, ticket: Ticket) -> bool:
    """Whether who got that mail may still write on the ticket: as an agent who sees it, or as somebody who takes part
    and whose link in that mail still opens it."""
    person = delivery.recipient
    if delivery.template in DESK_KINDS:
        return works_on(person, ticket)
    if fold_address(delivery.address) != person.email_key or not takes_part(person, ticket):
        return False
    links = TicketLink.objects.filter(ticket=first, user=person, revoked_at=None, address_key=person.email_key)
    return links.filter(expires_at__gt=timezone.now()).exists()
