"""Where an organisation's tickets on one topic go instead of to its own department (T12)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routing.forms import DepartmentField
from routing.models import Department
from tickets.models import HelpTopic


class ExceptionForm(forms.Form):
    topic = forms.ModelChoiceField(label=gettext_lazy("Tickets about"), queryset=HelpTopic.objects.none())
    department = DepartmentField(label=gettext_lazy("Go to"), queryset=Department.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["topic"].queryset = HelpTopic.objects.filter(is_active=True)
        fields["topic"].empty_label = _("Choose a topic")
        fields["topic"].error_messages |= {
            "required": _("Choose a topic."),
            "invalid_choice": _("This topic is not offered any more. Choose another one."),
        }
        fields["department"].queryset = Department.objects.filter(is_active=True).order_by("name")
        fields["department"].empty_label = _("Where they would go if the organisation had no department")
        fields["department"].error_messages["invalid_choice"] = _(
            "This department has just been closed. Choose another one."
        )
