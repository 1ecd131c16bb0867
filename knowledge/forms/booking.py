"""Booking a place, as customers write it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField


class BookingForm(forms.Form):
    """A message to whoever holds it is all that is asked."""

    message = LineField(
        label=_("Message to whoever holds it"),
        help_text=_("What you want to bring up, or what you need to take part. Other participants do not see it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
