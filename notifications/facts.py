"""What is sent, and how sending can end. Plain values and exceptions."""

from dataclasses import dataclass, field

from notifications.enums import Trouble


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a mail. Name and type are our own words, never somebody's: plain ASCII."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One finished mail to one person. Addresses are bare and ASCII; the subject is one clean line.

    `reply_to`: where an answer goes; `bounces_to`, the envelope's sender: where it goes when it cannot be delivered.
    """

    subject: str
    sender_name: str
    sender: str
    reply_to: str
    bounces_to: str
    recipient: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    files: tuple[Enclosure, ...] = ()


class NotSent(Exception):
    """Surely not sent. `permanent`: trying again would end the same way."""

    permanent = False

    def __init__(self, trouble: Trouble, reply: str = "") -> None:
        super().__init__(trouble, reply)
        self.trouble, self.reply = trouble, reply


class Refused(NotSent):
    """Surely not sent, and never will be: the server refuses this mail."""

    permanent = True


class ServerAway(NotSent):
    """Surely not sent, and no fault of this mail: the server is unreachable or takes nothing from us now."""


class Unheard(Exception):
    """Handed over completely, but nobody said whether it was taken: it may or may not arrive."""

    def __init__(self, reply: str = "") -> None:
        super().__init__(reply)
        self.reply = reply


class TooSoon(Exception):
    """The mail was sent again a moment ago; somebody would get it twice. `seconds` until it can be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Outlived(Exception):
    """The mail holds a code that nobody can use any more. Its reader asks for another."""


class Stumbled(Exception):
    """One mail broke the connection to its mailbox. It is put aside; the others are fetched over another one."""


class LeaseLost(Exception):
    """Somebody else answers for this delivery now; whoever held it must not go on."""
