"""The mailboxes a portal's mail is read from, as its administrators set them."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import require_administrator
from accounts.sealing import seal
from notifications.actions.holding_mailboxes import trouble_text, well
from notifications.enums import AfterFetch, MailboxSignIn, MailSecurity
from notifications.imap import Conversation, MailboxAway
from notifications.mailbox_access import access_to
from notifications.models import MailAddress, Mailbox

PATIENCE = 8.0  # seconds the server has for each step of a trial
_SECRETS = ("secret", "client_secret")
# Who gets the secret, and over what: with another one of these it has to be typed again, so that nobody who does not
# know it can have it sent to a server of theirs.
_WHERE_SECRETS_GO = ("host", "port", "security", "sign_in", "username", "token_url", "client_id")
_WHICH_MAILBOX = ("host", "username", "folder")


class SecretMissing(ValueError):
    """The password or token has to be typed, because there is none or it would go somewhere else than before."""


class MailboxKnown(ValueError):
    """The portal reads this folder of this mailbox already."""


@dataclass(frozen=True)
class MailboxWords:
    """A mailbox as it is set. `secret` and `client_secret` as typed; empty keeps what is there."""

    name: str
    host: str
    username: str
    port: int = 993
    security: str = MailSecurity.TLS
    sign_in: str = MailboxSignIn.PASSWORD
    secret: str = field(default="", repr=False)
    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    folder: str = "INBOX"
    address: MailAddress | None = None
    after_fetch: str = AfterFetch.READ
    move_to: str = ""
    fetches_old: bool = False
    quiet_hours: int = 0


@dataclass(frozen=True)
class Found:
    """What a trial of a mailbox found: how many mails lie in its folder, and which folders there are."""

    mails: int
    folders: tuple[str, ...]


def add_mailbox(*, actor: User | None, words: MailboxWords) -> Mailbox:
    """Read one mailbox more, from now on, or with `fetches_old` from its beginning. Secrets are kept sealed.

    Raises SecretMissing, MailboxKnown, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    if not words.secret:
        raise SecretMissing
    with transaction.atomic():
        _refuse_twice(words)
        made: Mailbox = Mailbox.objects.create(**_plain(words), **_sealed(words), next_check_at=timezone.now())
    return made


def update_mailbox(*, actor: User | None, mailbox: Mailbox, words: MailboxWords) -> Mailbox:
    """Change a mailbox. It is tried again at once; as another mailbox or folder it is read from its own beginning.

    Raises SecretMissing, MailboxKnown, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    wanted = _plain(words)
    with transaction.atomic():
        locked = _lock(mailbox)
        if not words.secret and (not locked.secret or _differs(locked, wanted, _WHERE_SECRETS_GO)):
            raise SecretMissing
        _refuse_twice(words, but=locked)
        sealed = _sealed(words)
        if not sealed and not _differs(locked, wanted, tuple(wanted)):
            return locked
        if _differs(locked, wanted, _WHICH_MAILBOX):
            locked.uidvalidity, locked.last_uid, locked.catch_up_to, locked.careful_to = None, 0, 0, 0
            locked.missed_mails.all().delete()
        if _differs(locked, wanted, _WHERE_SECRETS_GO):
            locked.client_secret = ""  # it was meant for where the mailbox was before
        for name, value in {**wanted, **sealed}.items():
            setattr(locked, name, value)
        locked.next_check_at, locked.told_at = timezone.now(), None
        locked.failing_since, locked.trouble = None, ""
        locked.save()
    return locked


def set_mailbox_active(*, actor: User | None, mailbox: Mailbox, is_active: bool) -> Mailbox:
    """Pause a mailbox, or read it again: then also what has come meanwhile. Raises PermissionError unless the actor is
    an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(mailbox)
        if locked.is_active == is_active:
            return locked
        locked.is_active = is_active
        locked.failing_since, locked.told_at, locked.trouble = None, None, ""
        locked.next_check_at = timezone.now() if is_active else None
        locked.save(update_fields=["is_active", "failing_since", "told_at", "trouble", "next_check_at"])
    return locked


def remove_mailbox(*, actor: User | None, mailbox: Mailbox) -> None:
    """Read a mailbox no more and forget how it is opened. The mails that came from it stay in the ledger. Raises
    PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        _lock(mailbox).delete()


def try_mailbox(*, actor: User | None, mailbox: Mailbox) -> Found:
    """Connect, sign in and open the folder, on the spot; no mail is fetched or marked. How it ended is written down at
    the mailbox; a sign-in service may hand out another token in the course of it, which is kept.

    Raises MailboxAway with what is wrong, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    now = timezone.now()
    try:
        found = _look_into(mailbox)
    except MailboxAway as away:
        trouble = {"failing_since": mailbox.failing_since or now, "trouble": trouble_text(away.trouble, away.reply)}
        Mailbox.objects.filter(pk=mailbox.pk).update(**trouble)
        raise
    Mailbox.objects.filter(pk=mailbox.pk).update(**well(now), trouble="")
    return found


def _look_into(mailbox: Mailbox) -> Found:
    access = access_to(mailbox, timeout=PATIENCE)
    if access.new_refresh_token:
        Mailbox.objects.filter(pk=mailbox.pk, secret=mailbox.secret).update(secret=seal(access.new_refresh_token))
    with Conversation(access.place, timeout=PATIENCE) as talk:
        folders = tuple(talk.folders())
        return Found(talk.select(mailbox.folder).mails, folders)


def _plain(words: MailboxWords) -> dict[str, object]:
    return {name: value for name, value in vars(words).items() if name not in _SECRETS}


def _sealed(words: MailboxWords) -> dict[str, str]:
    return {name: seal(typed) for name in _SECRETS if (typed := getattr(words, name))}


def _differs(mailbox: Mailbox, wanted: dict[str, object], names: tuple[str, ...]) -> bool:
    return any(getattr(mailbox, name) != wanted[name] for name in names)


def _refuse_twice(words: MailboxWords, but: Mailbox | None = None) -> None:
    same = Mailbox.objects.filter(host__iexact=words.host, username__iexact=words.username, folder=words.folder)
    if same.exclude(pk=but.pk if but else None).exists():
        raise MailboxKnown


def _lock(mailbox: Mailbox) -> Mailbox:
    locked: Mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    return locked
