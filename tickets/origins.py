"""From which address a message came, where that is not its author's: whoever has a mail of ours can answer in its
reader's name, so everybody on the ticket sees it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.folding import fold_address
from accounts.queries.people import addresses_of_staff
from accounts.scoping import current_tenant
from tickets.models import Message

UNCERTAIN = "?"  # a mail that does not say for certain who sent it


def add_origins(messages: Iterable[Message], *, staff: bool) -> None:
    """Give each message its `came_from` in words, as its reader may know it: customers read no address of somebody who
    works here. One query, and only where customers read what came from elsewhere."""
    elsewhere = [message for message in messages if message.written_by]
    of_staff = set() if staff or not elsewhere else addresses_of_staff(one.written_by for one in elsewhere)
    for message in elsewhere:
        if message.written_by == UNCERTAIN:
            message.came_from = _("an address that is not certain")
        elif fold_address(message.written_by) in of_staff:
            message.came_from = _("an address of %s") % current_tenant().name
        else:
            message.came_from = message.written_by


def origin_of(message: Message, *, staff: bool) -> str:
    """The same for one message; empty where it came from its author."""
    add_origins([message], staff=staff)
    return message.came_from
