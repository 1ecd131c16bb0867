"""Stay connected to a mailbox, and fetch what comes as soon as its server tells of it."""

import time
from threading import Event

from django.utils import timezone

from accounts.models import User
from notifications.actions.fetching import A_TURN, open_mailbox, read_folder
from notifications.actions.holding_mailboxes import PAUSE, Hold, take_hold, well
from notifications.imap import Conversation
from notifications.models import Mailbox

LISTENS = 10.0  # seconds after which it is asked whether to stop, and whether the mailbox is still to be read so
IDLES = 9 * 60.0  # RFC 2177 has servers hang up after half an hour; firewalls forget connections earlier
LOOKS = 30.0  # seconds between two looks, where the server does not tell by itself
_WHERE = ("host", "port", "security", "sign_in", "username", "secret", "folder", "address_id", "after_fetch", "move_to")


def stay_at_mailbox(*, mailbox: Mailbox, stop: Event, actor: User | None = None) -> None:
    """Read a mailbox and stay with it until `stop` is set, it is changed or paused, or the connection is lost. Does
    nothing while somebody else reads it. What goes wrong is written down at the mailbox; raises database errors only.
    """
    hold = take_hold(mailbox)
    if hold is None:
        return
    with hold.let_go_after(), open_mailbox(hold) as talk:
        while not stop.is_set() and _is_as_it_was(hold.mailbox):
            before = hold.mailbox.last_uid
            more = read_folder(hold, talk, seconds=A_TURN, keep_going=lambda: not stop.is_set())
            hold.keep(**well(timezone.now()), next_check_at=timezone.now() + PAUSE)
            # What came while others were fetched was told of then, and is not told of again.
            if not more and hold.mailbox.last_uid == before:
                _wait_for_mail(hold, talk, stop)
        hold.has_more = True  # whoever comes next begins at once


def _wait_for_mail(hold: Hold, talk: Conversation, stop: Event) -> None:
    idles = talk.can_idle
    if idles:
        talk.begin_idle()
    ends = time.monotonic() + (IDLES if idles else LOOKS)
    while time.monotonic() < ends and not stop.is_set() and _is_as_it_was(hold.mailbox):
        if idles and talk.hears(LISTENS):
            break
        if not idles:
            stop.wait(LISTENS)
        hold.keep(checked_at=timezone.now())
    if idles:
        talk.end_idle()


def _is_as_it_was(mailbox: Mailbox) -> bool:
    now = Mailbox.objects.filter(pk=mailbox.pk, is_active=True).values_list(*_WHERE).first()
    return now == tuple(getattr(mailbox, name) for name in _WHERE)
