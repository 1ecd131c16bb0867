"""Service messages: planned work and disturbances (I1). Every agent writes, publishes and ends them.

What is told is a row (`ServiceUpdate`), written with the change itself; the worker mails it to who subscribes.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, Tenant, User
from accounts.poking import poke_worker
from accounts.rules import require_staff
from accounts.scoping import current_tenant
from knowledge.actions.indexing import index_service_message
from knowledge.enums import Audience, Standing
from knowledge.models import (
    AffectedService,
    Service,
    ServiceMessage,
    ServiceMessageOrganisation,
    ServiceUpdate,
)
from knowledge.queries.service_messages import mark_of_message
from knowledge.seen import refuse_unseen
from knowledge.service_drafts import TEXT_LENGTH, Fault, MessageDraft, fault_of

REOPENED_WITHIN = timedelta(days=1)
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
COLUMNS = (
    "kind",
    "severity",
    "audience",
    "title_sv",
    "title_en",
    "body_sv",
    "body_en",
    "starts_at",
    "ends_at",
    "announced_days",
)
Refusal = Fault | Literal["draft", "published", "over", "not_over", "too_late", "no_words", "past", "changed"]


class MessageRefused(ValueError):
    """What was asked of a service message cannot be done; `why` names the reason."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def save_message(
    *, actor: User | None, message: ServiceMessage | None, draft: MessageDraft, seen: str | None = None
) -> ServiceMessage:
    """Keep a service message as it is meant to be: a new one as a draft. One that is published changes for its readers
    at once, and nobody is mailed of it; what they are to be told is an update. `seen`: the mark (`mark_of_message`) of
    what the actor had read before they wrote; None does not ask.

    Raises PermissionError for customers, MessageRefused with what is wrong, Outdated.
    """
    require_staff(actor)
    fault = fault_of(draft)
    if fault is not None:
        raise MessageRefused(fault)
    with transaction.atomic():
        tenant = _lock_tenant()
        found = _lock(message) if message is not None else ServiceMessage(author=actor)
        if message is not None:
            refuse_unseen(seen, mark_of_message(found), mark_of_message(found, draft))
        for name in COLUMNS:
            setattr(found, name, getattr(draft, name))
        found.save()
        _keep_organisations(found, draft)
        _keep_services(found, draft)
        index_service_message(found)
        _note_until(tenant)
    return found


def publish_message(
    *, actor: User | None, message: ServiceMessage, tells: bool = True, seen: str | None = None
) -> ServiceMessage:
    """Let everybody it is for read a draft. `tells`: and mail it to those of them who subscribe. `seen` as for
    `save_message`.

    Raises PermissionError for customers, MessageRefused where it is published already, past by itself, or another one
    than was seen.
    """
    require_staff(actor)
    with transaction.atomic():
        tenant, found, now = _lock_tenant(), _lock(message), timezone.now()
        if found.published_at is not None:
            raise MessageRefused("published")
        if found.ends_at is not None and found.ends_at <= now:
            raise MessageRefused("past")
        if seen is not None and seen != mark_of_message(found):
            raise MessageRefused("changed")
        found.published_at = now
        found.save(update_fields=["published_at"])
        _tell(actor, found, "", "", tells=tells, now=now)
        _note_until(tenant)
    return found


def add_update(
    *, actor: User | None, message: ServiceMessage, text_sv: str, text_en: str, tells: bool = True
) -> ServiceUpdate:
    """Tell how it goes. Whoever had put the message away on their pages sees it again. The same words as last time are
    the same form sent twice: nobody is told anything anew.

    Raises PermissionError for customers, MessageRefused without words, for a draft, and when it is over.
    """
    require_staff(actor)
    _require_words(text_sv, text_en)
    with transaction.atomic():
        _lock_tenant()
        found, now = _lock(message), timezone.now()
        _require_under_way(found, now)
        last: ServiceUpdate | None = found.updates.order_by("-pk").first()
        if last is not None and (last.text_sv, last.text_en, last.is_end) == (text_sv, text_en, False):
            return last
        return _tell(actor, found, text_sv, text_en, tells=tells, now=now)


def end_message(
    *, actor: User | None, message: ServiceMessage, text_sv: str = "", text_en: str = "", tells: bool = True
) -> ServiceMessage:
    """Say that it is over; or that it does not happen, where it has not begun. It leaves everybody's pages.

    Raises PermissionError for customers, MessageRefused for a draft and when it is over already.
    """
    require_staff(actor)
    _require_short(text_sv, text_en)
    with transaction.atomic():
        tenant, found, now = _lock_tenant(), _lock(message), timezone.now()
        _require_under_way(found, now)
        found.over_at = now
        found.save(update_fields=["over_at"])
        _tell(actor, found, text_sv, text_en, tells=tells, now=now, is_end=True)
        _note_until(tenant)
    return found


