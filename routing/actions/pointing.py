from django.db import transaction

from accounts.models import User
from accounts.rules import require_administrator
from routing.models import RoutingRule


def point_rules(*, actor: User | None, fact: str, old: str, new: str) -> int:
    """Let the rules that ask whether `fact` is `old` ask for `new` instead, which stands for the same from now on.

    Returns how many rules changed. Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    changed = 0
    with transaction.atomic():
        for rule in RoutingRule.objects.select_for_update(of=("self",)):
            named = [one for one in rule.conditions if one["fact"] == fact and old in one.get("values", ())]
            for one in named:
                one["values"] = list(dict.fromkeys(new if value == old else value for value in one["values"]))
            if named:
                rule.save(update_fields=["conditions"])
                changed += 1
    return changed
