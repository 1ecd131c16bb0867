"""What somebody is told who may not ask for help, or not yet: why, and whom to turn to (S7)."""

from dataclasses import dataclass, field
from enum import StrEnum

from accounts.enums import AskingChannel, WayIn
from accounts.facts import Obstacle, Standing
from accounts.folding import fold_address
from accounts.models import Organisation, User
from accounts.queries.domains import is_private_address, organisation_at
from accounts.queries.entitlement import (
    Helper,
    administrators_for,
    obstacle_for,
    provider_contacts_by_kind,
    standing_of,
)
from accounts.queries.portals import portals_today
from accounts.scoping import current_tenant


class Situation(StrEnum):
    MAY_ASK = "may_ask"
    CLOSED = "closed"  # their account
    AGREEMENT_ENDED = "agreement_ended"
    AGREEMENT_LATER = "agreement_later"
    NOT_NAMED = "not_named"
    CHANNEL_CLOSED = "channel_closed"
    PRIVATE_ADDRESS = "private_address"
    MAY_REGISTER = "may_register"
    MAY_APPLY = "may_apply"
    UNINVITED = "uninvited"  # we do not know them, and nobody comes in uninvited


@dataclass(frozen=True)
class Advice:
    """`administrators` and `contacts_here` are those of `organisation`, which is the person's own or the one their
    address's domain belongs to; without it there are none. Meant for that person alone, or for their mailbox."""

    situation: Situation
    organisation: Organisation | None = None
    administrators: list[Helper] = field(default_factory=list)
    contacts_here: list[Helper] = field(default_factory=list)


_OBSTACLES = {
    Obstacle.NOT_NAMED: Situation.NOT_NAMED,
    Obstacle.AGREEMENT_ENDED: Situation.AGREEMENT_ENDED,
    Obstacle.AGREEMENT_LATER: Situation.AGREEMENT_LATER,
    Obstacle.CHANNEL_CLOSED: Situation.CHANNEL_CLOSED,
}


def advice_for(person: User, channel: AskingChannel = AskingChannel.WEB) -> Advice:
    """What to tell this person, as things are now. The caller has proven that it is them, or mails it to them."""
    if standing_of(person) == Standing.CLOSED:
        return Advice(Situation.CLOSED)
    organisation = person.organisation or organisation_at(person.email)
    situation = _of_those_in(person, channel) if person.is_active else _of_those_outside(person, organisation)
    if organisation is None:
        return Advice(situation)
    others = [helper for helper in administrators_for(organisation) if fold_address(helper.email) != person.email_key]
    return Advice(situation, organisation, others, list(provider_contacts_by_kind(organisation).values()))


def _of_those_in(person: User, channel: AskingChannel) -> Situation:
    obstacle = obstacle_for(person, channel)
    return _OBSTACLES[obstacle] if obstacle else Situation.MAY_ASK


def _of_those_outside(person: User, organisation: Organisation | None) -> Situation:
    tenant, today = current_tenant(), portals_today()
    if tenant.refuses_private_addresses and is_private_address(person.email):
        return Situation.PRIVATE_ADDRESS
    if organisation is None:
        return _by_way(tenant.strangers, Situation.UNINVITED)
    if not organisation.agreement_holds(today):
        has_ended = organisation.agreement_until is not None and today > organisation.agreement_until
        return Situation.AGREEMENT_ENDED if has_ended else Situation.AGREEMENT_LATER
    if organisation.named_contact_limit is not None:
        return Situation.NOT_NAMED
    return _by_way(tenant.known_domains, Situation.NOT_NAMED)


def _by_way(way: str, uninvited: Situation) -> Situation:
    ways = {WayIn.OPEN: Situation.MAY_REGISTER, WayIn.APPLICATION: Situation.MAY_APPLY}
    return ways.get(WayIn(way), uninvited)
