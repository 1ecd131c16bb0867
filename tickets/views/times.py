"""What the page of a ticket on the desk shows of its times."""

from typing import Any

from django.utils import timezone

from routing.promises import Promises
from tickets.clocks_in_words import clock_stories, due_by_priority
from tickets.enums import WITH_THIRD_PARTY
from tickets.forms.desk_time import SnoozeForm, ThirdPartyForm
from tickets.models import Ticket, TicketEvent
from tickets.timing import Timing


def times_shown(found: Ticket, events: list[TicketEvent], promises: Promises) -> dict[str, Any]:
    """Whom the ticket waits for, what is promised and how much of it is left, and why; worked out from its events."""
    timing = Timing(found, promises, timezone.now(), events)
    stories = clock_stories(timing, events)
    return {
        "clocks": stories,
        "level_name": promises.name_of_level(timing.promise.level_id),
        "due_by_priority": due_by_priority(timing) if any(story.due for story in stories) else [],
        "third_party_form": ThirdPartyForm(initial={"whom": found.waits_for}),
        "waits_for_others": found.status in WITH_THIRD_PARTY,
        "snooze_form": snooze_form(found, promises=promises),
    }


def snooze_form(found: Ticket, data: Any = None, promises: Promises | None = None) -> SnoozeForm:
    """Offers mornings on which the ticket's department works."""
    hours = (promises or Promises()).hours_of_level(found.level_id, found.department_id)
    return SnoozeForm(data, hours=hours)
