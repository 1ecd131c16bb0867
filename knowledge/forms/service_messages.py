"""A service message as staff write it, and what is told of it on the way."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.forms.choosing import OrganisationsField, RowsField
from accounts.forms.fields import LineField, TextField
from accounts.models import Organisation
from knowledge.enums import Audience, MessageKind, Severity
from knowledge.forms.meanwhile import SEEN, ask_seen
from knowledge.forms.moments import MomentField
from knowledge.models import Service, ServiceMessage
from knowledge.models.service import LONGEST_NOTICE
from knowledge.queries.service_messages import mark_of_message
from knowledge.service_drafts import TEXT_LENGTH, TITLE_LENGTH, MessageDraft

AUDIENCES = {
    Audience.EVERYBODY: gettext_lazy("Everybody who comes to the portal, also in the feed"),
    Audience.SIGNED_IN: gettext_lazy("Whoever is signed in. Others do not see that it exists."),
    Audience.ORGANISATIONS: gettext_lazy(
        "People of certain organisations, signed in. Others do not see that it exists."
    ),
    Audience.STAFF: gettext_lazy("Staff only"),
}
REFUSED = {
    "title": ("title_sv", gettext_lazy("Write a title in one language at least.")),
    "times": ("ends_at", gettext_lazy("It ends before it begins.")),
    "organisations": ("organisations", gettext_lazy("Write for which organisations it is.")),
    "notice": ("announced_days", gettext_lazy("Write a number of days from 0 to 30.")),
    "no_words": ("text_sv", gettext_lazy("Write what you want to tell, in one language at least.")),
    "draft": (None, gettext_lazy("This is a draft. Publish it first.")),
    "published": (None, gettext_lazy("This has been published meanwhile.")),
    "changed": (None, gettext_lazy("Somebody has changed this meanwhile. Read it once more before you publish it.")),
    "past": (None, gettext_lazy("Its end is past, so that nobody would see it. Change its times first.")),
    "over": (None, gettext_lazy("It is over. Say first that it is not.")),
    "not_over": (None, gettext_lazy("It is not over.")),
    "too_late": (None, gettext_lazy("It has been over for more than a day. Write a new service message.")),
}
UNKNOWN = (None, gettext_lazy("This could not be kept. Look through it once more."))


class ServiceMessageForm(forms.Form):
    """Everything about a service message. `draft()` is what the door takes."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=MessageKind.choices,
        initial=MessageKind.DISTURBANCE,
        widget=forms.RadioSelect,
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("How much is affected?"),
        choices=Severity.choices,
        initial=Severity.PARTLY,
        widget=forms.RadioSelect,
    )
    title_sv = LineField(label=gettext_lazy("Title in Swedish"), max_length=TITLE_LENGTH, required=False)
    title_en = LineField(label=gettext_lazy("Title in English"), max_length=TITLE_LENGTH, required=False)
    body_sv = TextField(label=gettext_lazy("What we know, in Swedish"), max_length=TEXT_LENGTH, rows=5)
    body_en = TextField(label=gettext_lazy("What we know, in English"), max_length=TEXT_LENGTH, rows=5)
    starts_at = MomentField(label=gettext_lazy("Begins"))
    ends_at = MomentField(
        label=gettext_lazy("Ends"),
        required=False,
        help_text=gettext_lazy("Empty: until you say that it is over."),
    )
    announced_days = forms.IntegerField(
        label=gettext_lazy("Told on every page so many days before it begins"),
        min_value=0,
        max_value=LONGEST_NOTICE,
        initial=3,
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        choices=list(AUDIENCES.items()),
        initial=Audience.EVERYBODY,
        widget=forms.RadioSelect,
    )
    organisations = OrganisationsField(
        label=gettext_lazy("Organisations"),
        help_text=gettext_lazy("Their names, one a line, as they stand under Organisations."),
    )
    services = RowsField(
        label=gettext_lazy("What is affected?"),
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("This service has just been taken away. Choose another one.")},
    )

    def __init__(self, *args: Any, message: ServiceMessage | None = None, **kwargs: Any) -> None:
        first = _initial(message) if message else {"starts_at": timezone.now()}
        super().__init__(*args, **{"initial": first, **kwargs})
        if message is not None:
            ask_seen(self, mark_of_message(message))
        offered = Service.objects.filter(is_active=True)
        if message is not None:
            offered = offered | Service.objects.filter(affected_by__service_message=message)
        self.fields["services"].queryset = offered.distinct()  # type: ignore[attr-defined]

    def clean_services(self) -> list[int]:
        return [service.pk for service in self.cleaned_data["services"]]

    def draft(self) -> MessageDraft:
        data = {**self.cleaned_data, "organisations": [row.pk for row in self.cleaned_data["organisations"]]}
        return MessageDraft(**{name: value for name, value in data.items() if name != SEEN})

    def refuse(self, why: str) -> None:
        refuse(self, why)


class TellForm(forms.Form):
    """What is told on the way: how it goes, that it is over, that it is not."""

    text_sv = TextField(label=gettext_lazy("In Swedish"), max_length=TEXT_LENGTH, rows=3)
    text_en = TextField(label=gettext_lazy("In English"), max_length=TEXT_LENGTH, rows=3)
    tells = forms.BooleanField(label=gettext_lazy("Mail it to those who subscribe"), required=False, initial=True)

    def refuse(self, why: str) -> None:
        refuse(self, why)


def refuse(form: forms.Form, why: str) -> None:
    """Tell in the form what the door refused (`MessageRefused.why`)."""
    field, told = REFUSED.get(why, UNKNOWN)
    form.add_error(field if field in form.fields else None, str(told))


def _initial(message: ServiceMessage) -> dict[str, Any]:
    names = ("kind", "severity", "title_sv", "title_en", "body_sv", "body_en", "starts_at", "ends_at")
    organisations = Organisation.objects.filter(service_messages__service_message=message).order_by("name")
    return {
        **{name: getattr(message, name) for name in (*names, "announced_days", "audience")},
        "organisations": "\n".join(organisations.values_list("name", flat=True)),
        "services": list(message.affected.values_list("service_id", flat=True)),
    }
