"""Mailbox servers for the tests: a real one (dovecot, as a throwaway), and a wire that is cut at a chosen moment."""

import base64
import contextlib
import getpass
import grp
import hmac
import imaplib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from tests.notifications.processes import wait_until

PASSWORD = "open-sesame"
PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = %d:{folder}/mail/%u
mailbox_list_index = no
mail_fsync = never
mail_max_userip_connections = 100
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  mechanisms = plain
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""

# Tokens are checked by their signature (RFC 7519), so that no other server is needed.
_TOKENS = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
active_attribute =
active_value =
"""


@dataclass(frozen=True)
class Dovecot:
    port: int
    tls_port: int
    folder: Path

    def account(self, storage: str = "mdbox") -> "Account":
        """A mailbox of its own, empty. With `maildir` each mail is a file."""
        return Account(self, f"box{uuid4().hex[:12]}@{storage}")

    @property
    def key(self) -> bytes:
        """What tokens are signed with."""
        return b"known to the sign-in service and the mail server"


@dataclass(frozen=True)
class Account:
    server: Dovecot
    user: str

    def token(self, lasts: float = 3600.0) -> str:
        """What a sign-in service would give somebody who may open the mailbox."""
        now = int(time.time())
        said = {"sub": self.user, "iat": now - 3600, "exp": int(now + lasts)}
        head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, said))
        return f"{head}.{body}.{_base64(hmac.digest(self.server.key, f'{head}.{body}'.encode(), 'sha256'))}"

    @contextlib.contextmanager
    def opened(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.server.port)
        try:
            client.login(self.user, PASSWORD)
            client.select(folder)
            yield client
        finally:
            client.logout()

    def bring(self, *mails: bytes, at: datetime | None = None, folder: str = "INBOX") -> None:
        """Mails arrive, now or at another moment."""
        with self.opened() as client:
            for mail in mails:
                moment = imaplib.Time2Internaldate(at or datetime.now(UTC))
                answer = client.append(folder, "", moment, mail.replace(b"\n", b"\r\n"))
                assert answer[0] == "OK", answer

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        """The flags of every mail in a folder, without the one that says how new it is."""
        with self.opened(folder) as client:
            found = client.uid("FETCH", "1:*", "(FLAGS)")[1]
            return [b"".join(imaplib.ParseFlags(line)).replace(rb"\Recent", b"") for line in found if line]

    def make(self, folder: str) -> None:
        with self.opened() as client:
            assert client.create(folder)[0] == "OK"

    def number_anew(self, folder: str) -> None:
        """A folder is made anew with the same mails: its UIDVALIDITY changes, and so do all UIDs."""
        with self.opened(folder) as client:
            client.create("Aside")
            client.uid("MOVE", "1:*", "Aside")
            client.select("Aside")
            client.delete(folder)
            client.create(folder)
            assert client.uid("MOVE", "1:*", folder)[0] == "OK"


@contextlib.contextmanager
def real_dovecot() -> Iterator[Dovecot]:
    """Dovecot; any user name gets an empty mailbox. Nothing is left of it afterwards."""
    # Beside pytest's own folders, which only their owner may enter: dovecot reads mail as somebody else than root.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name:
        server = Dovecot(_free_port(), _free_port(), Path(name))
        process = subprocess.Popen([PROGRAM, "-F", "-c", str(_configured(server))], start_new_session=True)
        try:
            wait_until(lambda: _answers(server.port), "dovecot answers", 20)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _configured(server: Dovecot) -> Path:
    folder, is_root = server.folder, os.geteuid() == 0
    user = "nobody" if is_root else getpass.getuser()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    _certificate(folder)
    keys = folder / "keys/default/HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_bytes(base64.b64encode(server.key))
    (folder / "oauth2.conf").write_text(_TOKENS.format(folder=folder), encoding="utf-8")
    if is_root:
        shutil.chown(folder / "mail", user, group)
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, user=user, group=group, password=PASSWORD, port=server.port, tls_port=server.tls_port
        ),
        encoding="utf-8",
    )
    return configuration


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as wire:
            return wire.recv(4) == b"* OK"
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> None:
    """A certificate for localhost that only those trust who are told to."""
    from datetime import timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


@dataclass
class CutWire:
    """Stands between client and server and cuts the connection at the client's `cut_at`-th line: before it is passed
    on, or with `after` as soon as the server has begun to answer it. 0: never."""

    target: int
    cut_at: int = 0
    after: bool = False
    lines: list[bytes] = field(default_factory=list)
    was_cut: bool = False

    def __enter__(self) -> "CutWire":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_args: object) -> None:
        for wire in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            passes = threading.Event()
            passes.set()
            threading.Thread(target=self._to_server, args=(client, server, passes), daemon=True).start()
            threading.Thread(target=self._to_client, args=(client, server, passes), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket, passes: threading.Event) -> None:
        with contextlib.suppress(OSError, ValueError), client.makefile("rb") as said:
            for line in said:
                self.lines.append(line)
                is_last = len(self.lines) == self.cut_at
                if is_last and self.after:
                    passes.clear()
                if is_last and not self.after:
                    break
                server.sendall(line)
        if len(self.lines) == self.cut_at and not self.after:
            self._cut(client, server)
        else:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_WR)

    def _to_client(self, client: socket.socket, server: socket.socket, passes: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if not passes.is_set():
                    client.sendall(data[: len(data) // 2])
                    self._cut(client, server)
                    return
                client.sendall(data)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)

    def _cut(self, *wires: socket.socket) -> None:
        self.was_cut = True
        for wire in wires:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
