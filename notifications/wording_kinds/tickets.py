"""Mails about tickets."""

from django.utils.translation import gettext_lazy as _

from notifications.enums import MailKind
from notifications.wording_kinds.kinds import PORTAL, WHEN, Insert, WordedKind

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
TEXT = Insert("text", _("what was written, whole"), _("We have reset it. Does it still sound?"))
CLOSED = Insert("closed", _("the ticket is closed with this answer"), "", is_choice=True)
BY_PHONE = Insert("by_phone", _("the ticket was told on the phone"), "", is_choice=True)
PASSED_ON = Insert("passed_on", _("the ticket is a mail to somebody here, who passed it on"), "", is_choice=True)
WAITS = Insert("waits_for_customer", _("the ticket now waits for the customer"), "", is_choice=True)
OPEN = _("Open the ticket")

TICKETS = (
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
)
