"""Who takes over from a department that closes."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routing.forms import DepartmentField
from routing.models import Department


class ClosureForm(forms.Form):
    """Any other open department of the portal. The default one closes only when its successor takes the rest."""

    successor = DepartmentField(label=gettext_lazy("Which department takes over?"), queryset=Department.objects.none())
    with_members = forms.BooleanField(
        label=gettext_lazy("Its people work there as well from now on"),
        help_text=gettext_lazy("They keep the tickets they have. Otherwise these go to nobody in particular there."),
        required=False,
        initial=True,
    )
    with_default = forms.BooleanField(
        label=gettext_lazy("The department that takes over also takes what nothing else decides"),
        help_text=gettext_lazy("So far this one does, and every portal needs a department that takes the rest."),
        error_messages={
            "required": gettext_lazy(
                "Tick this, or let another department take what nothing else decides before you close this one."
            )
        },
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"successor": department.parent_id}, **kwargs})
        field: Any = self.fields["successor"]
        field.queryset = Department.objects.filter(is_active=True).exclude(pk=department.pk).order_by("name")
        field.empty_label = _("Choose a department")
        field.error_messages |= {
            "required": _("Choose the department that takes over."),
            "invalid_choice": _("This department has just been closed. Choose another one."),
        }
        if not department.is_default:
            del self.fields["with_default"]
