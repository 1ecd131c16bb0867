"""When tickets count as stale, and who is told when, as it is written in the settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routing.actions.ageing import PolicyWords
from routing.enums import Ageing
from routing.forms import DepartmentField
from routing.models import AgeingPolicy, AlertSettings, Department
from routing.typed_durations import write_duration
from tickets.enums import Priority
from tickets.forms.levels import DurationField

NEEDED = {
    "minutes": gettext_lazy("Write after how much working time, such as 4 h."),
    "times": gettext_lazy("Write how often, such as 3."),
}


class PolicyForm(forms.Form):
    """One ageing policy. `words()` is what the door takes."""

    condition = forms.ChoiceField(label=gettext_lazy("When"), choices=Ageing.choices)
    department = DepartmentField(
        label=gettext_lazy("In which department?"),
        help_text=gettext_lazy("It counts for the departments below as well, unless they have one of their own."),
        queryset=Department.objects.none(),
        required=False,
    )
    priority = forms.ChoiceField(label=gettext_lazy("With which priority?"), required=False)
    minutes = DurationField(
        label=gettext_lazy("For how long?"),
        help_text=gettext_lazy("Working time, such as 4 h or 30 min. A working day of eight hours is 8 h."),
    )
    times = forms.IntegerField(
        label=gettext_lazy("How often?"),
        help_text=gettext_lazy("Only for tickets that are opened again."),
        required=False,
        min_value=1,
        max_value=100,
    )
    closes_after = DurationField(
        label=gettext_lazy("Close the ticket after the reminder, if nobody answers?"),
        help_text=gettext_lazy(
            "Only for tickets that wait for the customer: so much working time later they are closed, and the customer "
            "is told. Empty: never."
        ),
    )

    def __init__(self, *args: Any, policy: AgeingPolicy | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = Department.objects.filter(is_active=True)
        field.empty_label = _("All departments")
        self.fields["priority"].choices = [("", _("All priorities")), *Priority.choices]  # type: ignore[attr-defined]
        if policy is not None:
            self.initial = {
                "condition": policy.condition,
                "department": policy.department_id,
                "priority": policy.priority,
                "minutes": write_duration(policy.minutes),
                "times": policy.times,
                "closes_after": write_duration(policy.closes_after),
            }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        needed = "times" if said.get("condition") == Ageing.REOPENED else "minutes"
        if said.get(needed) is None and needed not in self.errors:
            self.add_error(needed, str(NEEDED[needed]))
        return said

    def words(self) -> PolicyWords:
        return PolicyWords(**{**self.cleaned_data, "condition": Ageing(self.cleaned_data["condition"])})


class PercentField(forms.IntegerField):
    """How much of the time has passed; more than 100 is after it has run out."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"required": gettext_lazy("Write a percentage, such as 100.")}
        super().__init__(min_value=1, max_value=1000, error_messages=words, **kwargs)


class AlertsForm(forms.Form):
    """The percentages of the ladder, and what customers may and see."""

    assignee_at = PercentField(label=gettext_lazy("Whoever has the ticket, or its department"))
    lead_at = PercentField(label=gettext_lazy("The department’s lead"))
    support_lead_at = PercentField(label=gettext_lazy("The support lead"))
    asks_for_news = forms.BooleanField(
        label=gettext_lazy("Customers may ask for news"),
        help_text=gettext_lazy("Once a working day, on a ticket that waits for us. Whoever has it gets a mail."),
        required=False,
    )
    shows_expected = forms.BooleanField(
        label=gettext_lazy("Customers see when to expect the first answer"),
        help_text=gettext_lazy("How long it really took lately, not what is promised."),
        required=False,
    )

    def __init__(self, *args: Any, settings: AlertSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(settings, name) for name in self.fields}

    @property
    def rungs(self) -> list[forms.BoundField]:
        return [self["assignee_at"], self["lead_at"], self["support_lead_at"]]

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self["asks_for_news"], self["shows_expected"]]
