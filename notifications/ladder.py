"""Who is told that a ticket goes stale (T3): whoever has it, then the lead of its department, then the support lead."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.queries.people import active_administrators
from routing.enums import Rung
from routing.leads import Leads, support_leads
from routing.presence import Presence
from routing.promises import Promises
from routing.queries import agents_of
from routing.working_time import is_open, next_change
from tickets.models import Ticket
from tickets.queries import works_on


def people_on(rung: Rung, ticket: Ticket, day: date) -> list[User]:
    """Who is told on a rung, as things are on a day. Whoever is away is passed over for their stand-in. A rung on which
    nobody is left goes up to the next one, at last to the tenant's administrators: somebody always knows."""
    presence = Presence(day)
    rungs = list(Rung)
    for place in rungs[rungs.index(rung) :]:
        found = _ON_RUNG[place](ticket, presence)
        if found:
            return found
    return active_administrators()


def telling_day(ticket: Ticket, now: datetime, promises: Promises | None = None) -> date:
    """The day on which people of the ticket's department read what they are told now: outside their working hours, the
    day on which those begin again."""
    hours = (promises or Promises()).hours(None, ticket.department_id)
    read_at = now if is_open(hours, now) else next_change(hours, now) or now
    return read_at.astimezone(ZoneInfo(hours.zone)).date()


def _who_has_it(ticket: Ticket, presence: Presence) -> list[User]:
    """The assignee or who stands in for them; where nobody has it, or nobody who is here, its whole department."""
    if ticket.assignee is not None:
        person = presence.instead_of(ticket.assignee, lambda one: works_on(one, ticket))
        if person is not None:
            return [person]
    return presence.here_of(agents_of(ticket.department_id), lambda one: works_on(one, ticket))


def _lead(ticket: Ticket, presence: Presence) -> list[User]:
    """The department's lead, or the nearest above it who is here or has somebody standing in."""
    leads = Leads().of(ticket.department_id)
    return presence.here_of(leads, lambda one: works_on(one, ticket))[:1]


def _support_leads(ticket: Ticket, presence: Presence) -> list[User]:
    return presence.here_of(support_leads(), lambda one: works_on(one, ticket))


_ON_RUNG = {Rung.ASSIGNEE: _who_has_it, Rung.LEAD: _lead, Rung.SUPPORT_LEAD: _support_leads}
