"""Fetch the mails of the portals' mailboxes: each is stored here before anything is said about it to its server."""

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import User
from accounts.scoping import tenant_scope
from accounts.sealing import seal
from notifications.actions.holding_mailboxes import Hold, take_hold, trouble_text, well
from notifications.actions.receiving import receive_mail
from notifications.enums import AfterFetch, MailboxTrouble, MailSource
from notifications.facts import LeaseLost
from notifications.imap import Conversation, Folder, Listed, MailboxAway
from notifications.mailbox_access import access_to, forget_token
from notifications.models import IncomingMail, Mailbox
from notifications.queries import mailboxes_due

A_TURN = 20.0  # seconds one mailbox is read before others have theirs
EMBEDDED_TURN = 3.0  # the loop has mails to send in between
ALL_TURNS = 200.0  # below the time limit of a task
EMBEDDED_TIMEOUT = 5.0
CLOCKS_DIFFER = timedelta(minutes=1)  # what came so shortly before a mailbox was connected is fetched
SEEN_BEFORE = timedelta(days=2)  # SEARCH SINCE knows days only, of a time zone nobody tells
MOST_MISSED = 200  # beyond, it is the server that is broken, not its mails
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


def always() -> bool:
    return True


def fetch_due() -> None:
    """Read the mailboxes whose time has come, of all portals, who waits longest first. The embedded loop, which has
    other work, reads one, and not for long; it comes again at once."""
    ends = time.monotonic() + ALL_TURNS
    embedded = not settings.CELERY_BROKER_URL
    for tenant, mailbox in mailboxes_due(timezone.now()):
        with tenant_scope(tenant):
            fetch_mailbox(mailbox=mailbox, seconds=EMBEDDED_TURN if embedded else A_TURN)
        if embedded or time.monotonic() > ends:
            return


def fetch_mailbox(
    *, mailbox: Mailbox, actor: User | None = None, seconds: float = A_TURN, keep_going: KeepGoing = always
) -> bool:
    """Fetch what is new in a mailbox, for about so many seconds, asking `keep_going` between portions.

    Does nothing while somebody else reads it or it is paused. What goes wrong is written down at the mailbox; raises
    database errors only. Returns whether there is more to fetch.
    """
    hold = take_hold(mailbox)
    if hold is None:
        return False
    try:
        with open_mailbox(hold) as talk:
            more = read_folder(hold, talk, seconds=seconds, keep_going=keep_going)
    except MailboxAway as away:
        hold.fail(away)
    except LeaseLost:
        hold.release()
    except (OperationalError, InterfaceError):
        raise  # the lease runs out
    except Exception as broken:
        log.exception("Mailbox %s stopped at an unforeseen place", mailbox.pk)
        hold.fail(MailboxAway(MailboxTrouble.STRANGE, type(broken).__name__))
    else:
        hold.leave(more=more)
        return more
    return False


def open_mailbox(hold: Hold) -> Conversation:
    """A conversation that is ready to be begun with `with`. Raises MailboxAway."""
    timeout = settings.MAIL_TIMEOUT if settings.CELERY_BROKER_URL else EMBEDDED_TIMEOUT
    access = access_to(hold.mailbox, timeout=timeout)
    if access.new_refresh_token:
        hold.keep(secret=seal(access.new_refresh_token))
    return _Opened(hold.mailbox, access.place, timeout=timeout)


