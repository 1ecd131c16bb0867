"""The link in an invitation: the row's public id and a signature that binds it to the portal and to the address."""

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Invitation
from accounts.scoping import current_tenant


def invitation_link(invitation: Invitation) -> str:
    """The absolute address where the invited person accepts; it goes to their mailbox only."""
    token = f"{invitation.public_id}.{_seal(invitation)}"
    return current_tenant().url(reverse("invitation", args=[token]))


def invitation_of_token(token: str) -> Invitation | None:
    """The invitation a token stands for, in whatever state.

    None when the token is forged, truncated, another portal's, or was sent to an address the person has left.
    """
    public_id, _separator, seal = token.partition(".")
    found: Invitation | None = (
        Invitation.objects.select_related("user__organisation", "organisation__agreement", "invited_by")
        .filter(public_id=public_id.replace("\x00", ""))
        .first()
    )
    return found if found is not None and constant_time_compare(_seal(found), seal) else None


def _seal(invitation: Invitation) -> str:
    name = f"{invitation.tenant_id}:{invitation.public_id}:{invitation.user.email_key}"
    return salted_hmac("accounts.invitation", name, algorithm="sha256").hexdigest()[:32]
