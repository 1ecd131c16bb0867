"""What is said to somebody not signed in who wants to ask under an address: the same for known and unknown ones."""

from enum import StrEnum

from accounts.entering import decide_entry
from accounts.enums import AskingChannel, Refusal
from accounts.facts import EntryOutcome, Obstacle
from accounts.models import Organisation, User
from accounts.queries.domains import organisation_at
from accounts.queries.entitlement import entry_facts, entry_facts_of, obstacle_for
from accounts.queries.people import person_at
from accounts.queries.portals import portals_today


class GuestAnswer(StrEnum):
    WELCOME = "welcome"
    PRIVATE_ADDRESS = "private_address"
    SIGN_IN = "sign_in"


def answer_to_guest(address: str) -> GuestAnswer:
    """Whether a guest may ask under this address.

    Decided from the address's domain as for somebody nobody knows, so that the answer tells nothing about a person:
    where people of such an address do not come in at once, or where their organisation's agreement says who may ask,
    they sign in. So does, under any address, whoever was put into such an organisation by hand.
    """
    decision = decide_entry(entry_facts(address, None))
    person = person_at(address)
    by_hand = person.organisation if person else None
    if decision.refusal == Refusal.PRIVATE_ADDRESS:
        return GuestAnswer.PRIVATE_ADDRESS
    if decision.outcome != EntryOutcome.REGISTER or asks_signed_in(organisation_at(address)) or asks_signed_in(by_hand):
        return GuestAnswer.SIGN_IN
    return GuestAnswer.WELCOME


def asks_signed_in(organisation: Organisation | None) -> bool:
    """Whether not everybody of this organisation may ask, so that we must know who does."""
    if organisation is None:
        return False
    agreement = organisation.agreement
    return (
        organisation.named_contact_limit is not None
        or not organisation.agreement_holds(portals_today())
        or (agreement is not None and not agreement.allows_web)
    )


def obstacle_by_phone(address: str) -> Obstacle | None:
    """What would stand in the way of whoever has this address, if they had to ask by themselves; for staff who write
    down what they are told on the phone. Somebody nobody knows yet counts as one of their domain's organisation."""
    person = person_at(address) or User(email=address, organisation=organisation_at(address))
    return obstacle_for(person, AskingChannel.PHONE)


def is_let_in_by_mail(address: str, person: User | None, domains: frozenset[str] | None = None) -> bool:
    """Whether a mail from this address (`person`'s, if anybody has it) may become a ticket: by the portal's entry rules
    for whoever it does not know, and by what their organisation's agreement says. Somebody of no organisation counts as
    one of their domain's, as on the phone: where not everybody may ask, we must know who does. `domains` as
    `organisation_at` takes them."""
    is_in = person is not None and person.is_active
    asking = person or User(email=address)
    if is_in and asking.organisation is not None:
        return obstacle_for(asking, AskingChannel.MAIL) is None
    there = organisation_at(address, domains)
    if not is_in:
        outcome = decide_entry(entry_facts_of(address, person, there)).outcome
        if outcome not in (EntryOutcome.ALREADY_IN, EntryOutcome.REGISTER):
            return False
    if asking.organisation is None:
        asking = User(email=address, organisation=there, role=asking.role)
    return obstacle_for(asking, AskingChannel.MAIL) is None
