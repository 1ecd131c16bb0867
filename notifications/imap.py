"""A conversation with a mailbox's server (IMAP4rev1, RFC 3501), on imapclient: no settings of the portal, no database.

Everything the server says may be hostile or broken: what it sends at once is limited, every command has to end in time,
and one mail it cannot hand out does not keep the others.
"""

import contextlib
import imaplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from notifications.addresses import header_line
from notifications.enums import MailboxTrouble, MailSecurity
from notifications.mail.limits import BEGINNING_BYTES, MAIL_BYTES
from notifications.reaching import cut_after, reach

AT_ONCE = 1024 * 1024  # bytes of mails that are asked for together
UIDS_AT_ONCE = 50_000  # numbers asked for together, so that the answer stays a line imaplib reads
PATIENCE = 6  # times the limit of one step: so long a whole command may take
_NONSENSE = (ValueError, KeyError, IndexError, TypeError, AssertionError, UnicodeError)


class MailboxAway(Exception):
    """The mailbox cannot be read now. `reply` is the server's own words."""

    def __init__(self, trouble: MailboxTrouble, reply: object = "") -> None:
        said = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        super().__init__(trouble, said)
        self.trouble, self.reply = trouble, header_line(said)[:300]


@dataclass(frozen=True)
class MailboxPlace:
    """Where a mailbox is and how it is opened. `secret` is the password, or with `uses_token` an access token."""

    host: str
    port: int
    security: str
    username: str
    secret: str
    uses_token: bool = False


@dataclass(frozen=True)
class Folder:
    """An open folder: its UIDs mean something only together with `uidvalidity`; the next mail gets `uidnext`."""

    uidvalidity: int
    uidnext: int
    mails: int


@dataclass(frozen=True)
class Listed:
    """A mail in the folder: its size, and when it came there, if the server says so."""

    uid: int
    size: int
    arrived_at: datetime | None

    @property
    def is_too_large(self) -> bool:
        return self.size > MAIL_BYTES


