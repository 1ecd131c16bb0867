"""Mails about bookings and service messages."""

from django.utils.translation import gettext_lazy as _

from notifications.enums import MailKind
from notifications.wording_kinds.kinds import LIFE, PORTAL, Insert, WordedKind

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
ABOUT_IT = _("All about it")
ALONG_BOOKING = _("Below your words stand when and where it is held, the link to its page, and how to cancel.")

HELP_CENTRE = (
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
        _("Reminder: {{ activity }}"),
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
        _("{% if called_off %}Cancelled{% else %}Booking cancelled{% endif %}: {{ activity }}"),
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
