"""Who is told that a ticket goes stale (T3): whoever has it, then the lead of its department, then the support lead."""

from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.queries.people import active_administrators
from routing.enums import Rung
from routing.leads import Leads, support_leads
from routing.presence import Fits, Presence
from routing.promises import Promises
from routing.queries import agents_of
from routing.working_time import is_open, next_change
from tickets.models import Ticket
from tickets.queries import works_on_as_read


class Ladder:
    """Who is on each rung. Hours, leads, absences and people are asked of the database once for all tickets of a round,
    when they are needed. Never kept longer, so that a change counts from the next round on."""

    def __init__(self) -> None:
        self._promises, self._leads = Promises(), Leads()
        self._presences: dict[date, Presence] = {}
        self._agents: dict[int, list[User]] = {}
        self._known: dict[int, User] = {}

    def people_on(self, rung: Rung, ticket: Ticket, day: date) -> list[User]:
        """Who is told on a rung, as things are on a day. Whoever is away is passed over for their stand-in. A rung on
        which nobody is left goes up to the next one, at last to the tenant's administrators: somebody always knows."""
        presence = self._presences.setdefault(day, Presence(day))
        rungs = list(Rung)
        for place in rungs[rungs.index(rung) :]:
            found = self._on(place, ticket, presence)
            if found:
                return found
        return self._administrators

    def telling_day(self, ticket: Ticket, now: datetime) -> date:
        """The day on which people of the ticket's department read what they are told now: outside their working hours,
        the day on which those begin again."""
        hours = self._promises.hours(None, ticket.department_id)
        read_at = now if is_open(hours, now) else next_change(hours, now) or now
        return read_at.astimezone(ZoneInfo(hours.zone)).date()

    def _on(self, rung: Rung, ticket: Ticket, presence: Presence) -> list[User]:
        fits = self._who_see(ticket)
        if rung == Rung.ASSIGNEE:
            return self._who_have_it(ticket, presence, fits)
        if rung == Rung.LEAD:  # the department's, or the nearest above it who is here or has somebody standing in
            return presence.here_of(self._leads.of(ticket.department_id), fits)[:1]
        return presence.here_of(self._support_leads, fits)

    def _who_have_it(self, ticket: Ticket, presence: Presence, fits: Fits) -> list[User]:
        """The assignee or who stands in for them; where nobody has it, or nobody who is here, its whole department."""
        if ticket.assignee is not None:
            person = presence.instead_of(ticket.assignee, fits)
            if person is not None:
                return [person]
        if ticket.department_id not in self._agents:
            self._agents[ticket.department_id] = agents_of(ticket.department_id)
        return presence.here_of(self._agents[ticket.department_id], fits)

    def _who_see(self, ticket: Ticket) -> Fits:
        # One object for each person, which knows what they see once it was asked.
        return lambda person: works_on_as_read(self._known.setdefault(person.pk, person), ticket)

    @cached_property
    def _support_leads(self) -> list[User]:
        return support_leads()

    @cached_property
    def _administrators(self) -> list[User]:
        return active_administrators()
