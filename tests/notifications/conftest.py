import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.scoping import tenant_scope
from helpdesk.environment import mail_transport
from notifications.actions import draining
from notifications.actions.draining import drain
from notifications.models import Delivery
from tests.notifications.servers import Mailbox, Taken, real_server

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every word that is said


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """A process remembers an absent server and broken events for a while; here each test is a process of its own."""
    draining.brake.release()
    draining._own_brakes.clear()
    draining._resting.clear()


@pytest.fixture(autouse=True)
def _no_mail_leaves_by_itself(settings) -> None:
    """Whatever the environment says: mails are kept, unless a test brings its own server."""
    settings.MAIL = mail_transport("keep://")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_port(mailbox: Mailbox) -> Iterator[int]:
    """A real mail server that puts what it takes into `mailbox`."""
    with real_server(mailbox) as port:
        yield port


@pytest.fixture
def smtp(settings, mail_port: int) -> int:
    """Mail leaves by SMTP to the real server."""
    settings.MAIL = mail_transport(f"smtp://127.0.0.1:{mail_port}")
    settings.MAIL_TIMEOUT = 5
    return mail_port


@pytest.fixture
def send_all(smtp: int, mailbox: Mailbox) -> Callable[[Tenant], list[Taken]]:
    """Do the worker's work for a tenant until nothing is left; gives what the mail server took by it."""

    def send(tenant: Tenant) -> list[Taken]:
        before = len(mailbox.taken)
        while drain(tenant):
            pass
        return mailbox.taken[before:]

    return send


def told(tenant: Tenant) -> set[tuple[str, str]]:
    """Fan out what has happened, without sending it: (address, kind of mail) of everybody who is told."""
    with tenant_scope(tenant):
        known = set(Delivery.objects.values_list("pk", flat=True))
        draining.fan_out_pending(draining.always)
        new = Delivery.objects.exclude(pk__in=known)
        return set(new.values_list("address", "template"))


def only_mail_to(person: User) -> Delivery:
    delivery: Delivery = Delivery.objects.with_event().get(recipient=person)
    return delivery


def let_time_pass() -> None:
    """Every lease runs out and every wait is over. In the scope's tenant."""
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=past)
    Delivery.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
