"""What accounts hold about a person."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import AccountEventKind, ApplicationState, EntryRequestKind, FactorKind, Language, Refusal, Role
from accounts.events_in_words import account_sentence
from accounts.holdings import Field, Part, Row, Worded, contribute
from accounts.models import AccountEvent, EntryRequest, RecoveryCode, SignInCode, User
from accounts.queries.security import sessions_of

CHUNK = 200
_NEW_ADDRESS: dict[str, str] = {AccountEventKind.ADDRESS_REQUESTED: "address", AccountEventKind.ADDRESS_CHANGED: "new"}
_TYPED = ("name", "phone", "organisation", "reason", "language")


def _account(person: User) -> Iterable[Row]:
    yield {
        "address": person.email,
        "name": person.name,
        "phone": person.phone,
        "language": Language(person.language) if person.language else "",
        "time_zone": person.time_zone,
        "role": Role(person.role),
        "is_named_contact": person.is_named_contact,
        "is_contact_person": person.is_contact_person,
        "sees_colleagues": person.sees_colleagues,
        "has_password": person.has_usable_password(),
        "registered_at": person.created_at,
        "verified_at": person.verified_at,
        "last_sign_in_at": person.last_login,
    }


def _organisation(person: User) -> Iterable[Row]:
    organisation = person.organisation
    if organisation is not None:
        yield {
            "name": organisation.name,
            "agreement": organisation.agreement.name if organisation.agreement else "",
            "agreement_from": organisation.agreement_from,
            "agreement_until": organisation.agreement_until,
        }


def _events(person: User) -> Iterable[Row]:
    for event in AccountEvent.objects.filter(user=person).order_by("pk").iterator(chunk_size=CHUNK):
        yield {
            "at": event.created_at,
            "what": Worded(event.kind, account_sentence(event)),
            "by": _by(event.actor_id, person),
            "new_address": event.data.get(_NEW_ADDRESS.get(event.kind, ""), ""),
        }


def _by(actor_id: int | None, person: User) -> Worded:
    """Who did it. Whose name it was among the staff says nothing about this person."""
    if actor_id is None:
        return Worded("machine", _("the portal"))
    return Worded("self", _("you")) if actor_id == person.pk else Worded("other", _("somebody else"))


def _sessions(person: User) -> Iterable[Row]:
    for session in sessions_of(person):
        yield {
            "browser": session.browser,
            "network": session.network,
            "began_at": session.began_at,
            "seen_at": session.seen_at,
        }


def _factors(person: User) -> Iterable[Row]:
    for factor in person.factors.all():
        yield {
            "kind": FactorKind(factor.kind),
            "name": factor.name,
            "added_at": factor.created_at,
            "used_at": factor.used_at,
        }
    unused = RecoveryCode.objects.filter(user=person, used_at=None).count()
    if unused:
        yield {"kind": "recovery_codes", "name": _("Recovery codes that are left: %d") % unused}


def _applications(person: User) -> Iterable[Row]:
    for application in person.applications.order_by("pk"):
        yield {
            "at": application.created_at,
            "organisation": application.organisation_name,
            "reason": application.reason,
            "state": ApplicationState(application.state),
            "refusal": Refusal(application.refusal) if application.refusal else "",
            "explanation": application.explanation,
            "decided_at": application.decided_at,
        }


def _invitations(person: User) -> Iterable[Row]:
    for invitation in person.invitations.select_related("organisation", "invited_by").order_by("pk"):
        yield {
            "at": invitation.created_at,
            "organisation": invitation.organisation.name if invitation.organisation else "",
            "role": Role(invitation.role),
            "invited_by": invitation.invited_by.name if invitation.invited_by else "",
            "words": invitation.words,
            "until": invitation.expires_at,
            "accepted_at": invitation.accepted_at,
            "withdrawn_at": invitation.revoked_at,
        }


def _asked(person: User) -> Iterable[Row]:
    """What somebody who was not signed in asked under the person's address, perhaps they themselves."""
    for asked in EntryRequest.objects.filter(address__iexact=person.email).order_by("pk").iterator(chunk_size=CHUNK):
        typed = {key: asked.data[key] for key in _TYPED if asked.data.get(key)}
        yield {
            "at": asked.created_at,
            "what": Worded(asked.kind, _ASKED[EntryRequestKind(asked.kind)]()),
            "typed": Worded(typed, "; ".join(str(value) for value in typed.values())),
        }
    for code in SignInCode.objects.filter(address_key=person.email_key).order_by("pk"):
        yield {"at": code.created_at, "what": Worded("sign_in_code", _("a sign-in code")), "used_at": code.used_at}


