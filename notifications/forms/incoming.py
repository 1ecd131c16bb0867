"""What staff are asked about incoming mails."""

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.enums import Verdict
from notifications.ledger import Asked, addresses_seen_by
from notifications.models import IncomingMail, MailAddress
from tickets.models import Ticket
from tickets.queries import desk_tickets, open_topics

MB = 1024 * 1024
FILES_AT_ONCE = 50
_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE, in which Outlook saves a mail as .msg
_HEADER = re.compile(rb"(?:From [^\n]*\n|>From [^\n]*\n)?[!-9;-~]+[ \t]*:")  # RFC 5322, 2.2, after an mbox's line
_BEGINNING = 2048


class SearchForm(forms.Form):
    """What narrows the list. What is no date narrows nothing."""

    q = forms.CharField(required=False, max_length=500, label=_("Sender, subject or Message-ID"))
    since = forms.DateField(
        required=False, label=_("Came on or after"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        required=False, label=_("Came on or before"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def asked(self, state: str) -> Asked:
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        return Asked(given.get("q", ""), state, _sensible(since), _sensible(until))


class _AboutMail(forms.Form):
    """Asks who wrote a mail, where it does not say for certain."""

    def __init__(self, *args: Any, mail: IncomingMail, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mail.sender:
            self.fields["sender"] = forms.EmailField(
                label=_("Who wrote it?"),
                max_length=254,
                help_text=_("Their mail address. The mail does not say it for certain, so look twice."),
                widget=forms.EmailInput(attrs={"autocomplete": "off"}),
                error_messages={
                    "required": _("Write the mail address of whoever wrote it."),
                    "invalid": _("Write a mail address, like anna@kund.example."),
                },
            )


class NewTicketForm(_AboutMail):
    """What a mail does not say and a new ticket needs: whose it is, and what it is about."""

    def __init__(self, *args: Any, mail: IncomingMail, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, mail=mail, auto_id="new_%s", **kwargs)
        if mail.address is None:
            self.fields["topic"] = forms.ModelChoiceField(
                queryset=open_topics(agent),
                label=_("What is it about?"),
                help_text=_("The mail came to none of the portal’s addresses, so none says it."),
                empty_label=_("Choose a topic"),
                error_messages={"required": _("Choose a topic."), "invalid_choice": _("Choose a topic.")},
            )


class TicketForm(_AboutMail):
    """The number of the ticket a mail belongs to; looked up among those the agent sees."""

    number = forms.CharField(
        label=_("Ticket number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Write the number of the ticket.")},
    )

    def __init__(self, *args: Any, mail: IncomingMail, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, mail=mail, **kwargs)
        self.tickets = desk_tickets(agent)

    def clean_number(self) -> Ticket:
        digits = self.cleaned_data["number"].strip().strip("[]").removeprefix("#")
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 18
        found: Ticket | None = self.tickets.filter(number=int(digits)).first() if is_number else None
        if found is None:
            raise forms.ValidationError(_("You see no ticket with this number."))
        return found


class SenderForm(forms.Form):
    """Whose mails are judged, and how. Only administrators are asked for, and judge, whole domains."""

    key = forms.CharField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write a mail address.")},
    )
    verdict = forms.ChoiceField(
        label=_("What becomes of their mails"),
        choices=[
            (Verdict.BLOCK, _("Block: they are refused without a word, and stay in the list")),
            (
                Verdict.ACCEPT,
                _(
                    "Always accept: they become tickets whoever may ask by mail, also those that a machine wrote, and "
                    "are not held for coming too often"
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of their mails."), "invalid_choice": _("Choose one.")},
    )

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agent, key = agent, self.fields["key"]
        if agent.is_administrator:
            key.label = _("Mail address or domain")
            key.help_text = _("For example anna@kund.example, or @kund.example for everybody who writes from there.")
            key.error_messages["required"] = _("Write a mail address, or @ and a domain.")

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].strip()
        if key.startswith("@") and not self.agent.is_administrator:
            raise forms.ValidationError(_("Only administrators judge a whole domain. Write one mail address."))
        return key


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError(self.error_messages["required"])
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """Saved mails to be taken in, and the address they came to. What is no mail is left out, and named in `left_out`;
    where nothing is left, nothing is taken in."""

    address = forms.ModelChoiceField(
        queryset=MailAddress.objects.none(),
        required=False,
        label=_("Which address did they come to?"),
        empty_label=_("As the mail says"),
        help_text=_("It decides what they become, as if they had come there by themselves."),
    )
    mails = FilesField(
        label=_("Saved mails"),
        widget=FilesInput(attrs={"accept": ".eml,message/rfc822", "multiple": True}),
        help_text=_("Files ending in .eml. In most mail programs: save the mail, or drag it to a folder."),
        max_length=None,
        allow_empty_file=True,
        error_messages={"required": _("Choose one or more files."), "invalid": _("Choose one or more files.")},
    )

    def __init__(self, *args: Any, agent: User, overflow: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.overflow = overflow
        self.left_out: list[str] = []
        self.fields["address"].queryset = addresses_seen_by(agent)  # type: ignore[attr-defined]

    def clean_mails(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["mails"]
        if len(files) > FILES_AT_ONCE:
            raise forms.ValidationError(_("At most %(limit)d files at once.") % {"limit": FILES_AT_ONCE})
        if self.overflow:
            words = _("The files are larger than %(limit)d MB together. Upload them in smaller lots.")
            raise forms.ValidationError(words % {"limit": settings.ATTACHMENTS_LIMIT_MB})
        troubles = {file: _trouble(file) for file in files}
        self.left_out = [words for words in troubles.values() if words]
        if len(self.left_out) == len(files):
            raise forms.ValidationError(self.left_out)
        return [file for file, words in troubles.items() if not words]


def _trouble(file: UploadedFile) -> str:
    """Why a file cannot be taken in; empty where it can."""
    name = {"name": file.name or "-", "limit": settings.ATTACHMENT_LIMIT_MB}
    if (file.size or 0) > settings.ATTACHMENT_LIMIT_MB * MB:
        return _("%(name)s is larger than %(limit)d MB.") % name
    beginning = file.read(_BEGINNING)
    file.seek(0)
    if beginning.startswith(_OUTLOOK):
        return _("%(name)s is in Outlook’s own format. Outlook on the web saves mails as .eml.") % name
    if _HEADER.match(beginning.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")) is None:
        return _("%(name)s is no saved mail.") % name
    return ""


def _sensible(day: date | None) -> date | None:
    """A day within what a calendar of ours knows; others ask for nothing."""
    return day if day is not None and 1990 <= day.year <= 2200 else None
