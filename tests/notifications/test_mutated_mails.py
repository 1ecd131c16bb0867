"""Whatever comes is stored, read to its end and shown: rows are as many as mails, and none of them is a failure."""

import re
import zlib
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from notifications.actions.draining import always
from notifications.actions.reading_mail import read_due, read_mail
from notifications.enums import MailState
from notifications.models import IncomingMail, MailAddress
from tests.measuring import seconds_of
from tests.notifications.incoming import store, work
from tests.notifications.test_hostile_mails import HOSTILE, MAILS, mutated
from tickets.models import Message

SETTLED = {MailState.NEW_TICKET, MailState.REPLY, MailState.HELD, MailState.REFUSED}


_numbers = count(1)


def renamed(raw: bytes) -> bytes:
    """With a Message-ID of its own, so that it is no copy of the one before."""
    return re.sub(rb"(?im)^message-id: *<", lambda found: found[0] + b"%d." % next(_numbers), raw)


@pytest.fixture
def address(in_scope) -> MailAddress:
    """Takes what is addressed to nobody we know as well: the mails in the folder name many."""
    kept: MailAddress = MailAddress.objects.create(email="support@north.example", topic=in_scope.topic)
    return kept


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raws=st.lists(mutated().map(renamed), min_size=1, max_size=4))
def test_no_mutation_of_a_mail_is_lost_or_stops_the_worker(in_scope, other_portal, address, browse, raws: list[bytes]):
    IncomingMail.objects.all().delete()  # else the brake takes the examples' writers for machines
    brought = [store(raw, recipient="support@north.example") for raw in raws]
    work(in_scope)

    rows = IncomingMail.objects.filter(pk__in=[mail.pk for mail in brought]).order_by("pk")
    assert [zlib.decompress(bytes(row.raw.content)) for row in rows] == raws
    client = browse(in_scope, in_scope.administrator)
    for row in rows:
        assert row.state in SETTLED, f"{row.state} {row.reason} {row.detail}"
        assert (row.message is None) == (row.state in (MailState.HELD, MailState.REFUSED)) or row.reason == "duplicate"
        assert client.get(f"/desk/incoming/{row.pk}/").status_code == 200
        if row.ticket is not None:
            assert client.get(f"/desk/tickets/{row.ticket.number}/").status_code == 200
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_every_mail_of_ours_ends_in_a_state(in_scope, other_portal, address):
    for raw in MAILS:
        store(raw, recipient="support@north.example")
    while read_due(always):
        pass

    assert IncomingMail.objects.count() == len(MAILS)
    assert set(IncomingMail.objects.values_list("state", flat=True)) <= SETTLED
    made = IncomingMail.objects.filter(state=MailState.NEW_TICKET)
    assert made.count() == Message.objects.filter(ticket__in=made.values("ticket")).values("ticket").distinct().count()
    assert made.count() > len(MAILS) / 2


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_stored_and_becomes_something_in_about_a_second(in_scope, other_portal, address, name: str):
    raw = HOSTILE[name]()
    mails: list[IncomingMail] = []

    def take_in() -> None:
        mails.append(store(raw, recipient="support@north.example"))
        assert read_mail(mails[0])

    assert seconds_of(take_in) < 1.5  # parse() alone has one
    (mail,) = mails
    mail.refresh_from_db()
    assert mail.state in SETTLED
