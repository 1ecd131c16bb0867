"""A portal's mails leave by its own server where it has named one; its trouble is nobody else's."""

import pytest

from accounts.scoping import tenant_scope
from accounts.sealing import seal
from notifications.actions import draining
from notifications.actions.draining import drain
from notifications.enums import MailSecurity, Trouble
from notifications.models import Delivery, MailSettings
from tests.factories import ask_for_password
from tests.notifications.servers import Mailbox, real_server


@pytest.fixture
def own(in_scope, smtp, settings):
    """A second mail server, which the first portal has named; the installation's is `mailbox`."""
    settings.PRIVATE_MAIL_SERVERS = True
    taken = Mailbox()
    with real_server(taken) as port:
        MailSettings.objects.create(smtp_host="127.0.0.1", smtp_port=port, smtp_security=MailSecurity.NONE)
        yield taken


def ask_both(portal, other_portal) -> None:
    ask_for_password(portal.customer.email)
    with tenant_scope(other_portal.tenant):
        ask_for_password(other_portal.customer.email)


def test_each_portals_mails_leave_by_its_own_server(in_scope, other_portal, own, mailbox):
    ask_both(in_scope, other_portal)
    drain(in_scope.tenant)
    drain(other_portal.tenant)

    assert [taken.mail["From"].addresses[0].domain for taken in own.taken] == ["north.example"]
    assert [taken.mail["From"].addresses[0].domain for taken in mailbox.taken] == ["south.example"]


def test_a_server_that_takes_nothing_holds_up_that_portal_alone(in_scope, other_portal, own, mailbox):
    out = MailSettings.objects.get()
    MailSettings.objects.update(smtp_port=1)
    ask_both(in_scope, other_portal)
    drain(in_scope.tenant)
    drain(other_portal.tenant)

    assert Delivery.objects.get().trouble == Trouble.AWAY
    assert len(mailbox.taken) == 1
    assert not draining.brake.is_on
    Delivery.objects.update(next_attempt_at=Delivery.objects.get().created_at)
    drain(in_scope.tenant)
    assert own.taken == [], "left alone for a while"

    out.save()  # settings that were mended count at once
    drain(in_scope.tenant)
    assert len(own.taken) == 1


def test_a_server_inside_our_own_network_is_not_reached(in_scope, own, settings):
    settings.PRIVATE_MAIL_SERVERS = False
    ask_for_password(in_scope.customer.email)
    drain(in_scope.tenant)

    assert own.taken == []
    assert Delivery.objects.get().trouble == Trouble.AWAY


def test_a_password_nobody_can_read_any_more_is_shown_at_the_mail(in_scope, own, settings):
    MailSettings.objects.update(smtp_username="north", smtp_secret=seal("secret"))
    settings.SECRET_KEY = "another-key-another-key-another-key"
    ask_for_password(in_scope.customer.email)
    drain(in_scope.tenant)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.trouble) == ("queued", Trouble.SIGN_IN)
    assert "Type it again" in delivery.server_reply
