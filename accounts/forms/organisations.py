"""What staff write down about an organisation."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import ProviderContactKind, Visibility
from accounts.folding import clean_text
from accounts.forms.fields import AddressField, LineField
from accounts.models import Agreement, Organisation, User

# Each choice with its consequence.
VISIBILITY_IN_WORDS = {
    Visibility.OWN: gettext_lazy(
        "Everybody sees their own only. A colleague sees a ticket when somebody adds them to it."
    ),
    Visibility.CONTACT_PERSON: gettext_lazy(
        "The contact person sees all of them, older ones as well. The others see their own."
    ),
    Visibility.CHOSEN: gettext_lazy(
        "Chosen people see all of them, older ones as well; you choose them at each person. The others see their own."
    ),
    Visibility.EVERYBODY: gettext_lazy("Everybody who has proved their address sees all of them, older ones as well."),
}
LIMIT_WRONG = gettext_lazy("Write a number from 1 to 10,000.")


class DayField(forms.DateField):
    """A day, as the browser's own calendar writes it; also typed as 21 nov 2026 or 2026-11-21."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        wrong = {"invalid": gettext_lazy("Write a day such as 2026-11-21.")}
        super().__init__(widget=widget, required=False, error_messages=wrong, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not 1990 <= day.year <= 2199:
            raise forms.ValidationError(_("Write a day between 1990 and 2199."))
        return day


class OrganisationForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the organisation's name.")},
    )


class NotesField(forms.CharField):
    """Running text; what no database can carry is left out instead of refused."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class NotesForm(forms.Form):
    notes = NotesField(
        label=gettext_lazy("Notes"),
        help_text=gettext_lazy("Only staff read them."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DomainForm(forms.Form):
    domain = LineField(
        label=gettext_lazy("Mail domain"),
        help_text=gettext_lazy("What stands after the @ in their addresses, such as kund.se"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write a domain such as kund.se")},
    )
    with_subdomains = forms.BooleanField(
        label=gettext_lazy("Its sub-domains count as well, such as skola.kund.se"), required=False
    )


class HelperForm(forms.Form):
    """Somebody to turn to: a name, and a way to reach them."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the person's name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AddressField(required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = LineField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        reachable = cleaned.get("email") or cleaned.get("phone")
        if not reachable and not {"email", "phone"} & set(self.errors):
            raise forms.ValidationError(_("Write a mail address or a phone number, so that they can be reached."))
        return cleaned


class ProviderContactForm(HelperForm):
    kind = forms.ChoiceField(label=gettext_lazy("What they are"), choices=ProviderContactKind.choices)
    field_order = ["kind", "name", "email", "phone"]


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who sees the tickets of colleagues?"),
        help_text=gettext_lazy("Nobody but the requester, those added and staff sees a ticket marked confidential."),
        choices=list(VISIBILITY_IN_WORDS.items()),
        widget=forms.RadioSelect,
    )


class AgreementChoiceForm(forms.Form):
    """Which agreement an organisation has, from when until when, and its own number of named contacts."""

    agreement = forms.ModelChoiceField(
        label=gettext_lazy("Agreement"), queryset=Agreement.objects.none(), required=False
    )
    agreement_from = DayField(label=gettext_lazy("First day"))
    agreement_until = DayField(label=gettext_lazy("Last day"))
    contact_limit = forms.IntegerField(
        label=gettext_lazy("Own number of named contacts"),
        help_text=gettext_lazy("Empty: as the agreement says."),
        required=False,
        min_value=1,
        max_value=10_000,
        error_messages={"invalid": LIMIT_WRONG, "min_value": LIMIT_WRONG, "max_value": LIMIT_WRONG},
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agreement"]
        offered = Agreement.objects.filter(is_active=True) | Agreement.objects.filter(pk=organisation.agreement_id)
        field.queryset = offered.order_by("name")
        field.empty_label = _("None: everybody there may ask")
        field.error_messages["invalid_choice"] = _("This agreement is no longer offered. Choose another one.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("agreement_from"), cleaned.get("agreement_until")
        if begins and ends and ends < begins:
            self.add_error("agreement_until", _("The last day is before the first one."))
        return cleaned


class PlaceForm(forms.Form):
    """Who gives a place as a named contact to whom; both of the same organisation."""

    old = forms.ModelChoiceField(queryset=User.objects.none(), widget=forms.RadioSelect)
    new = forms.ModelChoiceField(queryset=User.objects.none(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("old", "new"):
            field: Any = self.fields[name]
            field.queryset = organisation.people.filter(closed_at=None)
            field.error_messages |= {
                "required": _("Choose somebody."),
                "invalid_choice": _("This person is not at the organisation any more. Choose somebody else."),
            }
