from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """SUPPORT_LEAD answers for every ticket being answered, and therefore sees all departments (T3)."""

    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    SUPPORT_LEAD = "support_lead", _("Support lead")
    ADMINISTRATOR = "administrator", _("Administrator")


class AccountState(models.TextChoices):
    """How somebody's account stands, as staff are told."""

    ACTIVE = "active", _("Active")
    UNVERIFIED = "unverified", _("Address not proven yet")
    WAITING = "waiting", _("Not let in yet")
    CLOSED = "closed", pgettext_lazy("accounts", "Closed")


class Language(models.TextChoices):
    SWEDISH = "sv", "Svenska"
    ENGLISH = "en", "English"


class WayIn(models.TextChoices):
    """What a person nobody has let in yet may do. Somebody invited may always come in."""

    OPEN = "open", _("Come in at once, with an address they can read mail at")
    APPLICATION = "application", _("Apply, and wait for your approval")
    INVITATION = "invitation", _("Nothing, until somebody invites them")


class PasswordPolicy(models.TextChoices):
    """MODERN follows NIST SP 800-63B; COMPOSED is what many municipalities still demand (I4)."""

    MODERN = "modern", _("At least 12 characters of any kind, nothing that is easily guessed")
    COMPOSED = "composed", _("At least 8 characters with lower and upper case, a digit and a special character")


class Visibility(models.TextChoices):
    """Which of an organisation's people see its tickets besides their own (I11, T14)."""

    OWN = "own", _("Everybody sees their own only")
    CONTACT_PERSON = "contact_person", _("The contact person sees all of them")
    CHOSEN = "chosen", _("Chosen people see all of them")
    EVERYBODY = "everybody", _("Everybody sees all of them")


class ProviderContactKind(models.TextChoices):
    """Whom a customer has at the provider, besides support (S3)."""

    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    SUCCESS_MANAGER = "success_manager", _("Success manager")
    PROJECT_LEADER = "project_leader", _("Project leader")


class AskingChannel(models.TextChoices):
    """The ways an agreement may open (S2)."""

    WEB = "web", _("The portal")
    MAIL = "mail", _("Mail")
    PHONE = "phone", _("Phone")


class EntryRequestKind(models.TextChoices):
    """What somebody not signed in asked for. What becomes of it depends on how the portal knows the address, which the
    page must not tell; so a worker settles it, and the answer goes to the mailbox."""

    PASSWORD = "password"  # noqa: S105 - the name of a request
    CODE = "code"
    REGISTER = "register"
    ASK = "ask"  # whom do I turn to
    SUBSCRIBE = "subscribe"  # to service messages by mail


class ApplicationState(models.TextChoices):
    WAITING = "waiting", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


class Refusal(models.TextChoices):
    """Why somebody is not let in, as they read it themselves (I6)."""

    PRIVATE_ADDRESS = "private_address", _("The address is a private one. Use the one you have at work.")
    LIMIT_REACHED = "limit_reached", _("Your organisation has reached its number of contacts.")
    UNKNOWN_ORGANISATION = "unknown_organisation", _("We know no customer with this address's domain.")
    NOT_AUTHORISED = "not_authorised", _("Your organisation has not named you as one of its contacts.")
    OTHER = "other", _("Another reason")


class FactorKind(models.TextChoices):
    TOTP = "totp", _("Authenticator app")
    PASSKEY = "passkey", _("Passkey")


class ImportKind(models.TextChoices):
    PEOPLE = "people", _("People")
    ORGANISATIONS = "organisations", _("Organisations")


class ImportState(models.TextChoices):
    """A file is read through first and changes nothing; only when an administrator says so are its rows written."""

    UPLOADED = "uploaded", _("Being checked")
    CHECKED = "checked", _("Checked, nothing imported yet")
    ORDERED = "ordered", _("Being imported")
    DONE = "done", _("Imported")
    REFUSED = "refused", _("Could not be read")
    DISCARDED = "discarded", _("Discarded")


class AccountEventKind(models.TextChoices):
    REGISTERED = "registered"
    PASSWORD_REQUESTED = "password_requested"  # noqa: S105 - the name of an event
    PASSWORD_SET = "password_set"  # noqa: S105 - the name of an event
    CODE_REQUESTED = "code_requested"
    VERIFICATION_REQUESTED = "verification_requested"
    VERIFIED = "verified"
    ALREADY_REGISTERED = "already_registered"
    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_REVOKED = "invitation_revoked"
    NOT_ENTITLED = "not_entitled"
    MOVED = "moved"
    CONTACT_CHANGED = "contact_changed"
    DETAILS_CHANGED = "details_changed"
    ROLE_CHANGED = "role_changed"
    ADDRESS_REQUESTED = "address_requested"
    ADDRESS_CHANGED = "address_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_RENEWED = "codes_renewed"
    SESSIONS_ENDED = "sessions_ended"
    CLOSED = "closed"
    REOPENED = "reopened"
    WROTE_TO_RETIRED = "wrote_to_retired"  # an address that takes no mail any more (I14)
    MAILBOX_FAILED = "mailbox_failed"
    DIGEST_DUE = "digest_due"
    ALERTED = "alerted"
    MORNING_DUE = "morning_due"
    SUBSCRIPTION_REQUESTED = "subscription_requested"
    SERVICE_TOLD = "service_told"
    REVIEWS_DUE = "reviews_due"
    BOOKED = "booked"
    WAITLISTED = "waitlisted"
    PLACE_GIVEN = "place_given"
    OCCASION_CHANGED = "occasion_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_REMINDED = "booking_reminded"
