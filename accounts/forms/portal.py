from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant
from accounts.pictures import picture_type

NUMBER_MISSING = _("Write a number.")
NUMBER_TOO_SMALL = _("Write a number from 1 and up.")
NUMBER_TOO_LARGE = _("Write a number that is at most %(limit_value)s.")
LOGO_LIMIT = 512 * 1024


class PortalForm(forms.ModelForm):
    """The portal as its administrator sets it. Cleans; the door `update_portal` saves."""

    logo_file = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG, JPEG, GIF or WebP, at most 512 kB. Shown 32 pixels high.")
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = Tenant
        fields = [
            "name",
            "colour",
            "language",
            "guest_limit_per_address",
            "guest_limit_per_network",
            "attachment_limit_mb",
            "undo_seconds",
        ]
        labels = {
            "name": _("Name of the portal"),
            "colour": _("Colour"),
            "language": _("Language of the portal"),
            "guest_limit_per_address": _("Tickets an hour from one address"),
            "guest_limit_per_network": _("Tickets an hour from one network"),
            "attachment_limit_mb": _("Largest file, in MB"),
            "undo_seconds": _("Seconds in which an agent can take a reply back"),
        }
        help_texts = {
            "colour": _("Buttons and links take this colour; it is adjusted so that text stays readable."),
            "language": _("Used when a reader has not chosen and their browser asks for neither language."),
            "guest_limit_per_address": _("Counts people who are not signed in. Keeps strangers from flooding you."),
            "guest_limit_per_network": _("Many people may share one network, so allow more than for one address."),
            "attachment_limit_mb": _("Customers and agents see this limit at every upload."),
            "undo_seconds": _(
                "So long a reply is kept from the customer, by mail and in the portal. 0: it is sent at once."
            ),
        }
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}
        error_messages = {
            "name": {"required": _("Write the portal's name.")},
            **{
                field: {"required": NUMBER_MISSING, "min_value": NUMBER_TOO_SMALL, "max_value": NUMBER_TOO_LARGE}
                for field in ("guest_limit_per_address", "guest_limit_per_network", "attachment_limit_mb")
            },
            "undo_seconds": {"required": NUMBER_MISSING, "max_value": NUMBER_TOO_LARGE},
        }

    def clean_logo_file(self) -> UploadedFile | None:
        logo: UploadedFile | None = self.cleaned_data.get("logo_file")
        if logo is None:
            return None
        if logo.size is None or logo.size > LOGO_LIMIT:
            raise forms.ValidationError(_("The logo is larger than 512 kB. Choose a smaller picture."))
        head = logo.read(16)
        logo.seek(0)
        if picture_type(head) is None:
            raise forms.ValidationError(_("This file is no PNG, JPEG, GIF or WebP picture. Choose another one."))
        return logo
