"""One conversation with a mail server, on smtplib's primitives: one recipient per mail, and always known how far.

smtplib's own `sendmail` reports "lost before" and "lost after the final dot" alike. Here the final dot is a step of its
own: until it is sent, the mail is surely not sent; after it, only the server's answer tells.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any, Protocol

from django.core.mail.utils import DNS_NAME

from notifications.enums import Trouble
from notifications.facts import NotSent, Refused, ServerAway, Unheard
from notifications.reaching import cut_after, reach

PATIENCE = 8  # times the limit of one step: so long a whole mail may take at a server with which we are careful
MOST_LINES, LONGEST_LINE = 200, 8192  # of one answer
PATIENCE_AFTER_THE_DOT = 3  # times the usual limit: servers scan the mail before they answer
NOT_WELCOME = frozenset({421, 530, 534, 535, 538})  # said about us, not about the mail


class Server(Protocol):
    """Where the mail server is, and how it wants to be spoken to."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def security(self) -> str:
        """Empty, "starttls" or "tls"."""


class Conversation:
    """Opened by the first mail, used for the following ones, opened anew when the server has hung up between two.

    `is_guarded`: a portal's administrators named the server, so it is reached with care (`notifications.reaching`).
    """

    def __init__(self, server: Server, *, timeout: float, is_guarded: bool = False) -> None:
        self.server, self.timeout, self.is_guarded = server, timeout, is_guarded
        self._smtp: smtplib.SMTP | None = None
        self._is_midway = False  # the server was told of a mail that it has not taken

    def knock(self) -> None:
        """Connect, greet and sign in, and hand over nothing. Raises ServerAway."""
        self._smtp = self._smtp or self._open()

    def send(self, *, sender: str, recipient: str, content: bytes, before_final_dot: Callable[[], None]) -> None:
        """Hand over one mail to one recipient. Returns once the server has taken it.

        Raises ServerAway, NotSent or Refused when it surely was not sent, Unheard when nobody knows. Whatever
        `before_final_dot` raises comes through, and nothing has been sent then.
        """
        try:
            smtp = self._begun_again(sender) or self._begun_anew(sender)
            with self._care(smtp):
                self._hand_over(smtp, recipient, content, before_final_dot)
                self._hear_the_end(smtp)
        except (NotSent, Unheard):
            raise
        except BaseException:
            self._hang_up()  # in the middle of DATA every polite word would become part of the mail
            raise
        self._is_midway = False

    def _begun_again(self, sender: str) -> smtplib.SMTP | None:
        """The conversation that is open, with the next mail's sender named; None when there is none, or the server has
        ended it since the last mail. Nothing of the next one was told it then."""
        smtp = self._smtp
        if smtp is None:
            return None
        try:
            with self._care(smtp):
                is_there = not self._is_midway or smtp.rset()[0] == 250
                code, reply = smtp.mail(sender) if is_there else (421, b"")
        except OSError:
            code, reply = 421, b""
        if code == 421:
            self._hang_up()
            return None
        self._is_midway = True
        self._judge(code, reply, Trouble.SENDER)
        return smtp

    def _begun_anew(self, sender: str) -> smtplib.SMTP:
        smtp = self._smtp = self._open()
        self._is_midway = True
        with self._care(smtp):
            self._ask(smtp.mail, sender, trouble=Trouble.SENDER)
        return smtp

    def _care(self, smtp: smtplib.SMTP) -> AbstractContextManager[Any]:
        return cut_after(self.timeout * PATIENCE, _socket(smtp)) if self.is_guarded else nullcontext()

    def _hand_over(
        self, smtp: smtplib.SMTP, recipient: str, content: bytes, before_final_dot: Callable[[], None]
    ) -> None:
        self._ask(smtp.rcpt, recipient, trouble=Trouble.RECIPIENT)
        self._ask(smtp.docmd, "DATA", trouble=Trouble.CONTENT, expected=(354,))
        self._push(smtp, _dotted(content))
        self._expect_silence(smtp)
        before_final_dot()
        self._expect_silence(smtp)
        self._push(smtp, b".\r\n")

    def close(self) -> None:
        """Say goodbye, without waiting long for an answer."""
        if self._smtp is None:
            return
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(min(self.timeout, 2))
            self._smtp.quit()
        except OSError:
            pass
        self._hang_up()

    def _open(self) -> smtplib.SMTP:
        with ExitStack() as until_greeted:
            return self._greeted(until_greeted)

    def _greeted(self, until_greeted: ExitStack) -> smtplib.SMTP:
        server = self.server
        try:
            smtp = self._connect(until_greeted)
        except ssl.SSLError as distrust:
            raise ServerAway(Trouble.UNTRUSTED, str(distrust)) from distrust
        except smtplib.SMTPConnectError as refusal:
            raise ServerAway(Trouble.AWAY, _words(refusal.smtp_code, refusal.smtp_error)) from refusal
        except OSError as trouble:
            raise ServerAway(Trouble.AWAY, str(trouble) or type(trouble).__name__) from trouble
        try:
            self._greet(smtp)
        except ssl.SSLError as distrust:
            smtp.close()
            raise ServerAway(Trouble.UNTRUSTED, str(distrust)) from distrust
        except smtplib.SMTPNotSupportedError as missing:
            smtp.close()
            what = Trouble.SIGN_IN if "AUTH" in str(missing) else Trouble.UNTRUSTED
            raise ServerAway(what, str(missing)) from missing
        except smtplib.SMTPAuthenticationError as refusal:
            smtp.close()
            raise ServerAway(Trouble.SIGN_IN, _words(refusal.smtp_code, refusal.smtp_error)) from refusal
        except OSError as trouble:
            smtp.close()
            raise ServerAway(Trouble.AWAY, f"{server.host}: {trouble}") from trouble
        return smtp

    def _connect(self, until_greeted: ExitStack) -> smtplib.SMTP:
        server = self.server
        options: dict[str, Any] = {"local_hostname": DNS_NAME.get_fqdn(), "timeout": self.timeout}
        if server.security == "tls":
            options["context"] = tls_context()
        if self.is_guarded:
            wire = reach(server.host, server.port, self.timeout)
            until_greeted.enter_context(cut_after(self.timeout * PATIENCE, wire))
            kind = _GuardedTls if server.security == "tls" else _Guarded
            return kind(wire, server.host, server.port, **options)
        return (_Tls if server.security == "tls" else _Plain)(server.host, server.port, **options)

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self.server.security == "starttls":
            code, reply = smtp.starttls(context=tls_context())
            if code != 220:
                raise smtplib.SMTPNotSupportedError(_words(code, reply))
            smtp.ehlo_or_helo_if_needed()
        # The final dot goes out by itself; without this it would wait for the text's acknowledgement.
        _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.user:
            smtp.login(self.server.user, self.server.password)

    def _ask(
        self,
        step: Callable[[str], tuple[int, bytes]],
        argument: str,
        *,
        trouble: Trouble,
        expected: tuple[int, ...] = (250, 251, 252),
    ) -> None:
        try:
            code, reply = step(argument)
        except OSError as lost:
            self._hang_up()
            raise _lost(lost) from lost
        self._judge(code, reply, trouble, expected)

    def _judge(self, code: int, reply: bytes, trouble: Trouble, expected: tuple[int, ...] = (250, 251, 252)) -> None:
        if code not in expected:
            self._refused(code, reply, trouble)

    def _push(self, smtp: smtplib.SMTP, content: bytes) -> None:
        """Hand bytes to the network. A failure means that not all of them went, so the mail has no end yet."""
        try:
            _socket(smtp).sendall(content)
        except OSError as lost:
            self._hang_up()
            raise _lost(lost) from lost

    def _expect_silence(self, smtp: smtplib.SMTP) -> None:
        """Before the dot a server that waits for it says nothing. One that hung up or complained has taken no mail,
        which after the dot could no longer be told."""
        try:
            wire = _socket(smtp)
            wire.settimeout(0)
            early = wire.recv(200)
        except (BlockingIOError, ssl.SSLWantReadError):
            wire.settimeout(self.timeout)
            return
        except OSError as lost:
            self._hang_up()
            raise _lost(lost) from lost
        self._hang_up()
        raise NotSent(Trouble.LOST, _words(0, early) if early else "closed before the end of the mail")

    def _hear_the_end(self, smtp: smtplib.SMTP) -> None:
        try:
            _socket(smtp).settimeout(self.timeout * PATIENCE_AFTER_THE_DOT)
            code, reply = smtp.getreply()
            _socket(smtp).settimeout(self.timeout)
        except OSError as silence:
            self._hang_up()
            raise Unheard(str(silence)) from silence
        if code == 250:
            return
        if not 400 <= code < 600:
            self._hang_up()
            raise Unheard(_words(code, reply))
        self._refused(code, reply, Trouble.CONTENT)

    def _refused(self, code: int, reply: bytes, trouble: Trouble) -> None:
        words = _words(code, reply)
        if code in NOT_WELCOME:
            self._hang_up()
            raise ServerAway(Trouble.LATER if code == 421 else Trouble.SIGN_IN, words)
        if 500 <= code < 600:
            raise Refused(trouble, words)
        if not 400 <= code < 500:
            self._hang_up()  # an answer that makes no sense: who knows what the next one belongs to
        raise NotSent(Trouble.LATER, words)

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp, self._is_midway = None, False


