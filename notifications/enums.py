from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DeliveryState(models.TextChoices):
    """UNKNOWN: the mail server never said whether it took the mail."""

    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Not known whether it arrived")


TO_BE_LOOKED_AT = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


class Stage(models.TextChoices):
    """How far a send has come. Only from TALKING on can the mail have left us."""

    CLAIMED = "claimed"
    TALKING = "talking"


class MailSource(models.TextChoices):
    """How a mail reached us."""

    IMAP = "imap", _("Mailbox")
    PIPE = "pipe", _("Mail server")
    WEBHOOK = "webhook", _("Mail provider")
    UPLOAD = "upload", _("Uploaded file")


class MailState(models.TextChoices):
    """What became of an incoming mail. WAITING only until a worker has read it."""

    WAITING = "waiting", _("Not read yet")
    NEW_TICKET = "new_ticket", _("New ticket")
    REPLY = "reply", _("Reply to a ticket")
    HELD = "held", _("Held")
    REFUSED = "refused", pgettext_lazy("mail", "Refused")
    FAILED = "failed", _("Failed")


class MailReason(models.TextChoices):
    """Why a mail is held, refused or failed."""

    # held: somebody decides
    NOT_ON_TICKET = "not_on_ticket", _("The sender is not on this ticket.")
    UNVERIFIED_SENDER = "unverified_sender", _("It does not say for certain who sent it.")
    UNPROVEN_COLLEAGUE = (
        "unproven_colleague",
        _("It bears a colleague's address, but nothing proves that they sent it."),
    )
    UNPROVEN_FORWARD = (
        "unproven_forward",
        _("It looks like a customer's mail a colleague forwarded, but nothing proves it."),
    )
    UNKNOWN_ADDRESS = "unknown_address", _("It is addressed to none of the portal's addresses.")
    TO_BOUNCES = "to_bounces", _("It came to the address for reports about our mails, but reads like none.")
    UNKNOWN_REPORT = "unknown_report", _("A mail did not arrive, but the report does not say which of ours.")
    FORGED = "forged", _("Our mail server found that it did not come from its sender’s domain.")
    LOOP = "loop", _("Too many mails come from this sender; it may be a machine.")
    TOO_LARGE = "too_large", _("It is too large or too deeply nested to be read by itself.")
    # refused: nothing follows, unless somebody decides otherwise
    AUTOMATIC = "automatic", _("An automatic reply")
    BULK = "bulk", _("A newsletter or mailing list")
    REPORT = "report", _("A report about a mail we sent")
    OWN = "own", _("Our own mail came back.")
    BLOCKED = "blocked", _("The sender is blocked.")
    RETIRED = "retired", _("The address is retired; the sender was told where to turn.")
    RETIRED_AGAIN = (
        "retired_again",
        _("The address is retired; the sender was told where to turn earlier that day, and not again."),
    )
    NOT_LET_IN = "not_let_in", _("The sender may not ask by mail; they were told whom to turn to.")
    NOT_LET_IN_AGAIN = (
        "not_let_in_again",
        _("The sender may not ask by mail; they were told whom to turn to earlier that day, and not again."),
    )
    DUPLICATE = "duplicate", _("The same mail had come already.")
    DISCARDED = "discarded", _("A colleague decided that it needs no answer.")
    # failed
    BROKEN = "broken", _("Something went wrong while it was read. It is tried again.")


