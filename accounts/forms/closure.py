from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.proof import ProvenForm


class ClosureForm(ProvenForm):
    """Closing one's own account. Its tick is what keeps a slip of the finger from doing it."""

    field_order = ("is_sure", "password")

    is_sure = forms.BooleanField(
        label=_("Yes, close my account"),
        error_messages={"required": _("Tick this if you want to close your account.")},
    )
