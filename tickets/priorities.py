"""With which priority a ticket begins, and what the portal has said about priorities."""

from typing import Literal

from tickets.enums import Channel, Priority, PriorityUse
from tickets.models import PriorityDefinition, PrioritySettings

# Who decided: an agent, the address a mail was sent to, the channel (A3), the customer, the topic, or the portal's
# default.
Why = Literal["agent", "address", "channel", "customer", "topic", "default"]


def starting_priority(
    settings: PrioritySettings,
    *,
    channel: Channel | str,
    topic: str = "",
    chosen: str | None = None,
    by_agent: bool = False,
    address: str = "",
) -> tuple[Priority, Why]:
    """The priority a ticket begins with, and who decided it. Pure.

    `topic` is the topic's own priority, empty for none; `address` that of the address a mail was sent to. `chosen` is
    what was asked for, None for nothing; an agent's word (`by_agent`) goes before everything else, a customer's counts
    only where the portal lets customers choose and the channel fixes nothing. What is none of the four priorities is
    passed over.
    """
    ways: tuple[tuple[str | None, Why], ...] = (
        (chosen if by_agent else None, "agent"),
        (address, "address"),
        (settings.by_channel.get(str(channel)), "channel"),
        (chosen if settings.use == PriorityUse.CHOSEN and not by_agent else None, "customer"),
        (topic, "topic"),
        (settings.default, "default"),
    )
    for value, why in ways:
        if value in Priority.values:
            return Priority(value), why
    return Priority.MEDIUM, "default"


def priority_settings() -> PrioritySettings:
    """What the portal has decided about priorities; the defaults, not saved, where it has decided nothing."""
    found: PrioritySettings | None = PrioritySettings.objects.first()
    return found or PrioritySettings()


def priority_definitions() -> list[PriorityDefinition]:
    """The four priorities from low to urgent, each as the portal defines it; without words where it does not."""
    found = {row.priority: row for row in PriorityDefinition.objects.all()}
    return [found.get(priority.value) or PriorityDefinition(priority=priority) for priority in Priority]


def customers_see_priority() -> bool:
    """Whether customers see their tickets' priority (I12)."""
    return bool(priority_settings().use != PriorityUse.HIDDEN)
