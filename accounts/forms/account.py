from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.forms.fields import LineField


class AccountForm(forms.Form):
    name = LineField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = LineField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
