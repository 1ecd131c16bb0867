"""What doors are told about a mail. Plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ByMail:
    """What a mail brings besides its words: `html`, sanitised, and `quoted`, what it repeats of earlier mails.
    `written_by`: the address it came from, where that is not known to be its author's. `label`: one of `MailLabel`."""

    html: str = ""
    quoted: str = ""
    written_by: str = ""
    label: str = ""


@dataclass(frozen=True)
class MailedTo:
    """The portal's address a mail was sent to, and what that decides of its ticket. `is_automatic`: a machine wrote the
    mail, so nobody is thanked for it."""

    email: str = ""
    department: int | None = None
    priority: str = ""
    is_automatic: bool = False
