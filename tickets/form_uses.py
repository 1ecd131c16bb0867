"""Who would notice if a form or one of its fields changed: topics, answers, routing rules."""

from collections.abc import Iterable

from django.db.models import Count

from routing.facts import FIELD
from routing.models import RoutingRule
from tickets.models import FieldAnswer, FormField, HelpTopic, TicketForm


def answers_to(fields: Iterable[FormField]) -> dict[int, int]:
    """How many tickets have an answer to each of these fields, by its id; only those with one."""
    rows = FieldAnswer.objects.filter(field__in=[field.pk for field in fields]).order_by()
    return {row["field"]: row["total"] for row in rows.values("field").annotate(total=Count("pk"))}


def topics_using(form: TicketForm) -> list[HelpTopic]:
    """The help topics a form belongs to, retired ones as well."""
    return list(HelpTopic.objects.filter(form=form))


def rules_asking(key: str) -> list[RoutingRule]:
    """The routing rules that look at the answer to a question with this short name, in any form."""
    fact = f"{FIELD}{key}"
    return [
        rule
        for rule in RoutingRule.objects.all()
        if rule.table_fact == fact or any(condition.get("fact") == fact for condition in rule.conditions)
    ]