_ASKED = {
    EntryRequestKind.PASSWORD: lambda: _("a new password"),
    EntryRequestKind.CODE: lambda: _("a sign-in code"),
    EntryRequestKind.REGISTER: lambda: _("to come in"),
    EntryRequestKind.ASK: lambda: _("whom to turn to"),
}


PARTS = (
    Part(
        "account",
        gettext_lazy("Your account"),
        (
            Field("address", gettext_lazy("Mail address")),
            Field("name", gettext_lazy("Name")),
            Field("phone", gettext_lazy("Phone")),
            Field("language", gettext_lazy("Language")),
            Field("time_zone", gettext_lazy("Time zone")),
            Field("role", gettext_lazy("Role")),
            Field("is_named_contact", gettext_lazy("Named contact")),
            Field("is_contact_person", gettext_lazy("Contact person")),
            Field("sees_colleagues", gettext_lazy("Chosen to see colleagues' tickets")),
            Field("has_password", gettext_lazy("Has a password")),
            Field("registered_at", gettext_lazy("Registered")),
            Field("verified_at", gettext_lazy("Address proven")),
            Field("last_sign_in_at", gettext_lazy("Last signed in")),
        ),
        _account,
    ),
    Part(
        "organisation",
        gettext_lazy("Your organisation"),
        (
            Field("name", gettext_lazy("Name")),
            Field("agreement", gettext_lazy("Agreement")),
            Field("agreement_from", gettext_lazy("Holds from")),
            Field("agreement_until", gettext_lazy("Holds until")),
        ),
        _organisation,
    ),
    Part(
        "account_events",
        gettext_lazy("What happened to your account"),
        (
            Field("at", gettext_lazy("When")),
            Field("what", gettext_lazy("What")),
            Field("by", gettext_lazy("By")),
            Field("new_address", gettext_lazy("New mail address")),
        ),
        _events,
    ),
    Part(
        "sessions",
        gettext_lazy("Where you are signed in"),
        (
            Field("browser", gettext_lazy("Browser")),
            Field("network", gettext_lazy("Network")),
            Field("began_at", gettext_lazy("Began")),
            Field("seen_at", gettext_lazy("Last seen")),
        ),
        _sessions,
    ),
    Part(
        "factors",
        gettext_lazy("What protects your account"),
        (
            Field("kind", gettext_lazy("Kind")),
            Field("name", gettext_lazy("Name")),
            Field("added_at", gettext_lazy("Added")),
            Field("used_at", gettext_lazy("Last used")),
        ),
        _factors,
    ),
    Part(
        "applications",
        gettext_lazy("Your applications"),
        (
            Field("at", gettext_lazy("When")),
            Field("organisation", gettext_lazy("Organisation")),
            Field("reason", gettext_lazy("Reason")),
            Field("state", gettext_lazy("State")),
            Field("refusal", gettext_lazy("Refused because")),
            Field("explanation", gettext_lazy("Explanation")),
            Field("decided_at", gettext_lazy("Decided")),
        ),
        _applications,
    ),
    Part(
        "invitations",
        gettext_lazy("Your invitations"),
        (
            Field("at", gettext_lazy("When")),
            Field("organisation", gettext_lazy("Organisation")),
            Field("role", gettext_lazy("Role")),
            Field("invited_by", gettext_lazy("Invited by")),
            Field("words", gettext_lazy("Their words")),
            Field("until", gettext_lazy("Good until")),
            Field("accepted_at", gettext_lazy("Accepted")),
            Field("withdrawn_at", gettext_lazy("Withdrawn")),
        ),
        _invitations,
    ),
    Part(
        "asked_by_address",
        gettext_lazy("Asked for under your address, without signing in"),
        (
            Field("at", gettext_lazy("When")),
            Field("what", gettext_lazy("What")),
            Field("typed", gettext_lazy("Typed with it")),
            Field("used_at", gettext_lazy("Used")),
        ),
        _asked,
    ),
)


def contribute_account() -> None:
    contribute(*PARTS)
