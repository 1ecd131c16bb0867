"""The SMTP step against real servers, well-behaved and not."""

import contextlib
import shutil
import smtplib
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from accounts.scoping import tenant_scope
from helpdesk.environment import MailTransport, mail_transport
from notifications import smtp as smtp_module
from notifications.actions.draining import brake, drain
from notifications.enums import Trouble
from notifications.facts import NotSent, Refused, ServerAway, Unheard
from notifications.models import Delivery
from notifications.smtp import Conversation
from tests.factories import make_ticket
from tests.notifications.conftest import let_time_pass, only_mail_to, told
from tests.notifications.servers import DROP, HANG, Mailbox, ScriptedServer, real_server

MAIL = b"Subject: hello\r\n\r\nHello\n.\n.. two\nend"


@pytest.fixture
def conversation() -> Iterator[Callable[..., Conversation]]:
    """Begins conversations with a server on this machine, and ends them after the test."""
    begun: list[Conversation] = []

    def begin(port: int, timeout: float = 5, host: str = "127.0.0.1", **options: str) -> Conversation:
        begun.append(Conversation(MailTransport(kind="smtp", host=host, port=port, **options), timeout=timeout))
        return begun[-1]

    yield begin
    for talk in begun:
        talk.close()


def send(talk: Conversation, recipient: str = "anna@kund.example", before=lambda: None, content: bytes = MAIL) -> None:
    talk.send(sender="support@north.example", recipient=recipient, content=content, before_final_dot=before)


def test_a_mail_arrives_as_it_was_written(conversation, mailbox, mail_port):
    talk = conversation(mail_port)
    send(talk)
    (taken,) = mailbox.taken
    assert taken.raw == b"Subject: hello\r\n\r\nHello\r\n.\r\n.. two\r\nend\r\n"
    assert (taken.sender, taken.recipient) == ("support@north.example", "anna@kund.example")


def test_a_batch_is_one_conversation_with_one_recipient_a_mail(conversation, mailbox, mail_port):
    talk = conversation(mail_port)
    mailbox.answers["no@kund.example"] = "550 5.1.1 unknown"
    send(talk, "one@kund.example")
    with pytest.raises(Refused):
        send(talk, "no@kund.example")
    send(talk, "two@kund.example")
    assert [taken.recipient for taken in mailbox.taken] == ["one@kund.example", "two@kund.example"]
    assert mailbox.recipients_per_mail == [1, 1]


@pytest.mark.parametrize("ending", [DROP, "421 4.4.2 idle for too long"])
def test_a_conversation_the_server_ended_is_opened_anew(conversation, ending):
    with ScriptedServer(later=ending) as server:
        talk = conversation(server.port)
        send(talk)
        send(talk)
        assert (len(server.taken), server.connections) == (2, 2)


def test_a_server_that_cannot_forget_a_refused_mail_is_called_anew(conversation):
    with ScriptedServer(RCPT="550 5.1.1 nobody", RSET=DROP) as server:
        talk = conversation(server.port)
        with pytest.raises(Refused):
            send(talk)
        server.script["RCPT"] = "250 OK"
        send(talk)
        assert (len(server.taken), server.connections) == (1, 2)


def test_a_server_is_told_to_forget_only_what_it_refused(conversation, mailbox, mail_port, monkeypatch):
    asked, docmd = [], smtplib.SMTP.docmd
    monkeypatch.setattr(smtplib.SMTP, "docmd", lambda self, cmd, *more: asked.append(cmd) or docmd(self, cmd, *more))
    talk = conversation(mail_port)
    mailbox.answers["no@kund.example"] = "550 5.1.1 unknown"
    send(talk)
    send(talk)
    with pytest.raises(Refused):
        send(talk, "no@kund.example")
    assert "rset" not in asked
    send(talk)
    send(talk)
    assert (len(mailbox.taken), asked.count("rset")) == (4, 1)


@pytest.mark.parametrize(
    ("script", "error", "trouble"),
    [
        ({"connect": "421 too busy"}, ServerAway, "away"),
        ({"connect": "554 go away"}, ServerAway, "away"),
        ({"connect": HANG}, ServerAway, "away"),
        ({"connect": DROP}, ServerAway, "away"),
        ({"EHLO": HANG}, ServerAway, "away"),
        ({"MAIL": "550 not you"}, Refused, "sender"),
        ({"MAIL": "530 authenticate first"}, ServerAway, "sign_in"),
        ({"MAIL": "451 later"}, NotSent, "later"),
        ({"MAIL": "421 closing"}, ServerAway, "later"),
        ({"MAIL": HANG}, ServerAway, "away"),
        ({"MAIL": DROP}, NotSent, "lost"),
        ({"RCPT": "550 5.1.1 nobody"}, Refused, "recipient"),
        ({"RCPT": "450 greylisted"}, NotSent, "later"),
        ({"RCPT": HANG}, ServerAway, "away"),
        ({"RCPT": DROP}, NotSent, "lost"),
        ({"DATA": "554 no"}, Refused, "content"),
        ({"DATA": "451 later"}, NotSent, "later"),
        ({"DATA": "250 what"}, NotSent, "later"),
        ({"DATA": DROP}, NotSent, "lost"),
        ({"dot": "554 5.7.1 spam"}, Refused, "content"),
        ({"dot": "452 4.3.1 full"}, NotSent, "later"),
        ({"dot": "421 4.3.2 closing"}, ServerAway, "later"),
    ],
)
def test_what_surely_was_not_sent(conversation, script, error, trouble):
    with ScriptedServer(**script) as server:
        with pytest.raises(NotSent) as caught:
            send(conversation(server.port, timeout=0.3))
        assert type(caught.value) is error
        assert caught.value.trouble == trouble
        assert server.taken == []


