"""What a kind of mail is whose wording is edited, and what can be put into it."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications.enums import MailKind
from notifications.wording import Values, Wording


@dataclass(frozen=True)
class Insert:
    """Something that can be put into a wording: `{{ name }}`. `is_choice`: yes or no, for `{% if name %}`."""

    name: str
    meaning: str | Promise
    sample: str | Promise
    is_choice: bool = False

    @property
    def mark(self) -> str:
        """How it is written in a wording."""
        return f"{{% if {self.name} %}}…{{% endif %}}" if self.is_choice else f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class WordedKind:
    """A kind of mail as its wording is edited. `way` names the value of the mail's link or code, `way_words` what
    stands on it, `along` what else comes below the words; `needed` what a wording must not leave out."""

    kind: MailKind
    occasion: str | Promise
    inserts: tuple[Insert, ...]
    subject: str | Promise
    text: str | Promise
    way: str = ""
    way_words: str | Promise = ""
    along: str | Promise = ""
    needed: tuple[str, ...] = ()
    about_ticket: bool = False

    def start(self, language: str) -> Wording:
        """The words to begin with."""
        with override(language):
            return Wording(str(self.subject), str(self.text))

    def words_on_way(self, language: str) -> str:
        """What stands on the link, in the mail's language."""
        with override(language):
            return str(self.way_words)

    def samples(self, language: str, portal: str) -> dict[str, str | bool]:
        """Values as in a real mail, for the preview and for trying a wording out."""
        with override(language):
            said = {one.name: True if one.is_choice else str(one.sample) for one in self.inserts}
        return said | {"portal": portal}

    def values(self, context: dict[str, Any]) -> Values:
        """What can be put in, from what the original templates are given. Nothing that a stranger typed is among it
        before their address is proven (`echo`)."""
        said: dict[str, str | bool] = {}
        for one in self.inserts:
            value = context.get(one.name)
            said[one.name] = bool(value) if one.is_choice else str(value or "")
        said["portal"] = str(context["tenant"].name)
        if self.about_ticket:
            ticket, echo = context["ticket"], bool(context["echo"])
            said["number"], said["subject"] = str(ticket.number), ticket.subject if echo else ""
            if "text" in said and not echo:
                said["text"] = ""
        return said


PORTAL = Insert("portal", _("the portal’s name"), "Larm Support")
WHEN = Insert("when", _("day and time"), "9 jan 2026 10:00")
LIFE = _("Below the link stands how long it works, and what to do if it was somebody else.")
