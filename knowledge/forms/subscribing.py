"""What guests fill in who want service messages by mail."""

from accounts.forms.entering import StrangersForm
from accounts.forms.fields import AddressField


class SubscriptionForm(StrangersForm):
    email = AddressField()  # the page says what comes there; nobody has asked a question that is answered
