"""Invitations: a place kept for one person, which whoever reads the mail at their address may take, once.

Locks are taken in one order by everybody: the person, their invitation, the organisation.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions.contacts import claim_place
from accounts.actions.registering import register_person
from accounts.actions.verifying import verify_address
from accounts.enums import AccountEventKind, ApplicationState, Role
from accounts.facts import CannotInvite, Hindrance, InvitationState
from accounts.models import AccountEvent, Invitation, Organisation, User
from accounts.poking import poke_worker
from accounts.queries.contacts import keeps_contacts_of
from accounts.queries.domains import organisation_at

LIFETIME = timedelta(days=14)


def invite_person(
    *,
    actor: User,
    email: str,
    name: str = "",
    language: str = "",
    role: str = Role.CUSTOMER,
    organisation: Organisation | None = None,
    is_named_contact: bool = False,
    is_contact_person: bool = False,
    words: str = "",
) -> Invitation:
    """Keep a place for the person at `email`, and mail them the link that takes it. Nothing works before they do.

    Staff invite customers into any organisation or none; administrators invite staff as well. A contact person, where
    the portal lets them, invites colleagues into their own organisation, in no role, and only at one of its own mail
    domains: the domain is what proves that somebody works there, and without it the invitation would be a way to let
    anybody in and to have the portal write to anybody. To them an address of somebody who belongs elsewhere, works here
    or was closed out gives an invitation like any other, so that the answer tells nothing about people who are not
    theirs; that it changes nothing is said to who opens it. Staff are told at once why such a person is not invited.

    Side effects: an unknown person is registered and not let in; a place for a named contact is held until the
    invitation runs out; records `invited`. An older invitation that ran out is withdrawn. Raises CannotInvite,
    NoPlaceLeft, ValueError for a contact of no organisation, PermissionError.
    """
    _require_may_invite(actor, role, organisation, is_contact_person)
    if organisation is None and (is_named_contact or is_contact_person):
        raise ValueError("A contact belongs to an organisation")
    if not actor.is_agent and organisation_at(email) != organisation:
        raise CannotInvite(Hindrance.NOT_OWN_DOMAIN)
    with transaction.atomic():
        known, _new = register_person(actor=actor, email=email, name=name, language=language, is_active=False)
        person = _lock_person(known.pk)
        earlier = _open_invitation(person)
        hindrance = _hindrance(actor, person, role, organisation, earlier)
        if hindrance is not None:
            raise CannotInvite(hindrance)
        if earlier is not None:
            Invitation.objects.filter(pk=earlier.pk).update(revoked_at=timezone.now())
        if is_named_contact and organisation is not None and not _has_place(person, organisation):
            claim_place(organisation)
        now = timezone.now()
        invitation: Invitation = Invitation.objects.create(
            user=person,
            organisation=organisation,
            role=role,
            is_named_contact=is_named_contact,
            is_contact_person=is_contact_person,
            invited_by=actor,
            words=words,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        _record(actor, invitation, AccountEventKind.INVITED)
    return invitation


def accept_invitation(*, actor: User, invitation: Invitation, name: str = "", phone: str = "") -> User:
    """Take the place an invitation keeps. The caller checked the link from the mail, which proves the address.

    The person is let in, joins the organisation and becomes what they were invited as; somebody who was in before keeps
    their name and phone; a waiting application of theirs is answered by it. Records `invitation_accepted`. Returns the
    person's row. Raises CannotInvite when the invitation is over (the second of two who accept at once) or the person
    belongs elsewhere, NoPlaceLeft when the organisation's contacts are complete meanwhile, PermissionError when it is
    somebody else's.
    """
    if actor.pk != invitation.user_id:
        raise PermissionError("An invitation is accepted by whom it is for")
    with transaction.atomic():
        person, found = _locked(invitation)
        if found.state != InvitationState.OPEN:
            raise CannotInvite(Hindrance.OVER)
        hindrance = _hindrance_to_taking(person, found.role, found.organisation)
        if hindrance is not None:
            raise CannotInvite(hindrance)
        if person.is_active:
            person.name, person.phone = person.name or name, person.phone or phone
        else:  # what is on record was typed by whoever invited them
            person.name, person.phone = name or person.name, phone or person.phone
        _let_in(person, found)
        person.save()
        now = timezone.now()
        Invitation.objects.filter(pk=found.pk).update(accepted_at=now)
        person.applications.filter(state=ApplicationState.WAITING).update(
            state=ApplicationState.APPROVED, decided_by=found.invited_by, decided_at=now
        )
        person = verify_address(actor=person, user=person)
        _record(person, found, AccountEventKind.INVITATION_ACCEPTED)
    return person


def invite_again(*, actor: User, invitation: Invitation) -> bool:
    """Send an invitation once more; it is valid from now on for its whole time again. Links in earlier mails work, too.

    Records `invited`. Returns False, and does nothing, when it was accepted or withdrawn meanwhile. Raises NoPlaceLeft
    when it ran out and its place was given to somebody else, PermissionError unless the actor may invite.
    """
    _require_may_invite(actor, invitation.role, invitation.organisation, invitation.is_contact_person)
    with transaction.atomic():
        person, found = _locked(invitation)
        if found.state not in (InvitationState.OPEN, InvitationState.EXPIRED):
            return False
        if found.is_named_contact and found.organisation is not None and not _has_place(person, found.organisation):
            claim_place(found.organisation, held_by=found)
        now = timezone.now()
        Invitation.objects.filter(pk=found.pk).update(created_at=now, expires_at=now + LIFETIME)
        _record(actor, found, AccountEventKind.INVITED)
    return True


def revoke_invitation(*, actor: User, invitation: Invitation) -> bool:
    """Withdraw an invitation: its link works no longer and its place is free. The invited person is told nothing.

    Records `invitation_revoked`. Returns False, and does nothing, when it was accepted or withdrawn before. Raises
    PermissionError unless the actor may invite.
    """
    _require_may_invite(actor, invitation.role, invitation.organisation, invitation.is_contact_person)
    with transaction.atomic():
        _person, found = _locked(invitation)
        if found.state not in (InvitationState.OPEN, InvitationState.EXPIRED):
            return False
        Invitation.objects.filter(pk=found.pk).update(revoked_at=timezone.now())
        _record(actor, found, AccountEventKind.INVITATION_REVOKED)
    return True


def may_invite_into(actor: User, organisation: Organisation | None) -> bool:
    """Whether `actor` invites customers into this organisation; into none, staff only."""
    if organisation is None:
        return actor.is_agent and actor.is_active
    return keeps_contacts_of(actor, organisation)


def _require_may_invite(actor: User, role: str, organisation: Organisation | None, is_contact_person: bool) -> None:
    allowed = may_invite_into(actor, organisation)
    if role != Role.CUSTOMER:
        allowed = actor.is_administrator and actor.is_active
    if is_contact_person and not actor.is_agent:
        allowed = False
    if not allowed:
        raise PermissionError("Not invited by this person, or not as that")


def _hindrance(
    actor: User, person: User, role: str, organisation: Organisation | None, earlier: Invitation | None
) -> Hindrance | None:
    if earlier is not None and earlier.state == InvitationState.OPEN:
        return Hindrance.INVITED
    if actor.is_agent:
        return _hindrance_to_taking(person, role, organisation)
    in_already = person.is_active and person.organisation_id == getattr(organisation, "pk", None)
    return Hindrance.ALREADY_IN if in_already else None


def _hindrance_to_taking(person: User, role: str, organisation: Organisation | None) -> Hindrance | None:
    """Why this person cannot become what the invitation says, or None."""
    if person.closed_at is not None:
        return Hindrance.CLOSED
    if person.is_agent:
        return Hindrance.STAFF
    if not person.is_active:
        return None
    if organisation is None or role != Role.CUSTOMER or person.organisation_id == organisation.pk:
        return Hindrance.ALREADY_IN
    return None if person.organisation_id is None else Hindrance.ELSEWHERE


def _let_in(person: User, invitation: Invitation) -> None:
    organisation = invitation.organisation
    if organisation is not None:
        if invitation.is_named_contact and not _has_place(person, organisation):
            claim_place(organisation, held_by=invitation)
        person.organisation = organisation
        person.is_named_contact = invitation.is_named_contact
        person.is_contact_person = invitation.is_contact_person
    person.role, person.is_active = invitation.role, True
    if person.is_agent:  # whatever became of them since they were invited: staff belong to no customer
        person.organisation = None
        person.is_named_contact = person.is_contact_person = person.sees_colleagues = False


def _has_place(person: User, organisation: Organisation) -> bool:
    return person.is_named_contact and person.organisation_id == organisation.pk


def _lock_person(key: int) -> User:
    person: User = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=key)
    return person


def _locked(invitation: Invitation) -> tuple[User, Invitation]:
    person = _lock_person(invitation.user_id)
    found = Invitation.objects.select_for_update(of=("self",)).select_related("organisation__agreement", "invited_by")
    return person, found.get(pk=invitation.pk)


def _open_invitation(person: User) -> Invitation | None:
    """The one that was neither accepted nor withdrawn; it may have run out."""
    found: Invitation | None = person.invitations.filter(accepted_at=None, revoked_at=None).first()
    return found


def _record(actor: User, invitation: Invitation, kind: AccountEventKind) -> None:
    AccountEvent.objects.create(
        actor=actor, user_id=invitation.user_id, kind=kind, data={"invitation": invitation.pk, "role": invitation.role}
    )
    poke_worker()