class _Opened(Conversation):
    """A conversation that forgets a token the server did not take."""

    def __init__(self, mailbox: Mailbox, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._mailbox = mailbox

    def open(self) -> None:
        try:
            super().open()
        except MailboxAway as away:
            if away.trouble == MailboxTrouble.SIGN_IN:
                forget_token(self._mailbox)
            raise


def read_folder(hold: Hold, talk: Conversation, *, seconds: float, keep_going: KeepGoing = always) -> bool:
    """Fetch what is new in the mailbox's folder, portion by portion; returns whether there is more.

    A portion is stored mail by mail, then marked at the server, then written down as read: killed anywhere, it is
    looked at again, and what is stored already is not fetched again. Raises MailboxAway and LeaseLost.
    """
    mailbox = hold.mailbox
    folder = talk.select(mailbox.folder)
    if mailbox.failing_since is not None:
        hold.keep(**well(timezone.now()), trouble="")
    if mailbox.uidvalidity != folder.uidvalidity:
        _begin(hold, talk, folder)
    troubles = _retry_missed(hold, talk)
    ends = time.monotonic() + seconds
    for portion in talk.portions(mailbox.last_uid + 1, folder.uidnext - 1):
        if portion:
            troubles |= _take(hold, talk, portion)
            hold.keep(last_uid=portion[-1].uid)
        if time.monotonic() > ends or not keep_going():
            return mailbox.last_uid + 1 < folder.uidnext
    hold.keep(last_uid=max(mailbox.last_uid, folder.uidnext - 1), trouble=_said(mailbox, troubles))
    return False


def _begin(hold: Hold, talk: Conversation, folder: Folder) -> None:
    """A folder that is read for the first time, or that numbers its mails anew: then all of them are looked at again,
    because nobody knows which are which. Except where old mails were asked for, nothing that came before the mailbox
    was connected counts."""
    mailbox = hold.mailbox
    first = 1
    if not mailbox.fetches_old:
        since = talk.uids_since((mailbox.created_at - SEEN_BEFORE).date())
        first = since[0] if since else folder.uidnext
    if mailbox.uidvalidity is not None:
        log.warning("Mailbox %s numbers its mails anew; they are looked at again", mailbox.pk)
    hold.keep(uidvalidity=folder.uidvalidity, last_uid=first - 1, catch_up_to=folder.uidnext - 1, missed={})


def _retry_missed(hold: Hold, talk: Conversation) -> set[MailboxTrouble]:
    """Try mails again that the server did not hand out: after one look, two, four, and so on."""
    missed = {int(uid): attempts + 1 for uid, attempts in hold.mailbox.missed.items()}
    if not missed:
        return set()
    turn = [uid for uid, attempts in missed.items() if attempts & (attempts - 1) == 0][:20]
    there = talk.listed(turn) if turn else []
    gone = set(turn) - {mail.uid for mail in there}
    hold.keep(missed={str(uid): attempts for uid, attempts in missed.items() if uid not in gone})
    return _take(hold, talk, there) if there else set()


def _take(hold: Hold, talk: Conversation, portion: list[Listed]) -> set[MailboxTrouble]:
    mailbox = hold.mailbox
    keys = {mail.uid: _source_key(mailbox, mail.uid) for mail in portion}
    known = set(IncomingMail.objects.filter(source_key__in=keys.values()).values_list("source_key", flat=True))
    wanted = [mail for mail in portion if keys[mail.uid] not in known and not _is_too_old(mailbox, mail)]
    stored = [mail.uid for mail in portion if keys[mail.uid] in known]
    missed: list[int] = []
    arrived: datetime | None = None
    for mail, raw in talk.bodies(wanted):
        if raw is None or not _store(mailbox, mail, raw, keys[mail.uid]):
            missed.append(mail.uid)
            continue
        arrived = timezone.now()
        if not mail.is_too_large:  # its rest is only there
            stored.append(mail.uid)
        hold.renew()
    troubles = _mark(mailbox, talk, stored)
    _write_down(hold, portion, missed, arrived)
    return troubles


def _source_key(mailbox: Mailbox, uid: int) -> str:
    """UIDs mean something only together with their folder's UIDVALIDITY, which is 1 on many servers; so the account and
    the folder belong to the name, because administrators may point a mailbox elsewhere."""
    account = f"{mailbox.host}\n{mailbox.username}\n{mailbox.folder}".lower().encode()
    return f"imap:{mailbox.pk}.{hashlib.sha256(account).hexdigest()[:8]}:{mailbox.uidvalidity}:{uid}"


def _store(mailbox: Mailbox, mail: Listed, raw: bytes, key: str) -> bool:
    """Whether it is stored now. What is wrong with one mail holds no other up."""
    if mail.uid <= mailbox.catch_up_to and _is_here(mailbox, raw):
        return True
    try:
        receive_mail(
            raw=raw,
            source=MailSource.IMAP,
            source_key=key,
            mailbox=mailbox,
            received_at=min(mail.arrived_at or timezone.now(), timezone.now()),
            size=mail.size if mail.is_too_large else None,
        )
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Mail %s could not be stored", key)
        return False
    return True


def _is_too_old(mailbox: Mailbox, mail: Listed) -> bool:
    if mailbox.fetches_old or mail.uid > mailbox.catch_up_to or mail.arrived_at is None:
        return False
    return mail.arrived_at < mailbox.created_at - CLOCKS_DIFFER


def _is_here(mailbox: Mailbox, raw: bytes) -> bool:
    """Whether this very mail came from the mailbox before it began to number its mails anew. One that the server has
    changed since is recognised when it is read, by its Message-ID."""
    return bool(IncomingMail.objects.filter(mailbox=mailbox, digest=hashlib.sha256(raw).hexdigest()).exists())


def _mark(mailbox: Mailbox, talk: Conversation, uids: list[int]) -> set[MailboxTrouble]:
    if not uids or mailbox.after_fetch == AfterFetch.LEAVE:
        return set()
    try:
        if mailbox.after_fetch == AfterFetch.MOVE and mailbox.move_to:
            talk.move(uids, mailbox.move_to)
        else:
            talk.mark_read(uids)
    except MailboxAway as away:
        if away.trouble != MailboxTrouble.MARKING:
            raise
        log.warning("Mailbox %s: %s %s", mailbox.pk, away.trouble.label, away.reply)
        return {MailboxTrouble.MARKING}
    return set()


def _write_down(hold: Hold, portion: list[Listed], missed: list[int], arrived: datetime | None) -> None:
    before = hold.mailbox.missed
    done = {str(mail.uid) for mail in portion} - {str(uid) for uid in missed}
    now = {uid: attempts for uid, attempts in before.items() if uid not in done}
    now |= {str(uid): before.get(str(uid), 0) for uid in missed}
    if len(now) > MOST_MISSED:
        raise MailboxAway(MailboxTrouble.STRANGE, "it hands out none of many mails")
    changes: dict[str, Any] = {"missed": now} if now != before else {}
    hold.keep(**changes, **({"last_mail_at": arrived} if arrived else {}))


def _said(mailbox: Mailbox, troubles: set[MailboxTrouble]) -> str:
    if mailbox.missed:
        return trouble_text(MailboxTrouble.SOME)
    return trouble_text(min(troubles)) if troubles else ""