class _Plain(smtplib.SMTP):
    """Follows an answer only so far: smtplib's own reading knows no end of lines."""

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib has it, but for the limit. Raises SMTPServerDisconnected."""
        if self.file is None:
            self.file = _socket(self).makefile("rb")
        lines: list[bytes] = []
        while len(lines) < MOST_LINES:
            line = self._line(self.file)
            lines.append(line[4:].strip(b" \t\r\n"))
            code = int(line[:3]) if line[:3].isdigit() else -1
            if code < 0 or line[3:4] != b"-":
                return code, b"\n".join(lines)
        self.close()
        raise smtplib.SMTPServerDisconnected("The server's answer does not end")

    def _line(self, file: Any) -> bytes:
        try:
            line: bytes = file.readline(LONGEST_LINE + 1)
        except OSError as trouble:
            self.close()
            raise smtplib.SMTPServerDisconnected(f"Connection unexpectedly closed: {trouble}") from trouble
        if not line or len(line) > LONGEST_LINE:
            self.close()
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed" if not line else "Line too long")
        return line


class _Tls(smtplib.SMTP_SSL, _Plain):
    getreply = _Plain.getreply


class _Guarded(_Plain):
    """On a connection that was judged before (`reach`)."""

    def __init__(self, wire: socket.socket, *arguments: Any, **options: Any) -> None:
        self._wire = wire
        super().__init__(*arguments, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._wire


class _GuardedTls(_Tls):
    context: ssl.SSLContext

    def __init__(self, wire: socket.socket, *arguments: Any, **options: Any) -> None:
        self._wire = wire
        super().__init__(*arguments, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(self._wire, server_hostname=host)


def tls_context() -> ssl.SSLContext:
    """Encryption that checks the server's certificate and name."""
    return ssl.create_default_context()


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    return smtp.sock


def _lost(trouble: OSError) -> NotSent:
    """A server that stopped answering is left alone for a while; one that hung up is tried again with this mail."""
    if isinstance(trouble, TimeoutError | socket.timeout) or "timed out" in str(trouble):
        return ServerAway(Trouble.AWAY, str(trouble))
    return NotSent(Trouble.LOST, str(trouble))


def _dotted(content: bytes) -> bytes:
    """The mail as it goes over the wire: CR LF at every line's end, leading dots doubled (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines)


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(f"{code or ''} {plain}".split())[:500]
