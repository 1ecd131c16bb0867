"""Who answers for a department, which mails a member of staff may see, who has mail to be sent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.folding import fold_address, fold_text
from accounts.models import AccountEvent, EntryRequest, Tenant, User
from accounts.queries.people import active_administrators
from accounts.scoping import every_tenant
from notifications.enums import DESK_KINDS, TO_BE_LOOKED_AT, DeliveryState, DigestPace, MailKind, Trouble
from notifications.models import (
    BouncingAddress,
    Delivery,
    DigestChoice,
    IncomingMail,
    MailAddress,
    Mailbox,
    MailSettings,
    MorningChoice,
    MutedMail,
    SenderRule,
)
from routing.leads import Leads, support_leads
from routing.queries import agents_of
from tickets.models import Ticket, TicketEvent
from tickets.queries import desk_tickets

_NOT_MEANT = (Trouble.DEPARTED, Trouble.LEFT, Trouble.WITHDRAWN, Trouble.SETTLED)  # nobody misses these
_NOT_THE_ADDRESS = (
    Trouble.DEPARTED,
    Trouble.LEFT,
    Trouble.SETTLED,
    Trouble.OUTLIVED,
    Trouble.COMPOSING,
    Trouble.STORING,
)
ECHO_PAUSE = timedelta(hours=1)
REPEATEDLY = 2  # bounces


def people_answering_for(department_id: int | None) -> list[User]:
    """The department's agents; where it has none, the nearest lead above it; else the tenant's administrators.

    Every ticket waits for somebody who knows of it.
    """
    if department_id is None:
        return []
    agents = [agent for agent in agents_of(department_id) if agent.is_agent]
    return agents or Leads().of(department_id, from_above=True)[:1] or active_administrators()


def people_deciding_applications() -> list[User]:
    """Whoever is told of a new application: the support leads, or where there is none the administrators."""
    return support_leads() or active_administrators()


def muted_by(person: User) -> set[MailKind]:
    """The kinds of mail this person has switched off."""
    return {MailKind(kind) for kind in MutedMail.objects.filter(user=person).values_list("kind", flat=True)}


def muted_among(told: Iterable[tuple[int, MailKind]]) -> set[tuple[int, MailKind]]:
    """Those of the mails to be sent (a person's id, a kind) that the person has switched off. In one query."""
    everybody = {person for person, _kind in told}
    rows = MutedMail.objects.filter(user__in=everybody).values_list("user_id", "kind") if everybody else ()
    return {(person, MailKind(kind)) for person, kind in rows}


def paces_of(person: User) -> dict[MailKind, DigestPace]:
    """The kinds of mail this person has collected in digests, and how often those come."""
    rows = DigestChoice.objects.filter(user=person).values_list("kind", "pace")
    return {MailKind(kind): DigestPace(pace) for kind, pace in rows}


def gets_morning(person: User) -> bool:
    """Whether this person has chosen the morning's mail about what waits."""
    return bool(MorningChoice.objects.filter(user=person).exists())


def collected_among(told: Iterable[tuple[int, MailKind]]) -> dict[tuple[int, MailKind], DigestPace]:
    """Those of the mails to be sent (a person's id, a kind) that the person has collected in digests. In one query."""
    everybody = {person for person, _kind in told}
    rows = DigestChoice.objects.filter(user__in=everybody).values_list("user_id", "kind", "pace") if everybody else ()
    return {(person, MailKind(kind)): DigestPace(pace) for person, kind, pace in rows}


def agent_with_id(key: int | None) -> User | None:
    """The person of an event's data; None when it names nobody of this tenant."""
    person: User | None = User.objects.filter(pk=key).first() if key else None
    return person


def is_address_of_staff(address: str) -> bool:
    """Whether somebody who works here, or did, has this mail address as their own."""
    return User.objects.filter(email_key=fold_address(address)).exclude(role=Role.CUSTOMER).exists()


def of_one_mailbox(field: str, key: str) -> Q:
    """Where `field` (a folded address) leads to the same mailbox as `key`, as far as that can be told: what stands
    after a "+" is for its owner alone (RFC 5233), and anybody can make up as many as they like. An address without one
    is only itself, so that the question stays a cheap one for almost everybody."""
    local, _at, domain = key.rpartition("@")
    if "+" not in local:
        return Q(**{field: key})
    base = local.partition("+")[0]
    return Q(**{field: f"{base}@{domain}"}) | Q(
        **{f"{field}__startswith": f"{base}+", f"{field}__endswith": f"@{domain}"}
    )


def was_echoed_lately(person: User, now: datetime) -> bool:
    """Whether a guest's words went to this person's mailbox within the last hour."""
    same = User.objects.filter(of_one_mailbox("email_key", person.email_key))
    return Delivery.objects.filter(recipient__in=same, with_text=True, created_at__gt=now - ECHO_PAUSE).exists()


def mails_seen_by(agent: User) -> QuerySet[Delivery]:
    """The mails a member of staff may know of: those about tickets they see, and those about customers' accounts, so
    that they can help whoever waits for one (I7); an administrator's, all. That they were sent, never what they say."""
    mails = Delivery.objects.with_event()
    if agent.is_administrator:
        return mails
    if not agent.is_agent:
        return mails.none()
    of_tickets = Q(ticket_event__ticket__in=desk_tickets(agent).order_by().values("pk"))
    return mails.filter(of_tickets | Q(account_event__isnull=False, recipient__role=Role.CUSTOMER))


def matching_mails(mails: QuerySet[Delivery], words: str, kind: str = "") -> QuerySet[Delivery]:
    """Mails to an address like the one searched for, or to the person who has it or is called so, or about the ticket
    with that number. `kind`: only those of it; one that does not exist narrows nothing."""
    if kind in MailKind.values:
        mails = mails.filter(template=kind)
    text = words.strip()[:254]
    digits = text.lstrip("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        return mails.filter(Q(ticket_event__ticket__number=int(digits)) | Q(address__contains=digits))
    if not text:
        return mails
    return mails.filter(Q(address__icontains=text) | Q(recipient__search_key__contains=fold_text(text)))


def last_trouble_of(person: User) -> Delivery | None:
    """The last mail to the address a person has now, if it did not get out; None when one has arrived since, or none
    was tried. What failed for a reason of its own (a code too old, a closed account) says nothing about the address."""
    tried = Delivery.objects.filter(
        recipient=person, address=person.email, state__in=(*TO_BE_LOOKED_AT, DeliveryState.SENT)
    )
    last: Delivery | None = tried.exclude(trouble__in=_NOT_THE_ADDRESS).with_event().order_by("-pk").first()
    return last if last is not None and last.state in TO_BE_LOOKED_AT else None


def bouncing_address(person: User) -> BouncingAddress | None:
    """The address a person has now, if mails to it have come back repeatedly; once may be a full mailbox."""
    found: BouncingAddress | None = repeatedly_bouncing().filter(key=person.email_key).first()
    return found


def repeatedly_bouncing() -> QuerySet[BouncingAddress]:
    """The addresses that mails have come back from more than once, the latest first."""
    return BouncingAddress.objects.filter(bounces__gte=REPEATEDLY).order_by("-last_at", "pk")


def counts_by_state(mails: QuerySet[Delivery]) -> dict[str, int]:
    """How many mails are in which state, in one query."""
    rows = mails.order_by().values("state").annotate(number=Count("pk")).values_list("state", "number")
    return defaultdict(int, rows)


def deliveries_of_ticket(ticket: Ticket) -> list[Delivery]:
    """Every mail about a ticket, oldest first."""
    return list(Delivery.objects.with_event().filter(ticket_event__ticket=ticket).order_by("pk"))


def is_undelivered(mail: Delivery) -> bool:
    """Whether a mail to a customer did not get out, or came back: somebody waits for words that never reach them."""
    return mail.state == DeliveryState.FAILED and mail.template not in DESK_KINDS and mail.trouble not in _NOT_MEANT


def undelivered_among(tickets: Iterable[Ticket]) -> set[int]:
    """The ids of those tickets about which such a mail is. In one query."""
    failed = Delivery.objects.filter(ticket_event__ticket__in=[ticket.pk for ticket in tickets])
    failed = failed.filter(state=DeliveryState.FAILED).exclude(template__in=DESK_KINDS).exclude(trouble__in=_NOT_MEANT)
    return set(failed.order_by().values_list("ticket_event__ticket", flat=True))


def verdict_on(sender_key: str) -> str:
    """What staff decided about a sender, empty for nothing: about the address itself, else about its domain."""
    if not sender_key:
        return ""
    rules = SenderRule.objects.filter(key__in=(sender_key, _domain_rule(sender_key)))
    return verdict_among(dict(rules.values_list("key", "verdict")), sender_key)


def verdict_among(rules: Mapping[str, str], sender_key: str) -> str:
    """`verdict_on`, where the portal's rules, by what they are about, are at hand."""
    return str(rules.get(sender_key) or rules.get(_domain_rule(sender_key), "")) if sender_key else ""


def _domain_rule(sender_key: str) -> str:
    return "@" + sender_key.rpartition("@")[2]


def mail_settings() -> MailSettings:
    """How the portal's mail goes out and comes in; the defaults, not saved, where it has decided nothing."""
    found: MailSettings | None = MailSettings.objects.first()
    return found or MailSettings()


def receiving_keys() -> set[str] | None:
    """The addresses that take mail, folded, without retired ones; None where no mail comes in at all. A mailbox counts
    once it could be opened."""
    keys = set(MailAddress.objects.filter(retired_at=None).values_list("key", flat=True))
    return keys if keys or Mailbox.objects.filter(is_active=True, checked_at__isnull=False).exists() else None


def tenants_with_mail_to_do() -> list[Tenant]:
    """The tenants with mails to be read, events nobody is told of yet, mails that are due, or sends cut off."""
    now = timezone.now()
    with every_tenant():
        sources = (
            TicketEvent.objects.pending(),
            AccountEvent.objects.pending(),
            EntryRequest.objects.pending(),
            Delivery.objects.due(now),
            Delivery.objects.abandoned(now),
            IncomingMail.objects.filter(next_attempt_at__lte=now),
        )
        keys = {key for rows in sources for key in rows.order_by().values_list("tenant_id", flat=True).distinct()}
    active = Tenant.objects.filter(pk__in=keys, is_active=True) if keys else Tenant.objects.none()
    return list(active.prefetch_related("hosts").order_by("pk"))


def mailboxes_due(now: datetime) -> list[tuple[Tenant, Mailbox]]:
    """The mailboxes nobody reads and whose time has come, of all portals, who waits longest first."""
    return active_mailboxes(due=True, now=now)[:100]


def active_mailboxes(*, due: bool = False, now: datetime | None = None) -> list[tuple[Tenant, Mailbox]]:
    """The mailboxes that are read, of all active portals, who waits longest first; `due`: only those nobody reads and
    whose time has come."""
    now = now or timezone.now()
    with every_tenant():
        found = Mailbox.objects.filter(is_active=True, tenant__is_active=True).select_related("tenant")
        if due:
            waits = Q(next_check_at=None) | Q(next_check_at__lte=now)
            found = found.filter(waits, Q(holder=None) | Q(lease_until__lt=now))
        return [(box.tenant, box) for box in found.order_by(F("next_check_at").asc(nulls_first=True), "pk")]
