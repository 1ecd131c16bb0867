"""The services of the portal and the topics about them, as administrators set them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from knowledge.actions.services import move_service, save_service, set_service_active
from knowledge.models import Service
from tickets.actions.service_links import set_topics_of_service
from tickets.forms.services import ServiceForm


@administrators_only
def services_settings(request: PortalRequest) -> HttpResponse:
    rows = list(Service.objects.prefetch_related("topics__topic"))
    return render(request, "tickets/settings/services.html", {"rows": rows})


@administrators_only
def service_new(request: PortalRequest) -> HttpResponse:
    return _editor(request, None)


@administrators_only
def service(request: PortalRequest, pk: int) -> HttpResponse:
    return _editor(request, get_object_or_404(Service, pk=pk))


@post_only
@administrators_only
def service_move(request: PortalRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    if move_service(actor=request.user, service=found, up=request.POST.get("do") == "up"):
        messages.success(request, _("%s is moved.") % found)
    return redirect("services_settings")


@post_only
@administrators_only
def service_offer(request: PortalRequest, pk: int) -> HttpResponse:
    """Offer it for new service messages, or no more."""
    found, is_active = get_object_or_404(Service, pk=pk), bool(request.POST.get("active"))
    set_service_active(actor=request.user, service=found, is_active=is_active)
    told = _("%s can be chosen in service messages again.") if is_active else _("%s is not offered any more.")
    messages.success(request, told % found)
    return redirect("services_settings")


def _editor(request: PortalRequest, found: Service | None) -> HttpResponse:
    first = {}
    if found is not None:
        topics = list(found.topics.values_list("topic_id", flat=True))
        first = {"name_sv": found.name_sv, "name_en": found.name_en, "topics": topics}
    form = ServiceForm(request.POST or None, service=found, initial=first)
    if request.method == "POST" and form.is_valid():
        names = {name: form.cleaned_data[name] for name in ("name_sv", "name_en")}
        saved = save_service(actor=request.user, service=found, **names)
        set_topics_of_service(actor=request.user, service=saved, topics=form.cleaned_data["topics"])
        messages.success(request, _("“%s” is saved.") % saved)
        return redirect("services_settings")
    context = {"form": form, "service": found}
    return render(request, "tickets/settings/service.html", context, status=422 if form.errors else 200)
