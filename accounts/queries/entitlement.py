"""Gathers the facts for `accounts.entering` and `accounts.entitlement` from the rows."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.entitlement import obstacle_to_asking
from accounts.enums import ApplicationState, AskingChannel
from accounts.facts import AskingFacts, EntryFacts, Obstacle, Standing
from accounts.folding import fold_address
from accounts.models import Invitation, LocalAdministrator, Organisation, ProviderContact, User
from accounts.queries.domains import is_private_address, organisation_at
from accounts.queries.portals import portals_today
from accounts.scoping import current_tenant


def obstacle_for(person: User, channel: AskingChannel) -> Obstacle | None:
    """What stands in this person's way when they want to ask over `channel`; None for nothing. No more than two
    queries, none for people without an organisation."""
    organisation = person.organisation
    agreement = organisation.agreement if organisation else None
    limit = organisation.named_contact_limit if organisation else None
    return obstacle_to_asking(
        AskingFacts(
            is_staff=person.is_agent,
            channel=channel,
            contacts_are_named=limit is not None,
            is_named_contact=person.is_named_contact,
            today=portals_today(),
            agreement_from=organisation.agreement_from if organisation else None,
            agreement_until=organisation.agreement_until if organisation else None,
            open_channels=frozenset(
                channel
                for channel, is_open in (
                    (AskingChannel.WEB, agreement is None or agreement.allows_web),
                    (AskingChannel.MAIL, agreement is None or agreement.allows_mail),
                    (AskingChannel.PHONE, agreement is None or agreement.shows_phone),
                )
                if is_open
            ),
        )
    )


def entry_facts(address: str, person: User | None) -> EntryFacts:
    """What is to be known about an address to decide on its entry. `person` is who has it, if anybody."""
    return entry_facts_of(address, person, organisation_at(address))


def entry_facts_of(address: str, person: User | None, organisation: Organisation | None) -> EntryFacts:
    """`entry_facts`, where it is known already which organisation the address's domain belongs to."""
    tenant = current_tenant()
    limit = organisation.named_contact_limit if organisation else None
    return EntryFacts(
        standing=standing_of(person),
        way=tenant.known_domains if organisation else tenant.strangers,  # type: ignore[arg-type]
        organisation_is_known=organisation is not None,
        is_private=is_private_address(address),
        refuses_private=tenant.refuses_private_addresses,
        contacts_are_named=limit is not None,
        places_left=limit is None or organisation is None or places_taken(organisation) < limit,
    )


def standing_of(person: User | None) -> Standing:
    """How the portal knows this person. An applicant who was refused counts as unknown: they may apply again. Whoever
    was in once, or worked here, and is in no more, is closed out: they do not get back in by registering anew."""
    if person is None:
        return Standing.UNKNOWN
    if person.is_active:
        return Standing.ACTIVE
    if person.closed_at is not None or person.verified_at is not None or person.is_agent:
        return Standing.CLOSED
    if person.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()).exists():
        return Standing.INVITED
    if person.applications.filter(state=ApplicationState.WAITING).exists():
        return Standing.APPLIED
    return Standing.UNKNOWN


def named_contacts_of(organisation: Organisation):  # type: ignore[no-untyped-def]
    """The organisation's named contacts; each takes a place."""
    return User.objects.filter(organisation=organisation, is_named_contact=True, closed_at=None).order_by("name", "pk")


def places_taken(organisation: Organisation, *, besides: Invitation | None = None) -> int:
    """How many places for named contacts are taken: by those who are, and by those invited to be (but not `besides`).
    An invitation gives its place back by itself when it runs out."""
    invited = Invitation.objects.filter(
        organisation=organisation,
        is_named_contact=True,
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
    ).exclude(user__organisation=organisation, user__is_named_contact=True)
    if besides is not None:
        invited = invited.exclude(pk=besides.pk)
    return int(named_contacts_of(organisation).count() + invited.count())


@dataclass(frozen=True)
class Helper:
    """Somebody a person can turn to. `phone` or `email` may be empty, not both."""

    name: str
    email: str
    phone: str
    role: str = ""


def administrators_for(organisation: Organisation) -> list[Helper]:
    """Whom the organisation's people turn to when they may not ask themselves (S7): its local administrators and its
    named contacts, each once. A local administrator who has an account here and may no longer ask is left out, so that
    whoever lost the task is not pointed at."""
    contacts = {row.email_key: row for row in named_contacts_of(organisation).filter(is_active=True)}
    local = list(LocalAdministrator.objects.filter(organisation=organisation))
    keys = {row.pk: fold_address(row.email) for row in local}
    here = set()
    if organisation.named_contact_limit is not None:
        here = set(User.objects.filter(email_key__in=keys.values()).values_list("email_key", flat=True))
    found = [row for row in local if keys[row.pk] not in here or keys[row.pk] in contacts]
    listed = {keys[row.pk] for row in found}
    return [Helper(row.name, row.email, row.phone) for row in found] + [
        Helper(str(row), row.email, row.phone) for key, row in contacts.items() if key not in listed
    ]


def provider_contacts_by_kind(organisation: Organisation) -> dict[str, Helper]:
    """Whom the organisation has at the provider besides support (S3), by the kinds of `ProviderContactKind`."""
    rows = ProviderContact.objects.filter(organisation=organisation)
    return {row.kind: Helper(row.name, row.email, row.phone, row.get_kind_display()) for row in rows}
