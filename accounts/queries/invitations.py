"""Who is invited."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.facts import InvitationState
from accounts.folding import fold_text
from accounts.models import Invitation, Organisation

_NOT_OVER = Q(accepted_at=None, revoked_at=None)


def in_state(state: InvitationState) -> Q:
    """The condition for invitations in this state now."""
    now = timezone.now()
    return {
        InvitationState.OPEN: _NOT_OVER & Q(expires_at__gt=now),
        InvitationState.EXPIRED: _NOT_OVER & Q(expires_at__lte=now),
        InvitationState.ACCEPTED: Q(accepted_at__isnull=False),
        InvitationState.REVOKED: Q(accepted_at=None, revoked_at__isnull=False),
    }[state]


def matching_invitations(words: str) -> QuerySet[Invitation]:
    """Invitations whose person's name or address, or whose organisation, holds every word."""
    found = Invitation.objects.all()
    for word in fold_text(words)[:100].split()[:8]:
        found = found.filter(Q(user__search_key__contains=word) | Q(organisation__search_key__contains=word))
    return found


def unfinished_invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """The organisation's invitations that are open or have run out, newest first."""
    return (
        Invitation.objects.filter(_NOT_OVER, organisation=organisation)
        .select_related("user", "organisation__agreement", "invited_by")
        .order_by("-created_at", "-pk")
    )


def invitations_kept_by_contacts(organisation: Organisation) -> QuerySet[Invitation]:
    """Those of the organisation's unfinished invitations that its contact person may send again and withdraw: of
    colleagues, not of staff or of another contact person, which only staff decide on."""
    return unfinished_invitations_of(organisation).filter(role=Role.CUSTOMER, is_contact_person=False)
