"""How a customer came to a ticket. Every page and action of theirs begins with one of these."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.kept_text import typed_words
from accounts.models import User
from accounts.queries.colleagues import colleagues_of
from accounts.requests import PortalRequest
from tickets.as_known import AsKnown
from tickets.enums import Channel
from tickets.forms.colleagues import ColleagueForm
from tickets.links import link_of_token
from tickets.models import Attachment, Ticket
from tickets.queries import customer_tickets, participants_of, participating, with_read_until


@dataclass(frozen=True)
class Way:
    """How a reader came to a ticket: signed in, or by the link of a mail. It decides who they are and every address."""

    ticket: Ticket
    person: User
    token: str = ""

    @property
    def channel(self) -> Channel:
        return Channel.LINK if self.token else Channel.PORTAL

    @property
    def is_requester(self) -> bool:
        return self.ticket.requester_id == self.person.pk

    @cached_property
    def people(self) -> list[User]:
        """Who takes part in the ticket, the requester first."""
        return participants_of(self.ticket)

    @property
    def takes_part(self) -> bool:
        return any(person.pk == self.person.pk for person in self.people)

    def url(self, name: str, *args: Any) -> str:
        prefix, key = ("link", self.token) if self.token else ("ticket", self.ticket.number)
        return reverse(f"{prefix}_{name}" if name else prefix, args=[key, *args])

    def file_url(self, attachment: Attachment) -> str:
        return self.url("attachment", attachment.pk)


def to_read(request: PortalRequest, number: int) -> Way:
    """A ticket this person reads; else 404."""
    tickets = with_read_until(customer_tickets(request.user), request.user)
    return _way(get_object_or_404(tickets, number=number), request.user)


def to_act(request: PortalRequest, number: int) -> Way:
    """A ticket this person takes part in; else 404, also where they may read it."""
    tickets = with_read_until(participating(request.user), request.user)
    return _way(get_object_or_404(tickets, number=number), request.user)


def by_link(token: str) -> Way | None:
    """The one ticket a link opens, while its person takes part in it."""
    found = link_of_token(token)
    if found is None:
        return None
    mine = with_read_until(participating(found.user), found.user).filter(pk=found.ticket_id).first()
    return _way(mine, found.user, token) if mine else None


def _way(ticket: Ticket, person: User, token: str = "") -> Way:
    AsKnown().stand([ticket])
    return Way(ticket, person, token)


def people_on(way: Way) -> list[dict[str, Any]]:
    """Who takes part, as the page shows them: each with the address at which this reader may take them off."""
    return [
        {
            "person": person,
            "is_requester": person.pk == way.ticket.requester_id,
            "is_reader": person.pk == way.person.pk,
            "removal": way.url("collaborator_removal", person.pk)
            if person.pk != way.ticket.requester_id and (way.is_requester or person.pk == way.person.pk)
            else "",
        }
        for person in way.people
    ]


def colleague_form_for(way: Way, data: Any = None) -> ColleagueForm | None:
    """The form that brings in a colleague; None for whoever takes no part or has nobody to bring in."""
    if not way.takes_part:
        return None
    here = [person.pk for person in way.people]
    form = ColleagueForm(
        data, people=colleagues_of(way.person).exclude(pk__in=here), organisation=way.person.organisation
    )
    return form if form.is_bound or form.suggestions else None


@contextmanager
def as_if_not_there() -> Iterator[None]:
    """What a door refuses to somebody who was taken off the ticket a moment ago is not there for them."""
    try:
        yield
    except PermissionError as refused:
        raise Http404 from refused


def link_is_gone(request: PortalRequest) -> HttpResponse:
    """The page for a link that opens nothing (any more), with what was typed."""
    return render(request, "tickets/link_gone.html", {"typed": typed_words(request)}, status=404)
