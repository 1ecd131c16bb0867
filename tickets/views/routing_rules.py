"""How the portal routes, as its administrators set it: the steps in their order, and the rules."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.passing import whole_number
from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from routing.actions.arranging import DepartmentClosed
from routing.actions.ruling import (
    RuleNameTaken,
    RuleRefused,
    TooManyRules,
    move_rule,
    remove_rule,
    save_rule,
    set_earlier_days,
    set_rule_active,
)
from routing.cautions_in_words import caution_in_words
from routing.checking import check
from routing.comparing import Budget
from routing.facts import RuleFact
from routing.models import OrganisationDepartment, RoutingRule, RoutingTable
from routing.queries import default_department, earlier_days, load_arrangement, rule_fact
from tickets.actions.trials import TooManyTrials, start_trial
from tickets.enums import LeadsTo
from tickets.forms.routing import CLOSED_NOW, NO_CONDITIONS, Conditions, EarlierDaysForm, RuleForm, Together, as_typed
from tickets.models import HelpTopic, OrganisationException, RoutingTrial
from tickets.routing_facts import known_facts
from tickets.rule_catalogue import Catalogue
from tickets.rules_in_words import rule_in_words
from tickets.trials import draft_of, trials_seen_by
from tickets.views.some_of import some_of

REFUSED = {
    "for_all": NO_CONDITIONS,
    "conditions": gettext_lazy("These are more conditions than fit in one rule."),
    "fact": gettext_lazy("A condition asks about something that is not asked any more. Remove it."),
    "operator": gettext_lazy("A condition compares in a way that makes no sense there. Choose another one."),
    "values": gettext_lazy("A condition has no values, or too many."),
    "pattern": gettext_lazy("A pattern cannot be used as it is."),
    "many": gettext_lazy("These are more values than fit in all rules together. Put long lists into a table."),
    "many_patterns": gettext_lazy("These are more patterns than all rules together can have. Compare words instead."),
    "table": gettext_lazy("The table has just been removed. Choose another one."),
    "agent": gettext_lazy("The agent does not work here any more. Choose somebody else."),
    "priority": gettext_lazy("There is no such priority. Choose another one."),
    "tags": gettext_lazy("These are more tags than a rule can set."),
    "name": gettext_lazy("Give the rule a name."),
}


@administrators_only
def routing(request: PortalRequest) -> HttpResponse:
    return _overview(request)


@post_only
@administrators_only
def routing_earlier(request: PortalRequest) -> HttpResponse:
    form = EarlierDaysForm(request.POST)
    if not form.is_valid():
        return _overview(request, form, status=422)
    days = form.cleaned_data["days"]
    set_earlier_days(actor=request.user, days=days)
    told = _("Saved. The department that helped somebody goes on doing so for %d days.") % days
    messages.success(request, told if days else _("Saved. Who helped somebody before makes no difference now."))
    return redirect("routing")


@administrators_only
def routing_rule_new(request: PortalRequest) -> HttpResponse:
    return _editor(request, None)


@administrators_only
def routing_rule(request: PortalRequest, pk: int) -> HttpResponse:
    return _editor(request, _fetch(pk))


@post_only
@administrators_only
def routing_rule_place(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    up = request.POST.get("to") == "up"
    if move_rule(actor=request.user, rule=found, up=up):
        told = _("“%s” is asked earlier now.") if up else _("“%s” is asked later now.")
        messages.success(request, told % found.name)
    return redirect(_place_of(found))


@post_only
@administrators_only
def routing_rule_state(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    is_active = request.POST.get("is_active") == "yes"
    set_rule_active(actor=request.user, rule=found, is_active=is_active)
    told = _("“%s” is asked from now on.") if is_active else _("“%s” is not asked any more.")
    messages.success(request, told % found.name)
    return redirect(_place_of(found))


@post_only
@administrators_only
def routing_rule_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    remove_rule(actor=request.user, rule=found)
    messages.success(request, _("“%s” is removed. Tickets it decided about stay where they are.") % found.name)
    return redirect("routing")


def rule_of(rule: RuleFact) -> RoutingRule:
    """A rule as it would be, not saved, with what its sentence needs."""
    made = RoutingRule(
        name=rule.name,
        joined=rule.joined,
        conditions=[{"fact": one.fact, "operator": one.operator, "values": [*one.values]} for one in rule.conditions],
        stops=rule.stops,
        department_id=rule.department,
        table_fact=rule.table_fact,
        assigns=rule.assigns,
        priority=rule.priority,
        tags=[*rule.tags],
    )
    made.table = RoutingTable.objects.filter(pk=rule.table).first() if rule.table else None
    return made


def refusal_in_words(trouble: Exception) -> tuple[str, str]:
    """Which field of the rule's form a refusal is about, and what it says there."""
    if isinstance(trouble, RuleNameTaken):
        return "name", _("There is a rule with this name already.")
    if isinstance(trouble, DepartmentClosed):
        return "department", str(CLOSED_NOW)
    if isinstance(trouble, TooManyRules):
        return "name", _("There are as many rules as there can be. Put long lists of values into a table.")
    why = trouble.why if isinstance(trouble, RuleRefused) else "conditions"
    fields = {"agent": "assignee"} | {name: name for name in ("table", "tags", "name", "for_all", "priority")}
    return fields.get(why, "joined"), str(REFUSED[why])


