from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.queries.domains import organisation_at


def verify_address(*, actor: User | None, user: User) -> User:
    """Take it as proven that `user` reads the mail at their address (the caller checked the link or code).

    The first time: whoever has no organisation joins the one their address's domain belongs to (T13). Records
    `verified`. Nothing happens when it was proven before. Returns the row as it is now; `user` follows it.
    """
    with transaction.atomic():
        person: User = User.objects.select_for_update().get(pk=user.pk)
        if person.verified_at is None:
            person.verified_at = timezone.now()
            if person.organisation_id is None and not person.is_agent:
                person.organisation = organisation_at(person.email)
            person.save(update_fields=["verified_at", "organisation"])
            AccountEvent.objects.create(
                actor=actor,
                user=person,
                kind=AccountEventKind.VERIFIED,
                data={"organisation": person.organisation.name if person.organisation else ""},
            )
    user.verified_at, user.organisation = person.verified_at, person.organisation
    return person
