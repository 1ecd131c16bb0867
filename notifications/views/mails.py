"""Every mail the portal sends, and what became of it."""

from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.facts import NoPlaceLeft
from accounts.paging import Order, paginate
from accounts.passing import safe_next
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from notifications.actions.sending_again import send_again
from notifications.enums import DeliveryState, MailKind
from notifications.facts import Outlived, TooSoon
from notifications.models import Delivery, KeptMail
from notifications.queries import counts_by_state, mails_seen_by, matching_mails, repeatedly_bouncing
from tickets.queue import rail

BOUNCING_SHOWN = 20
NEWEST_FIRST = Order("created_at", descending=True)


@agents_only
def desk_mails(request: PortalRequest) -> HttpResponse:
    query, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = matching_mails(mails_seen_by(request.user), query, kind)
    state = request.GET.get("state", "")
    chosen = found.filter(state=state) if state in DeliveryState.values else found
    context = {
        "page": paginate(chosen, NEWEST_FIRST, request.GET, shown=_with_event),
        "states": _tabs(counts_by_state(found), state, q=query, kind=kind),
        "state": state,
        "kinds": [{"key": str(key), "label": label, "current": key == kind} for key, label in MailKind.choices],
        "kind": kind,
        "query": query,
        "bouncing": repeatedly_bouncing()[:BOUNCING_SHOWN],
        "bouncing_total": repeatedly_bouncing().count(),
        **rail(request.user, request.GET, on_queue=False),
    }
    return render(request, "notifications/mails.html", context)


@agents_only
def desk_mail(request: PortalRequest, pk: int) -> HttpResponse:
    delivery = _fetch(request, pk)
    context = {
        "delivery": delivery,
        "kept": _kept(request, delivery),
        **rail(request.user, request.GET, on_queue=False),
    }
    return render(request, "notifications/mail.html", context)


@post_only
@agents_only
def mail_again(request: PortalRequest, pk: int) -> HttpResponse:
    delivery = _fetch(request, pk)
    try:
        is_sent = send_again(actor=request.user, delivery=delivery)
    except TooSoon as wait:
        words = ngettext(
            "It was sent a moment ago. Wait %d second, so that nobody gets it twice.",
            "It was sent a moment ago. Wait %d seconds, so that nobody gets it twice.",
            wait.seconds,
        )
        messages.info(request, words % wait.seconds)
    except Outlived:
        messages.info(request, _("The code in this mail has run out. Ask the person to request another one."))
    except NoPlaceLeft:
        messages.error(request, _("The place of this invitation has been given to somebody else."))
    else:
        if is_sent:
            words = _("The mail to %(address)s is sent again.")
            messages.success(request, words % {"address": delivery.present_address})
        else:
            messages.info(request, _("The mail has been sent, or is on its way already."))
    return redirect(safe_next(request, reverse("desk_mail", args=[pk])))


def _fetch(request: PortalRequest, pk: int) -> Delivery:
    delivery: Delivery = get_object_or_404(mails_seen_by(request.user), pk=pk)
    return delivery


def _with_event(mails: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return mails.select_related("recipient", "ticket_event__ticket", "account_event")


def _tabs(counts: dict[str, int], current: str, **asked_for: str) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        DeliveryState.QUEUED: _("Waiting to be sent"),
        DeliveryState.SENT: _("Sent"),
        DeliveryState.FAILED: _("Failed"),
        DeliveryState.UNKNOWN: _("Not known whether it arrived"),
    }
    tabs = []
    for key, label in labels.items():
        asked = _address(state=str(key), **asked_for)
        count = counts[key] if key else sum(counts.values())
        tabs.append({"key": str(key), "label": label, "count": count, "url": asked, "current": current == key})
    return tabs


def _address(**values: str) -> str:
    kept = {key: value for key, value in values.items() if value}
    return f"{reverse('desk_mails')}?{urlencode(kept)}" if kept else reverse("desk_mails")


def _kept(request: PortalRequest, delivery: Delivery) -> dict[str, str] | None:
    """The mail itself, where none leaves the house. It may hold password links: administrators only."""
    if settings.MAIL.kind != "keep" or not request.user.is_administrator:
        return None
    kept = KeptMail.objects.filter(delivery=delivery).first()
    if kept is None:
        return None
    raw = bytes(kept.raw)
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    text = part.get_content() if part is not None else ""
    return {"raw": raw.decode("utf-8", "replace"), "text": text}
