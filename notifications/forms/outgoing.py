"""How mail goes out and what comes in is trusted, as administrators set it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from notifications.actions.mail_settings import MailRules, OutgoingServer
from notifications.enums import MailSecurity
from notifications.forms.mailboxes import HostField, PortField, SecretField
from notifications.models import MailSettings

NUMBER_WRONG = gettext_lazy("Write a number from 1 to 1000.")
_SELECTOR = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,61}[a-z0-9])?")
MOST_SELECTORS = 10


class OutgoingForm(forms.Form):
    """The server mails leave by."""

    host = HostField(
        label=gettext_lazy("Server"),
        max_length=253,
        required=False,
        help_text=gettext_lazy("Empty: mails leave by the installation’s own server. Else such as smtp.example.com."),
    )
    security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=MailSecurity.choices)
    port = PortField(help_text=gettext_lazy("Mostly 587 with STARTTLS, 465 with TLS from the start."))
    username = LineField(
        label=gettext_lazy("User name"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Empty: the server asks for none."),
    )
    password = SecretField(label=gettext_lazy("Password"))

    def __init__(self, *args: Any, row: MailSettings, **kwargs: Any) -> None:
        shown = {name: getattr(row, f"smtp_{name}") for name in ("host", "security", "port", "username")}
        super().__init__(*args, **{"initial": shown, **kwargs})
        if row.smtp_secret:
            self.fields["password"].help_text = _("Kept, and shown to nobody. Type it only to change it.")

    @property
    def server(self) -> OutgoingServer:
        """What the door takes, once the form is valid."""
        return OutgoingServer(**self.cleaned_data)


class RulesForm(forms.Form):
    """How answers find their ticket, whose findings count, how much is too much."""

    answers_by_token = forms.BooleanField(
        label=gettext_lazy("Answers go to an address that names their ticket"),
        help_text=gettext_lazy(
            "Such as support+r3k-…@. Whatever a mail program does to the subject, the answer finds its ticket. Off, "
            "for mail servers that know no “+”: answers are matched by what the mail refers to, and by its number."
        ),
        required=False,
    )
    authserv_id = LineField(
        label=gettext_lazy("Name of your own mail server in Authentication-Results"),
        help_text=gettext_lazy(
            "It stands in that header of every mail you get, before the first semicolon. What this server found out "
            "about a sender counts; what others wrote does not. Empty: mails in a colleague’s name are always held."
        ),
        max_length=253,
        required=False,
    )
    mails_an_hour = forms.IntegerField(
        label=gettext_lazy("Mails an hour from one sender"),
        help_text=gettext_lazy("What comes above it is held, because two machines may be writing to each other."),
        min_value=1,
        max_value=1000,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NUMBER_WRONG),
    )
    acknowledgements_an_hour = forms.IntegerField(
        label=gettext_lazy("Confirmations an hour to one address"),
        help_text=gettext_lazy("Mails above it still become tickets, but are not confirmed."),
        min_value=1,
        max_value=1000,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NUMBER_WRONG),
    )

    def __init__(self, *args: Any, row: MailSettings, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {name: getattr(row, name) for name in self.base_fields}, **kwargs})

    def clean_authserv_id(self) -> str:
        name: str = self.cleaned_data["authserv_id"].lower()
        if re.search(r"[\s;,()\"<>]", name):
            raise forms.ValidationError(_("Write the name alone, as it stands before the first semicolon."))
        return name

    @property
    def rules(self) -> MailRules:
        """What the door takes, once the form is valid."""
        return MailRules(**self.cleaned_data)


class SelectorsForm(forms.Form):
    """Under which names the keys are looked for with which mails are signed."""

    selectors = LineField(
        label=gettext_lazy("Names of your DKIM keys"),
        help_text=gettext_lazy(
            "Called selectors; whoever runs your mail server knows them. Several with commas between. Empty: the usual "
            "ones are tried."
        ),
        max_length=200,
        required=False,
    )

    def clean_selectors(self) -> list[str]:
        typed = self.cleaned_data["selectors"].lower().replace("._domainkey", "")
        found = [name for name in re.split(r"[\s,;]+", typed) if name]
        if len(found) > MOST_SELECTORS:
            raise forms.ValidationError(_("Write at most ten."))
        for name in found:
            if not _SELECTOR.fullmatch(name):
                raise forms.ValidationError(_("“%s” cannot be the name of a key.") % name)
        return found
