"""What the mails say with which people come in, or learn why not. Nothing a stranger typed goes to an address that has
not been proven (DESIGN, fault 9)."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import ApplicationState, AskingChannel, Refusal, Role
from accounts.languages import in_readers_language
from accounts.models import AccountEvent, Application, Invitation
from accounts.queries.advice import advice_for
from accounts.queries.domains import organisation_at
from accounts.queries.entitlement import administrators_for
from accounts.queries.telephones import phone_for
from accounts.scoping import current_tenant
from accounts.tokens.invitations import invitation_link
from accounts.tokens.passwords import password_link
from accounts.tokens.verification import verification_link
from notifications.addresses import body_text, header_line
from notifications.enums import MailKind

Values = dict[str, Any]
LOCAL_REFUSALS = (Refusal.LIMIT_REACHED, Refusal.NOT_AUTHORISED)  # their own organisation can change it


def _verification(event: AccountEvent) -> Values:
    return {"verification_link": verification_link(event.user)}


def _already_registered(event: AccountEvent) -> Values:
    return {"sign_in_link": _to("sign_in")}


def _applied(event: AccountEvent) -> Values:
    return {"is_reminder": bool(event.data.get("again"))}


def _new_application(event: AccountEvent) -> Values:
    application = _application(event)
    organisation = organisation_at(event.user.email)
    return {
        "applicant": header_line(str(event.user)),
        "address": event.user.email,
        "phone": header_line(event.user.phone),
        "organisation_name": header_line(application.organisation_name),
        "reason": body_text(application.reason).strip(),
        "domain_of": header_line(organisation.name) if organisation else "",
        "link": _to("application", application.pk),
    }


def _approved(event: AccountEvent) -> Values:
    person = event.user
    return {
        "organisation_name": header_line(person.organisation.name) if person.organisation else "",
        "password_link": "" if person.has_usable_password() else password_link(person),
        "sign_in_link": _to("sign_in"),
    }


def _refused(event: AccountEvent) -> Values:
    application = _application(event)
    refusal = Refusal(application.refusal or Refusal.OTHER)
    organisation = organisation_at(event.user.email) if refusal in LOCAL_REFUSALS else None
    return {
        "refusal": refusal.value,
        "reason": "" if refusal == Refusal.OTHER else refusal.label,
        "explanation": body_text(application.explanation).strip(),
        "organisation_name": header_line(organisation.name) if organisation else "",
        "administrators": administrators_for(organisation) if organisation else [],
        "register_link": _to("register"),
    }


def _invitation(event: AccountEvent) -> Values:
    invitation = Invitation.objects.select_related("invited_by", "organisation", "user").get(
        pk=event.data["invitation"]
    )
    inviter = invitation.invited_by
    return {
        "inviter": header_line(inviter.name or str(current_tenant())) if inviter else str(current_tenant()),
        "organisation_name": header_line(invitation.organisation.name) if invitation.organisation else "",
        "is_staff": invitation.role != Role.CUSTOMER,
        "is_named_contact": invitation.is_named_contact,
        "words": body_text(invitation.words).strip(),
        "invitation_link": invitation_link(invitation),
        "until": date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT"),
    }


def _not_entitled(event: AccountEvent) -> Values:
    by_mail = bool(event.data.get("by_mail"))
    advice = advice_for(event.user, AskingChannel.MAIL if by_mail else AskingChannel.WEB)
    organisation = advice.organisation
    return {
        "situation": advice.situation.value,
        "organisation_name": header_line(organisation.name) if organisation else "",
        "agreement_from": _day(organisation.agreement_from) if organisation else "",
        "agreement_until": _day(organisation.agreement_until) if organisation else "",
        "administrators": advice.administrators,
        "contacts_here": advice.contacts_here,
        "phone": phone_for(event.user),
        "register_link": _to("register"),
        "sign_in_link": _to("sign_in"),
        "by_mail": by_mail,
    }


def _retired_address(event: AccountEvent) -> Values:
    words = event.data["words"]
    return {
        "retired": event.data["address"],
        "words": body_text(in_readers_language(words["sv"], words["en"])).strip(),
        "new_ticket_link": _to("topics"),
        "phone": phone_for(event.user),
    }


def _closed_account(event: AccountEvent) -> Values:
    return {"by_owner": event.actor_id == event.user_id, "when": _day(timezone.localdate(event.created_at))}


def _application(event: AccountEvent) -> Application:
    """The one the event is about; for an older event without it, the person's latest."""
    found = event.user.applications.order_by("-pk")
    key = event.data.get("application")
    chosen: Application | None = found.filter(pk=key).first() if key else found.first()
    return chosen or Application(user=event.user, state=ApplicationState.REFUSED)


def _to(name: str, *arguments: object) -> str:
    return current_tenant().url(reverse(name, args=arguments))


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


ENTRY_MAILS: dict[MailKind, Callable[[AccountEvent], Values]] = {
    MailKind.VERIFICATION: _verification,
    MailKind.ALREADY_REGISTERED: _already_registered,
    MailKind.APPLIED: _applied,
    MailKind.NEW_APPLICATION: _new_application,
    MailKind.APPROVED: _approved,
    MailKind.REFUSED: _refused,
    MailKind.INVITATION: _invitation,
    MailKind.NOT_ENTITLED: _not_entitled,
    MailKind.CLOSED_ACCOUNT: _closed_account,
    MailKind.RETIRED_ADDRESS: _retired_address,
}
