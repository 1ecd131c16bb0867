"""A mailbox that cannot be read is told of once, to whoever can mend it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.holding_mailboxes import trouble_text
from notifications.actions.watching_mailboxes import watch_mailboxes
from notifications.enums import MailboxTrouble
from notifications.models import Delivery, Mailbox
from tests.conftest import Portal

MINUTE = timedelta(minutes=1)


@pytest.fixture
def box(in_scope: Portal) -> Mailbox:
    mailbox: Mailbox = Mailbox.objects.create(name="Support", host="imap.north.example", username="support", secret="x")
    return mailbox


def failing(box: Mailbox, since: timedelta, trouble: MailboxTrouble = MailboxTrouble.SIGN_IN) -> None:
    text = trouble_text(trouble, "[AUTHENTICATIONFAILED] no")
    Mailbox.objects.filter(pk=box.pk).update(failing_since=timezone.now() - since, trouble=text)


def test_administrators_are_told_once_what_is_wrong_and_where_to_mend_it(
    in_scope: Portal, other_portal: Portal, box: Mailbox, send_all
):
    failing(box, 16 * MINUTE)
    for _minute in range(3):
        watch_mailboxes()

    (taken,) = send_all(in_scope.tenant)
    assert taken.recipient == in_scope.administrator.email
    assert taken.mail["Subject"] == "The mailbox Support cannot be read"
    for part in ("plain", "html"):
        assert "did not accept the user name" in taken.part(part)
        assert "[AUTHENTICATIONFAILED] no" in taken.part(part)
        assert in_scope.tenant.url(f"/settings/mail/mailboxes/{box.pk}/") in taken.part(part)
    with tenant_scope(other_portal.tenant):
        assert not Delivery.objects.exists()


def test_a_short_trouble_is_nobodys_business(in_scope: Portal, box: Mailbox, send_all):
    failing(box, 14 * MINUTE)
    watch_mailboxes()

    assert send_all(in_scope.tenant) == []


def test_a_trouble_that_comes_back_is_told_of_again(in_scope: Portal, box: Mailbox, send_all):
    failing(box, 16 * MINUTE)
    watch_mailboxes()
    Mailbox.objects.update(failing_since=None, trouble="")
    watch_mailboxes()
    failing(box, 16 * MINUTE, MailboxTrouble.AWAY)
    watch_mailboxes()

    assert len(send_all(in_scope.tenant)) == 2


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"quiet_hours": 24, "last_mail_at": timezone.now() - timedelta(hours=25)}, 1),
        ({"quiet_hours": 24, "last_mail_at": timezone.now() - timedelta(hours=20)}, 0),
        ({"quiet_hours": 24, "created_at": timezone.now() - timedelta(hours=30)}, 1),
        ({"quiet_hours": 0, "last_mail_at": timezone.now() - timedelta(days=90)}, 0),
        ({"quiet_hours": 24, "last_mail_at": timezone.now() - timedelta(hours=25), "is_active": False}, 0),
    ],
)
def test_nothing_for_unusually_long_is_told_of_too(in_scope: Portal, box: Mailbox, send_all, values: Any, told: int):
    Mailbox.objects.update(**values)
    watch_mailboxes()

    taken = send_all(in_scope.tenant)
    assert len(taken) == told
    assert all(mail.mail["Subject"] == "No mail has come to Support for long" for mail in taken)


def test_leads_and_administrators_see_a_banner_and_others_none(in_scope: Portal, box: Mailbox, browse):
    failing(box, 16 * MINUTE)
    watch_mailboxes()

    for person, sees in ((in_scope.administrator, True), (in_scope.lead, True), (in_scope.agent, False)):
        page = browse(in_scope, person).get("/desk/").content.decode()
        assert ("data-mailbox-trouble" in page) is sees
    Mailbox.objects.update(failing_since=None, told_at=None)
    assert "data-mailbox-trouble" not in browse(in_scope, in_scope.lead).get("/desk/").content.decode()
