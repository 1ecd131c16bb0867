"""Who may ask for help. Pure."""

from accounts.facts import AskingFacts, Obstacle


def obstacle_to_asking(facts: AskingFacts) -> Obstacle | None:
    """What stands in the way of somebody who wants to ask, or None. The time of the agreement goes before its terms,
    being a named contact (S1) before the channel (S2). Staff may always file."""
    if facts.is_staff:
        return None
    if facts.agreement_until is not None and facts.today > facts.agreement_until:
        return Obstacle.AGREEMENT_ENDED
    if facts.agreement_from is not None and facts.today < facts.agreement_from:
        return Obstacle.AGREEMENT_LATER
    if facts.contacts_are_named and not facts.is_named_contact:
        return Obstacle.NOT_NAMED
    if facts.channel not in facts.open_channels:
        return Obstacle.CHANNEL_CLOSED
    return None
