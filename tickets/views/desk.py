"""The desk: the queue and one ticket, as agents see them."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.kept_text import take_kept_text
from accounts.models import User
from accounts.paging import paginate
from accounts.passing import safe_next
from accounts.queries.colleagues import active_customers
from accounts.queries.people import active_administrators
from accounts.requests import PortalRequest
from accounts.rules import agents_only
from routing.promises import Promises
from routing.queries import agents_around, agents_of, sight_of
from tickets.actions.attaching import kept_uploads
from tickets.actions.reading import mark_read
from tickets.actions.tidying import KEPT_FOR
from tickets.answers import shown_answers
from tickets.enums import EventKind, MessageKind
from tickets.forms.colleagues import ColleagueForm
from tickets.forms.desk import (
    AssignmentForm,
    FollowerForm,
    MergeForm,
    PriorityForm,
    StatusForm,
    TagsForm,
    TopicForm,
    TransferForm,
)
from tickets.forms.fields import KeyField
from tickets.forms.messages import DeskReplyForm
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.priorities import customers_see_priority
from tickets.queries import (
    WITH_NAMES,
    add_columns,
    add_last_messages,
    desk_tickets,
    events_for,
    followers_of,
    keys_asked,
    messages_for,
    missing_to_close,
    open_topics,
    other_tickets_of,
    participants_of,
    tags_around,
    ties_of,
    with_read_until,
    with_unread,
)
from tickets.queue import Queue, add_ages, rail
from tickets.reasons_in_words import why_here
from tickets.timeline import Entry, last_message, timeline
from tickets.views.files import attachment_response
from tickets.views.times import times_shown

PREVIEWED = 4  # entries
_SAYING = (EventKind.REPLIED, EventKind.NOTED, EventKind.REPLY_WITHDRAWN)


@agents_only
def queue(request: PortalRequest) -> HttpResponse:
    asked = Queue(request.user, request.GET)
    page = paginate(
        asked.tickets(),
        asked.order,
        request.GET,
        shown=lambda rows: with_unread(rows.select_related(*WITH_NAMES), request.user, staff=True),
    )
    add_last_messages(page.items)
    add_columns(page.items)
    asked.add_reasons(page.items)
    add_ages(page.items)
    sides = rail(request.user, request.GET, on_queue=True)
    works_nowhere = not page.items and sight_of(request.user).works_nowhere
    context = {
        "works_nowhere": works_nowhere,
        "administrators": active_administrators() if works_nowhere else [],
        "view": asked.view,
        "page": page,
        "query": asked.words,
        "chips": asked.chips(sides["departments"]),
        "sorts": asked.sorts(),
        "filters": {
            "department": asked.department,
            "requester": asked.requester,
            "organisation": asked.organisation,
            "priority": asked.priority,
            "topic": asked.topic,
            "tag": asked.tag,
            "field": asked.field_key,
            "answer": asked.answer,
            "sort": asked.sort,
        },
        "choices": asked.choices(),
        "export_url": asked.export_url,
        **sides,
    }
    return render(request, "tickets/desk/queue.html", context)


@agents_only
def ticket(request: PortalRequest, number: int) -> HttpResponse:
    found = fetch(request, number)
    kept_text = take_kept_text(request, request.path)
    if kept_text is not None:
        initial = {"body": kept_text.get("body", ""), "mode": kept_text.get("mode", "")}
        return ticket_page(request, found, DeskReplyForm(tenant=request.tenant, initial=initial))
    return _with_what_was_taken_back(request, found)


def _with_what_was_taken_back(request: PortalRequest, found: Ticket) -> HttpResponse:
    """The words and files of a reply that its author undid are in the answer field until they have said something else,
    wherever they have been meanwhile; for as long as files are kept."""
    events, now = list(events_for(found, staff=True)), timezone.now()
    theirs = [event for event in events if event.actor_id == request.user.pk and event.kind in _SAYING]
    last = theirs[-1] if theirs else None
    is_offered = last is not None and last.kind == EventKind.REPLY_WITHDRAWN and last.created_at > now - KEPT_FOR
    if last is None or not is_offered or last.message is None:
        return ticket_page(request, found, DeskReplyForm(tenant=request.tenant), events=events)
    key = KeyField().clean(last.data.get("files_of"))
    again = {"body": last.message.body, "mode": MessageKind.REPLY, "key": key}
    form = DeskReplyForm(tenant=request.tenant, initial=again)
    return ticket_page(request, found, form, kept=kept_uploads(key), events=events, taken_back=last)


@agents_only
def preview(request: PortalRequest, number: int) -> HttpResponse:
    found = fetch(request, number)
    events = list(events_for(found, staff=True))
    entries = _timeline(found, request.user, events)
    add_ages([found])
    shown = {"timeline": entries[-PREVIEWED:], "why": why_here(events), "next": _list_beside(request)}
    context = {"ticket": found, **shown}
    return render(request, "tickets/desk/_preview.html", context)


@agents_only
def desk_attachment(request: PortalRequest, number: int, pk: int) -> HttpResponse | FileResponse:
    found = fetch(request, number)
    return attachment_response(found, messages_for(found, staff=True), pk)


def _list_beside(request: PortalRequest) -> str:
    """The address of the list in which the preview stands, as the page says it; whoever goes there checks it."""
    address = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{address.path}?{address.query}" if address.path else reverse("desk")


def fetch(request: PortalRequest, number: int) -> Ticket:
    """The ticket, if this agent may see it; else 404."""
    found: Ticket = get_object_or_404(with_read_until(desk_tickets(request.user), request.user), number=number)
    return found


def onwards(request: PortalRequest, number: int) -> HttpResponse:
    """To the list that it was done from (`next`); else to the ticket, or to the queue when it has just left this
    agent's departments."""
    if "next" in request.POST:
        return redirect(safe_next(request, reverse("desk")))
    still_seen = desk_tickets(request.user).filter(number=number).exists()
    return redirect("desk_ticket", number) if still_seen else redirect("desk")


