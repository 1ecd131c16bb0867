from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Audience(models.TextChoices):
    """Who may read an article, a service message or an activity. Staff read all of them."""

    EVERYBODY = "everybody", _("Everybody")
    SIGNED_IN = "signed_in", _("Everybody who is signed in")
    ORGANISATIONS = "organisations", _("People of certain organisations")
    STAFF = "staff", _("Staff only")


class GuideEnd(models.TextChoices):
    """Where an answer of the guide ends, when it leads to no further question (M1, S8)."""

    FORM = "form", _("A form")
    ARTICLE = "article", _("An article")
    PHONE = "phone", _("The phone")
    MAIL = "mail", _("A mail address")
    OWN_ADMINISTRATORS = "own_administrators", _("The person’s own administrators")
    PROVIDER_CONTACT = "provider_contact", _("Their contact at us, by agreement")
    ADVICE = "advice", _("Advice only")


class MessageKind(models.TextChoices):
    DISTURBANCE = "disturbance", _("Disturbance")
    PLANNED = "planned", _("Planned work")


class Severity(models.TextChoices):
    """How much of a service is affected, the mildest first."""

    NOTICE = "notice", _("Works, but you may notice it")
    PARTLY = "partly", _("Works in part")
    DOWN = "down", _("Does not work")


class Standing(models.TextChoices):
    """Where a service message stands; worked out from its times, never kept."""

    LASTING = "lasting", _("Going on")
    COMING = "coming", _("Planned")
    OVER = "over", pgettext_lazy("service messages", "Over")
    DRAFT = "draft", pgettext_lazy("service messages", "Draft")


class ActivityKind(models.TextChoices):
    TRAINING = "training", _("Training")
    CONSULTATION = "consultation", _("Consultation")


class Repeat(models.TextChoices):
    """How an occasion comes again, when several are entered at once."""

    NEVER = "never", pgettext_lazy("occasions", "Once")
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every other week")
    MONTHLY = "monthly", _("Every month, on the same weekday of the month")


class BookingState(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("bookings", "Booked")
    WAITING = "waiting", pgettext_lazy("bookings", "On the waiting list")
    CANCELLED = "cancelled", pgettext_lazy("bookings", "Cancelled")
