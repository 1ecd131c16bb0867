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
    NOBODY = "nobody", _("nobody")


WAITING_ON = {
    Status.OPEN: WaitingOn.US,
    Status.IN_PROGRESS: WaitingOn.US,
    Status.WAITING_FOR_CUSTOMER: WaitingOn.CUSTOMER,
    Status.CLOSED: WaitingOn.NOBODY,
}


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


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("Choice")
    CHECKBOX = "checkbox", _("Checkbox")
    DATE = "date", _("Date")
    DATE_TIME = "date_time", _("Date and time")
    NUMBER = "number", _("Number")


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
