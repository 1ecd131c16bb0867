"""What people fill in who want to come in, or to know whom to turn to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import WayIn
from accounts.folding import clean_text
from accounts.forms.fields import AddressField, LineField, TrapField
from accounts.models import Tenant
from accounts.queries.domains import is_private_address

PRIVATE_ADDRESS = _(
    "This is a private address, and access is for addresses from work. "
    "Write the one you have there; if you were invited, open the link in that mail instead."
)


class ParagraphField(forms.CharField):
    """A few lines of somebody's own words."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 4)
        super().__init__(**{"max_length": 4000, "widget": forms.Textarea(attrs={"rows": rows}), **kwargs})
        self.widget.attrs.pop("maxlength", None)  # a browser would cut a pasted text off without a word
        self.error_messages["max_length"] = _("Write at most %(limit_value)d characters.")

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").strip()


class StrangersForm(forms.Form):
    """Asks for an address, and sets a trap for robots."""

    email = AddressField(help_text=_("We answer by mail to this address."))
    website = TrapField()

    def said(self) -> dict[str, str]:
        """What was typed besides the address and the trap."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("email", "website")}


class AskForm(StrangersForm):
    """Whom do I turn to?"""


class RegisterForm(StrangersForm):
    """The way in, as the portal has it. `way` is the most that anybody is asked for there, because the form must not
    tell who belongs where: an application where some apply, an address alone where nobody comes in uninvited."""

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant, self.way = tenant, asked_way(tenant)
        if self.way == WayIn.INVITATION:
            return
        applies = self.way == WayIn.APPLICATION
        self.fields["name"] = LineField(
            label=_("Name"),
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            error_messages={"required": _("Write your name.")},
        )
        self.fields["phone"] = LineField(
            label=_("Phone"),
            max_length=40,
            required=applies,
            widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
            error_messages={"required": _("Write a phone number we can reach you on.")},
        )
        if applies:
            self._ask_for_reasons()

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if self.tenant.refuses_private_addresses and is_private_address(address):
            raise forms.ValidationError(PRIVATE_ADDRESS)
        return address

    def _ask_for_reasons(self) -> None:
        self.fields["email"].label = _("Mail address at work")
        self.fields["organisation"] = LineField(
            label=_("Organisation"),
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "organization"}),
            help_text=_("The company, municipality or authority you work for."),
            error_messages={"required": _("Write which organisation you work for.")},
        )
        self.fields["reason"] = ParagraphField(
            label=_("Why do you need access?"),
            help_text=_("For example what you do there and which systems you answer for."),
            error_messages={"required": _("Tell us in a sentence why you need access.")},
        )


def asked_way(tenant: Tenant) -> WayIn:
    """The way in that asks for most, of those this portal has for strangers and for people of its customers."""
    ways = {tenant.strangers, tenant.known_domains}
    return next(way for way in (WayIn.APPLICATION, WayIn.OPEN, WayIn.INVITATION) if way in ways)


class AcceptanceForm(forms.Form):
    """Who accepts an invitation. What the one who invites wrote stands there already."""

    name = LineField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    phone = LineField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
