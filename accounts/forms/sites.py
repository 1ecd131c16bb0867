"""An organisation's sites, as staff write them down."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import clean_line, fold_text
from accounts.forms.fields import LineField
from accounts.forms.organisations import NotesField

AT_ONCE = 1000
NAME, ADDRESS = 120, 200  # characters


class SitesForm(forms.Form):
    """One site a line, its address after a semicolon. `sites()` is what the door takes."""

    sites = NotesField(
        label=gettext_lazy("Sites"),
        help_text=gettext_lazy("One a line. An address may follow after a semicolon: City hall; Storgatan 1"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the name of a site.")},
    )

    def clean_sites(self) -> list[tuple[str, str]]:
        lines = [clean_line(line) for line in self.cleaned_data["sites"].split("\n")]
        pairs = [self._pair(line) for line in lines if line]
        if len(pairs) > AT_ONCE:
            raise forms.ValidationError(_("Write at most %(limit)d at a time.") % {"limit": AT_ONCE})
        wrong = [name for name, address in pairs if len(name) > NAME or len(address) > ADDRESS or not fold_text(name)]
        if wrong:
            told = _("A name has at most %(name)d characters and an address %(address)d. Shorten “%(what)s”.")
            raise forms.ValidationError(
                [told % {"name": NAME, "address": ADDRESS, "what": name[:40]} for name in wrong[:5]]
            )
        if not pairs:
            raise forms.ValidationError(_("Write the name of a site."))
        return pairs

    @staticmethod
    def _pair(line: str) -> tuple[str, str]:
        name, _semicolon, address = line.partition(";")
        return name.strip(), address.strip()


class SiteForm(forms.Form):
    """One site."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=NAME,
        error_messages={"required": gettext_lazy("Write the name of the site.")},
    )
    address = LineField(label=gettext_lazy("Address"), max_length=ADDRESS, required=False)

    def clean_name(self) -> Any:
        if not fold_text(self.cleaned_data["name"]):
            raise forms.ValidationError(_("Write the name of the site."))
        return self.cleaned_data["name"]
