"""The desk's applications: who wants to come in, and the decision (I3)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.applying import approve_application, refuse_application
from accounts.enums import ApplicationState, Refusal
from accounts.facts import NoPlaceLeft
from accounts.forms.applications import ApprovalForm, RefusalForm
from accounts.forms.choosing import offered_organisations
from accounts.models import Application
from accounts.paging import Order, paginate
from accounts.queries.applications import findings_about, matching_applications
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from accounts.views.tabs import tabs_of

OLDEST_FIRST, NEWEST_FIRST = Order("created_at"), Order("created_at", descending=True)


@agents_only
def applications(request: PortalRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = matching_applications(words)
    asked = request.GET.get("state", "")
    state = asked if asked in (*ApplicationState.values, "all") else ApplicationState.WAITING
    chosen = found if state == "all" else found.filter(state=state)
    waits = state == ApplicationState.WAITING
    labels = {**dict(ApplicationState.choices), "all": _("All")}
    context = {
        "page": paginate(chosen, OLDEST_FIRST if waits else NEWEST_FIRST, request.GET, shown=_with_names),
        "tabs": tabs_of("applications", labels, _counts(found), current=state, words=words),
        "query": words,
        "state": state,
    }
    return render(request, "accounts/desk/applications.html", context)


@agents_only
def application(request: PortalRequest, pk: int) -> HttpResponse:
    return _page(request, _fetch(pk))


@post_only
@agents_only
def approval(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    form = ApprovalForm(request.POST)
    if form.is_valid():
        try:
            done = approve_application(actor=request.user, application=found, **form.cleaned_data)
        except NoPlaceLeft as full:
            form.add_error("is_named_contact", no_place_left(full))
        else:
            return _decided(request, found, done, _("%(name)s is let in, and gets a mail that says so."))
    return _page(request, found, status=422, approval_form=form)


@post_only
@agents_only
def refusal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, refusal_form=form)
    done = refuse_application(
        actor=request.user,
        application=found,
        refusal=Refusal(form.cleaned_data["refusal"]),
        explanation=form.cleaned_data["explanation"],
    )
    return _decided(request, found, done, _("%(name)s is not let in, and gets a mail that says why."))


def no_place_left(full: NoPlaceLeft) -> str:
    """For staff, who see the organisation's page."""
    return ngettext(
        "The agreement has room for %(limit)d named contact, and the place is taken or promised. "
        "Replace somebody on the organisation's page first.",
        "The agreement has room for %(limit)d named contacts, and the places are taken or promised. "
        "Replace somebody on the organisation's page first.",
        full.limit,
    ) % {"limit": full.limit}


def _fetch(pk: int) -> Application:
    """Every agent decides applications."""
    found: Application = get_object_or_404(_with_names(Application.objects.all()), pk=pk)
    return found


def _with_names(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.select_related("user__organisation", "decided_by")


def _counts(found: QuerySet[Application]) -> dict[str, int]:
    counts = dict(found.order_by().values("state").annotate(number=Count("pk")).values_list("state", "number"))
    return {**counts, "all": sum(counts.values())}


def _decided(request: PortalRequest, found: Application, done: bool, words: str) -> HttpResponse:
    if done:
        messages.success(request, words % {"name": found.user})
    else:
        found.refresh_from_db()
        messages.info(request, _("%(who)s decided this a moment ago.") % {"who": found.decided_by or _("The rules")})
    return redirect("application", found.pk)


def _page(request: PortalRequest, found: Application, *, status: int = 200, **forms: Any) -> HttpResponse:
    findings = findings_about(found)
    waits = found.state == ApplicationState.WAITING
    context = {
        "application": found,
        "findings": findings,
        "waits": waits,
        "approval_form": ApprovalForm(findings=findings),
        "refusal_form": RefusalForm(initial={"refusal": Refusal.LIMIT_REACHED} if findings.is_full else {}),
        "organisations": offered_organisations() if waits else [],
        **forms,
    }
    return render(request, "accounts/desk/application.html", context, status=status)
