from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import WayIn
from accounts.forms.fields import LineField
from accounts.models import Tenant

CHOOSE = {"required": _("Choose one of the answers.")}


class AccessForm(forms.Form):
    """Who comes in, and how. Each answer says what follows from it."""

    strangers = forms.ChoiceField(
        label=_("What may people do whom you do not know?"),
        choices=WayIn.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    known_domains = forms.ChoiceField(
        label=_("And people with an address at one of your customers' mail domains?"),
        choices=WayIn.choices,
        widget=forms.RadioSelect,
        help_text=_("The domains stand on each organisation's page. Somebody invited may always come in."),
        error_messages=CHOOSE,
    )
    contacts_may_invite = forms.BooleanField(
        label=_("Customers' contact persons keep their contacts themselves"),
        required=False,
        help_text=_("They invite colleagues at their own mail domains, and say who of them may ask you."),
    )
    refuses_private_addresses = forms.BooleanField(
        label=_("Private addresses do not come in"),
        required=False,
        help_text=_("An address such as name@gmail.com is refused at once, with the reason."),
    )
    entry_contact_sv = LineField(
        label=_("What those read who are not let in, in Swedish"),
        required=False,
        max_length=200,
        help_text=_("A sentence for the pages and mails about access: No customer yet? Call us on 08-123 45 67."),
    )
    entry_contact_en = LineField(
        label=_("What those read who are not let in, in English"), required=False, max_length=200
    )
    phone = LineField(
        label=_("Phone"), required=False, max_length=40, help_text=_("Shown to those whose agreement has it.")
    )
    phone_hours_sv = LineField(
        label=_("When somebody answers the phone, in Swedish"),
        required=False,
        max_length=120,
        help_text=_("Such as: weekdays 8–16."),
    )
    phone_hours_en = LineField(label=_("When somebody answers the phone, in English"), required=False, max_length=120)
    phone_is_urgent_only = forms.BooleanField(
        label=_("The phone is for urgent matters only"),
        required=False,
        help_text=_("It says so beside the number, and that everything else is answered faster in writing."),
    )
    on_call_phone = LineField(
        label=_("Phone outside office hours"),
        required=False,
        max_length=40,
        help_text=_("Shown instead of the other number when the portal’s calendar says that it is closed."),
    )

    @classmethod
    def of(cls, tenant: Tenant, data: Any = None) -> "AccessForm":
        return cls(data, initial={name: getattr(tenant, name) for name in cls.base_fields})


class PrivateDomainForm(forms.Form):
    domain = LineField(
        label=_("Webmail domain"),
        max_length=300,
        help_text=_("What stands after the @, such as gmail.com. What lies below it counts as well."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Write a domain such as gmail.com")},
    )
