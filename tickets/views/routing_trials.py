"""Trying the rules: an invented ticket, and a changed rule on the tickets of the last days."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts.forms.choosing import offered_organisations
from accounts.models import User
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.arranging import DepartmentClosed
from routing.actions.ruling import RuleNameTaken, RuleRefused, TooManyRules, save_rule
from routing.choosing import choose
from routing.facts import Decision, RuleFact
from routing.models import Department, RoutingRule
from routing.queries import load_arrangement
from tickets.actions.trials import TooManyTrials, start_trial
from tickets.forms.routing_trials import InventedTicketForm
from tickets.models import RoutingTrial, Ticket
from tickets.reasons_in_words import steps_in_words
from tickets.routing_facts import facts_at_filing
from tickets.rule_catalogue import Catalogue
from tickets.rules_in_words import rule_in_words
from tickets.trials import draft_of, mark_now, trials_seen_by
from tickets.views.routing_rules import refusal_in_words, rule_of


@administrators_only
def routing_trial(request: PortalRequest) -> HttpResponse:
    """An invented ticket. Asked in the address, so that an example can be kept and passed on; nothing is saved."""
    asked = request.GET if "topic" in request.GET else None
    form = InventedTicketForm(asked, initial={"language": get_language() or "sv"})
    wants = asked is not None and "try" in request.GET
    decided = _decide(form) if wants and form.is_valid() else None
    if asked is not None and not wants:
        form = InventedTicketForm(asked)
        form.is_valid()
        form.errors.clear()
    status = 422 if wants and form.errors else 200
    context = {"form": form, "decided": decided, "organisations": offered_organisations()}
    return render(request, "tickets/settings/routing_trial.html", context, status=status)


@administrators_only
@vary_on_headers("HX-Request")
def routing_change(request: PortalRequest, pk: int) -> HttpResponse:
    """A changed rule on the tickets of the last days. While a worker is at it, the page asks again for how far it is;
    the answer then is that part."""
    found = _fetch(request, pk)
    if getattr(request, "htmx", False):
        if not found.is_at_work:
            return HttpResponseClientRefresh()
        return render(request, "components/trial_progress.html", {"trial": found})
    return _page(request, found)


@post_only
@administrators_only
def routing_change_saving(request: PortalRequest, pk: int) -> HttpResponse:
    """Save the change that was tried, or try it again where routing has been changed meanwhile."""
    found = _fetch(request, pk)
    draft = draft_of(found)
    rule = _rule(draft.id) if draft else None
    if draft is None or (draft.id and rule is None):
        messages.error(request, _("The rule is not there any more. Nothing was saved."))
        return redirect("routing")
    if "again" in request.POST or found.draft.get("mark") != mark_now(draft):
        return _try_again(request, draft)
    try:
        # The form has asked whether one without conditions is meant, and the page says that it holds always.
        saved = save_rule(actor=request.user, rule=rule, values=draft, for_all=True)
    except (RuleNameTaken, DepartmentClosed, TooManyRules, RuleRefused) as trouble:
        messages.error(request, refusal_in_words(trouble)[1])
        return redirect(_editor_of(found))
    messages.success(request, _("“%s” is saved and holds for tickets from now on.") % saved.name)
    return redirect("routing")


def _try_again(request: PortalRequest, draft: RuleFact) -> HttpResponse:
    """To the new trial; where others have to end first, to one of these."""
    try:
        trial = start_trial(actor=request.user, rule=draft)
    except TooManyTrials as trouble:
        told = _("Nothing is saved. This change is being tried; wait until it is done, then try yours again.")
        messages.warning(request, told)
        return redirect("routing_change", trouble.trial.pk)
    if "again" not in request.POST:
        messages.info(request, _("Routing has been changed since. Nothing is saved; the change is tried again."))
    return redirect("routing_change", trial.pk)


def _decide(form: InventedTicketForm) -> dict[str, Any]:
    said = form.cleaned_data
    facts = facts_at_filing(
        requester=form.person,
        topic=said["topic"],
        subject=said["words"],
        body="",
        channel=said["channel"],
        answers=form.answers(),
        priority=said["priority"],
        language=said["language"],
        organisation=said["organisation"],
        address=said["address"],
    )
    decision = choose(facts, load_arrangement())
    return {
        "department": Department.objects.get(pk=decision.department_id),
        "steps": steps_in_words([reason.as_data() for reason in decision.reasons], said["topic"]),
        "decision": decision,
        **_people(decision),
    }


def _people(decision: Decision) -> dict[str, Any]:
    ids = {decision.assignee, *decision.followers} - {None}
    people = {person.pk: person for person in User.objects.filter(pk__in=ids)} if ids else {}
    return {
        "assignee": people.get(decision.assignee or 0),
        "followers": [people[pk] for pk in decision.followers if pk in people],
    }


def _page(request: PortalRequest, found: RoutingTrial) -> HttpResponse:
    draft = draft_of(found)
    rule = rule_of(draft) if draft else None
    catalogue = Catalogue(rule.conditions if rule else ())
    context = {
        "trial": found,
        "name": rule.name if rule else "",
        "is_new": draft is not None and not draft.id,
        "is_off": draft is not None and bool(draft.id) and not _is_on(draft.id),
        "words": rule_in_words(rule, catalogue) if rule else None,
        "moves": _moves(found),
        "editor": _editor_of(found),
        "is_stale": not found.is_at_work and found.draft.get("mark") != mark_now(draft),
    }
    return render(request, "tickets/settings/routing_change.html", context)


def _moves(found: RoutingTrial) -> list[dict[str, Any]]:
    ids = [move["ticket"] for move in found.moves]
    tickets = {ticket.pk: ticket for ticket in Ticket.objects.filter(pk__in=ids).select_related("topic")}
    departments = {row.pk: row for row in Department.objects.all()}
    return [
        {
            "ticket": tickets[move["ticket"]],
            "before": departments.get(move["from"]),
            "after": departments.get(move["to"]),
        }
        for move in found.moves
        if move["ticket"] in tickets
    ]


def _editor_of(found: RoutingTrial) -> str:
    """The rule's own page with the change still in it."""
    draft = draft_of(found)
    page = reverse("routing_rule", args=[draft.id]) if draft and draft.id else reverse("routing_rule_new")
    return f"{page}?trial={found.pk}"


def _is_on(pk: int) -> bool:
    rule = _rule(pk)
    return rule is None or rule.is_active


def _rule(pk: int) -> RoutingRule | None:
    found: RoutingRule | None = RoutingRule.objects.filter(pk=pk).first() if pk else None
    return found


def _fetch(request: PortalRequest, pk: int) -> RoutingTrial:
    found: RoutingTrial = get_object_or_404(trials_seen_by(request.user), pk=pk)
    return found
