"""Fetch the mails of the portals' mailboxes: each is stored here before anything is said about it to its server."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import User
from accounts.scoping import tenant_scope
from accounts.sealing import seal
from notifications.actions.holding_mailboxes import Hold, take_hold, trouble_text, well
from notifications.actions.missing_mails import done_with, mails_to_retry, put_aside, retried
from notifications.actions.receiving import receive_mail
from notifications.enums import AfterFetch, MailboxTrouble, MailSource
from notifications.facts import Stumbled
from notifications.imap import Conversation, Folder, Listed, MailboxAway
from notifications.mailbox_access import access_to, forget_token
from notifications.models import IncomingMail, Mailbox, MissedMail
from notifications.queries import mailboxes_due

A_TURN = 20.0  # seconds one mailbox is read before others have theirs
EMBEDDED_TURN = 3.0  # the loop has mails to send in between
ALL_TURNS = 200.0  # below the time limit of a task
EMBEDDED_TIMEOUT = 5.0  # until the server has let us in
CLOCKS_DIFFER = timedelta(minutes=1)  # what came so shortly before a mailbox was connected is fetched
SEEN_BEFORE = timedelta(days=2)  # SEARCH SINCE knows days only, of a time zone nobody tells
A_PORTION = 50  # mails asked for together
_MAY_BE_THE_MAILS = (MailboxTrouble.LOST, MailboxTrouble.STRANGE)
KeepGoing = Callable[[], bool]
log = logging.getLogger(__name__)


def always() -> bool:
    return True


def fetch_due() -> None:
    """Read the mailboxes whose time has come, of all portals, who waits longest first; those with more have another
    turn after all others. The embedded loop, which has other work, reads one, and not for long; it comes again at once.
    """
    ends = time.monotonic() + ALL_TURNS
    embedded = not settings.CELERY_BROKER_URL
    while due := mailboxes_due(timezone.now()):
        for tenant, mailbox in due:
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
    with hold.let_go_after(), open_mailbox(hold) as talk:
        read_folder(hold, talk, seconds=seconds, keep_going=keep_going)
    return hold.has_more


def open_mailbox(hold: Hold) -> Conversation:
    """A conversation that is ready to be begun with `with`. Raises MailboxAway."""
    timeout = settings.MAIL_TIMEOUT if settings.CELERY_BROKER_URL else EMBEDDED_TIMEOUT
    access = access_to(hold.mailbox, timeout=timeout)
    if access.new_refresh_token:
        hold.keep(secret=seal(access.new_refresh_token))
    return _Opened(hold.mailbox, access.place, timeout=timeout, patience=settings.MAIL_TIMEOUT)


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
    looked at again, and what is stored already is not fetched again. Mails the server does not hand out are put aside,
    and tried again after all others. Raises MailboxAway, Stumbled and LeaseLost.
    """
    mailbox = hold.mailbox
    folder = talk.select(mailbox.folder)
    ends = time.monotonic() + seconds  # from here on: opening a folder with very many mails may take long
    hold.has_more = True
    if mailbox.failing_since is not None:
        hold.keep(**well(timezone.now()), trouble="")
    if mailbox.uidvalidity != folder.uidvalidity:
        _begin(hold, talk, folder)
    missed = mails_to_retry(mailbox)
    troubles: set[MailboxTrouble] = set()
    for end, uids in talk.uids_between(mailbox.last_uid + 1, folder.uidnext - 1):
        for portion in _portions(mailbox, uids):
            troubles |= _take_new(hold, talk, portion)
            if time.monotonic() > ends or not keep_going():
                hold.has_more = mailbox.last_uid + 1 < folder.uidnext
                return hold.has_more
        hold.keep(last_uid=end)
    troubles |= _retry_missed(hold, talk, missed, ends)
    hold.keep(trouble=_said(mailbox, troubles))
    hold.has_more = False
    return False


def _portions(mailbox: Mailbox, uids: list[int]) -> Iterator[list[int]]:
    start = 0
    while start < len(uids):
        size = 1 if uids[start] <= mailbox.careful_to else A_PORTION
        yield uids[start : start + size]
        start += size


def _take_new(hold: Hold, talk: Conversation, portion: list[int]) -> set[MailboxTrouble]:
    """Fetch a portion of new mails. If the connection breaks, they are fetched one by one next time; if it then breaks
    again, that mail is put aside, because many servers hang up instead of saying that they cannot read one."""
    mailbox = hold.mailbox
    try:
        troubles = _take(hold, talk, portion)
    except MailboxAway as away:
        if away.trouble not in _MAY_BE_THE_MAILS:
            raise
        if portion[0] > mailbox.careful_to:
            hold.keep(careful_to=portion[-1])
            raise
        put_aside(mailbox, portion)
        hold.keep(last_uid=portion[-1])
        raise Stumbled from away
    hold.keep(last_uid=portion[-1])
    return troubles


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
    hold.keep(uidvalidity=folder.uidvalidity, last_uid=first - 1, catch_up_to=folder.uidnext - 1, careful_to=0)
    mailbox.missed_mails.all().delete()


def _retry_missed(hold: Hold, talk: Conversation, missed: list[MissedMail], ends: float) -> set[MailboxTrouble]:
    """Try mails again that the server did not hand out, each after longer than before, while there is time."""
    troubles: set[MailboxTrouble] = set()
    for mail in missed:
        if time.monotonic() > ends:
            break
        retried(mail)  # first, so that one that breaks the connection has its turn behind the others
        troubles |= _take(hold, talk, [mail.uid], unlisted_are_gone=True)
    return troubles


def _take(hold: Hold, talk: Conversation, uids: list[int], *, unlisted_are_gone: bool = False) -> set[MailboxTrouble]:
    """Store these mails and mark them at the server; what it does not hand out now is put aside."""
    mailbox = hold.mailbox
    portion = talk.listed(uids)
    keys = {mail.uid: _source_key(mailbox, mail.uid) for mail in portion}
    known = set(IncomingMail.objects.filter(source_key__in=keys.values()).values_list("source_key", flat=True))
    wanted = [mail for mail in portion if keys[mail.uid] not in known and not _is_too_old(mailbox, mail)]
    stored = [mail.uid for mail in portion if keys[mail.uid] in known]
    missed = [] if unlisted_are_gone else sorted(set(uids) - keys.keys())
    for mail, raw in talk.bodies(wanted):
        if raw is None or not _store(mailbox, mail, raw, keys[mail.uid]):
            missed.append(mail.uid)
            continue
        if not mail.is_too_large:  # its rest is only there
            stored.append(mail.uid)
        hold.renew()
    if any(mail.uid not in missed for mail in wanted):
        hold.keep(last_mail_at=timezone.now())
    troubles = _mark(mailbox, talk, stored)
    put_aside(mailbox, missed)
    done_with(mailbox, set(uids) - set(missed))
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


def _said(mailbox: Mailbox, troubles: set[MailboxTrouble]) -> str:
    if mailbox.missed_mails.exists():
        return trouble_text(MailboxTrouble.SOME)
    return trouble_text(min(troubles)) if troubles else ""
