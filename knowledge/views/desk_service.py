"""Service messages on the desk: written, published, told of, and ended by any agent (I1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.kept_text import begin_with_kept, keeps_text
from accounts.paging import Order, paginate
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from accounts.views.tabs import tabs_of
from knowledge.actions.service_messages import (
    MessageRefused,
    add_update,
    discard_message,
    end_message,
    may_reopen,
    publish_message,
    reopen_message,
    save_message,
)
from knowledge.enums import Standing
from knowledge.forms.meanwhile import SEEN, Differing, show_both
from knowledge.forms.service_messages import ServiceMessageForm, TellForm
from knowledge.models import ServiceMessage
from knowledge.queries.service_messages import desk_messages, mark_of_message, with_services
from knowledge.queries.subscribers import subscribers_of
from knowledge.seen import Outdated

LATEST_FIRST = Order("starts_at", descending=True)
LABELS = {str(standing): standing.label for standing in Standing}


@agents_only
def desk_service_messages(request: PortalRequest) -> HttpResponse:
    now = timezone.now()
    state = request.GET.get("state", "")
    state = state if state in LABELS else Standing.LASTING
    counts = {key: desk_messages(key, now).count() for key in LABELS}
    context = {
        "page": paginate(desk_messages(state, now), LATEST_FIRST, request.GET, shown=with_services),
        "state": state,
        "tabs": tabs_of("desk_service_messages", LABELS, counts, current=state, words=""),
    }
    return render(request, "knowledge/desk/service_messages.html", context)


@keeps_text()
@agents_only
def desk_service_message_new(request: PortalRequest) -> HttpResponse:
    return _editor(request, None)


@keeps_text()
@agents_only
def desk_service_message_edit(request: PortalRequest, pk: int) -> HttpResponse:
    return _editor(request, _fetch(pk))


@agents_only
def desk_service_message(request: PortalRequest, pk: int) -> HttpResponse:
    found, form = _fetch(pk), TellForm()
    begin_with_kept(request, form)
    return _page(request, found, form)


@post_only
@agents_only
def desk_service_message_publication(request: PortalRequest, pk: int) -> HttpResponse:
    found, tells = _fetch(pk), bool(request.POST.get("tells"))
    try:
        publish_message(actor=request.user, message=found, tells=tells, seen=request.POST.get(SEEN, ""))
    except MessageRefused as refused:
        if refused.why == "published":
            return _is_so(request, found, _("This has been published meanwhile."))
        return _refused(request, found, TellForm({"tells": tells}), refused)
    messages.success(request, _("It is published. ") + _mailed(request, found, tells))
    return redirect("desk_service_message", pk)


@post_only
@keeps_text("desk_service_message")
@agents_only
def desk_service_message_updates(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell how it goes; after its end, that it is not over."""
    found, form = _fetch(pk), TellForm(request.POST)
    door = reopen_message if found.stands() == Standing.OVER else add_update
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        door(actor=request.user, message=found, **form.cleaned_data)
    except MessageRefused as refused:
        return _refused(request, found, form, refused)
    messages.success(request, _("It is told. ") + _mailed(request, found, form.cleaned_data["tells"]))
    return redirect("desk_service_message", pk)


@post_only
@keeps_text("desk_service_message")
@agents_only
def desk_service_message_end(request: PortalRequest, pk: int) -> HttpResponse:
    found, form = _fetch(pk), TellForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        end_message(actor=request.user, message=found, **form.cleaned_data)
    except MessageRefused as refused:
        has_words = form.cleaned_data["text_sv"] or form.cleaned_data["text_en"]
        if refused.why == "over" and not has_words:
            return _is_so(request, found, _("It is over already."))
        return _refused(request, found, form, refused)
    done = _("It is over, and told on no page any more. Within a day you can say that it is not. ")
    messages.success(request, done + _mailed(request, found, form.cleaned_data["tells"]))
    return redirect("desk_service_message", pk)


@post_only
@agents_only
def desk_service_message_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    try:
        discard_message(actor=request.user, message=found)
    except MessageRefused as refused:
        return _refused(request, found, TellForm({}), refused)
    messages.success(request, _("The draft is thrown away."))
    return redirect("desk_service_messages")


def _editor(request: PortalRequest, found: ServiceMessage | None) -> HttpResponse:
    form = ServiceMessageForm(request.POST or None, message=found)
    begin_with_kept(request, form)
    differing: list[Differing] | None = None
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data.get(SEEN)
        try:
            saved = save_message(actor=request.user, message=found, draft=form.draft(), seen=seen)
        except MessageRefused as refused:
            form.refuse(refused.why)
        except Outdated:
            found = _fetch(found.pk) if found else None
            differing = show_both(form, ServiceMessageForm(message=found))
        else:
            is_out = saved.published_at is not None
            done = _("Saved as a draft. Nobody sees it yet.")
            messages.success(request, _("It is changed for everybody who reads it.") if is_out else done)
            return redirect("desk_service_message", saved.pk)
    context = {"form": form, "message": found, "zone": timezone.get_current_timezone_name(), "differing": differing}
    status = 422 if form.errors or differing is not None else 200
    return render(request, "knowledge/desk/service_message_edit.html", context, status=status)


def _refused(request: PortalRequest, found: ServiceMessage, form: TellForm, refused: MessageRefused) -> HttpResponse:
    form.is_valid()
    form.refuse(refused.why)
    return _page(request, found, form, status=422)


def _is_so(request: PortalRequest, found: ServiceMessage, told: str) -> HttpResponse:
    """What a button would have done is done, by its second press or in another window: nothing is wrong."""
    messages.info(request, told)
    return redirect("desk_service_message", found.pk)


def _page(request: PortalRequest, found: ServiceMessage, form: TellForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "message": found,
        "form": form,
        "standing": found.stands(now),
        "mark": mark_of_message(found),
        "may_reopen": may_reopen(found, now),
        "updates": list(found.updates.select_related("author").order_by("-pk")),
        "services": [row.service for row in found.affected.select_related("service")],
        "organisations": [row.organisation for row in found.organisations.select_related("organisation")],
        "subscribers": subscribers_of(found).count(),
    }
    return render(request, "knowledge/desk/service_message.html", context, status=status)


def _mailed(request: PortalRequest, message: ServiceMessage, tells: bool) -> str:
    others = subscribers_of(message).exclude(user=request.user)  # nobody is mailed what they tell themselves
    number = others.count() if tells else 0
    if not number:
        return _("Nobody is mailed.")
    told = ngettext("%d person gets a mail.", "%d people get a mail.", number)
    return told % number


def _fetch(pk: int) -> ServiceMessage:
    found: ServiceMessage = get_object_or_404(ServiceMessage, pk=pk)
    return found
