"""Forms clean and never save."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.forms.fields import AddressField, LineField
from accounts.forms.organisations import DayField
from accounts.models import User
from routing.models import Calendar, Department
from routing.queries import department_choices, those_below


class _InTree(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from department_choices(self.queryset)


class DepartmentField(forms.ModelChoiceField):
    """One department, offered as the tree they form."""

    iterator = _InTree


class DepartmentForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Write the department's name.")},
    )


class NewDepartmentForm(DepartmentForm):
    parent = DepartmentField(
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


class PlaceForm(forms.Form):
    """Under which department one belongs: any open one, except itself and those below it."""

    parent = DepartmentField(
        label=gettext_lazy("Belongs to"),
        help_text=gettext_lazy(
            "Whoever leads that one, or one above it, sees these tickets as well. The departments below come along."
        ),
        queryset=Department.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"parent": department.parent_id}, **kwargs})
        field: Any = self.fields["parent"]
        others = Department.objects.exclude(pk__in=those_below(department))
        field.queryset = others.filter(Q(is_active=True) | Q(pk=department.parent_id)).order_by("name")
        field.empty_label = _("no other department")
        field.error_messages["invalid_choice"] = _("It cannot belong to this department now. Choose another one.")


class DepartmentCalendarForm(forms.Form):
    """By which calendar a department works; none: as the one above, at last as the portal."""

    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Calendar"),
        help_text=gettext_lazy(
            "What you promise for its tickets is counted by it, also in the departments below that have none."
        ),
        queryset=Calendar.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"calendar": department.calendar_id}, **kwargs})
        field: Any = self.fields["calendar"]
        field.queryset = Calendar.objects.order_by("name")
        field.empty_label = _("as the department above") if department.parent_id else _("as the portal")
        field.error_messages["invalid_choice"] = _("This calendar has just been removed. Choose another one.")


class MailIdentityForm(forms.Form):
    """As what a department's mails to customers are sent, and what stands at their end."""

    mail_name = LineField(
        label=gettext_lazy("Sender’s name"),
        help_text=gettext_lazy("Empty: the portal’s name."),
        max_length=80,
        required=False,
    )
    mail_address = AddressField(
        label=gettext_lazy("Sender’s mail address"),
        help_text=gettext_lazy(
            "Empty: the portal’s address. Answers by mail go there too. Your mail server must be allowed to send as "
            "it. It must be nobody’s own address, and at the same domain as the portal’s."
        ),
        required=False,
    )
    signature_sv = forms.CharField(
        label=gettext_lazy("Signature in Swedish"),
        help_text=gettext_lazy(
            "Stands at the end of each mail, for instance who you are and when you answer the phone."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )
    signature_en = forms.CharField(
        label=gettext_lazy("Signature in English"),
        help_text=gettext_lazy("Where one language is empty, its readers get the other."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )

    def clean_signature_sv(self) -> str:
        return _plain_lines(self.cleaned_data["signature_sv"])

    def clean_signature_en(self) -> str:
        return _plain_lines(self.cleaned_data["signature_en"])


def _plain_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


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
    department = DepartmentField(
        label=gettext_lazy("Responsible department"), queryset=Department.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = Department.objects.filter(is_active=True).order_by("name")
        field.empty_label = _("None: each ticket goes where its topic says")
        field.error_messages["invalid_choice"] = _("This department has just been closed. Choose another one.")


class AbsenceForm(forms.Form):
    """From when until when somebody is away, and who stands in. `values()` is what the door takes."""

    since = DayField(label=gettext_lazy("First day away"))
    until = DayField(
        label=gettext_lazy("Last day away"), help_text=gettext_lazy("Leave it empty while nobody knows yet.")
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["since"].required = True
        self.fields["since"].error_messages["required"] = _("Write the first day.")
        self.fields["stand_in"] = forms.ChoiceField(
            label=_("Who stands in?"),
            required=False,
            help_text=_("They are told instead of what goes stale. They must see the tickets to be told of them."),
            choices=[("", _("Nobody; the department is told")), *((key, str(one)) for key, one in self.people.items())],
        )

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"since": said["since"], "until": said["until"], "stand_in": self.people.get(said["stand_in"])}
