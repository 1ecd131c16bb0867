"""What agents change on a ticket."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from accounts.models import User
from routing.models import Department
from routing.presence import names_with_absences
from routing.queries import department_choices
from tickets.actions.tagging import TAG_LENGTH
from tickets.enums import Priority, Status
from tickets.models import HelpTopic, Tag, Ticket


class AssignmentForm(forms.Form):
    """Who has the ticket: one of the people offered, or nobody in particular."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        offered = names_with_absences(self.people.values())
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
            label=_("Department"), choices=department_choices(self.departments.values())
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


class TopicForm(forms.Form):
    """What the ticket is about: one of the topics offered."""

    def __init__(self, *args: Any, topics: Iterable[HelpTopic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = {str(topic.pk): topic for topic in topics}
        self.fields["topic"] = forms.ChoiceField(
            label=_("Topic"), choices=[(key, _with_parent(topic)) for key, topic in self.topics.items()]
        )
        self.fields["again"] = forms.BooleanField(label=_("Let the rules choose the department again"), required=False)

    def chosen(self) -> HelpTopic:
        return self.topics[self.cleaned_data["topic"]]


class TagsForm(forms.Form):
    """Tags to add, with commas between them. `suggestions`: those in use."""

    tags = LineField(
        label=gettext_lazy("Tags, with commas between them"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "tags-in-use"}),
        error_messages={"required": gettext_lazy("Write at least one tag.")},
    )

    def __init__(self, *args: Any, suggestions: Iterable[Tag] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = list(suggestions)

    def clean_tags(self) -> list[str]:
        names = [name.strip() for name in self.cleaned_data["tags"].split(",") if name.strip()]
        long = next((name for name in names if len(name) > TAG_LENGTH), "")
        if long:
            raise forms.ValidationError(
                _("“%(tag)s” is too long. A tag has at most %(limit)d characters.") % {"tag": long, "limit": TAG_LENGTH}
            )
        if not names:
            raise forms.ValidationError(_("Write at least one tag."))
        return names


class FollowerForm(forms.Form):
    """A colleague who is to follow the ticket: one of those offered."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["user"] = forms.ChoiceField(
            label=_("Colleague"), choices=[(key, str(person)) for key, person in self.people.items()]
        )

    def chosen(self) -> User:
        return self.people[self.cleaned_data["user"]]


def _with_parent(topic: HelpTopic) -> str:
    return f"{topic.parent.name} › {topic.name}" if topic.parent else topic.name


class MergeForm(forms.Form):
    """The number of another ticket this person sees."""

    into = LineField(label=gettext_lazy("Number of the other ticket"), max_length=20)

    def __init__(self, *args: Any, tickets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tickets = tickets

    def clean_into(self) -> Ticket:
        digits = self.cleaned_data["into"].lstrip("#").strip()
        known = digits.isascii() and digits.isdigit() and len(digits) < 18
        found: Ticket | None = self.tickets.filter(number=int(digits)).first() if known else None
        if found is None:
            raise forms.ValidationError(_("You see no ticket with this number. Look at the number again."))
        return found
