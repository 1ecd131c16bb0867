"""What entry and entitlement are told, and what they answer. Plain values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from accounts.enums import AskingChannel, Refusal, WayIn

if TYPE_CHECKING:
    from datetime import date


class Standing(StrEnum):
    """How the portal knows the address."""

    UNKNOWN = "unknown"
    APPLIED = "applied"  # an application of theirs waits
    INVITED = "invited"  # an invitation of theirs is open
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True)
class EntryFacts:
    """`way` is the portal's for people like this one (known domain or stranger)."""

    standing: Standing
    way: WayIn
    organisation_is_known: bool
    is_private: bool
    refuses_private: bool
    contacts_are_named: bool
    places_left: bool


class EntryOutcome(StrEnum):
    ALREADY_IN = "already_in"
    INVITED_ALREADY = "invited_already"
    APPLIED_ALREADY = "applied_already"
    CLOSED = "closed"
    REGISTER = "register"
    APPLY = "apply"
    REFUSE = "refuse"
    NOT_ENTITLED = "not_entitled"


@dataclass(frozen=True)
class EntryDecision:
    """`refusal` only with REFUSE."""

    outcome: EntryOutcome
    refusal: Refusal | None = None


class Obstacle(StrEnum):
    NOT_NAMED = "not_named"
    AGREEMENT_ENDED = "agreement_ended"
    AGREEMENT_LATER = "agreement_later"
    CHANNEL_CLOSED = "channel_closed"


@dataclass(frozen=True)
class AskingFacts:
    """`contacts_are_named` and the agreement's fields are those of the person's organisation; without an organisation
    or an agreement nothing stands in anybody's way."""

    is_staff: bool
    channel: AskingChannel
    contacts_are_named: bool
    is_named_contact: bool
    today: "date"
    agreement_from: "date | None"
    agreement_until: "date | None"
    open_channels: frozenset[AskingChannel]


class NotEntitled(Exception):
    """A person may not ask for help this way (S7). Nothing was filed. `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle


class NoPlaceLeft(Exception):
    """The organisation has as many named contacts as its agreement allows (S1). `limit` of them, `named` now."""

    def __init__(self, limit: int, named: int) -> None:
        super().__init__(limit, named)
        self.limit, self.named = limit, named


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Hindrance(StrEnum):
    """Why somebody cannot be invited, or cannot take the invitation they have."""

    ALREADY_IN = "already_in"  # there is nothing an invitation would change
    ELSEWHERE = "elsewhere"  # they belong to another organisation
    STAFF = "staff"  # they work here
    CLOSED = "closed"
    INVITED = "invited"  # an invitation of theirs is open
    NOT_OWN_DOMAIN = "not_own_domain"  # a contact person invites at the organisation's own mail domains only
    OVER = "over"  # the invitation is used, withdrawn or too old


class CannotInvite(Exception):
    """Nobody was invited or let in. `hindrance` says why."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(hindrance)
        self.hindrance = hindrance
