"""What is wrong with a rule, in the reader's language. Plain text: names in it are escaped by whoever shows it."""

from django.utils.translation import gettext as _

from routing.checking import Caution


def caution_in_words(caution: Caution) -> str:
    """One plain sentence, which says what follows from it."""
    names = {"subject": caution.subject, "said": caution.said}
    if caution.kind == "closed" and caution.said:
        return _("%(subject)s is closed; the tickets go to %(said)s instead.") % names
    if caution.kind == "assignee" and caution.subject:
        return _("%(subject)s does not work in %(said)s, so nobody gets the ticket.") % names
    if caution.kind == "value":
        return _value(caution) % names
    return _plain(caution.kind) % names


def _plain(kind: str) -> str:
    return {
        "never": _("This rule never holds: no ticket can be as its conditions say."),
        "fact": _("No form asks “%(subject)s” any more, so nothing is ever stated there."),
        "pattern": _("“%(subject)s” is no pattern, so it never fits: %(said)s"),
        "hidden": _("This rule is never asked: “%(subject)s” holds whenever this one does, and ends the asking."),
        "late": _(
            "This rule never decides the department: “%(subject)s” holds whenever this one does, and comes before."
        ),
        "contradicts": _(
            "“%(subject)s” has the same conditions and another department. It comes before, so it decides."
        ),
        "closed": _("%(subject)s is closed, so this rule decides no department."),
        "empty": _("Nobody works in %(subject)s, so nobody is told of the tickets."),
        "table": _("The table has no rows, so it decides no department."),
        "assignee": _("The agent who is to get the tickets no longer works here, so nobody gets them."),
        "follower": _("The agent who is to follow the tickets no longer works here."),
        "idle": _("This rule does nothing: choose what is to happen when it holds."),
    }[kind]


def _value(caution: Caution) -> str:
    return {
        "topic": _("The help topic “%(said)s” is not there any more."),
        "organisation": _("An organisation in the conditions is not there any more."),
        "agreement": _("An agreement in the conditions is not there any more."),
        "earlier": _("A department in the conditions is not there any more."),
    }.get(caution.subject, _("“%(said)s” cannot be answered any more."))
