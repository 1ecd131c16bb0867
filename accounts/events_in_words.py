"""What happened to an account, told to staff."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.enums import AccountEventKind, Role
from accounts.models import AccountEvent


def account_sentence(event: AccountEvent) -> str:
    """One event in words, without who and when."""
    words = _PLAIN.get(event.kind)
    if words is not None:
        return words()
    tell = _TOLD.get(event.kind)
    return tell(event) if tell is not None else event.kind


def _registered(event: AccountEvent) -> str:
    return _("Registered") if event.actor_id in (None, event.user_id) else _("Entered by staff")


def _verified(event: AccountEvent) -> str:
    organisation = event.data.get("organisation")
    if organisation:
        return _("Proved the mail address; belongs to %s") % organisation
    return _("Proved the mail address")


def _moved(event: AccountEvent) -> str:
    names = {"old": event.data.get("from", ""), "new": event.data.get("to", "")}
    if not names["old"]:
        return _("Joined %(new)s") % names
    if not names["new"]:
        return _("Left %(old)s") % names
    return _("Moved from %(old)s to %(new)s") % names


def _contact_changed(event: AccountEvent) -> str:
    data = event.data
    name = {"name": data.get("organisation", "")}
    if "is_named_contact" in data:
        named = _("Named as a contact of %(name)s"), _("No longer a named contact of %(name)s")
    elif "is_contact_person" in data:
        named = _("Appointed contact person of %(name)s"), _("No longer contact person of %(name)s")
    else:
        named = _("Chosen to see the tickets of %(name)s"), _("No longer chosen to see the tickets of %(name)s")
    is_on = any(data.get(key) for key in ("is_named_contact", "is_contact_person", "sees_colleagues"))
    return named[0 if is_on else 1] % name


def _details_changed(event: AccountEvent) -> str:
    known = {
        "name": _("name"),
        "phone": _("phone"),
        "language": _("language"),
        "time_zone": _("time zone"),
        "mails": _("mails they get"),
        "absence": _("when they are away"),
    }
    fields = [known.get(field, field) for field in event.data.get("fields", [])]
    return _("Details changed: %s") % ", ".join(fields) if fields else _("Details changed")


def _role_changed(event: AccountEvent) -> str:
    labels = dict(Role.choices)
    old, new = event.data.get("from", ""), event.data.get("to", "")
    return _("Role changed from %(old)s to %(new)s") % {"old": labels.get(old, old), "new": labels.get(new, new)}


def _closed(event: AccountEvent) -> str:
    return _("Closed their account") if event.data.get("by") == "self" else _("Account closed by staff")


def _address_changed(event: AccountEvent) -> str:
    return _("Mail address changed; it was %s") % event.data.get("old", "")


def _of_activity(words: Callable[[], str]) -> Callable[[AccountEvent], str]:
    return lambda event: words() % event.data.get("activity", "")


_PLAIN: dict[str, Callable[[], str]] = {
    AccountEventKind.PASSWORD_REQUESTED: lambda: _("Asked for a new password"),
    AccountEventKind.PASSWORD_SET: lambda: _("Chose a password"),
    AccountEventKind.CODE_REQUESTED: lambda: _("Asked for a sign-in code"),
    AccountEventKind.VERIFICATION_REQUESTED: lambda: _("Was asked to prove the mail address"),
    AccountEventKind.ALREADY_REGISTERED: lambda: _("Tried to register, and was told there is an account"),
    AccountEventKind.APPLIED: lambda: _("Applied"),
    AccountEventKind.APPROVED: lambda: _("Application approved"),
    AccountEventKind.REFUSED: lambda: _("Application refused"),
    AccountEventKind.INVITED: lambda: _("Invited"),
    AccountEventKind.INVITATION_ACCEPTED: lambda: _("Accepted the invitation"),
    AccountEventKind.INVITATION_REVOKED: lambda: _("Invitation withdrawn"),
    AccountEventKind.NOT_ENTITLED: lambda: _("Wanted to ask, and was told whom to turn to"),
    AccountEventKind.ADDRESS_REQUESTED: lambda: _("Asked to change the mail address"),
    AccountEventKind.FACTOR_ADDED: lambda: _("Second factor added"),
    AccountEventKind.FACTOR_REMOVED: lambda: _("Second factor removed"),
    AccountEventKind.CODES_RENEWED: lambda: _("Recovery codes renewed"),
    AccountEventKind.SESSIONS_ENDED: lambda: _("Signed out everywhere"),
    AccountEventKind.REOPENED: lambda: _("Account opened again"),
    AccountEventKind.WROTE_TO_RETIRED: lambda: _("Wrote to a retired address, and was told where to turn"),
    AccountEventKind.MAILBOX_FAILED: lambda: _("Was told that a mailbox cannot be read"),
    AccountEventKind.SUBSCRIPTION_REQUESTED: lambda: _("Asked for service messages by mail"),
    AccountEventKind.SERVICE_TOLD: lambda: _("Was told of a service message"),
    AccountEventKind.DIGEST_DUE: lambda: _("Was sent what has happened"),
    AccountEventKind.REVIEWS_DUE: lambda: _("Was asked whether articles still hold"),
    AccountEventKind.MORNING_DUE: lambda: _("Was told in the morning what waits"),
    AccountEventKind.ALERTED: lambda: _("Was told which tickets go stale"),
}
_TOLD: dict[str, Callable[[AccountEvent], str]] = {
    AccountEventKind.REGISTERED: _registered,
    AccountEventKind.VERIFIED: _verified,
    AccountEventKind.MOVED: _moved,
    AccountEventKind.CONTACT_CHANGED: _contact_changed,
    AccountEventKind.DETAILS_CHANGED: _details_changed,
    AccountEventKind.ROLE_CHANGED: _role_changed,
    AccountEventKind.CLOSED: _closed,
    AccountEventKind.ADDRESS_CHANGED: _address_changed,
    AccountEventKind.BOOKED: _of_activity(lambda: _("Has a place at “%s”")),
    AccountEventKind.WAITLISTED: _of_activity(lambda: _("On the waiting list of “%s”")),
    AccountEventKind.PLACE_GIVEN: _of_activity(lambda: _("Got a place that was left at “%s”")),
    AccountEventKind.OCCASION_CHANGED: _of_activity(lambda: _("Was told that “%s” has changed")),
    AccountEventKind.BOOKING_CANCELLED: _of_activity(lambda: _("No longer booked at “%s”")),
    AccountEventKind.BOOKING_REMINDED: _of_activity(lambda: _("Was reminded of “%s”")),
}