@pytest.mark.parametrize("ending", [HANG, DROP, "999 what"])
def test_no_answer_after_the_final_dot_is_unheard(conversation, ending):
    with ScriptedServer(dot=ending) as server, pytest.raises(Unheard):
        send(conversation(server.port, timeout=0.2))


def test_a_server_that_hangs_up_before_the_dot_surely_has_no_mail(conversation):
    with ScriptedServer(text=DROP) as server:
        asked = []

        def before() -> None:
            asked.append(server.dropped.wait(10))

        with pytest.raises(NotSent) as caught:
            send(conversation(server.port), before=before)
        assert caught.value.trouble == Trouble.LOST
        assert server.taken == []


def test_a_server_that_complains_in_the_middle_of_the_text_surely_has_no_mail(conversation):
    with ScriptedServer(text="452 4.3.1 full") as server:
        talk = conversation(server.port)

        def before() -> None:
            time_limit = time.monotonic() + 10
            while not _readable(talk._smtp.sock) and time.monotonic() < time_limit:
                pass

        with pytest.raises(NotSent, match="452"):
            send(talk, before=before)
        assert server.taken == []


def _readable(sock: socket.socket) -> bool:
    sock.settimeout(0.05)
    try:
        return bool(sock.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False


def test_whoever_may_no_longer_send_sends_nothing(conversation, mailbox, mail_port):
    talk = conversation(mail_port)

    def stopped() -> None:
        raise KeyError("lease lost")

    with pytest.raises(KeyError):
        send(talk, before=stopped)
    send(talk, "next@kund.example")
    assert [taken.recipient for taken in mailbox.taken] == ["next@kund.example"]


def test_the_moment_of_no_return_is_just_before_the_dot(conversation):
    with ScriptedServer() as server:
        seen = []
        send(conversation(server.port), before=lambda: seen.append(list(server.taken)))
        assert seen == [[]]
        assert len(server.taken) == 1


def test_a_hanging_server_costs_one_time_limit(conversation):
    with ScriptedServer(RCPT=HANG) as server:
        begun = time.monotonic()
        with pytest.raises(ServerAway):
            send(conversation(server.port, timeout=0.5))
        assert 0.4 < time.monotonic() - begun < 5


@pytest.mark.parametrize(("line", "pause"), [(b"220-and more\r\n", 0.0), (b"2", 0.05)], ids=["flood", "drip"])
def test_an_answer_that_never_ends_is_given_up(conversation, line, pause):
    """Within the time limit of every step, and without keeping what comes."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            wire, _ = listener.accept()
            with wire, contextlib.suppress(OSError):
                while not stop.wait(pause):
                    wire.sendall(line)

        threading.Thread(target=talk, daemon=True).start()
        talk_to = conversation(listener.getsockname()[1], timeout=0.2)
        talk_to.is_guarded = True
        began = time.monotonic()
        with pytest.raises(ServerAway):
            talk_to.knock()
        stop.set()
    assert time.monotonic() - began < 10


def test_no_server_at_all(conversation):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServerAway) as caught:
        send(conversation(port))
    assert caught.value.trouble == Trouble.AWAY


# --- Encryption and sign-in -----------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key in the same folder."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, so there is no certificate to test with")
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(
        [*command.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    return folder / "cert.pem"


@pytest.fixture
def server_side(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


@pytest.fixture
def trusted(certificate, monkeypatch) -> None:
    """The test's certificate counts as one a known authority has signed."""
    monkeypatch.setattr(smtp_module, "tls_context", lambda: ssl.create_default_context(cafile=str(certificate)))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_encrypted_mail(conversation, mailbox, server_side, trusted, security):
    options = {"tls_context": server_side, "require_starttls": True} if security == "starttls" else {}
    with tls_or_plain_server(mailbox, server_side, security, options) as port:
        talk = conversation(port, security=security)
        send(talk, "one@kund.example")
        send(talk, "two@kund.example")
    assert len(mailbox.taken) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_gets_no_mail(conversation, mailbox, server_side, security):
    options = {"tls_context": server_side} if security == "starttls" else {}
    with tls_or_plain_server(mailbox, server_side, security, options) as port, pytest.raises(ServerAway) as caught:
        send(conversation(port, security=security))
    assert caught.value.trouble == Trouble.UNTRUSTED
    assert mailbox.taken == []


def test_a_certificate_in_another_name_gets_no_mail(conversation, mailbox, server_side, trusted):
    with tls_or_plain_server(mailbox, server_side, "tls", {}) as port, pytest.raises(ServerAway) as caught:
        send(conversation(port, host="localhost", security="tls"))
    assert caught.value.trouble == Trouble.UNTRUSTED


def test_a_server_without_the_encryption_asked_for_gets_no_mail(conversation, mailbox, mail_port):
    with pytest.raises(ServerAway) as caught:
        send(conversation(mail_port, security="starttls"))
    assert caught.value.trouble == Trouble.UNTRUSTED
    assert mailbox.taken == []


@pytest.fixture
def guarded_port(mailbox) -> Iterator[int]:
    """A server that takes mail only from who knows its password."""

    def check(server, session, envelope, mechanism, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    with real_server(mailbox, authenticator=check, auth_required=True, auth_require_tls=False) as port:
        yield port


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_signing_in(conversation, mailbox, guarded_port):
    send(conversation(guarded_port, user="north", password="right"))
    assert len(mailbox.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("options", [{"user": "north", "password": "secret-but-wrong"}, {}])
def test_a_server_that_does_not_know_us_gets_no_mail(conversation, mailbox, guarded_port, options):
    with pytest.raises(ServerAway) as caught:
        send(conversation(guarded_port, **options))
    assert caught.value.trouble == Trouble.SIGN_IN
    assert "secret" not in caught.value.reply
    assert mailbox.taken == []


def tls_or_plain_server(mailbox: Mailbox, context: ssl.SSLContext, security: str, options: dict):
    if security == "starttls":
        return real_server(mailbox, **options)
    return real_server(mailbox, ssl_context=context)


# --- The whole way, from the ticket to the server ---------------------------------------------------


@pytest.fixture
def ticket(in_scope):
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


def by(settings, port: int, timeout: float = 0.3) -> None:
    settings.MAIL = mail_transport(f"smtp://127.0.0.1:{port}")
    settings.MAIL_TIMEOUT = timeout


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def test_one_refused_recipient_holds_no_other_up(in_scope, ticket, smtp, mailbox):
    mailbox.answers[in_scope.customer.email] = "550 5.1.1 no such mailbox"
    drain(in_scope.tenant)
    assert {taken.recipient for taken in mailbox.taken} == {in_scope.agent.email, in_scope.lead.email}
    failed = only_mail_to(in_scope.customer)
    assert (failed.state, failed.server_reply) == ("failed", "550 5.1.1 no such mailbox")


def test_greylisting_delays_and_loses_nothing(in_scope, ticket, smtp, mailbox):
    mailbox.answers[in_scope.customer.email] = "450 4.2.0 greylisted"
    drain(in_scope.tenant)
    assert only_mail_to(in_scope.customer).state == "queued"
    mailbox.answers.clear()
    let_time_pass()
    drain(in_scope.tenant)
    assert states() == {"sent"}
    assert len(mailbox.taken) == 3


def test_a_hanging_server_keeps_all_mails_for_later(in_scope, ticket, settings, mailbox, mail_port):
    with ScriptedServer(RCPT=HANG) as server:
        by(settings, server.port)
        begun = time.monotonic()
        assert drain(in_scope.tenant) is False
        assert time.monotonic() - begun < 5
        assert server.connections == 1
    assert states() == {"queued"}
    brake.release()
    let_time_pass()
    by(settings, mail_port, 5)
    drain(in_scope.tenant)
    assert len(mailbox.taken) == 3


def test_silence_after_the_dot_is_repeated_once_and_then_shown(in_scope, ticket, settings):
    with ScriptedServer(dot=DROP) as server:
        by(settings, server.port)
        drain(in_scope.tenant)
        assert states() == {"unknown"}
        let_time_pass()
        drain(in_scope.tenant)
        let_time_pass()
        drain(in_scope.tenant)
        ids = [line for text in server.taken for line in text.split(b"\r\n") if line.startswith(b"Message-ID")]
    assert len(ids) == 6
    assert len(set(ids)) == 3
    assert set(Delivery.objects.values_list("state", "unheard", "next_attempt_at")) == {("unknown", 2, None)}


@pytest.mark.django_db(transaction=True)
def test_a_hanging_server_blocks_no_other_worker(in_scope, other_portal, settings):
    """While one worker waits for the server, nothing is locked: people go on filing, and others go on fanning out."""
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    with ScriptedServer(dot=HANG) as server:
        by(settings, server.port, 20)
        worker = threading.Thread(target=_drain_and_close, args=[in_scope.tenant], daemon=True)
        worker.start()
        deadline = time.monotonic() + 20
        while not server.taken and time.monotonic() < deadline:
            threading.Event().wait(0.02)
        assert Delivery.objects.filter(state="sending", stage="talking").count() == 1
        with tenant_scope(other_portal.tenant):
            make_ticket(requester=other_portal.customer, topic=other_portal.topic)
        assert len(told(other_portal.tenant)) == 3
        server.__exit__()
        worker.join(20)
    assert Delivery.objects.filter(state="unknown").count() >= 1


def _drain_and_close(tenant) -> None:
    from django.db import connection

    drain(tenant)
    connection.close()
