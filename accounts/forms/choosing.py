"""Choosing an organisation by its name: typed, or taken from the list the browser offers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.folding import clean_line, fold_text
from accounts.forms.fields import LineField, TextField
from accounts.models import Organisation

OFFERED = 500
ORGANISATIONS = 500  # named at one thing; more are better chosen by their agreement


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


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows, by their ids; a number that no row can have is no choice, and no trouble for the database."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class OrganisationsField(TextField):
    """Organisations by name, one a line."""

    def clean(self, value: Any) -> Any:
        names = dict.fromkeys(filter(None, map(clean_line, super().clean(value).splitlines())))
        if len(names) > ORGANISATIONS:
            told = _("Write at most %(limit)d organisations; more are better chosen by their agreement.")
            raise forms.ValidationError(told % {"limit": ORGANISATIONS})
        found = {row.name: row for row in Organisation.objects.filter(name__in=names)}
        missing = []
        for name in names:
            row = found.get(name) or _spelled_otherwise(name)
            if row is None:
                missing.append(_("There is no organisation with the name %s.") % name)
            else:
                found[name] = row
        if missing:
            raise forms.ValidationError(missing[:10])
        return list({row.pk: row for row in found.values()}.values())


def _spelled_otherwise(name: str) -> Organisation | None:
    """The one organisation whose name is this but for case and accents."""
    key = fold_text(name)
    near = Organisation.objects.filter(search_key__contains=key)[:20] if key else ()
    same = [row for row in near if fold_text(row.name) == key]
    return same[0] if len(same) == 1 else None


def offered_organisations() -> list[str]:
    """Names for the browser's list; in a large portal the first of them, and others are typed."""
    return list(Organisation.objects.order_by("name").values_list("name", flat=True)[:OFFERED])