class MailSecurity(models.TextChoices):
    """How a connection to a mail server is encrypted."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("Not encrypted (only inside the same machine or network)")


class MailboxSignIn(models.TextChoices):
    PASSWORD = "password", _("Password")
    OAUTH = "oauth", _("OAuth (Microsoft 365, Google)")


class AfterFetch(models.TextChoices):
    """What becomes of a mail in its mailbox once it is stored here."""

    LEAVE = "leave", _("Leave it as it is")
    READ = "read", _("Mark it as read")
    MOVE = "move", _("Move it to a folder")


class MailboxTrouble(models.TextChoices):
    """Why a mailbox cannot be read, or not wholly."""

    AWAY = "away", _("The mail server could not be reached.")
    NAME = "name", _("No server of this name is known. Check how it is spelled.")
    PORT = "port", _("The server refused the connection. Check the port and the encryption.")
    SLOW = "slow", _("The server did not answer in time. Check its name and the port, or try later.")
    UNTRUSTED = "untrusted", _("The mail server could not prove that it is the right one, or offers no encryption.")
    SIGN_IN = "sign_in", _("The mail server did not accept the user name and the password or token.")
    TOKEN = "token", _("The sign-in service gave no access to the mailbox.")
    FOLDER = "folder", _("The mailbox has no such folder, or does not let us open it.")
    LOST = "lost", _("The connection to the mail server was lost.")
    STRANGE = "strange", _("The mail server's answer could not be understood.")
    MARKING = "marking", _("Mails are fetched, but the mail server does not let us mark or move them.")
    SOME = "some", _("Some mails could not be fetched. They are tried again.")
    QUIET = "quiet", _("The mailbox can be read, but no mail has come for unusually long.")


class Verdict(models.TextChoices):
    ACCEPT = "accept", _("Always accept")
    BLOCK = "block", _("Block")


class DigestPace(models.TextChoices):
    """How long what is collected waits. A ROUND ends when all that went stale at once is known, in working hours."""

    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every morning")
    ROUND = "round", _("Once a round")


class Medium(models.TextChoices):
    MAIL = "mail", _("Mail")


class MailKind(models.TextChoices):
    """The kinds of mail; each has three templates, `templates/mail/<kind>.subject.txt`, `.txt` and `.html`."""

    CONFIRMATION = "confirmation", _("Confirmation")
    REPLY = "reply", _("Reply to the customer")
    CLOSED = "closed", _("Ticket closed")
    REOPENED = "reopened", _("Ticket reopened")
    NEW_TICKET = "new_ticket", _("New ticket")
    CUSTOMER_REPLY = "customer_reply", _("New reply from the customer")
    CLOSED_BY_CUSTOMER = "closed_by_customer", _("Closed by the customer")
    REOPENED_BY_CUSTOMER = "reopened_by_customer", _("Reopened by the customer")
    ASSIGNED = "assigned", _("Ticket assigned")
    TRANSFERRED = "transferred", _("Ticket handed over")
    PASSWORD = "password", _("Password link")
    COLLABORATOR_ADDED = "collaborator_added", _("Added to a ticket")
    COLLEAGUE_REPLY = "colleague_reply", _("New reply from a colleague")
    CODE = "code", _("Sign-in code")
    VERIFICATION = "verification", _("Confirm the mail address")
    ALREADY_REGISTERED = "already_registered", _("Already registered")
    APPLIED = "applied", _("Application received")
    NEW_APPLICATION = "new_application", _("New application")
    APPROVED = "approved", _("Application approved")
    REFUSED = "refused", _("Application refused")
    INVITATION = "invitation", _("Invitation")
    NOT_ENTITLED = "not_entitled", _("Whom to turn to")
    ADDRESS_REQUESTED = "address_requested", _("Confirm the new mail address")
    ADDRESS_CHANGED = "address_changed", _("Mail address changed")
    SECURITY = "security", _("Change to the account's security")
    CLOSED_ACCOUNT = "closed_account", _("Account closed")
    DIGEST = "digest", _("What has happened")
    RETIRED_ADDRESS = "retired_address", _("Retired address")
    MAILBOX_TROUBLE = "mailbox_trouble", _("A mailbox cannot be read")
    MERGED = "merged", _("Ticket merged")
    MAIL_RETURNED = "mail_returned", _("A mail came back")
    ALERT = "alert", _("Tickets that go stale")
    MORNING = "morning", _("What waits this morning")
    REVIEWS = "reviews", _("Articles to look through")
    NUDGED = "nudged", _("The customer asks for news")
    REMINDER = "reminder", _("Reminder to answer")
    CLOSED_UNANSWERED = "closed_unanswered", _("Closed without an answer")
    SUBSCRIPTION = "subscription", _("Confirm the subscription to service messages")
    SERVICE_MESSAGE = "service_message", _("Service message")
    BOOKED = "booked", _("Place booked")
    WAITLISTED = "waitlisted", _("On the waiting list")
    PLACE_GIVEN = "place_given", _("A place that was left")
    OCCASION_CHANGED = "occasion_changed", _("Booked date changed")
    BOOKING_CANCELLED = "booking_cancelled", _("Booking cancelled")
    BOOKING_REMINDED = "booking_reminded", _("Reminder of a booking")


DESK_KINDS = frozenset(
    {
        MailKind.NEW_TICKET,
        MailKind.CUSTOMER_REPLY,
        MailKind.CLOSED_BY_CUSTOMER,
        MailKind.REOPENED_BY_CUSTOMER,
        MailKind.ASSIGNED,
        MailKind.TRANSFERRED,
        MailKind.NEW_APPLICATION,
        MailKind.MAIL_RETURNED,
        MailKind.ALERT,
        MailKind.MORNING,
        MailKind.REVIEWS,
        MailKind.NUDGED,
    }
)


# Mails to people who are not let in: about being let in, or that they no longer are; and what everybody may read.
FOR_OUTSIDERS = frozenset(
    {
        MailKind.APPLIED,
        MailKind.REFUSED,
        MailKind.INVITATION,
        MailKind.NOT_ENTITLED,
        MailKind.CLOSED_ACCOUNT,
        MailKind.RETIRED_ADDRESS,
        MailKind.SUBSCRIPTION,
        MailKind.SERVICE_MESSAGE,
    }
)

# These go where their event says, not where the person's mail goes when they are sent: to the address that is to be
# proven, and to the one that no longer counts.
TO_ANOTHER_ADDRESS = frozenset({MailKind.ADDRESS_REQUESTED, MailKind.ADDRESS_CHANGED})


class Trouble(models.TextChoices):
    """Why a mail has not been sent, in words for the staff."""

    AWAY = "away", _("The mail server could not be reached.")
    UNTRUSTED = "untrusted", _("The mail server could not prove that it is the right one, or offers no encryption.")
    SIGN_IN = "sign_in", _("The mail server did not accept the portal's sign-in.")
    LATER = "later", _("The mail server asked to try again later.")
    SENDER = "sender", _("The mail server refused the portal's own address as the sender.")
    RECIPIENT = "recipient", _("The mail server refused this address.")
    CONTENT = "content", _("The mail server refused the mail.")
    LOST = "lost", _("The connection was lost before the mail was handed over.")
    UNHEARD = "unheard", _("The mail was handed over, but the mail server never answered.")
    INTERRUPTED = "interrupted", _("Sending was interrupted.")
    COMPOSING = "composing", _("The mail could not be put together.")
    STORING = "storing", _("The mail could not be stored.")
    LEFT = "left", _("The person is no longer on the ticket.")
    OUTLIVED = "outlived", _("The code in it is too old to be used.")
    BOUNCED = "bounced", _("The recipient's mail server sent it back.")
    COMPLAINED = "complained", _("The recipient reported it as unwanted.")
    WITHDRAWN = "withdrawn", _("The reply was taken back before it was sent.")
    SETTLED = "settled", _("What it would have told of has been settled meanwhile.")
    DEPARTED = "departed", _("The person's account is closed, or no longer on the desk.")