class _Wire(imaplib.IMAP4):
    """imaplib, connected where it may be, and never made to hold more than one mail."""

    def __init__(self, place: MailboxPlace, timeout: float, context: ssl.SSLContext | None) -> None:
        self._place, self._context = place, context
        with contextlib.ExitStack() as self._until_greeted:
            super().__init__(place.host, place.port, timeout=timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        wire = reach(self._place.host, self._place.port, timeout)
        try:
            if timeout:
                self._until_greeted.enter_context(cut_after(timeout * PATIENCE, wire))
            return self._context.wrap_socket(wire, server_hostname=self._place.host) if self._context else wire
        except BaseException:
            wire.close()
            raise

    def read(self, size: int) -> bytes:
        if size > MAIL_BYTES + AT_ONCE:
            raise self.abort(f"the server sends {size} bytes at once")
        return super().read(size)


class _Client(IMAPClient):
    """imapclient on our own wire."""

    def __init__(self, place: MailboxPlace, timeout: float) -> None:
        self._place, self._seconds = place, timeout
        super().__init__(place.host, place.port, ssl=place.security == MailSecurity.TLS, timeout=timeout)
        self.normalise_times = False  # moments with their offset
        self._imap.debug = 0  # it would put every line together for a log nobody reads

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - imapclient's name
        return _Wire(self._place, self._seconds, ssl.create_default_context() if self.ssl else None)

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> bool:
        """What came together with an earlier answer has left the socket already and lies in the file's buffer."""
        with contextlib.suppress(OSError):
            if sock.gettimeout() == 0 and self._imap.file.peek(1):
                self.is_readable = True
                return True
        self.is_readable = bool(super()._poll_socket(sock, timeout))
        return self.is_readable


class Conversation:
    """A signed-in connection. Every method raises MailboxAway when the mailbox cannot be read any further.

    `timeout`: the seconds one step may take; `patience`: those after we were let in, where many mails may take longer.
    """

    def __init__(self, place: MailboxPlace, *, timeout: float, patience: float = 0.0) -> None:
        self.place, self.timeout, self.patience = place, timeout, max(timeout, patience)
        self._client: Any = None
        self._idles = False

    def __enter__(self) -> "Conversation":
        self.open()
        return self

    def __exit__(self, *_args: object) -> None:
        self.close()

    def open(self) -> None:
        """Connect, encrypt, sign in."""
        try:
            self._client = _Client(self.place, self.timeout)
            with self._limited():
                if self.place.security == MailSecurity.STARTTLS:
                    self._client.starttls(ssl.create_default_context())
        except (ssl.SSLError, ssl.CertificateError) as distrust:
            self.close()
            raise MailboxAway(MailboxTrouble.UNTRUSTED, distrust) from distrust
        except (OSError, IMAPClientError, *_NONSENSE) as away:
            self.close()
            raise _unreached(away) from away
        self._sign_in()

    def _sign_in(self) -> None:
        place = self.place
        try:
            with self._limited():
                if place.uses_token:
                    self._client.oauth2_login(place.username, place.secret)
                else:
                    self._client.login(place.username, place.secret)
        except (IMAPClientAbortError, OSError) as lost:
            self.close()
            raise MailboxAway(MailboxTrouble.LOST, lost) from lost
        except (LoginError, IMAPClientError, *_NONSENSE) as refusal:
            self.close()
            raise MailboxAway(MailboxTrouble.SIGN_IN, refusal) from refusal
        self.timeout = self.patience
        self._client.socket().settimeout(self.timeout)

    def close(self) -> None:
        """Say goodbye without waiting long, whatever state the connection is in."""
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(Exception):
            client.socket().settimeout(2)
            client.logout()
        with contextlib.suppress(Exception):
            client.shutdown()

    def folders(self) -> list[str]:
        """The names of the mailbox's folders."""
        with self._asking():
            return [str(name) for _flags, _delimiter, name in self._client.list_folders()][:500]

    def select(self, name: str) -> Folder:
        """Open a folder to read from it, and to mark what was read."""
        with self._asking(refused=MailboxTrouble.FOLDER):
            said = self._client.select_folder(name)
            uidnext = said.get(b"UIDNEXT") or self._client.folder_status(name, ["UIDNEXT"]).get(b"UIDNEXT")
            return Folder(int(said[b"UIDVALIDITY"]), int(uidnext or 1), int(said[b"EXISTS"]))

    def uids_since(self, day: date) -> list[int]:
        """The first mail that came on a day or later, as a list of one or none: never more than the server's least."""
        with self._asking():
            found = self._client.search(["SINCE", day])
            return [min(found)] if found else []

    def uids_between(self, first: int, last: int) -> Iterator[tuple[int, list[int]]]:
        """The UIDs from `first` to `last` that there are, in order, some at a time: up to which, and those found. So
        memory stays flat, and who asks can stop."""
        width = 1000
        while first <= last:
            end = min(first + width - 1, last)
            with self._asking():
                found = sorted(self._client.search(["UID", f"{first}:{end}"]))
            uids = [uid for uid in found if first <= uid <= end]
            yield end, uids
            width = min(width * 4, UIDS_AT_ONCE) if len(uids) < width // 4 else width
            first = end + 1

    def listed(self, uids: list[int]) -> list[Listed]:
        """What is still there of these mails."""
        with self._asking():
            try:
                found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
            except IMAPClientAbortError:
                raise
            except (IMAPClientError, *_NONSENSE):  # a moment nobody can read
                found = self._client.fetch(uids, ["RFC822.SIZE"])
        return [
            Listed(uid, int(found[uid].get(b"RFC822.SIZE") or 0), _moment(found[uid].get(b"INTERNALDATE")))
            for uid in uids
            if uid in found
        ]

    def bodies(self, mails: list[Listed]) -> Iterator[tuple[Listed, bytes | None]]:
        """The mails themselves, in order, without marking them as read; None for one the server does not hand out. Of
        one that is too large only the beginning."""
        for group in _groups(mails):
            if len(group) == 1:
                yield group[0], self._body(group[0])
                continue
            found = self._bodies_of(group)
            for mail in group:
                yield mail, found.get(mail.uid) or self._body(mail)

    def _bodies_of(self, group: list[Listed]) -> dict[int, bytes]:
        with self._asking():
            try:
                said = self._client.fetch([mail.uid for mail in group], ["BODY.PEEK[]"])
            except (IMAPClientAbortError, OSError):
                raise
            except (IMAPClientError, *_NONSENSE):
                return {}
        return {uid: content for uid, one in said.items() if (content := _content(one))}

    def _body(self, mail: Listed) -> bytes | None:
        what = f"BODY.PEEK[]<0.{BEGINNING_BYTES}>" if mail.is_too_large else "BODY.PEEK[]"
        with self._asking():
            try:
                return _content(self._client.fetch([mail.uid], [what]).get(mail.uid, {}))
            except (IMAPClientAbortError, OSError):
                raise
            except (IMAPClientError, *_NONSENSE):
                return None

    def mark_read(self, uids: list[int]) -> None:
        """Raises MailboxAway(MARKING) where the server does not let us; nothing else is wrong then."""
        with self._asking(refused=MailboxTrouble.MARKING):
            self._client.add_flags(uids, [b"\\Seen"], silent=True)

    def move(self, uids: list[int], folder: str) -> None:
        """Move mails to a folder, which is made if it is missing. A server that cannot move (RFC 6851) copies, and lets
        go of just these mails if it can (RFC 4315); else they stay, marked as deleted."""
        client = self._client
        with self._asking(refused=MailboxTrouble.MARKING):
            if not client.folder_exists(folder):
                client.create_folder(folder)
            if client.has_capability("MOVE"):
                client.move(uids, folder)
                return
            client.copy(uids, folder)
            client.delete_messages(uids, silent=True)
            if client.has_capability("UIDPLUS"):
                client.uid_expunge(uids)

    @property
    def can_idle(self) -> bool:
        with self._asking():
            return bool(self._client.has_capability("IDLE"))

    def begin_idle(self) -> None:
        """Let the server tell of new mail by itself (RFC 2177)."""
        with self._asking():
            self._client.idle()

    def hears(self, seconds: float) -> bool:
        """Whether the server told of anything within that time. Between `begin_idle` and `end_idle` only."""
        with self._asking(limit=seconds + self.timeout):
            told = self._client.idle_check(timeout=seconds)
            if self._client.is_readable and not told:
                raise IMAPClientAbortError("the server hung up")
            return any(isinstance(line, tuple) and len(line) > 1 and line[1] == b"EXISTS" for line in told)

    def end_idle(self) -> None:
        with self._asking():
            self._client.idle_done()

    @contextlib.contextmanager
    def _asking(self, refused: MailboxTrouble = MailboxTrouble.STRANGE, limit: float | None = None) -> Iterator[None]:
        if self._client is None:
            raise MailboxAway(MailboxTrouble.LOST)
        try:
            with self._limited(limit):
                yield
        except (IMAPClientAbortError, OSError) as lost:
            self.close()
            raise MailboxAway(MailboxTrouble.LOST, lost) from lost
        except IMAPClientError as refusal:
            raise MailboxAway(refused, refusal) from refusal
        except _NONSENSE as nonsense:
            self.close()
            raise MailboxAway(MailboxTrouble.STRANGE, nonsense) from nonsense

    def _limited(self, seconds: float | None = None) -> contextlib.AbstractContextManager[None]:
        return cut_after(seconds or self.timeout * PATIENCE, self._client.socket())


def _unreached(away: Exception) -> MailboxAway:
    """Why a server could not be reached; the words of a programming language tell nobody anything."""
    if isinstance(away, socket.gaierror):
        return MailboxAway(MailboxTrouble.NAME)
    if isinstance(away, ConnectionRefusedError):
        return MailboxAway(MailboxTrouble.PORT)
    if isinstance(away, TimeoutError):
        return MailboxAway(MailboxTrouble.SLOW)
    return MailboxAway(MailboxTrouble.AWAY, away)


def _groups(mails: list[Listed]) -> Iterator[list[Listed]]:
    """Small mails together, as many as may be asked for at once; a large one by itself."""
    group: list[Listed] = []
    size = 0
    for mail in mails:
        if group and (size + mail.size > AT_ONCE or mail.is_too_large):
            yield group
            group, size = [], 0
        group.append(mail)
        size += AT_ONCE if mail.is_too_large else mail.size
    if group:
        yield group


def _content(said: Any) -> bytes | None:
    """The mail in the answer to a FETCH; None for an empty one, which servers send for what they cannot read."""
    for name, value in said.items():
        if bytes(name).startswith(b"BODY[]"):
            return bytes(value) if value else None
    return None


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo is not None else None
