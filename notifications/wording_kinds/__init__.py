"""Which mails a portal can word itself, what can be put into them, and the words to begin with.

Only mails to customers, about their tickets and accounts. Those that warn of something at an account keep their words:
they protect the reader, also from the portal. A wording stands in place of the block `words` of the original templates;
what is outside it (links, codes, answers, what to do if it was somebody else, signature, layout) no wording can lose.
"""

from notifications.wording_kinds.accounts import ACCOUNTS
from notifications.wording_kinds.help_centre import HELP_CENTRE
from notifications.wording_kinds.kinds import Insert, WordedKind
from notifications.wording_kinds.tickets import TICKETS

LANGUAGES = ("sv", "en")
WORDED: dict[str, WordedKind] = {one.kind.value: one for one in (*TICKETS, *ACCOUNTS, *HELP_CENTRE)}

__all__ = ["LANGUAGES", "WORDED", "Insert", "WordedKind"]