def reopen_message(
    *, actor: User | None, message: ServiceMessage, text_sv: str, text_en: str, tells: bool = True
) -> ServiceMessage:
    """Say that it is not over after all, within a day of its end. An end that was planned counts no more.

    Raises PermissionError for customers, MessageRefused without words, when it is not over, and when it has been for
    longer than a day: then a new one is written.
    """
    require_staff(actor)
    _require_words(text_sv, text_en)
    with transaction.atomic():
        tenant, found, now = _lock_tenant(), _lock(message), timezone.now()
        if found.stands(now) != Standing.OVER:
            raise MessageRefused("not_over")
        if not may_reopen(found, now):
            raise MessageRefused("too_late")
        found.over_at = None
        if found.ends_at is not None and found.ends_at <= now:
            found.ends_at = None
        found.save(update_fields=["over_at", "ends_at"])
        _tell(actor, found, text_sv, text_en, tells=tells, now=now)
        _note_until(tenant)
    return found


def may_reopen(message: ServiceMessage, now: datetime) -> bool:
    return (
        message.stands(now) == Standing.OVER
        and message.ended_at is not None
        and now - message.ended_at <= REOPENED_WITHIN
    )


def discard_message(*, actor: User | None, message: ServiceMessage) -> None:
    """Delete a draft. Raises PermissionError for customers, MessageRefused for what was published: that is history."""
    require_staff(actor)
    with transaction.atomic():
        found = _lock(message)
        if found.published_at is not None:
            raise MessageRefused("published")
        found.delete()


def _lock_tenant() -> Tenant:
    """First of all locks, so that what two of these doors note about the portal's messages is not half of it, and
    whoever subscribes does so before something is told or after it (`subscribing`)."""
    tenant: Tenant = Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
    return tenant


def _lock(message: ServiceMessage) -> ServiceMessage:
    found: ServiceMessage = ServiceMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    return found


def _note_until(tenant: Tenant) -> None:
    now = timezone.now()
    ends = ServiceMessage.objects.published().filter(over_at=None).order_by().values_list("ends_at", flat=True)
    until = max((end or FOR_EVER for end in ends if end is None or end > now), default=None)
    Tenant.objects.filter(pk=tenant.pk).update(service_messages_until=until)


def _tell(
    actor: User | None,
    message: ServiceMessage,
    text_sv: str,
    text_en: str,
    *,
    tells: bool,
    now: datetime,
    is_end: bool = False,
) -> ServiceUpdate:
    update: ServiceUpdate = ServiceUpdate.objects.create(
        service_message=message,
        text_sv=text_sv.strip(),
        text_en=text_en.strip(),
        author=actor,
        is_end=is_end,
        created_at=now,
        told_at=None if tells else now,
    )
    index_service_message(message)
    if tells:
        poke_worker()
    return update


def _keep_organisations(message: ServiceMessage, draft: MessageDraft) -> None:
    """Only those of this portal; none where the audience is another one."""
    wanted = set(draft.organisations) if draft.audience == Audience.ORGANISATIONS else set()
    known = set(Organisation.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted and not known:
        raise MessageRefused("organisations")
    rows = ServiceMessageOrganisation.objects.filter(service_message=message)
    rows.exclude(organisation__in=known).delete()
    there = set(rows.values_list("organisation_id", flat=True))
    ServiceMessageOrganisation.objects.bulk_create(
        [ServiceMessageOrganisation(service_message=message, organisation_id=key) for key in sorted(known - there)]
    )


def _keep_services(message: ServiceMessage, draft: MessageDraft) -> None:
    known = set(Service.objects.filter(pk__in=set(draft.services)).values_list("pk", flat=True))
    rows = AffectedService.objects.filter(service_message=message)
    rows.exclude(service__in=known).delete()
    there = set(rows.values_list("service_id", flat=True))
    AffectedService.objects.bulk_create(
        [AffectedService(service_message=message, service_id=key) for key in sorted(known - there)]
    )


def _require_under_way(message: ServiceMessage, now: datetime) -> None:
    standing = message.stands(now)
    if standing == Standing.DRAFT:
        raise MessageRefused("draft")
    if standing == Standing.OVER:
        raise MessageRefused("over")


def _require_words(text_sv: str, text_en: str) -> None:
    if not text_sv.strip() and not text_en.strip():
        raise MessageRefused("no_words")
    _require_short(text_sv, text_en)


def _require_short(text_sv: str, text_en: str) -> None:
    if max(len(text_sv), len(text_en)) > TEXT_LENGTH:
        raise MessageRefused("text")
