"""Two organisations that are one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.passing import whole_number
from accounts.queries.customers import matching_organisations
from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from accounts.views.organisations import fetch_organisation
from tickets.actions.merging_organisations import merge_organisations, plan_merger

OFFERED = 20


@administrators_only
def organisation_merger(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose the organisation that stays; read what moves; do it."""
    source = fetch_organisation(pk)
    target = _other(source, request.POST.get("into", "") or request.GET.get("into", ""))
    if target is None:
        return _choice(request, source)
    if request.method == "POST":
        kept = merge_organisations(actor=request.user, source=source, target=target)
        told = _("%(source)s is part of %(target)s now. Everything of it is here.")
        messages.success(request, told % {"source": source, "target": kept})
        return redirect("organisation", kept.pk)
    context = {"source": source, "target": target, "plan": plan_merger(source, target)}
    return render(request, "tickets/desk/merger.html", context)


def _other(source: Organisation, key: str) -> Organisation | None:
    number = whole_number(key)
    others = Organisation.objects.select_related("agreement").exclude(pk=source.pk)
    found: Organisation | None = others.filter(pk=number).first() if number is not None else None
    return found


def _choice(request: PortalRequest, source: Organisation) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    others = matching_organisations(words).exclude(pk=source.pk).order_by("search_key", "pk")
    offered = list(others[: OFFERED + 1])
    if request.method == "POST":
        messages.error(request, _("This organisation is not here any more. Choose another one."))
        return redirect(reverse("organisation_merger", args=[source.pk]))
    context = {"source": source, "query": words, "offered": offered[:OFFERED], "more": len(offered) > OFFERED}
    return render(request, "tickets/desk/merger_choice.html", context)
