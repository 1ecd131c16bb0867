"""The link in a mail: opens exactly one ticket for one person, without a password.

`/t/<token>/` where token = public id of the TicketLink row + "." + signature over it with the tenant's id. The row
makes it revocable and lets it expire; the signature makes guessing useless even for who reads the database.
"""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.scoping import current_tenant
from tickets.models import Ticket, TicketLink

LIFETIME = timedelta(days=180)  # counted from the last mail that carried it,
TO_A = timedelta(days=1)  # to a day, so that a ticket with many mails is not written with each


def ticket_link(ticket: Ticket, user: User) -> str:
    """The absolute link for `user` to `ticket`; the same one in all mails of this ticket, its life renewed by each.

    Made for the address that `user` has here, not for one they may have got meanwhile: that is where it is sent to.
    """
    live = list(TicketLink.objects.filter(ticket=ticket, user=user, revoked_at=None))
    fits = len(live) == 1 and live[0].address_key == user.email_key
    fresh = fits and live[0].expires_at > timezone.now() + LIFETIME - TO_A
    link = live[0] if fresh else (None if live else _first(ticket, user)) or _renewed(ticket, user)
    return current_tenant().url(reverse("link", args=[_signer().sign(link.public_id)]))


def _first(ticket: Ticket, user: User) -> TicketLink | None:
    """The usual case of a ticket's first mail, without looking twice; None when somebody else made one meanwhile."""
    expires_at = timezone.now() + LIFETIME
    try:
        with transaction.atomic():
            made: TicketLink = TicketLink.objects.create(
                ticket=ticket, user=user, expires_at=expires_at, address_key=user.email_key
            )
    except IntegrityError:
        return None
    return made


def _renewed(ticket: Ticket, user: User) -> TicketLink:
    now = timezone.now()
    mine = TicketLink.objects.filter(ticket=ticket, user=user, revoked_at=None)
    with transaction.atomic():
        mine.exclude(address_key=user.email_key).update(revoked_at=now)
        link, created = mine.get_or_create(
            ticket=ticket,
            user=user,
            revoked_at=None,
            defaults={"expires_at": now + LIFETIME, "address_key": user.email_key},
        )
        if not created:
            link.expires_at = now + LIFETIME
            link.save(update_fields=["expires_at"])
    renewed: TicketLink = link
    return renewed


def link_of_token(token: str) -> TicketLink | None:
    """The live link a token stands for; None when forged, truncated, revoked, expired or another portal's, and when its
    person has another mail address by now."""
    try:
        public_id = _signer().unsign(token)
    except BadSignature:
        return None
    link: TicketLink | None = (
        TicketLink.objects.select_related("ticket", "user")
        .filter(public_id=public_id, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .filter(address_key=F("user__email_key"))
        .first()
    )
    return link


def _signer() -> Signer:
    return Signer(salt=f"tickets.link.{current_tenant().pk}", sep=".")
