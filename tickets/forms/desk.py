"""What agents change on a ticket."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from accounts.models import User
from routing.models import Department
from tickets.enums import Priority, Status


class AssignmentForm(forms.Form):
    """Who has the ticket: one of the people offered, or nobody in particular."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        offered = [(key, str(person)) for key, person in self.people.items()]
        self.fields["assignee"] = forms.ChoiceField(
            label=_("Assignee"), required=False, choices=[("", _("Nobody yet")), *offered]
        )

    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["assignee"])


class TransferForm(forms.Form):
    """The department that takes over: any open one of the portal."""

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments = {str(department.pk): department for department in departments}
        self.fields["department"] = forms.ChoiceField(
            label=_("Department"), choices=[(key, department.name) for key, department in self.departments.items()]
        )

    def chosen(self) -> Department:
        return self.departments[self.cleaned_data["department"]]


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Status.choices)


class PriorityForm(forms.Form):
    """Another priority, and why. `is_shown`: customers see both."""

    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices)

    def __init__(self, *args: Any, is_shown: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = LineField(
            label=_("Why?"),
            max_length=200,
            help_text=_("The customer reads it, too.") if is_shown else _("Only staff read it."),
            error_messages={"required": _("Say in a few words why it is revised.")},
        )
