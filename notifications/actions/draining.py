"""The worker's work: tell people of what happened, portal by portal, a bounded round each, so that none waits long."""

import logging
import time
from collections.abc import Callable, Hashable
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.actions.settling import settle
from accounts.models import AccountEvent, EntryRequest, Event, Tenant
from accounts.poking import DRAIN_TASK
from accounts.scoping import tenant_scope
from notifications.actions.delivering import deliver, recover_abandoned
from notifications.actions.fanning_out import fan_out
from notifications.actions.reading_mail import read_due
from notifications.facts import ServerAway
from notifications.ladder import Ladder
from notifications.models import Delivery, MailSettings
from notifications.queries import tenants_with_mail_to_do
from notifications.rounds import Outgoing
from notifications.transports import open_transport
from tickets.actions.keeping_time import keep_time
from tickets.models import TicketEvent
from tickets.recalculations import LatestPromises
from tickets.timing import TIMED

EVENTS_A_ROUND = 200
MAILS_A_ROUND = 50
SECONDS_A_ROUND = 60.0
WAKE_UP_COUNTS_FOR = 30.0  # seconds; one that nobody heard in time is followed by the sweeper's
REST_OF_A_BROKEN_EVENT = 60.0
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


class Brake:
    """After a mail server took nothing from us it is left alone for a while, longer each time. In each process one for
    the installation's server and one for each portal's own, so that one portal's trouble holds up no other."""

    def __init__(self, shortest: float = 15.0, longest: float = 300.0) -> None:
        self.shortest, self.longest = shortest, longest
        self.release()

    def release(self) -> None:
        self._pause, self._until = self.shortest, 0.0

    def pull(self) -> float:
        pause = self._pause
        self._until, self._pause = time.monotonic() + pause, min(pause * 2, self.longest)
        return pause

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self._until


brake = Brake()  # of the installation's server
_own_brakes: dict[tuple[Hashable, ...], Brake] = {}
_resting: dict[tuple[type[Event], int], float] = {}  # events that could not be fanned out lately


def always() -> bool:
    return True


def drain(tenant: Tenant, keep_going: KeepGoing = always) -> bool:
    """One bounded round for one tenant: read mail that came, settle what strangers asked for, fan out events, recover
    what was cut off, send what is due.

    Returns whether more could be done at once. `keep_going` is asked between two mails. Raises database errors only.
    """
    with tenant_scope(tenant):
        read = read_due(keep_going)
        settled = work_off(EntryRequest.objects, settle, keep_going)
        events = fan_out_pending(keep_going)
        recover_abandoned()
        return deliver_due(keep_going) or events or settled or read


def drain_everybody(keep_going: KeepGoing = always) -> bool:
    """One round over all tenants that have something to do, in turn. Returns whether there was anything to do."""
    more = False
    for tenant in tenants_with_mail_to_do():
        if not keep_going():
            return False
        more = drain(tenant, keep_going) or more
    return more


def sweep() -> None:
    """Find what no wake-up came for. With a broker each tenant gets its own task; without one, a round here and now."""
    if not settings.CELERY_BROKER_URL:
        drain_everybody()
        return
    for tenant in tenants_with_mail_to_do():
        current_app.send_task(DRAIN_TASK, args=[tenant.pk], retry=False, expires=WAKE_UP_COUNTS_FOR)


def fan_out_pending(keep_going: KeepGoing) -> bool:
    """Whether as many were found as one round takes."""
    promises, ladder = LatestPromises(), Ladder()

    def follow(event: TicketEvent) -> None:
        # Before the event is marked as done, in a transaction of its own: whoever dies in between does it once more.
        if event.kind in TIMED:
            keep_time(ticket=event.ticket, promises=promises)
        fan_out(event, ladder)

    of_tickets = work_off(TicketEvent.objects, follow, keep_going)
    return work_off(AccountEvent.objects, fan_out, keep_going) or of_tickets


def work_off(events: Any, work: Callable[[Any], object], keep_going: KeepGoing) -> bool:
    """Do `work` on each pending event of a round. One that fails holds no other up and rests for a while. Returns
    whether as many were found as one round takes."""
    found = False
    rests = [pk for (model, pk), until in _resting.items() if model is events.model and until > time.monotonic()]
    pending = list(events.pending().exclude(pk__in=rests)[:EVENTS_A_ROUND])
    for event in pending:
        if not keep_going():
            return False
        try:
            work(event)
            found = True
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("%s %s could not be worked off", event._meta.label, event.pk)
            _resting[type(event), event.pk] = time.monotonic() + REST_OF_A_BROKEN_EVENT
    return found and len(pending) == EVENTS_A_ROUND


def brake_for(out: MailSettings) -> Brake:
    """The brake of the server the portal's mails leave by. Other settings are another server, and tried at once."""
    if not out.smtp_host:
        return brake
    server = (out.tenant_id, out.smtp_host, out.smtp_port, out.smtp_security, out.smtp_username, out.smtp_secret)
    return _own_brakes.setdefault(server, Brake())


def deliver_due(keep_going: KeepGoing) -> bool:
    """Whether as many were due as one round takes, and all of them could be tried."""
    waiting = Delivery.objects.due(timezone.now()).with_story().prefetch_related("ticket_event__message__attachments")
    due = list(waiting.order_by("next_attempt_at", "pk")[:MAILS_A_ROUND])
    end = time.monotonic() + SECONDS_A_ROUND
    if not due:
        return False
    round_ = Outgoing(due)
    held = brake_for(round_.settings)
    if held.is_on:
        return False
    with open_transport(round_.settings) as transport:
        for delivery in due:
            if not keep_going() or time.monotonic() > end:
                return True
            try:
                deliver(delivery, transport, round_)
            except ServerAway as away:
                log.warning("Mail has to wait %.0f s: %s %s", held.pull(), away.trouble.label, away.reply)
                return False
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("Delivery %s stopped at an unforeseen place", delivery.pk)
            else:
                held.release()
    return len(due) == MAILS_A_ROUND
