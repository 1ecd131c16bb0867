from django.db import models
from django.utils.translation import gettext_lazy as _


class Joined(models.TextChoices):
    """Whether a rule's conditions must all hold, or one of them."""

    ALL = "all", _("all of these hold")
    ANY = "any", _("at least one of these holds")


class Operator(models.TextChoices):
    """How a rule's condition compares a fact with its values."""

    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    CONTAINS = "contains", _("contains")
    CONTAINS_NOT = "contains_not", _("does not contain")
    STARTS = "starts", _("begins with")
    ENDS = "ends", _("ends with")
    MATCHES = "matches", _("matches the pattern")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    FILLED = "filled", _("is stated")
    EMPTY = "empty", _("is not stated")


class Assigns(models.TextChoices):
    """To whom in the department a rule gives the ticket."""

    NOBODY = "", _("nobody in particular")
    PERSON = "person", _("a certain agent")
    LEAST_LOADED = "least_loaded", _("whoever in the department has the fewest open tickets")


class Measure(models.TextChoices):
    """What a service level promises, in working time."""

    FIRST_ANSWER = "first_answer", _("First answer")
    NEXT_ANSWER = "next_answer", _("Next answer")
    SOLUTION = "solution", _("Solution")


class Ageing(models.TextChoices):
    """What makes a ticket stale although no service level says so."""

    UNTOUCHED = "untouched", _("Nobody has answered or taken it")
    UNASSIGNED = "unassigned", _("Nobody has it")
    WAITING_ON_US = "waiting_on_us", _("It waits for us")
    NO_ACTIVITY = "no_activity", _("Nothing has happened")
    REOPENED = "reopened", _("It was reopened again and again")
    SNOOZED = "snoozed", _("It was put off until a day that has passed")
    WAITING_FOR_CUSTOMER = "waiting_for_customer", _("It waits for the customer")


class Rung(models.TextChoices):
    """Who is told that a ticket goes stale, the nearest first."""

    ASSIGNEE = "assignee", _("Who has it, or its department")
    LEAD = "lead", _("The department's lead")
    SUPPORT_LEAD = "support_lead", _("The support lead")
