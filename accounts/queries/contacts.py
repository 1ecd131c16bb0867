from accounts.models import Organisation, User
from accounts.scoping import current_tenant


def keeps_contacts_of(actor: User, organisation: Organisation) -> bool:
    """Whether `actor` says who asks for this organisation: staff, and, where the portal lets them, its contact person
    (T14), once they have proved their address."""
    if not actor.is_active:
        return False
    if actor.is_agent:
        return True
    is_its_contact_person = actor.is_contact_person and actor.organisation_id == organisation.pk
    return is_its_contact_person and actor.verified_at is not None and current_tenant().contacts_may_invite
