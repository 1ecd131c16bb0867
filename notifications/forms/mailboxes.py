"""A mailbox as its administrator sets it."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import LineField
from notifications.actions.mailboxes import MailboxWords
from notifications.enums import AfterFetch, MailboxSignIn, MailSecurity
from notifications.models import MailAddress, Mailbox

PORT_WRONG = gettext_lazy("Write a number from 1 to 65535.")
HOST_WRONG = gettext_lazy("Write the server’s name alone, such as imap.example.com.")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")


class HostField(LineField):
    """A server's name or address."""

    def clean(self, value: Any) -> str:
        host: str = super().clean(value).lower()
        if host and not _HOST.fullmatch(host):
            raise forms.ValidationError(HOST_WRONG, code="invalid")
        return host


class PortField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        wrong = {"required": PORT_WRONG, "invalid": PORT_WRONG, "min_value": PORT_WRONG, "max_value": PORT_WRONG}
        super().__init__(
            **{"label": gettext_lazy("Port"), "min_value": 1, "max_value": 65535, "error_messages": wrong, **kwargs}
        )


class SecretField(forms.CharField):
    """What is typed once and never shown again; nothing of it is stripped."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "off"})
        super().__init__(**{"required": False, "strip": False, "max_length": 4000, "widget": widget, **kwargs})


class MailboxForm(forms.Form):
    """Where a mailbox is, how it is opened, and what becomes of its mails there."""

    name = LineField(
        label=gettext_lazy("What do you call it?"),
        max_length=80,
        help_text=gettext_lazy("For instance the address whose mail lies in it."),
        error_messages={"required": gettext_lazy("Write a name by which you know the mailbox.")},
    )
    host = HostField(
        label=gettext_lazy("Server"),
        max_length=253,
        help_text=gettext_lazy("Such as imap.example.com; outlook.office365.com or imap.gmail.com."),
        error_messages={"required": HOST_WRONG},
    )
    port = PortField(initial=993)
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"), choices=MailSecurity.choices, initial=MailSecurity.TLS
    )
    username = LineField(
        label=gettext_lazy("User name"),
        max_length=254,
        help_text=gettext_lazy("Mostly the whole mail address."),
        error_messages={"required": gettext_lazy("Write the name with which the mailbox is opened.")},
    )
    sign_in = forms.ChoiceField(
        label=gettext_lazy("How is it opened?"),
        choices=MailboxSignIn.choices,
        initial=MailboxSignIn.PASSWORD,
        widget=forms.RadioSelect,
    )
    secret = SecretField(label=gettext_lazy("Password, or with OAuth the refresh token"))
    token_url = LineField(
        label=gettext_lazy("Address of the sign-in service"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Such as https://oauth2.googleapis.com/token."),
    )
    client_id = LineField(label=gettext_lazy("Client ID"), max_length=200, required=False)
    client_secret = SecretField(label=gettext_lazy("Client secret"))
    folder = LineField(
        label=gettext_lazy("Which folder is read?"),
        max_length=200,
        initial="INBOX",
        error_messages={"required": gettext_lazy("Write the name of a folder; the inbox is called INBOX.")},
    )
    address = forms.ModelChoiceField(
        label=gettext_lazy("Which address is it for?"),
        queryset=MailAddress.objects.none(),
        required=False,
        help_text=gettext_lazy(
            "A mail that names none of your addresses, such as a hidden copy, counts as sent to it."
        ),
    )
    after_fetch = forms.ChoiceField(
        label=gettext_lazy("What becomes of a mail in the mailbox?"),
        choices=AfterFetch.choices,
        initial=AfterFetch.READ,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Only once it is safely stored here. Which mails have been fetched does not depend on it: reading the "
            "mailbox yourself hides nothing from the portal."
        ),
    )
    move_to = LineField(label=gettext_lazy("Folder it is moved to"), max_length=200, required=False)
    fetches_old = forms.BooleanField(
        label=gettext_lazy("Fetch also what lies there already"),
        help_text=gettext_lazy("Off, only mails that come from now on become tickets. On, old ones do as well."),
        required=False,
    )
    quiet_hours = forms.IntegerField(
        label=gettext_lazy("After how many hours without a mail are administrators told?"),
        help_text=gettext_lazy("Choose longer than a weekend, or 0 for never. That it cannot be read is told anyway."),
        min_value=0,
        max_value=2160,
        initial=0,
    )

    def __init__(self, *args: Any, mailbox: Mailbox | None = None, **kwargs: Any) -> None:
        if mailbox is not None:
            shown = {name: getattr(mailbox, name) for name in self.base_fields if "secret" not in name}
            kwargs = {"initial": shown, **kwargs}
        super().__init__(*args, **kwargs)
        address: Any = self.fields["address"]
        address.queryset = MailAddress.objects.all()
        address.empty_label = _("None: such mails are held until somebody decides")
        if mailbox is not None and mailbox.secret:
            for name in ("secret", "client_secret"):
                self.fields[name].help_text = _("Kept, and shown to nobody. Type it only to change it.")

    def clean_token_url(self) -> str:
        url: str = self.cleaned_data["token_url"]
        if url and not _is_https(url):
            raise forms.ValidationError(_("Write an address that begins with https://."))
        return url

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("sign_in") == MailboxSignIn.OAUTH:
            for name in ("token_url", "client_id"):
                if name not in self.errors and not values.get(name):
                    self.add_error(name, _("It is needed to sign in with OAuth."))
        if values.get("after_fetch") == AfterFetch.MOVE and values.get("move_to", "") in ("", values.get("folder")):
            self.add_error("move_to", _("Write another folder than the one that is read."))
        return values

    @property
    def words(self) -> MailboxWords:
        """What the door takes, once the form is valid."""
        return MailboxWords(**self.cleaned_data)


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and not parts.username and (parts.port or 443) > 0
    except ValueError:
        return False
