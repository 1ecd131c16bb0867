"""How mail goes out, as administrators set it and test it on the spot."""

import pytest

from accounts.sealing import unseal
from helpdesk.environment import mail_transport
from notifications.actions.mail_settings import (
    MailRules,
    OutgoingServer,
    PasswordMissing,
    set_mail_rules,
    set_outgoing,
)
from notifications.actions.trying_mail import OnlyKept, send_test_mail, send_token_test, try_server
from notifications.models import Delivery, IncomingMail, MailSettings
from notifications.queries import mail_settings
from tests.pages import Page, snapshot

SERVER = OutgoingServer(host="smtp.example", username="north", password="only-we-know")
PAGE = "/settings/mail/outgoing/"
RULES = "/settings/mail/rules/"


@pytest.fixture
def client(in_scope, browse):
    return browse(in_scope, in_scope.administrator)


def own(port: int, **more) -> OutgoingServer:
    return OutgoingServer(host="127.0.0.1", port=port, security="none", **more)


def test_the_password_is_sealed_and_goes_nowhere_else(in_scope, other_portal):
    saved = set_outgoing(actor=None, server=SERVER)

    assert "only-we-know" not in str(vars(saved)) + repr(SERVER)
    assert unseal(saved.smtp_secret) == "only-we-know"
    same = OutgoingServer(host="smtp.example", username="north")
    assert unseal(set_outgoing(actor=None, server=same).smtp_secret) == "only-we-know"
    for change in ({"host": "evil.example"}, {"port": 25}, {"security": "none"}, {"username": "other"}):
        with pytest.raises(PasswordMissing):
            set_outgoing(actor=None, server=OutgoingServer(**{**vars(same), **change}))
    assert mail_settings().smtp_host == "smtp.example"
    assert set_outgoing(actor=None, server=OutgoingServer()).smtp_secret == ""
    assert MailSettings.objects.count() == 1


def test_only_administrators_decide_and_try(in_scope):
    for door, values in (
        (set_outgoing, {"server": SERVER}),
        (set_mail_rules, {"rules": MailRules()}),
        (try_server, {}),
        (send_test_mail, {}),
        (send_token_test, {}),
    ):
        with pytest.raises(PermissionError):
            door(actor=in_scope.lead, **values)
    assert not MailSettings.objects.exists()


def test_where_mails_are_kept_there_is_nothing_to_try(in_scope):
    for door in (try_server, send_test_mail, send_token_test):
        with pytest.raises(OnlyKept):
            door(actor=in_scope.administrator)


def test_a_test_mail_goes_to_whoever_asks_and_to_nobody_else(in_scope, smtp, mailbox):
    before = snapshot()
    assert send_test_mail(actor=in_scope.administrator) == "admin@north.example"

    taken = mailbox.taken[0]
    assert taken.recipient == "admin@north.example"
    assert taken.sender == "support@north.example"
    assert "auto-generated" in str(taken.mail["Auto-Submitted"])
    assert snapshot() == before
    assert not Delivery.objects.exists()


def test_the_portals_own_server_is_tried(in_scope, mail_port, mailbox, settings):
    settings.MAIL = mail_transport("smtp://127.0.0.1:1")
    set_outgoing(actor=None, server=own(mail_port))

    try_server(actor=in_scope.administrator)
    send_test_mail(actor=in_scope.administrator)
    assert len(mailbox.taken) == 1


# -- pages ------------------------------------------------------------------------------------------------------


def test_a_server_is_named_tested_and_left_on_its_page(client, in_scope, mail_port, mailbox):
    page = Page(client.get(PAGE))
    assert "keeps mails and sends none" in page.text
    form = {**page.form("/outgoing/"), "host": "127.0.0.1", "port": 1, "security": "none"}
    text = Page(client.post(PAGE, form)).text  # tested as soon as it is saved
    assert "Mails leave by 127.0.0.1 now, but it does not work yet." in text
    assert "refused" in text
    form["port"] = mail_port
    assert "Mails leave by 127.0.0.1 now" in Page(client.post(PAGE, form, follow=True)).text
    assert "It works" in Page(client.post(f"{PAGE}test/", follow=True)).text
    assert "on its way to admin@north.example" in Page(client.post(f"{PAGE}test-mail/", follow=True)).text
    assert len(mailbox.taken) == 1
    client.post(PAGE, {**form, "host": ""})
    assert mail_settings().smtp_host == ""
    assert "nothing to test" in Page(client.post(f"{PAGE}test/", follow=True)).text


def test_the_password_is_never_shown(client):
    form = {**Page(client.get(PAGE)).form("/outgoing/"), "host": "smtp.example", "username": "north"}
    refused = client.post(PAGE, form)
    assert refused.status_code == 422
    assert Page(refused).form("/outgoing/")["host"] == "smtp.example"
    client.post(PAGE, {**form, "password": "only-we-know"})

    content = client.get(PAGE).content.decode()
    assert unseal(mail_settings().smtp_secret) == "only-we-know"
    assert "only-we-know" not in content
    assert mail_settings().smtp_secret not in content


def test_what_is_wrong_is_said_plainly(client, settings):
    set_outgoing(actor=None, server=own(1))
    for noun in ("test", "test-mail"):
        text = Page(client.post(f"{PAGE}{noun}/")).text
        assert "The mail server could not be reached." in text
        assert "refused" in text
    settings.PRIVATE_MAIL_SERVERS = False
    text = Page(client.post(f"{PAGE}test/")).text
    assert "lies inside our own network" in text
    assert "refused" not in text


def test_the_rules_are_set(client):
    form = Page(client.get(RULES)).form("/rules/")
    assert form["answers_by_token"] == "on"
    del form["answers_by_token"]
    client.post(RULES, {**form, "authserv_id": "MX.North.Example", "mails_an_hour": "7"})

    row = mail_settings()
    assert (row.answers_by_token, row.authserv_id, row.mails_an_hour) == (False, "mx.north.example", 7)
    for wrong in ({"mails_an_hour": "0"}, {"acknowledgements_an_hour": "x"}, {"authserv_id": "a; dkim=pass"}):
        assert client.post(RULES, {**form, **wrong}).status_code == 422
    assert mail_settings() == row


def test_whether_answers_arrive_is_tested(client, in_scope, smtp, mailbox):
    client.post(f"{RULES}test/")
    taken = mailbox.taken[0]
    assert taken.recipient == "support+test@north.example"
    assert "The test mail is sent" in Page(client.get(RULES)).text
    came = {"source": "imap", "source_key": "imap:1", "digest": "0", "size": 1, "received_at": "2026-01-01T00:00Z"}
    IncomingMail.objects.create(mail_id=str(taken.mail["Message-ID"]), **came)
    assert "has come in" in Page(client.get(RULES)).text
