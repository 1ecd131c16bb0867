"""Mail servers for the tests: a real one (aiosmtpd), and one that misbehaves at a chosen step."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

HANG, DROP = "hang", "drop"


@dataclass
class Taken:
    """One mail a server took."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    def part(self, kind: str) -> str:
        return str(self.mail.get_body((kind,)).get_content()).replace("\r\n", "\n")  # type: ignore[union-attr]


@dataclass
class Mailbox:
    """aiosmtpd's handler: keeps what it takes, one recipient per mail; `answers` maps recipients to refusals."""

    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    recipients_per_mail: list[int] = field(default_factory=list)
    on_data: Callable[[], None] = lambda: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.recipients_per_mail.append(len(envelope.rcpt_tos))
        self.taken.extend(Taken(envelope.mail_from, address, envelope.content) for address in envelope.rcpt_tos)
        self.on_data()
        return "250 taken"


class ClosingController(Controller):
    """Ends the conversations that are still open when it stops, so that no connection is left to the collector."""

    def factory(self) -> Any:
        protocol = super().factory()
        self.__dict__.setdefault("protocols", []).append(protocol)
        return protocol

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for protocol in self.__dict__.get("protocols", []):
            if protocol.transport is not None:
                protocol.transport.abort()
        for _ in range(3):
            await asyncio.sleep(0)


@contextmanager
def real_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A real mail server on a free port; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = ClosingController(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class ScriptedServer:
    """Speaks just enough SMTP to do the wrong thing at one step.

    `script` maps a step (connect, EHLO, MAIL, RCPT, DATA, text, dot) to a reply, HANG or DROP; all else goes well.
    `later` says what it does unasked after it has taken a mail.
    """

    def __init__(self, **script: str) -> None:
        self.script = script
        self.taken: list[bytes] = []
        self.connections = 0
        self.dropped, self.stopped = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "ScriptedServer":
        return self

    def __exit__(self, *args: object) -> None:
        self.stopped.set()
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        try:
            if not self._answer(connection, "connect", "220 ready"):
                return
            for line in lines:
                verb = line[:4].decode().strip().upper()
                if verb == "QUIT":
                    connection.sendall(b"221 bye\r\n")
                    return
                default = "354 go on" if verb == "DATA" else "250 OK"
                if not self._answer(connection, verb, default):
                    return
                goes_on = verb == "DATA" and self.script.get("DATA", default).startswith("354")
                if goes_on and not self._take(connection, lines):
                    return
        except OSError:
            pass
        finally:
            lines.close()
            connection.close()

    def _take(self, connection: socket.socket, lines: Any) -> bool:
        text = b""
        if "text" in self.script:
            lines.readline()
            return self._answer(connection, "text", "")
        for line in lines:
            if line == b".\r\n":
                break
            text += line
        else:
            return False
        if self.script.get("dot", "250")[:1] == "2" or self.script.get("dot") in (HANG, DROP):
            self.taken.append(text)
        return self._answer(connection, "dot", "250 taken") and self._answer(connection, "later", "")

    def _answer(self, connection: socket.socket, step: str, default: str) -> bool:
        reply = self.script.get(step, default)
        if reply == HANG:
            self.stopped.wait(30)
            return False
        if reply == DROP:
            connection.shutdown(socket.SHUT_RDWR)
            self.dropped.set()
            return False
        if reply:
            connection.sendall(f"{reply}\r\n".encode())
        return not reply.startswith("421")
