from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.forms.fields import LineField
from accounts.models import User
from accounts.timezones import city_of, zone_choices


class AccountForm(forms.Form):
    """What a person says about themselves."""

    name = LineField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = LineField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, help_text=_("Of the pages and of the mails you get.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Every date and time you read here and in mails follows it.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_portal = gettext("As the portal: %(city)s") % {"city": city_of(user.tenant.time_zone)}
        field: Any = self.fields["time_zone"]
        field.choices = [("", of_portal), *zone_choices(user.time_zone)]
