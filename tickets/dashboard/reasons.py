"""Why a ticket is on a list of what goes stale, in words. They say of one ticket what the views of the queue ask."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.enums import WaitingOn
from tickets.models import Ticket
from tickets.queue_views import OFTEN, end_of_today


def reasons(ticket: Ticket, now: datetime) -> list[str]:
    """What matters most first. Empty for a ticket that goes its way."""
    if ticket.waiting_on == WaitingOn.NOBODY:
        return []
    ours = ticket.waiting_on == WaitingOn.US
    put_off = ticket.snoozed_until
    asleep = put_off is not None and put_off > now
    found = [_of_the_promise(ticket, now)] if ours else []
    if ours and ticket.nudged_at is not None:
        found.append(_("the customer asks for news"))
    if put_off is not None and not asleep:
        found.append(_("put off until a day that has passed"))
    if ours and not asleep and ticket.assignee_id is None:
        found.append(_("untouched") if ticket.first_answered_at is None else _("nobody has it"))
    if ticket.times_reopened >= OFTEN and not asleep:
        found.append(ngettext("reopened %d time", "reopened %d times", ticket.times_reopened) % ticket.times_reopened)
    if ours and not asleep and not any(found):
        found.append(_of_the_wait((now - ticket.waiting_since).days))
    return [words for words in found if words]


def _of_the_promise(ticket: Ticket, now: datetime) -> str:
    if ticket.due_at is None:
        return ""
    if ticket.due_at <= now:
        return _("over the promised time")
    if ticket.due_at < end_of_today():
        return _("due today at %s") % date_format(localtime(ticket.due_at), "TIME_FORMAT")
    return ""


def _of_the_wait(days: int) -> str:
    words = ngettext("waits for us for over %d day", "waits for us for over %d days", days)
    return words % days if days else ""
