"""Forms clean and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.forms.fields import LineField
from accounts.models import User
from routing.models import Department


class DepartmentForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Write the department's name.")},
    )


class NewDepartmentForm(DepartmentForm):
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Belongs to"),
        help_text=gettext_lazy("Whoever leads that one sees the tickets of this one as well."),
        queryset=Department.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.queryset = Department.objects.filter(is_active=True).order_by("name")
        field.empty_label = _("no other department")
        field.error_messages["invalid_choice"] = _("This department has just been closed. Choose another one.")


class MemberForm(forms.Form):
    """An agent who is to join the department."""

    user = forms.ModelChoiceField(label=gettext_lazy("Agent"), queryset=User.objects.none())
    is_lead = forms.BooleanField(label=gettext_lazy("Leads the department"), required=False)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        staff = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER)
        field.queryset = staff.order_by("search_key", "pk")
        field.empty_label = _("Choose an agent")
        field.error_messages |= {
            "required": _("Choose an agent."),
            "invalid_choice": _("This person does not work here any more. Choose somebody else."),
        }


class ResponsibleDepartmentForm(forms.Form):
    department = forms.ModelChoiceField(
        label=gettext_lazy("Responsible department"), queryset=Department.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = Department.objects.filter(is_active=True).order_by("name")
        field.empty_label = _("None: each ticket goes where its topic says")
        field.error_messages["invalid_choice"] = _("This department has just been closed. Choose another one.")
