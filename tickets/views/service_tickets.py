"""The tickets that are about a service message, for the agents who see them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts.kept_text import begin_with_kept, keeps_text
from accounts.paging import Order, paginate
from accounts.passing import safe_next, whole_number
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from knowledge.models import ServiceMessage
from tickets.actions.answering_together import answer_together
from tickets.actions.service_links import link_to_service_message, unlink_from_service_message
from tickets.forms.services import TogetherForm
from tickets.known_trouble import LIKELY, last_shared_answer, likely_tickets, linked_tickets, waiting_together
from tickets.models import SharedAnswer
from tickets.queries import WITH_NAMES, desk_tickets

NEWEST_FIRST = Order("created_at", descending=True)


@agents_only
@vary_on_headers("HX-Request")
def desk_service_tickets(request: PortalRequest, pk: int) -> HttpResponse:
    """While an answer is on its way to its tickets, the page asks again how far it is; the answer then is that part."""
    found = _fetch(pk)
    if getattr(request, "htmx", False):
        answer = last_shared_answer(request.user, found, timezone.now())
        if answer is None or answer.ended_at is not None:
            return HttpResponseClientRefresh()
        return render(request, "components/answering_together.html", {"message": found, "answer": answer})
    form = TogetherForm(initial={"closes": found.over_at is not None})
    begin_with_kept(request, form)
    return _page(request, found, form)


def _page(request: PortalRequest, found: ServiceMessage, form: TogetherForm, status: int = 200) -> HttpResponse:
    linked = linked_tickets(request.user, found)
    answer = last_shared_answer(request.user, found, timezone.now())
    context = {
        "answer": answer,
        "outcome": _outcome(answer) if answer is not None and answer.ended_at is not None else [],
        "message": found,
        "form": form,
        "waiting": len(waiting_together(request.user, found)),
        "page": paginate(linked, NEWEST_FIRST, request.GET, shown=lambda rows: rows.select_related(*WITH_NAMES)),
        "likely": list(likely_tickets(request.user, found).order_by("-created_at", "-pk")[:LIKELY]),
    }
    return render(request, "tickets/desk/service_tickets.html", context, status=status)


@post_only
@agents_only
def desk_service_links(request: PortalRequest, pk: int) -> HttpResponse:
    """Link the tickets chosen, of those the agent sees; or let go of one."""
    found, seen = _fetch(pk), desk_tickets(request.user)
    numbers = map(whole_number, request.POST.getlist("ticket")[:LIKELY])
    tickets = list(seen.filter(number__in=[number for number in numbers if number is not None]))
    if request.POST.get("unlink"):
        done = sum(unlink_from_service_message(actor=request.user, ticket=one, message=found) for one in tickets)
        told = ngettext("%d ticket is no longer linked.", "%d tickets are no longer linked.", done)
    else:
        done = sum(
            link_to_service_message(actor=request.user, ticket=one, message=found, as_staff=True) for one in tickets
        )
        told = ngettext("%d ticket is linked.", "%d tickets are linked.", done)
    messages.success(request, told % done) if done else messages.info(request, _("Nothing was changed."))
    return redirect(safe_next(request, reverse("desk_service_tickets", args=[pk])))


@post_only
@keeps_text("desk_service_tickets")
@agents_only
def desk_service_answer(request: PortalRequest, pk: int) -> HttpResponse:
    """Have the linked open tickets answered together."""
    found, form = _fetch(pk), TogetherForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    answer = answer_together(actor=request.user, message=found, **form.cleaned_data)
    if answer is None:
        messages.info(request, _("Nothing was changed."))
    return redirect("desk_service_tickets", pk)


def _outcome(answer: SharedAnswer) -> list[str]:
    """What became of an answer, in sentences."""
    told = [ngettext("%d ticket is answered.", "%d tickets are answered.", answer.done) % answer.done]
    if answer.kept_open:
        stay = ngettext(
            "%d stays open, because an answer in its form is missing.",
            "%d stay open, because an answer in their form is missing.",
            answer.kept_open,
        )
        told.append(stay % answer.kept_open)
    if answer.left_out:
        left = ngettext(
            "%d was left out, because it had been closed or was no longer about it.",
            "%d were left out, because they had been closed or were no longer about it.",
            answer.left_out,
        )
        told.append(left % answer.left_out)
    return told


def _fetch(pk: int) -> ServiceMessage:
    found: ServiceMessage = get_object_or_404(ServiceMessage.objects.published(), pk=pk)
    return found
