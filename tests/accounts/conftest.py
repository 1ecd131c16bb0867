"""Where these tests let a worker send, its mails are kept, and no test's worker remembers another's."""

from tests.notifications.conftest import _no_mail_leaves_by_itself, _nothing_remembered

__all__ = ["_no_mail_leaves_by_itself", "_nothing_remembered"]