def _editor(request: PortalRequest, found: RoutingRule | None) -> HttpResponse:
    """One rule. The buttons add a condition, leave one out, try the change, or save it."""
    kept = _draft(request, found) or (rule_fact(found) if found else None)
    catalogue = Catalogue(found.conditions if found else ())
    if kept is not None:
        catalogue = Catalogue([{"fact": one.fact, "values": one.values} for one in kept.conditions])
    if request.method != "POST":
        initial = RuleForm.written(kept) if kept else {}
        form = RuleForm(initial=initial, catalogue=catalogue, rule=found)
        return _page(request, found, form, Conditions(catalogue, kept.conditions if kept else ()))
    form = RuleForm(request.POST, catalogue=catalogue, rule=found)
    conditions = Conditions(catalogue, kept.conditions if kept else (), request.POST)
    if "add" in request.POST or "remove" in request.POST:
        return _changed_conditions(request, found, form, conditions)
    valid = all([form.is_valid(), conditions.is_valid()])
    if not conditions.forms:
        form.require_for_all()
    if not valid or form.errors:
        return _page(request, found, form, conditions, status=422)
    written = form.rule_fact(conditions.facts(), pk=found.pk if found else 0)
    if "try" in request.POST:
        return _try(request, found, form, conditions, written)
    try:
        saved = save_rule(actor=request.user, rule=found, values=written, for_all=form.cleaned_data["for_all"])
    except (RuleNameTaken, DepartmentClosed, TooManyRules, RuleRefused) as trouble:
        form.add_error(*refusal_in_words(trouble))
        return _page(request, found, form, conditions, status=422)
    messages.success(request, _("“%s” is saved and holds for tickets from now on.") % saved.name)
    return redirect("routing")


def _try(
    request: PortalRequest, found: RoutingRule | None, form: RuleForm, conditions: Conditions, written: RuleFact
) -> HttpResponse:
    try:
        return redirect("routing_change", start_trial(actor=request.user, rule=written).pk)
    except TooManyTrials as trouble:
        return _page(request, found, form, conditions, status=422, waits_for=trouble.trial)


def _draft(request: PortalRequest, found: RoutingRule | None) -> RuleFact | None:
    """The change of a trial, to go on with."""
    asked = whole_number(request.GET.get("trial", ""))
    trial = trials_seen_by(request.user).filter(pk=asked).first() if asked is not None else None
    draft = draft_of(trial) if trial else None
    return draft if draft and draft.id == (found.pk if found else 0) else None


def _changed_conditions(
    request: PortalRequest, found: RoutingRule | None, form: RuleForm, conditions: Conditions
) -> HttpResponse:
    """The page again with a condition more or less. Nothing is judged yet, and nothing that was typed is lost."""
    if "remove" in request.POST:
        conditions.remove(request.POST["remove"])
    elif not conditions.add(request.POST.get("fact", "")):
        messages.info(request, _("Choose what the condition asks about."))
    conditions.unjudged()
    typed = RuleForm(initial=as_typed(form), catalogue=conditions.catalogue, rule=found)
    return _page(request, found, typed, conditions)


def _page(
    request: PortalRequest,
    found: RoutingRule | None,
    form: RuleForm,
    conditions: Conditions,
    status: int = 200,
    waits_for: RoutingTrial | None = None,
) -> HttpResponse:
    context = {
        "rule": found,
        "waits_for": waits_for,
        "form": form,
        "conditions": conditions.forms,
        "groups": conditions.catalogue.groups,
        "together": Together(form, *conditions.forms),
    }
    return render(request, "tickets/settings/routing_rule.html", context, status=status)


def _overview(request: PortalRequest, form: EarlierDaysForm | None = None, status: int = 200) -> HttpResponse:
    rules = list(RoutingRule.objects.select_related("table", "assignee", "follower"))
    catalogue = Catalogue(condition for rule in rules for condition in rule.conditions)
    topics = HelpTopic.objects.filter(is_active=True)
    budget = Budget()
    context = {
        "rules": _rows(rules, catalogue, budget),
        "too_many": budget.is_spent,
        "form": form or EarlierDaysForm(initial={"days": earlier_days()}),
        "default": default_department(),
        "organisations": OrganisationDepartment.objects.count(),
        "responsible": some_of(
            OrganisationDepartment.objects.select_related("organisation").order_by("organisation__name"),
            lambda row: (row.organisation.name, reverse("organisation_department", args=[row.organisation_id])),
        ),
        "exceptions": OrganisationException.objects.count(),
        "topics_with": topics.exclude(department=None).count(),
        "topics_total": topics.count(),
        "topics_without": some_of(
            topics.filter(department=None, leads_to=LeadsTo.FORM),
            lambda row: (row.name, reverse("topic", args=[row.pk])),
        ),
        "tables": RoutingTable.objects.count(),
    }
    return render(request, "tickets/settings/routing.html", context, status=status)


def _rows(rules: Sequence[RoutingRule], catalogue: Catalogue, budget: Budget) -> list[dict[str, Any]]:
    arrangement = load_arrangement()
    warnings = {
        pk: [caution_in_words(caution) for caution in cautions]
        for pk, cautions in check(arrangement, known_facts(arrangement.rules), budget).items()
    }
    return [
        {"rule": rule, "words": rule_in_words(rule, catalogue), "warnings": warnings.get(rule.pk, []), "number": number}
        for number, rule in enumerate(rules, 1)
    ]


def _place_of(rule: RoutingRule) -> str:
    """Where the rule stands in the list: whoever moves one up a long list goes on from there."""
    return f"{reverse('routing')}#rule-{rule.pk}"


def _fetch(pk: int) -> RoutingRule:
    found: RoutingRule = get_object_or_404(RoutingRule.objects.select_related("table", "assignee", "follower"), pk=pk)
    return found
