"""Sends answers to customers from this one process, on the database of the environment, to a mail server beside it;
prints how many a second.

    scripts/mail_out_speed.py NUMBER

An agent of the demo portal "larm" answers that many tickets. The server is a real one (aiosmtpd), in a process of its
own. What is timed is from the first mail that is due until the last one is written down as sent.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any

import throwaway

sys.path.insert(0, str(throwaway.ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

PORTAL = "larm"
WORDS = "\n".join(f"This is line {number} of an ordinary answer, with some words in it." for number in range(15))


def main(number: int) -> None:
    with mail_server() as port:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        print(round(number / seconds_for(number), 1))


def seconds_for(number: int) -> float:
    import django

    django.setup()
    logging.disable(logging.INFO)
    from accounts.models import Tenant
    from accounts.scoping import tenant_scope
    from notifications.actions.draining import always, deliver_due, fan_out_pending
    from notifications.enums import DeliveryState
    from notifications.models import Delivery

    tenant = Tenant.objects.prefetch_related("hosts").get(slug=PORTAL)
    with tenant_scope(tenant):
        send_what_waits()
        last = Delivery.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        answer(number)
        while fan_out_pending(always):
            pass
        new = Delivery.objects.filter(pk__gt=last)
        due = new.count()
        begun = time.perf_counter()
        while deliver_due(always):
            pass
        seconds = time.perf_counter() - begun
        sent = new.filter(state=DeliveryState.SENT).count()
    if sent != due or due < number:
        sys.exit(f"mail_out_speed: {number} answers made {due} mails, of which {sent} were sent")
    return seconds * number / due


def send_what_waits() -> None:
    """So that only the answers are timed, and by a process that has sent before, as a worker has."""
    from notifications.actions.draining import always, deliver_due, fan_out_pending

    answer(5)
    while fan_out_pending(always):
        pass
    while deliver_due(always):
        pass


def answer(number: int) -> None:
    from accounts.models import User
    from tickets.actions.replying import reply_to_ticket
    from tickets.enums import Channel
    from tickets.models import Ticket

    agent = User.objects.get(email_key=f"agent@{PORTAL}.example")
    tickets = list(Ticket.objects.filter(merged_into=None, requester__is_active=True).order_by("-pk")[:number])
    for ticket in islice(cycle(tickets), number):
        reply_to_ticket(actor=agent, ticket=ticket, body=WORDS, channel=Channel.PORTAL, as_staff=True)


@contextmanager
def mail_server() -> Iterator[int]:
    """A mail server that takes everything, and its port; it ends when its input does, whatever becomes of us."""
    port = throwaway.free_port()
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin
    assert server.stdout
    try:
        if not server.stdout.readline():
            sys.exit("mail_out_speed: the mail server did not start")
        yield port
    finally:
        server.stdin.close()
        server.wait(10)


def serve(port: int) -> None:
    from aiosmtpd.controller import Controller

    controller = Controller(TakesAll(), hostname="127.0.0.1", port=port)
    controller.start()
    print("ready", flush=True)
    sys.stdin.read()
    controller.stop()


class TakesAll:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 taken"


if __name__ == "__main__":
    serve(int(sys.argv[2])) if sys.argv[1] == "--serve" else main(int(sys.argv[1]))
