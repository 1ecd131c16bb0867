"""Who writes to a retired address, or may not ask by mail, is told where to turn: once a day."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import AccountEvent, User
from accounts.scoping import tenant_scope
from notifications.actions.turning_away import tell_not_let_in, tell_retired
from notifications.models import MailAddress

STRANGER = "stranger@elsewhere.example"


@pytest.fixture
def retired(in_scope) -> MailAddress:
    return MailAddress.objects.create(
        email="old@north.example",
        topic=in_scope.topic,
        retired_at=timezone.now(),
        words_sv="Skriv i portalen.",
        words_en="Please use the portal.",
        language="en",
    )


def test_a_stranger_who_writes_to_a_retired_address_is_told_where_to_turn(in_scope, retired, send_all):
    """I14"""
    tell_retired(sender=STRANGER, name="Siri Strand", address=retired, mail_id="<one@elsewhere.example>")

    (taken,) = send_all(in_scope.tenant)
    assert taken.recipient == STRANGER
    assert taken.mail["Subject"] == "old@north.example takes no mail any more"
    text = taken.part("plain")
    assert "Please use the portal." in text
    assert in_scope.tenant.url("/tickets/new/") in text
    assert taken.mail["Auto-Submitted"] == "auto-replied"
    assert (taken.mail["In-Reply-To"], taken.mail["References"]) == ("<one@elsewhere.example>",) * 2


def test_nobody_is_let_in_by_it(in_scope, retired):
    person, _is_new = tell_retired(sender=STRANGER, name="Siri Strand", address=retired)

    assert (person.is_active, person.is_agent) == (False, False)


def test_it_is_told_once_a_day_for_each_address(in_scope, retired, send_all):
    other = MailAddress.objects.create(email="older@north.example", topic=in_scope.topic, retired_at=timezone.now())
    for _again in range(3):
        tell_retired(sender=STRANGER, name="", address=retired)
    tell_retired(sender=STRANGER.upper(), name="", address=other)

    assert len(send_all(in_scope.tenant)) == 2
    later = timezone.now() + timedelta(hours=25)
    with mock.patch.object(timezone, "now", return_value=later):
        tell_retired(sender=STRANGER, name="", address=retired)
        assert len(send_all(in_scope.tenant)) == 1


def test_who_may_not_ask_by_mail_learns_whom_to_turn_to(in_scope, send_all):
    """S7"""
    type(in_scope.tenant).objects.filter(pk=in_scope.tenant.pk).update(strangers="application")
    in_scope.tenant.refresh_from_db()
    for _again in range(2):
        tell_not_let_in(sender=STRANGER, name="", language="en", mail_id="<one\r\nBcc: x@evil.example>")

    (taken,) = send_all(in_scope.tenant)
    assert taken.recipient == STRANGER
    assert taken.mail["Auto-Submitted"] == "auto-replied"
    assert taken.mail["In-Reply-To"] is None, "what cannot stand in a header is left out"
    text = taken.part("plain")
    assert "applies for access first" in text
    assert in_scope.tenant.url("/register/") in text
    assert "the staff can still read it" in text


def test_the_other_portal_knows_nothing_of_them(in_scope, other_portal, retired):
    tell_retired(sender=STRANGER, name="", address=retired)

    assert User.objects.filter(email=STRANGER).exists()
    assert AccountEvent.objects.filter(kind="wrote_to_retired").count() == 1
    with tenant_scope(other_portal.tenant):
        assert not User.objects.filter(email=STRANGER).exists()
