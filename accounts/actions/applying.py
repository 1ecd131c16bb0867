"""Applications: staff let the applicant in, or say why not (I3, I6)."""

from django.db import transaction
from django.utils import timezone

from accounts.actions.contacts import claim_place
from accounts.enums import AccountEventKind, ApplicationState, Refusal
from accounts.models import AccountEvent, Application, Organisation, User
from accounts.poking import poke_worker


def approve_application(
    *,
    actor: User,
    application: Application,
    organisation: Organisation | None,
    is_named_contact: bool = False,
    is_contact_person: bool = False,
) -> bool:
    """Let an applicant in, as one of `organisation`'s people and, if said so, as its named contact or contact person.

    Side effects: an open invitation of theirs is withdrawn, `approved` is recorded, from which the mail is made that
    lets them choose a password. Returns False, and does nothing, when somebody decided before. Raises NoPlaceLeft when
    the organisation's contacts are complete, ValueError for a contact of no organisation, PermissionError unless the
    actor is staff.
    """
    _require_staff(actor)
    if organisation is None and (is_named_contact or is_contact_person):
        raise ValueError("A contact belongs to an organisation")
    with transaction.atomic():
        person, found = _locked(application)
        if found.state != ApplicationState.WAITING:
            return False
        has_place = person.is_named_contact and person.organisation_id == getattr(organisation, "pk", None)
        if is_named_contact and organisation is not None and not has_place:
            claim_place(organisation)
        _withdraw_invitation(person)
        person.organisation, person.is_active = organisation, True
        person.is_named_contact, person.is_contact_person = is_named_contact, is_contact_person
        person.sees_colleagues = person.sees_colleagues and organisation is not None
        person.save()
        _decide(found, actor, ApplicationState.APPROVED)
        _record(actor, found, AccountEventKind.APPROVED, {"organisation": organisation.name if organisation else ""})
    return True


def refuse_application(*, actor: User, application: Application, refusal: Refusal, explanation: str = "") -> bool:
    """Say no to an applicant, with the reason they read, and words of the staff's own (I6).

    Side effect: `refused` is recorded, from which the mail is made. They may apply again. Returns False, and does
    nothing, when somebody decided before. Raises PermissionError unless the actor is staff.
    """
    _require_staff(actor)
    with transaction.atomic():
        _person, found = _locked(application)
        if found.state != ApplicationState.WAITING:
            return False
        found.refusal, found.explanation = refusal, explanation
        _decide(found, actor, ApplicationState.REFUSED)
        _record(actor, found, AccountEventKind.REFUSED, {})
    return True


def _require_staff(actor: User) -> None:
    if not (actor.is_agent and actor.is_active):
        raise PermissionError("Applications are decided by staff")


def _locked(application: Application) -> tuple[User, Application]:
    """The applicant, then the application: people are locked first by everybody (`accounts/actions/contacts.py`)."""
    person = User.objects.select_for_update(of=("self",)).get(pk=application.user_id)
    return person, Application.objects.select_for_update(of=("self",)).get(pk=application.pk)


def _withdraw_invitation(person: User) -> None:
    person.invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())


def _decide(application: Application, actor: User, state: ApplicationState) -> None:
    application.state, application.decided_by, application.decided_at = state, actor, timezone.now()
    application.save()


def _record(actor: User, application: Application, kind: AccountEventKind, data: dict[str, str]) -> None:
    AccountEvent.objects.create(
        actor=actor, user_id=application.user_id, kind=kind, data={"application": application.pk, **data}
    )
    poke_worker()
