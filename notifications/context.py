from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.enums import DeliveryState
from notifications.queries import mails_seen_by


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
