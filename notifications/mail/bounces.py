"""Which of the reports say that a mail did not arrive."""

import re
from email.message import Message

from notifications.mail.glances import first_text, header, parts_of
from notifications.mail.parsed import Report

_DELIVERY = ("message/delivery-status", "message/global-delivery-status")
_LATE = re.compile(
    r"(?:warning: (?:could not send|message [^\n]{0,80}(?:delayed|not yet))|delayed mail|message delayed|"
    r"(?:mail )?delivery (?:status notification |notification )?\(?(?:mail delivery )?delay)",
    re.I,
)
_GOES_ON = re.compile(
    r"attempts will continue|will continue to (?:try|attempt|be attempted)|has been postponed|no action is required|"
    r"(?:mail|message) will be retried|warning (?:message )?only",
    re.I,
)


def is_bounce(message: Message, reports: tuple[Report, ...]) -> bool:
    """Whether a report says that a mail will not arrive. That it was read (RFC 8098) is none, unless it was turned
    away (RFC 5429, 2.2); nor that it arrived, was passed on, or is only late (RFC 3464, 2.3.3)."""
    if str(message.get_param("report-type") or "").lower() == "disposition-notification":
        return "(rejected)" in header(message, "Auto-Submitted").lower()
    if any(report.is_final for report in reports):
        return True
    if reports and any(part.get_content_type() in _DELIVERY for part in parts_of(message)):
        return False
    return not (_LATE.match(header(message, "Subject")) or _GOES_ON.search(first_text(message, 2_000)))
