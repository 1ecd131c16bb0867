"""From whom a mail is, where an answer to it goes, and where it goes when it cannot be delivered."""

from dataclasses import dataclass

from accounts.folding import fold_address
from accounts.models import Tenant
from notifications.addresses import ascii_address, header_line
from notifications.enums import DESK_KINDS
from notifications.models import Delivery
from notifications.queries import is_address_of_staff
from notifications.rounds import Outgoing
from notifications.tokens import answer_address
from routing.models import Department
from routing.queries import open_successor
from routing.senders import is_of_portals_domain


@dataclass(frozen=True)
class Envelope:
    """`takes_answers`: a mail that answers this one finds its ticket, so the mail may ask for it."""

    sender_name: str
    sender: str
    reply_to: str
    bounces_to: str
    takes_answers: bool


def envelope_of(delivery: Delivery, tenant: Tenant, round_: Outgoing) -> Envelope:
    """Where mail comes in, answers about a ticket and bounces go to an address that names this very mail: the one it is
    from, if that takes mail, else the portal's own. Where none comes in, to the one it is from, as it is: who reads
    there knows no tokens."""
    name, sender = _sender(delivery, tenant)
    keys, portals = round_.receiving_keys, ascii_address(tenant.mail_address)
    if keys is None:
        return Envelope(name, sender, sender, sender, takes_answers=False)
    base = sender if fold_address(sender) in keys else portals
    about_ticket = delivery.ticket is not None
    if not round_.settings.answers_by_token:
        return Envelope(name, sender, base, base, takes_answers=about_ticket)
    answers = answer_address(delivery, base) if about_ticket else base
    return Envelope(name, sender, answers, answer_address(delivery, base, bounces=True), takes_answers=about_ticket)


def speaker_of(delivery: Delivery) -> Department | None:
    """The department a customer's mail about a ticket comes from; for one that has closed, its successor."""
    if delivery.ticket is None or delivery.template in DESK_KINDS:
        return None
    return open_successor(delivery.ticket.department) or delivery.ticket.department


def _sender(delivery: Delivery, tenant: Tenant) -> tuple[str, str]:
    """From whom the mail is: the department as it wants to be known, else the portal. Never from somebody's own
    address (M3), not even when it became one after the department was given it."""
    speaker = speaker_of(delivery)
    name = header_line(speaker.mail_name) if speaker else ""
    address = _fit_address(speaker.mail_address) if speaker else ""
    return name or header_line(tenant.name), address or ascii_address(tenant.mail_address)


def _fit_address(address: str) -> str:
    """The address as mail servers write it; empty where none is, where no server takes it, it is a person's own, or it
    is not (or no more) of the domain the portal sends from."""
    try:
        fits = address and is_of_portals_domain(address) and not is_address_of_staff(address)
        return ascii_address(address) if fits else ""
    except ValueError:
        return ""
