"""Who gets in, and how. Pure: the same facts always give the same decision, and every decision says why."""

from accounts.enums import Refusal, WayIn
from accounts.facts import EntryDecision, EntryFacts, EntryOutcome, Standing

_KNOWN = {
    Standing.ACTIVE: EntryOutcome.ALREADY_IN,
    Standing.INVITED: EntryOutcome.INVITED_ALREADY,
    Standing.APPLIED: EntryOutcome.APPLIED_ALREADY,
    Standing.CLOSED: EntryOutcome.CLOSED,
}


def decide_entry(facts: EntryFacts) -> EntryDecision:
    """What becomes of somebody who wants to come in, in this order:

    whom the portal knows already is told how they stand; a private address is refused where the portal says so (I6);
    where nobody comes in uninvited, people of a customer learn whom to turn to (S7) and others that we do not know
    them; where a customer's places are all taken, an application is refused at once with that reason (I6); the rest
    register or apply.
    """
    if facts.standing in _KNOWN:
        return EntryDecision(_KNOWN[facts.standing])
    if facts.is_private and facts.refuses_private:
        return EntryDecision(EntryOutcome.REFUSE, Refusal.PRIVATE_ADDRESS)
    if facts.way == WayIn.INVITATION:
        if facts.organisation_is_known:
            return EntryDecision(EntryOutcome.NOT_ENTITLED)
        return EntryDecision(EntryOutcome.REFUSE, Refusal.UNKNOWN_ORGANISATION)
    if facts.way == WayIn.APPLICATION:
        if facts.contacts_are_named and not facts.places_left:
            return EntryDecision(EntryOutcome.REFUSE, Refusal.LIMIT_REACHED)
        return EntryDecision(EntryOutcome.APPLY)
    return EntryDecision(EntryOutcome.REGISTER)
