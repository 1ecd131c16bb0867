from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING_FOR_CUSTOMER = "waiting_for_customer", _("Waiting for customer")
    CLOSED = "closed", _("Closed")


class WaitingOn(models.TextChoices):
    US = "us", _("us")
    CUSTOMER = "customer", _("the customer")
    THIRD_PARTY = "third_party", _("somebody else")
    NOBODY = "nobody", _("nobody")


# Whom a ticket waits for in each status, where nothing else is said.
WAITING_ON = {
    Status.OPEN: WaitingOn.US,
    Status.IN_PROGRESS: WaitingOn.US,
    Status.WAITING_FOR_CUSTOMER: WaitingOn.CUSTOMER,
    Status.CLOSED: WaitingOn.NOBODY,
}
# In these it may wait for a third party instead: a supplier, a colleague elsewhere.
WITH_THIRD_PARTY = (Status.OPEN, Status.IN_PROGRESS)
# Whom open tickets wait for; asked instead of "not closed", because the indexes begin with it.
STILL_OPEN = (WaitingOn.US, WaitingOn.CUSTOMER, WaitingOn.THIRD_PARTY)


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class MessageKind(models.TextChoices):
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Internal note")


class Channel(models.TextChoices):
    """How words reached us. A guest's are unproven: anybody can write an address into a form."""

    PORTAL = "portal", _("in the portal")
    GUEST = "guest", _("form, not signed in")
    LINK = "link", _("by the link in a mail")
    PHONE = "phone", _("by phone")
    MAIL = "mail", _("by mail")


class MailLabel(models.TextChoices):
    """What a mail is that does not say all it has to say in its words."""

    ENCRYPTED = (
        "encrypted",
        _("This mail is encrypted. The file below can only be opened by whoever has the key."),
    )
    EMPTY = "empty", _("There is no text in this mail.")
    INVITATION = (
        "invitation",
        _("This mail brings an entry for a calendar, as invitations to meetings do. See the file."),
    )
    SIGNED = "signed", _("This mail is digitally signed. The signature is not checked here.")


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("Choice")
    CHOICES = "choices", _("Several choices")
    CHECKBOX = "checkbox", _("Checkbox")
    DATE = "date", _("Date")
    DATE_TIME = "date_time", _("Date and time")
    NUMBER = "number", _("Number")
    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("Mail address")
    URL = "url", _("Web address")
    FILE = "file", _("File")
    ORGANISATION = "organisation", _("Organisation")
    SITE = "site", _("Site")
    HEADING = "heading", _("Heading or explanation")


class Need(models.TextChoices):
    """Who has to answer a question when filing. Unknown is who is not signed in, or belongs to no organisation."""

    OPTIONAL = "optional", _("Nobody has to answer")
    UNKNOWN = "unknown", _("People we do not know have to answer")
    ALWAYS = "always", _("Everybody has to answer")


class FieldAccess(models.TextChoices):
    """Who answers a question and who reads the answer; staff always do both."""

    CUSTOMER = "customer", _("The customer answers it")
    SHOWN = "shown", _("Staff answer it, the customer reads it")
    INTERNAL = "internal", _("Only staff see it")


class Audience(models.TextChoices):
    """Who is offered a help topic."""

    EVERYBODY = "everybody", _("Everybody")
    SIGNED_IN = "signed_in", _("Whoever is signed in")
    ORGANISATIONS = "organisations", _("Certain organisations")
    AGREEMENTS = "agreements", _("Organisations with certain agreements")


class LeadsTo(models.TextChoices):
    """What a help topic leads to."""

    FORM = "form", _("A form")
    GUIDANCE = "guidance", _("Guidance only")
    LINK = "link", _("An address elsewhere")


class PriorityUse(models.TextChoices):
    """What customers have to do with the priority of their tickets."""

    CHOSEN = "chosen", _("Customers choose it")
    SHOWN = "shown", _("Customers see it")
    HIDDEN = "hidden", _("Only staff see it")


class TrialState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class TimesChange(models.TextChoices):
    """What was changed when tickets got other times."""

    CALENDAR = "calendar", _("Working hours")
    LEVEL = "level", _("Service level")
    AGREEMENT = "agreement", _("Agreement")


class RecalculationKind(models.TextChoices):
    """Why times are worked out again: to see what a change would do, to follow one that was made, each day anew, or
    once for tickets from before there were times."""

    TRIAL = "trial", _("Trial")
    CHANGE = "change", _("Change")
    DAILY = "daily", _("Daily")
    UPGRADE = "upgrade", _("Upgrade")


class Whose(models.TextChoices):
    """How a customer comes to read a ticket."""

    MINE = "mine", _("Mine")
    SHARED = "shared", _("Shared with me")
    ORGANISATION = "organisation", _("My organisation's")


class EventKind(models.TextChoices):
    OPENED = "opened"
    ROUTED = "routed"
    REPLIED = "replied"
    NOTED = "noted"
    STATUS_CHANGED = "status_changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    PRIORITY_CHANGED = "priority_changed"
    LINKS_REVOKED = "links_revoked"
    COLLABORATOR_ADDED = "collaborator_added"
    COLLABORATOR_REMOVED = "collaborator_removed"
    CONFIDENTIALITY_CHANGED = "confidentiality_changed"
    ANSWERS_CHANGED = "answers_changed"
    TAGS_CHANGED = "tags_changed"
    TOPIC_CHANGED = "topic_changed"
    FOLLOWER_ADDED = "follower_added"
    FOLLOWER_REMOVED = "follower_removed"
    REPLY_WITHDRAWN = "reply_withdrawn"
    MERGED = "merged"
    MAIL_RETURNED = "mail_returned"
    WAITING_CHANGED = "waiting_changed"
    SNOOZED = "snoozed"
    NUDGED = "nudged"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    TAKEN_ON = "taken_on"
    TIMES_CHANGED = "times_changed"
    SERVICE_LINKED = "service_linked"
    SERVICE_UNLINKED = "service_unlinked"