def ticket_page(
    request: PortalRequest,
    found: Ticket,
    reply_form: DeskReplyForm,
    *,
    kept: list[Any] | None = None,
    events: list[TicketEvent] | None = None,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The desk's page of one ticket, with any form that had errors in place of its fresh one."""
    events = list(events_for(found, staff=True)) if events is None else events
    entries = _timeline(found, request.user, events)
    if request.method == "GET":
        mark_read(actor=request.user, ticket=found, message=last_message(entries), staff=True)
    promises = Promises()
    add_ages([found], promises)
    people = participants_of(found)
    context = {
        "ticket": found,
        "collaborators": people[1:],
        "colleague_form": colleague_form(people),
        "timeline": entries,
        "reply_form": reply_form,
        "kept": kept or [],
        "assign_form": assignment_form(found, request.user),
        "transfer_form": transfer_form(found, request.user),
        "priority_form": PriorityForm(initial={"priority": found.priority}, is_shown=customers_see_priority()),
        "status_form": StatusForm(initial={"status": found.status}),
        **times_shown(found, events, promises),
        **_answers(found),
        "stated": _stated(found, events),
        "why": why_here(events),
        **_sorting(found, request.user),
        "others": other_tickets_of(found, request.user),
        "ties": ties_of(found, desk_tickets(request.user)),
        "merge_form": merge_form(request.user),
        "back_url": reverse("desk"),
        "attachment_limit_mb": request.tenant.attachment_limit_mb,
        **forms,
    }
    return render(request, "tickets/desk/ticket.html", context, status=status)


def assignment_form(found: Ticket, agent: User, data: Any = None) -> AssignmentForm:
    """Offers the department's members, the agent, and whoever has the ticket now."""
    people = agents_of(found.department_id)
    for extra in (agent, found.assignee):
        if extra is not None and extra not in people:
            people.append(extra)
    return AssignmentForm(data, people=people, initial={"assignee": found.assignee_id or ""})


def transfer_form(found: Ticket, agent: User, data: Any = None) -> TransferForm:
    """Offers every open department of the portal."""
    departments = [department for department in sight_of(agent).departments if department.is_active]
    return TransferForm(data, departments=departments, initial={"department": found.department_id})


def topic_form(found: Ticket, agent: User, data: Any = None) -> TopicForm:
    """Offers the topics one can file under, and the one the ticket has."""
    topics = list(open_topics(agent))
    if found.topic is not None and found.topic not in topics:
        topics.insert(0, found.topic)
    return TopicForm(data, topics=topics, initial={"topic": found.topic_id})


def merge_form(agent: User, data: Any = None) -> MergeForm:
    """Takes the number of any ticket this agent sees."""
    return MergeForm(data, tickets=desk_tickets(agent))


def follower_form(found: Ticket, followers: list[User], data: Any = None) -> FollowerForm:
    """Offers colleagues who see the department's tickets and do not follow this one."""
    people = [person for person in agents_around(found.department_id) if person not in followers]
    return FollowerForm(data, people=people)


def _answers(found: Ticket) -> dict[str, Any]:
    """What was answered in the form; apart from it what an earlier form asked, and what is needed before closing."""
    answers = shown_answers(found, file_url=partial(_file_url, found))
    keys = keys_asked(found.topic)
    return {
        "answers": [answer for answer in answers if answer.key in keys],
        "earlier_answers": [answer for answer in answers if answer.key not in keys],
        "needed": [] if found.is_closed else missing_to_close(found),
    }


def _sorting(found: Ticket, agent: User) -> dict[str, Any]:
    followers = followers_of(found)
    tags, others = tags_around(found, agent)
    return {
        "tags": tags,
        "tags_form": TagsForm(suggestions=others),
        "followers": followers,
        "follows": agent in followers,
        "follower_form": follower_form(found, [*followers, agent]),
        "topic_form": topic_form(found, agent),
        "asks": found.topic is not None and found.topic.form_id is not None,
    }


def colleague_form(here: list[User], data: Any = None) -> ColleagueForm:
    """Takes any active customer of the portal who is not on the ticket yet."""
    return ColleagueForm(data, people=active_customers().exclude(pk__in=[person.pk for person in here]))


def _timeline(found: Ticket, reader: User, events: list[TicketEvent]) -> list[Entry]:
    return timeline(found, reader, staff=True, events=events, file_url=partial(_file_url, found))


def _file_url(found: Ticket, attachment: Attachment) -> str:
    return reverse("desk_attachment", args=[found.number, attachment.pk])


def _stated(found: Ticket, events: list[TicketEvent]) -> dict[str, str]:
    """What a guest said about themselves where it differs from the record; unproven."""
    opened = next((event for event in events if event.kind == EventKind.OPENED), None)
    stated: dict[str, str] = opened.data.get("stated", {}) if opened else {}
    record = {"name": found.requester.name, "phone": found.requester.phone, "email": found.requester.email}
    return {key: value for key, value in stated.items() if value and value != record.get(key)}
