"""Filing for somebody who called: the agent writes, the customer gets the confirmation."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.actions.registering import register_person
from accounts.facts import Obstacle
from accounts.kept_text import as_initial, keep_and_sign_in, take_kept_text
from accounts.queries.guests import obstacle_by_phone
from accounts.requests import PortalRequest
from accounts.rules import agents_only
from routing.models import Department
from tickets.actions.opening import open_ticket
from tickets.actions.reading import mark_read
from tickets.enums import Channel
from tickets.forms.filing import OnBehalfForm
from tickets.models import HelpTopic
from tickets.queries import desk_tickets, open_topics
from tickets.views.files import bound


def desk_new(request: PortalRequest) -> HttpResponseBase:
    """Choose the topic first: its own questions belong to the form."""
    if request.method == "POST" and not request.user.is_authenticated:
        return keep_and_sign_in(request, f"{request.path}?{urlencode({'topic': request.POST.get('topic', '')})}")
    return _new(request)


@agents_only
def _new(request: PortalRequest) -> HttpResponse:
    topics = list(open_topics(request.user))
    slug = request.POST.get("topic") or request.GET.get("topic") or ""
    topic = next((topic for topic in topics if topic.slug == slug), None)
    if topic is None:
        return render(request, "tickets/desk/new.html", {"topics": topics, "topic": None})
    departments = Department.objects.filter(is_active=True).order_by("name")
    if request.method != "POST":
        form = OnBehalfForm(topic=topic, tenant=request.tenant, departments=departments)
        form.prefill(request.GET)
        form.begin_with(as_initial(take_kept_text(request, request.get_full_path())))
        return _page(request, topic, form, [])
    form, key, kept = bound(request, OnBehalfForm, "filing_key", topic=topic, departments=departments)
    if not form.is_valid():
        return _page(request, topic, form, kept, status=422)
    data = form.cleaned_data
    obstacle = obstacle_by_phone(data["email"])
    if obstacle is not None and not data["despite"]:
        return _page(request, topic, form, kept, status=422, obstacle=obstacle)
    requester, _known = register_person(actor=request.user, email=data["email"], name=data["name"], phone=data["phone"])
    opened = open_ticket(
        actor=request.user,
        requester=requester,
        topic=topic,
        subject=data["subject"],
        body=form.words,
        channel=Channel.PHONE,
        answers=form.answers(),
        filing_key=key,
        priority=form.priority,
        department=form.department,
        stated={"name": data["name"], "phone": data["phone"]},
        is_confidential=form.is_confidential,
        colleagues=form.colleagues,
    )
    number = opened.ticket.number
    # The agent knows what they have just written down, though the caller is its author.
    dictated = opened.ticket.messages.order_by("pk").first()
    mark_read(actor=request.user, ticket=opened.ticket, message=dictated)
    messages.success(
        request,
        _("Ticket %(number)d is filed for %(name)s, who gets a confirmation by mail.")
        % {"number": number, "name": requester},
    )
    seen = desk_tickets(request.user).filter(pk=opened.ticket.pk).exists()
    return redirect("desk_ticket", number) if seen else redirect("desk")


def _page(
    request: PortalRequest,
    topic: HelpTopic,
    form: OnBehalfForm,
    kept: list,
    status: int = 200,
    obstacle: Obstacle | None = None,
) -> HttpResponse:
    context = {
        "obstacle": obstacle,
        "topic": topic,
        "form": form,
        "kept": [upload for upload in kept if not upload.field_key],
        "kept_answers": [upload for upload in kept if upload.field_key],
        "attachment_limit_mb": request.tenant.attachment_limit_mb,
    }
    return render(request, "tickets/desk/new.html", context, status=status)
