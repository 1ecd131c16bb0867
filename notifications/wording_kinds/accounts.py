"""Mails about accounts, and about getting in."""

from django.utils.translation import gettext_lazy as _

from notifications.enums import MailKind
from notifications.wording_kinds.kinds import LIFE, PORTAL, Insert, WordedKind

ORGANISATION = Insert("organisation_name", _("the reader’s organisation; may be empty"), "Ek & Co")

ACCOUNTS = (
    WordedKind(
        MailKind.VERIFICATION,
        _("Sent to somebody who has registered, to prove that the address is theirs."),
        (PORTAL,),
        _("Confirm your mail address for {{ portal }}"),
        _("Somebody, probably you, has registered at {{ portal }} with this address. Please confirm that it is yours."),
        "verification_link",
        _("Confirm the address"),
        LIFE,
    ),
    WordedKind(
        MailKind.CODE,
        _("Sent to somebody who signs in with a code."),
        (PORTAL, Insert("until", _("until when the code works"), "10:20")),
        _("Your code for {{ portal }}"),
        _("Here is the code you asked for:"),
        "digits",
        along=_("Below the code stands until when it works, and that nobody else may have it."),
    ),
    WordedKind(
        MailKind.PASSWORD,
        _("Sent to somebody who wants to choose a password."),
        (PORTAL,),
        _("Choose your password for {{ portal }}"),
        _("Somebody, probably you, wants to choose a password for {{ portal }}."),
        "password_link",
        _("Choose a password"),
        LIFE,
    ),
    WordedKind(
        MailKind.INVITATION,
        _("Sent to somebody who is invited."),
        (
            PORTAL,
            Insert("inviter", _("who invites"), "Karin Holm"),
            ORGANISATION,
            Insert("words", _("what the inviter wrote; may be empty"), _("Welcome to us.")),
            Insert("until", _("until when the invitation can be accepted"), "16 jan 2026"),
        ),
        _("{{ inviter }} invites you to {{ portal }}"),
        _("{{ inviter }} invites you to {{ portal }}.\n\n{{ words }}"),
        "invitation_link",
        _("Accept the invitation"),
        _(
            "Below your words stands what the invitation is for, until when it can be accepted, and what happens "
            "without that."
        ),
        needed=("words",),
    ),
    WordedKind(
        MailKind.APPLIED,
        _("Sent to somebody who has applied for access."),
        (PORTAL,),
        _("Your application for access to {{ portal }}"),
        _("Your application for access to {{ portal }} is here. Somebody looks at it, and you get a mail either way."),
        along=_(
            "Below your words stands whom to turn to, as the settings say it, and what to do if it was somebody else."
        ),
    ),
    WordedKind(
        MailKind.APPROVED,
        _("Sent when an application has been approved."),
        (PORTAL, ORGANISATION),
        _("Welcome to {{ portal }}: your application is approved"),
        _("Your application for access to {{ portal }} is approved."),
        "sign_in_link",
        _("Sign in"),
        _("Below your words come the two ways to sign in: a link to choose a password, and a code by mail."),
    ),
)
