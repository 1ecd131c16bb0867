from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from accounts.forms.organisations import LIMIT_WRONG
from accounts.models import Agreement
from routing.models import ServiceLevel
from routing.promises import level_of

EVERYBODY, OWN = "everybody", "own"
KEPT = ("name", "allows_web", "allows_mail", "shows_phone")


class AgreementForm(forms.Form):
    """An agreement as its administrator reads it. `values()` is what the door takes; `level` has one of its own."""

    name = LineField(label=_("Name"), max_length=80, error_messages={"required": _("Write the agreement's name.")})
    contacts = forms.ChoiceField(
        label=_("Who may ask?"),
        choices=[
            (EVERYBODY, _("Everybody at the organisation")),
            ("2", _("2 named contacts")),
            ("10", _("10 named contacts")),
            (OWN, _("Another number of named contacts")),
        ],
        widget=forms.RadioSelect,
        initial=EVERYBODY,
    )
    contact_limit = forms.IntegerField(
        label=_("How many, if another number"),
        required=False,
        min_value=1,
        max_value=10_000,
        error_messages={"invalid": LIMIT_WRONG, "min_value": LIMIT_WRONG, "max_value": LIMIT_WRONG},
    )
    allows_web = forms.BooleanField(label=_("They may ask in the portal"), required=False, initial=True)
    allows_mail = forms.BooleanField(label=_("They may ask by mail"), required=False, initial=True)
    shows_phone = forms.BooleanField(label=_("They are shown the phone number"), required=False, initial=True)
    level = forms.ModelChoiceField(label=_("Service level"), queryset=ServiceLevel.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["level"]
        field.queryset = ServiceLevel.objects.order_by("name")
        everybodys = ServiceLevel.objects.filter(is_default=True).first()
        field.empty_label = gettext("As everybody: %s") % everybodys if everybodys else gettext("None")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_own = cleaned.get("contacts") == OWN
        if is_own and cleaned.get("contact_limit") is None and "contact_limit" not in self.errors:
            self.add_error("contact_limit", LIMIT_WRONG)
        return cleaned

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        chosen = cleaned["contacts"]
        limit = cleaned["contact_limit"] if chosen == OWN else None if chosen == EVERYBODY else int(chosen)
        return {**{field: cleaned[field] for field in KEPT}, "contact_limit": limit}

    @staticmethod
    def of(agreement: Agreement) -> dict[str, Any]:
        """The form's first values for an agreement."""
        limit = agreement.contact_limit
        contacts = EVERYBODY if limit is None else str(limit) if limit in (2, 10) else OWN
        own = limit if contacts == OWN else None
        kept = {field: getattr(agreement, field) for field in KEPT}
        return {**kept, "contacts": contacts, "contact_limit": own, "level": level_of(agreement)}
