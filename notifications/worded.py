"""A portal's own words in a mail, and what is wrong with them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notifications.models import MailWording
from notifications.rounds import Outgoing
from notifications.wording import Values, Wording, WordingBroken, check, fill_in
from notifications.wording_kinds import WORDED, WordedKind

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worded:
    """What a wording came to: plain text, still to be escaped where it goes into HTML."""

    subject: str
    heading: str
    text: str


def own_wording(kind: str, language: str) -> MailWording | None:
    """The portal's own words for a kind of mail in a language; None: the original ones."""
    found: MailWording | None = MailWording.objects.filter(kind=kind, language=language).first()
    return found


def in_own_words(kind: str, context: dict[str, Any], round_: Outgoing) -> dict[str, Any]:
    """What `mail/worded` needs for a mail in the portal's own words and the reader's language; empty where the original
    ones are to be used: there are no others, or they are broken. A broken wording stops no mail; it is logged, and
    shown in the settings."""
    worded = WORDED.get(kind)
    own = round_.wordings.get((kind, (get_language() or "en")[:2])) if worded else None
    if worded is None or own is None:
        return {}
    wording = Wording(own.subject, own.text)
    try:
        judge(worded, wording)
        said = put_in(worded, wording, worded.values(context))
    except WordingBroken as broken:
        logger.warning("wording %s (%s) is broken, the original is sent: %s", kind, own.language, broken.words)
        return {}
    return shown(worded, said)


def shown(worded: WordedKind, said: Worded) -> dict[str, Any]:
    """The values that the templates `mail/worded` add to those of the original ones, which they put the words into."""
    return {
        "original": worded.kind.value,
        "worded": said.text,
        "worded_subject": said.subject,
        "worded_heading": said.heading,
        "shows_text": "text" in worded.needed,
    }


def put_in(worded: WordedKind, wording: Wording, values: Values) -> Worded:
    """The wording with values. Of a ticket, the number always stands before the subject, and its own subject in it
    (I13). Raises WordingBroken."""
    with _about_subject():
        subject = " ".join(fill_in(wording.subject, values).split())
    text = fill_in(wording.text, values).strip()
    if not text:
        raise WordingBroken(
            _("Nothing is left of the text for some readers. Write something that always stands there.")
        )
    if not subject and not worded.about_ticket:
        raise WordingBroken(_("Nothing is left of the subject for some readers."), is_subject=True)
    number = f"[#{values['number']}] " if worded.about_ticket else ""
    subject = _with_ticket(subject, str(values["subject"])) if worded.about_ticket else subject
    return Worded(f"{number}{subject}".strip(), subject or number.strip(), text)


def judge(worded: WordedKind, wording: Wording) -> None:
    """Raises WordingBroken unless the wording can be used for every reader: whatever can be empty is empty once."""
    names = {one.name for one in worded.inserts}
    with _about_subject():
        check(wording.subject, names)
    check(wording.text, names)
    full = worded.samples("en", "Portal")
    for name in worded.needed:
        full[name] = f"\u2060{name}\u2060"
    for choices in (True, False):
        values = {name: choices if isinstance(value, bool) else value for name, value in full.items()}
        said = put_in(worded, wording, values)
        missing = next((name for name in worded.needed if str(full[name]) not in said.text), None)
        if missing is not None:
            raise WordingBroken(_("The text must always contain %s.") % f"{{{{ {missing} }}}}")


def _with_ticket(subject: str, of_ticket: str) -> str:
    """A mail's subject with the ticket's own, where that is not in it already."""
    theirs = " ".join(of_ticket.split())
    if theirs.casefold() in subject.casefold():
        return subject
    return f"{subject}: {theirs}" if subject else theirs


@contextmanager
def _about_subject() -> Iterator[None]:
    try:
        yield
    except WordingBroken as broken:
        broken.is_subject = True
        raise
