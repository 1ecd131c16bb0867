"""Forms clean and never save. Wrong input is named field by field; what was typed stays."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.folding import clean_text, fold_address
from accounts.forms.fields import AddressField, LineField, TrapField
from accounts.models import Organisation, Tenant, User
from accounts.queries.colleagues import active_customers, colleagues_of, is_read_by_colleagues, named_or_at
from routing.models import Department
from tickets.enums import FieldKind, MessageKind, Priority, Status
from tickets.models import HelpTopic, TopicField
from tickets.uploading import refusal_of

BODY_LIMIT = 200_000  # characters
COLLEAGUES_TO_TICK = 30  # more are named by address instead


class BodyField(forms.CharField):
    """Running text as it was typed; only what no database can carry is left out."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 8)
        kwargs.setdefault("max_length", BODY_LIMIT)
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.widget.attrs.pop("maxlength", None)  # a browser would cut a pasted text off without a word

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").strip("\n ")


class KeyField(forms.UUIDField):
    """The form's own key, by which the same form sent twice is known. A spoilt one is replaced, never refused."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except forms.ValidationError:
            return uuid.uuid4()


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Any number of files. Wrong ones are named; the right ones among them are kept (`right`)."""

    widget = ManyFilesInput(attrs={"multiple": True})

    def __init__(self, *, tenant: Tenant, overflow: bool) -> None:
        super().__init__(label=gettext_lazy("Pictures or files"), required=False)
        self.limit_mb, self.overflow = tenant.attachment_limit_mb, overflow
        self.right: list[UploadedFile] = []

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files: Iterable[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        errors = []
        if len(list(files)) > settings.ATTACHMENTS_PER_MESSAGE:
            limit = settings.ATTACHMENTS_PER_MESSAGE
            raise forms.ValidationError(
                _("Send at most %(limit)d files at a time; you can add more afterwards.") % {"limit": limit}
            )
        for file in files:
            refusal = refusal_of(file, limit_mb=self.limit_mb)
            if refusal:
                errors.append(refusal)
            else:
                self.right.append(file)
        if self.overflow:
            self.right = []
            errors = [_("The files together are too large. Send fewer at a time; you can add more afterwards.")]
        if errors:
            raise forms.ValidationError(errors)
        return self.right


class MessageForm(forms.Form):
    """Words and files on a ticket."""

    key = KeyField()
    body = BodyField(label=gettext_lazy("Your message"), required=False, rows=5)

    def __init__(self, *args: Any, tenant: Tenant, overflow: bool = False, has_files: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.has_files = has_files
        self.fields["attachments"] = AttachmentsField(tenant=tenant, overflow=overflow)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("body") and not data.get("attachments") and not self.has_files and not self.errors:
            self.add_error("body", _("Write something, or add a file."))
        return data

    @property
    def files_to_keep(self) -> list[UploadedFile]:
        field = self.fields["attachments"]
        return field.right if isinstance(field, AttachmentsField) else []


class DeskReplyForm(MessageForm):
    mode = forms.ChoiceField(choices=MessageKind.choices, required=False)
    and_status = forms.ChoiceField(
        choices=[(status.value, status.label) for status in Status if status != Status.OPEN], required=False
    )

    def clean_mode(self) -> str:
        return self.cleaned_data["mode"] or MessageKind.REPLY

    def clean_and_status(self) -> Status:
        return Status(self.cleaned_data["and_status"] or Status.WAITING_FOR_CUSTOMER)


class ColleaguesChoice(forms.MultipleChoiceField):
    """Colleagues to tick, each named as on the page."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, people: list[User]) -> None:
        self.people = {str(person.pk): person for person in people}
        super().__init__(
            label=_("Share it with colleagues"),
            help_text=_("They see the whole ticket, are told of answers and may reply."),
            required=False,
            choices=[(key, str(person)) for key, person in self.people.items()],
            error_messages={"invalid_choice": _("One of them has left in the meantime. Check who is ticked.")},
        )

    def clean(self, value: Any) -> Any:
        return [self.people[key] for key in super().clean(value)]


class ColleaguesField(LineField):
    """Several people by mail address. `nobody` says that one address is nobody's among `people`."""

    LIMIT = 30

    def __init__(self, *, people: QuerySet[User], nobody: str, help_text: str) -> None:
        super().__init__(label=_("Share it with"), required=False, max_length=4000, help_text=help_text)
        self.people, self.nobody = people, nobody

    def clean(self, value: Any) -> Any:
        typed = dict.fromkeys(fold_address(word) for word in re.split(r"[\s,;]+", super().clean(value)) if word)
        if len(typed) > self.LIMIT:
            raise forms.ValidationError(
                _("Write at most %(limit)d addresses; you can add more afterwards.") % {"limit": self.LIMIT}
            )
        found = {person.email_key: person for person in self.people.filter(email_key__in=typed)}
        missing = [self.nobody % address for address in typed if address not in found]
        if missing:
            raise forms.ValidationError(missing)
        return list(found.values())


class FilingForm(MessageForm):
    """A topic's form: who asks (guests only), what about, and the topic's own questions as `field_<key>`."""

    key = None  # type: ignore[assignment]

    def __init__(self, *args: Any, topic: HelpTopic, person: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attachments = self.fields.pop("attachments")
        self.fields.pop("body")
        self.fields["filing_key"] = KeyField()
        if person is None:
            self._ask_who()
        self.fields["subject"] = LineField(
            label=_("What is it about?"),
            max_length=200,
            help_text=_("One sentence is enough."),
            error_messages={
                "required": _("Write in one sentence what it is about."),
                "max_length": _("Write at most 200 characters here, and the rest below."),
            },
        )
        self.fields["body"] = BodyField(
            label=_("Tell us more"),
            help_text=_("What happened, what did you expect, and what did you do just before?"),
            error_messages={
                "required": _("Tell us what happened, so that we can help."),
                "max_length": _("The text is longer than 200,000 characters. Send the rest as a file."),
            },
        )
        self.fields["attachments"] = attachments
        self.questions = list(topic.fields.all())
        for question in self.questions:
            self.fields[f"field_{question.key}"] = form_field(question)
        if person is not None:
            self._ask_who_reads(person)

    @property
    def colleagues(self) -> list[User]:
        """Whom the ticket is to be shared with from its beginning."""
        return list(self.cleaned_data.get("colleagues") or ())

    @property
    def is_confidential(self) -> bool:
        return bool(self.cleaned_data.get("confidential"))

    def clean(self) -> dict[str, Any]:
        return forms.Form.clean(self) or self.cleaned_data

    def answers(self) -> dict[TopicField, str]:
        """The answers to the topic's own questions, as they are kept."""
        return {question: kept_answer(self.cleaned_data.get(f"field_{question.key}")) for question in self.questions}

    def _ask_who_reads(self, person: User) -> None:
        people = colleagues_of(person)
        offered = list(people[: COLLEAGUES_TO_TICK + 1])
        if offered:
            self.fields["colleagues"] = (
                ColleaguesChoice(people=offered)
                if len(offered) <= COLLEAGUES_TO_TICK
                else ColleaguesField(
                    people=people,
                    help_text=_("Their mail addresses, with commas between them. They see the ticket and may reply."),
                    nobody=_("You have no colleague here with the address %s. Check it, or leave it out."),
                )
            )
        if is_read_by_colleagues(person):
            self.fields["confidential"] = forms.BooleanField(
                label=_("Keep this ticket from my other colleagues"),
                required=False,
                help_text=_(
                    "Colleagues at %(organisation)s may see its tickets. Tick the box, and they do not see this one."
                )
                % {"organisation": person.organisation},
            )

    def _ask_who(self) -> None:
        self.fields["email"] = AddressField(help_text=_("The confirmation and our answers go there."))
        self.fields["name"] = LineField(
            label=_("Name"),
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            error_messages={"required": _("Write your name.")},
        )
        self.fields["phone"] = LineField(
            label=_("Phone"),
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        )
        self.fields["website"] = TrapField()


class OnBehalfForm(FilingForm):
    """A ticket an agent files for somebody who called."""

    def __init__(self, *args: Any, topic: HelpTopic, **kwargs: Any) -> None:
        super().__init__(*args, topic=topic, person=None, **kwargs)
        del self.fields["website"]
        self.fields["email"].help_text = _("The person gets a confirmation there, and can answer.")
        self.fields["body"].help_text = ""
        self.fields["priority"] = forms.ChoiceField(
            label=_("Priority"), choices=Priority.choices, initial=Priority.MEDIUM
        )
        self.fields["colleagues"] = ColleaguesField(
            people=active_customers(),
            help_text=_(
                "Mail addresses of customers who are to see the ticket and may reply, with commas between them."
            ),
            nobody=_("No active customer has the address %s. Check it, or leave it out."),
        )
        self.fields["confidential"] = forms.BooleanField(
            label=_("Confidential: keep it from the customer's other colleagues"), required=False
        )
        self.fields["despite"] = forms.CharField(required=False, widget=forms.HiddenInput)


class ColleagueForm(forms.Form):
    """Who is brought into a ticket: one of `people`, by name or mail address. Whoever is not among them gets the same
    answer, known to the portal or not."""

    SUGGESTED = 30

    def __init__(self, *args: Any, people: QuerySet[User], organisation: Organisation | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people, self.organisation = people, organisation
        self.fields["colleague"] = LineField(
            label=_("Name or mail address"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "off", "list": "colleagues"}),
            error_messages={"required": _("Write a name or a mail address.")},
        )

    @cached_property
    def suggestions(self) -> list[User]:
        """Whom the page offers, where they are not too many; one at least if there is anybody."""
        return list(self.people[: self.SUGGESTED])

    def clean_colleague(self) -> User:
        words = self.cleaned_data["colleague"]
        found = named_or_at(self.people, words)
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have this name. Write the mail address."))
        if not found:
            raise forms.ValidationError(self._nobody())
        return found[0]

    def _nobody(self) -> str:
        if self.organisation is None:
            return _("No customer of yours has this name or address, or their account is closed.")
        return _("Nobody else at %(organisation)s with a confirmed account has this name or address.") % {
            "organisation": self.organisation
        }


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
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices)


def form_field(question: TopicField) -> forms.Field:
    """The form field that asks a topic's question."""
    shared: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": question.is_required,
        "error_messages": {"required": _("Answer this question.")},
    }
    if question.kind == FieldKind.LONG_TEXT:
        return BodyField(rows=4, **shared)
    if question.kind == FieldKind.CHOICE:
        shared["error_messages"]["invalid_choice"] = _("Choose one of the answers in the list.")
        return forms.ChoiceField(choices=[("", _("Choose …")), *_choices(question)], **shared)
    if question.kind == FieldKind.CHECKBOX:
        return forms.BooleanField(**shared)
    if question.kind == FieldKind.NUMBER:
        shared["error_messages"]["invalid"] = _("Write a number, such as 12 or 3.5.")
        return forms.DecimalField(max_digits=20, decimal_places=6, **shared)
    if question.kind == FieldKind.DATE:
        shared["error_messages"]["invalid"] = _("Write a date, such as 2026-11-21.")
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared)
    if question.kind == FieldKind.DATE_TIME:
        shared["error_messages"]["invalid"] = _("Write a date and a time, such as 2026-11-21 14:30.")
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **shared)
    return LineField(max_length=200, **shared)


def kept_answer(value: Any) -> str:
    """An answer as text: dates in ISO 8601, a checkbox as "yes" or nothing."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return "" if value is None else str(value)


def _choices(question: TopicField) -> list[tuple[str, str]]:
    language = "sv" if (get_language() or "").startswith("sv") else "en"
    return [
        (choice["value"], choice.get(language) or choice.get("sv") or choice.get("en") or choice["value"])
        for choice in question.choices
    ]
