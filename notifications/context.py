from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.enums import DeliveryState
from notifications.ledger import is_told_of_waiting, waiting_for_decision
from notifications.mailbox_words import mailboxes_told_of
from notifications.queries import mails_seen_by


def incoming_mails(request: HttpRequest) -> dict[str, Any]:
    """`mails_held_total` for the desk's rail: incoming mails this agent sees that wait for somebody to decide; and
    `tells_of_held`, whether the queue has a banner about them. Counted where it is shown, and not on a ticket's page,
    which shows those held because of it. `troubled_mailboxes` for a banner beside it."""
    user = getattr(request, "user", None)
    if request.path.startswith("/desk/tickets/"):
        return {}
    if user is None or not user.is_authenticated or not user.is_agent:
        return {}
    return {
        "mails_held_total": SimpleLazyObject(lambda: waiting_for_decision(user)),
        "tells_of_held": SimpleLazyObject(lambda: is_told_of_waiting(user)),
        "troubled_mailboxes": SimpleLazyObject(mailboxes_told_of),
    }


def failed_mails(request: HttpRequest) -> dict[str, Any]:
    """`mails_failed_total` for the desk's rail: mails this agent may know of that did not get out.

    Counted where it is shown, and not on a ticket's page, which tells of its own failed mails.
    """
    user = getattr(request, "user", None)
    if request.path.startswith("/desk/tickets/"):
        return {}
    if user is None or not user.is_authenticated or not user.is_agent:
        return {}
    return {
        "mails_failed_total": SimpleLazyObject(
            lambda: mails_seen_by(user).select_related(None).filter(state=DeliveryState.FAILED).order_by().count()
        )
    }
