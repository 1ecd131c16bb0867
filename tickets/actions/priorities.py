"""What the portal's administrators say about priorities."""

from collections.abc import Mapping

from accounts.models import User
from accounts.rules import require_administrator
from tickets.enums import Priority, PriorityUse
from tickets.models import PriorityDefinition, PrioritySettings


def define_priority(
    *, actor: User | None, priority: Priority, definitions: tuple[str, str], examples: tuple[str, str] = ("", "")
) -> PriorityDefinition:
    """Say what a priority means on this portal, with an example; both as (Swedish, English). For administrators (None:
    an operator's command). Tickets keep the priority they have."""
    require_administrator(actor)
    words = {
        "definition_sv": definitions[0],
        "definition_en": definitions[1],
        "example_sv": examples[0],
        "example_en": examples[1],
    }
    found, _made = PriorityDefinition.objects.update_or_create(priority=priority, defaults=words)
    defined: PriorityDefinition = found
    return defined


def set_priority_settings(
    *, actor: User | None, use: PriorityUse, default: Priority, by_channel: Mapping[str, str]
) -> PrioritySettings:
    """Set what customers have to do with priorities (I12), and with which one new tickets begin: `by_channel` fixes it
    for a channel (A3), `default` is for what nothing else decides. For administrators (None: an operator's command).

    Hidden, customers see neither their tickets' priority nor earlier revisions of it; open tickets keep theirs.
    """
    require_administrator(actor)
    fixed = {str(channel): str(priority) for channel, priority in by_channel.items() if priority}
    found, _made = PrioritySettings.objects.update_or_create(
        defaults={"use": use, "default": default, "by_channel": fixed}
    )
    settings: PrioritySettings = found
    return settings
