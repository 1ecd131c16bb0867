"""Choosing an organisation by its name: typed, or taken from the list the browser offers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.folding import fold_text
from accounts.forms.fields import LineField
from accounts.models import Organisation

OFFERED = 500


class OrganisationField(LineField):
    """Cleans to the organisation with this name, however it is spelled, or to None when left empty."""

    widget = forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"})

    def clean(self, value: Any) -> Organisation | None:
        name = super().clean(value)
        if not name:
            return None
        same = Organisation.objects.select_related("agreement").filter(search_key=fold_text(name)[:400])
        found: Organisation | None = same.filter(name=name).first() or same.first()
        if found is None:
            raise forms.ValidationError(
                _("There is no organisation with this name. Choose one from the list, or enter it first.")
            )
        return found


def offered_organisations() -> list[str]:
    """Names for the browser's list; in a large portal the first of them, and others are typed."""
    return list(Organisation.objects.order_by("name").values_list("name", flat=True)[:OFFERED])
