"""Which mails a portal can word itself, what can be put into them, and the words to begin with.

Only mails to customers, about their tickets and accounts. Those that warn of something at an account keep their words:
they protect the reader, also from the portal. A wording stands in place of the block `words` of the original templates;
what is outside it (links, codes, answers, what to do if it was somebody else, signature, layout) no wording can lose.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications.enums import MailKind
from notifications.wording import Values, Wording

LANGUAGES = ("sv", "en")


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
TICKET = (
    Insert("number", _("the ticket’s number"), "1042"),
    Insert(
        "subject",
        _("the ticket’s subject; left out where a stranger may have typed it for somebody else"),
        _("The alarm at the back door"),
    ),
    PORTAL,
)
WHO = Insert("who", _("who did it, as customers know them"), "Karin Holm")
WHEN = Insert("when", _("day and time"), "9 jan 2026 10:00")
TEXT = Insert("text", _("what was written, whole"), _("We have reset it. Does it still sound?"))
CLOSED = Insert("closed", _("the ticket is closed with this answer"), "", is_choice=True)
BY_PHONE = Insert("by_phone", _("the ticket was told on the phone"), "", is_choice=True)
PASSED_ON = Insert("passed_on", _("the ticket is a mail to somebody here, who passed it on"), "", is_choice=True)
WAITS = Insert("waits_for_customer", _("the ticket now waits for the customer"), "", is_choice=True)
ORGANISATION = Insert("organisation_name", _("the reader’s organisation; may be empty"), "Ek & Co")
ACTIVITY = Insert("activity", _("what is booked"), _("First steps"))
HELD = Insert("when", _("when it is held"), "9 jan 2026 10:00–11:00")
BOOKING = (ACTIVITY, HELD, PORTAL)
MESSAGE = (
    Insert("message_title", _("the service message’s title"), _("Alarms do not get through")),
    Insert("message_kind", _("what it is: a disturbance, or planned work"), _("Disturbance")),
    Insert("message_severity", _("how much is affected"), _("Does not work")),
    Insert("over", _("it is over"), "", is_choice=True),
    PORTAL,
)
OPEN = _("Open the ticket")
ABOUT_IT = _("All about it")
ALONG_BOOKING = _("Below your words stand when and where it is held, the link to its page, and how to cancel.")
LIFE = _("Below the link stands how long it works, and what to do if it was somebody else.")

_ALL = (
    WordedKind(
        MailKind.CONFIRMATION,
        _("Sent when a ticket has been filed."),
        (*TICKET, WHEN, BY_PHONE, PASSED_ON),
        _("We have received your ticket"),
        _(
            "We have received your ticket. It has the number {{ number }}.\n\n"
            "What happens next: somebody reads it and answers you. You get a mail as soon as the answer is there."
        ),
        "link",
        OPEN,
        _(
            "Below your words come the topic and what was answered in the form, the way to choose a password for "
            "whoever has none, and what was written."
        ),
        about_ticket=True,
    ),
    WordedKind(
        MailKind.REPLY,
        _("Sent when somebody on the desk has answered."),
        (*TICKET, WHO, WHEN, TEXT, CLOSED, WAITS),
        "{{ subject }}",
        _("{{ who }} has answered ticket {{ number }}:\n\n{{ text }}"),
        "link",
        _("Open the ticket and answer"),
        needed=("text",),
        about_ticket=True,
    ),
    WordedKind(
        MailKind.COLLEAGUE_REPLY,
        _("Sent to the others on a ticket when a customer has written in it."),
        (*TICKET, WHO, WHEN, TEXT),
        "{{ subject }}",
        _("{{ who }} has written in ticket {{ number }}:\n\n{{ text }}"),
        "link",
        _("Open the ticket and answer"),
        needed=("text",),
        about_ticket=True,
    ),
    WordedKind(
        MailKind.CLOSED,
        _("Sent when the desk has closed a ticket without writing."),
        (*TICKET, WHO, WHEN),
        "{{ subject }}",
        _("{{ who }} has closed ticket {{ number }}."),
        "link",
        OPEN,
        _("Below your words stands how to open it again."),
        about_ticket=True,
    ),
    WordedKind(
        MailKind.REOPENED,
        _("Sent when the desk has opened a ticket again."),
        (*TICKET, WHO, WHEN),
        "{{ subject }}",
        _("{{ who }} has opened ticket {{ number }} again."),
        "link",
        OPEN,
        about_ticket=True,
    ),
    WordedKind(
        MailKind.COLLABORATOR_ADDED,
        _("Sent to somebody who has been added to a ticket."),
        (*TICKET, WHO, WHEN),
        "{{ subject }}",
        _("{{ who }} has added you to ticket {{ number }}. You can read all of it and write in it."),
        "link",
        OPEN,
        about_ticket=True,
    ),
    WordedKind(
        MailKind.VERIFICATION,
        _("Sent to somebody who has registered, to prove that the address is theirs."),
        (PORTAL,),
        _("Confirm your mail address for {{ portal }}"),
        _("Somebody, probably you, has registered at {{ portal }} with this address. Please confirm that it is yours."),
        "verification_link",
        _("Confirm the address"),
        LIFE,
    ),
    WordedKind(
        MailKind.CODE,
        _("Sent to somebody who signs in with a code."),
        (PORTAL, Insert("until", _("until when the code works"), "10:20")),
        _("Your code for {{ portal }}"),
        _("Here is the code you asked for:"),
        "digits",
        along=_("Below the code stands until when it works, and that nobody else may have it."),
    ),
    WordedKind(
        MailKind.PASSWORD,
        _("Sent to somebody who wants to choose a password."),
        (PORTAL,),
        _("Choose your password for {{ portal }}"),
        _("Somebody, probably you, wants to choose a password for {{ portal }}."),
        "password_link",
        _("Choose a password"),
        LIFE,
    ),
    WordedKind(
        MailKind.INVITATION,
        _("Sent to somebody who is invited."),
        (
            PORTAL,
            Insert("inviter", _("who invites"), "Karin Holm"),
            ORGANISATION,
            Insert("words", _("what the inviter wrote; may be empty"), _("Welcome to us.")),
            Insert("until", _("until when the invitation can be accepted"), "16 jan 2026"),
        ),
        _("{{ inviter }} invites you to {{ portal }}"),
        _("{{ inviter }} invites you to {{ portal }}.\n\n{{ words }}"),
        "invitation_link",
        _("Accept the invitation"),
        _(
            "Below your words stands what the invitation is for, until when it can be accepted, and what happens "
            "without that."
        ),
        needed=("words",),
    ),
    WordedKind(
        MailKind.APPLIED,
        _("Sent to somebody who has applied for access."),
        (PORTAL,),
        _("Your application for access to {{ portal }}"),
        _("Your application for access to {{ portal }} is here. Somebody looks at it, and you get a mail either way."),
        along=_(
            "Below your words stands whom to turn to, as the settings say it, and what to do if it was somebody else."
        ),
    ),
    WordedKind(
        MailKind.APPROVED,
        _("Sent when an application has been approved."),
        (PORTAL, ORGANISATION),
        _("Welcome to {{ portal }}: your application is approved"),
        _("Your application for access to {{ portal }} is approved."),
        "sign_in_link",
        _("Sign in"),
        _("Below your words come the two ways to sign in: a link to choose a password, and a code by mail."),
    ),
    WordedKind(
        MailKind.BOOKED,
        _("Sent when somebody has got a place at a training or a consultation."),
        BOOKING,
        _("You have a place: {{ activity }}"),
        _("You have a place at “{{ activity }}”."),
        "link",
        ABOUT_IT,
        ALONG_BOOKING,
    ),
    WordedKind(
        MailKind.WAITLISTED,
        _("Sent when all seats were taken and somebody is on the waiting list."),
        (*BOOKING, Insert("line", _("which number on the waiting list"), "2")),
        _("Waiting list: {{ activity }}"),
        _("All seats at “{{ activity }}” are taken. You are number {{ line }} on the waiting list."),
        "link",
        ABOUT_IT,
        ALONG_BOOKING,
    ),
    WordedKind(
        MailKind.PLACE_GIVEN,
        _("Sent when somebody on the waiting list gets a place."),
        BOOKING,
        _("A place is yours: {{ activity }}"),
        _("A place at “{{ activity }}” was left, and it is yours."),
        "link",
        ABOUT_IT,
        ALONG_BOOKING,
    ),
    WordedKind(
        MailKind.OCCASION_CHANGED,
        _("Sent when the time or place of what somebody has booked changes."),
        BOOKING,
        _("Changed: {{ activity }}"),
        _("Something has changed at “{{ activity }}”. This is how it is now."),
        "link",
        ABOUT_IT,
        ALONG_BOOKING,
    ),
    WordedKind(
        MailKind.BOOKING_REMINDED,
        _("Sent on the working day before what somebody has booked."),
        BOOKING,
        _("Soon: {{ activity }}"),
        _("You have a place at “{{ activity }}”, which is soon."),
        "link",
        ABOUT_IT,
        ALONG_BOOKING,
    ),
    WordedKind(
        MailKind.BOOKING_CANCELLED,
        _("Sent when what somebody has booked is cancelled, by them or by us."),
        (
            *BOOKING,
            Insert("by_reader", _("the reader cancelled the booking"), "", is_choice=True),
            Insert("called_off", _("it is not held at all"), "", is_choice=True),
        ),
        _("Cancelled: {{ activity }}"),
        _(
            "{% if called_off %}“{{ activity }}”, {{ when }}, is cancelled."
            "{% elsif by_reader %}You have cancelled your booking at “{{ activity }}”, {{ when }}."
            "{% else %}We have taken you off the list of “{{ activity }}”, {{ when }}.{% endif %}"
        ),
        "link",
        _("Other dates, if there are any"),
        _("Below your words stands why it is not held, where somebody has said it."),
    ),
    WordedKind(
        MailKind.SUBSCRIPTION,
        _("Sent to somebody who wants service messages by mail and is not signed in, to prove that they do."),
        (PORTAL,),
        _("Do you want service messages from {{ portal }} by mail?"),
        _(
            "Somebody, probably you, wants service messages from {{ portal }} mailed to this address. Open the link "
            "and press the button to confirm it:"
        ),
        "confirm_link",
        _("Confirm"),
        LIFE,
    ),
    WordedKind(
        MailKind.SERVICE_MESSAGE,
        _("Sent to those who subscribe when something is told of a service message."),
        MESSAGE,
        _("{% if over %}Over{% else %}{{ message_kind }}{% endif %}: {{ message_title }}"),
        _(
            "{{ message_title }}\n\n"
            "{% if over %}It is over.{% else %}{{ message_kind }} – {{ message_severity }}{% endif %}"
        ),
        "link",
        _("All that is told of it"),
        _("Below your words stands what is told, what is affected and when."),
    ),
)
WORDED: dict[str, WordedKind] = {one.kind.value: one for one in _ALL}
