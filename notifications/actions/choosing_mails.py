from collections.abc import Collection, Mapping

from django.db import transaction

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from knowledge.actions.subscribing import subscribe, unsubscribe
from notifications.choices import choices_of
from notifications.enums import DigestPace, MailKind
from notifications.models import DigestChoice, DigestItem, MutedMail
from notifications.queries import muted_by, paces_of


def choose_mails(
    *,
    actor: User,
    user: User,
    wanted: Collection[MailKind],
    collected: Mapping[MailKind, DigestPace] | None = None,
) -> None:
    """Choose which of the mails one may do without are to be sent: those in `wanted`, and no other of them; and which
    of those come collected in a digest, and how often: those in `collected`.

    What the person is not offered stays as it is, and kinds that nobody may do without are not to be chosen at all.
    What waits for a digest already is told in it. Records `details_changed`; nothing happens when nothing is different.
    Only one's own choices: PermissionError.
    """
    if actor.pk != user.pk:
        raise PermissionError("Everybody chooses their own mails")
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        offered = choices_of(person)
        kinds = {choice.kind for choice in offered}
        collectable = {choice.kind for choice in offered if choice.can_be_collected} & set(wanted)
        paces = {kind: pace for kind, pace in (collected or {}).items() if kind in collectable}
        changed = _mute(person, kinds, kinds - set(wanted))
        if _collect(person, kinds, paces) or changed:
            _record(actor, person)


def stop_mails(*, actor: User | None = None, user: User, kind: MailKind) -> bool:
    """Switch one kind of mail off, as its reader asks by the address in such a mail, which proves that they had it.

    For the digest: none comes any more, what it collected is switched off, and what waits for it is told nowhere but on
    the tickets. For service messages: the subscription ends. Records `details_changed`. Returns False when it was off.
    """
    if kind == MailKind.SERVICE_MESSAGE:
        return unsubscribe(actor=actor, user=user)
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        kinds = set(paces_of(person)) if kind == MailKind.DIGEST else {kind}
        changed = _mute(person, kinds, kinds)
        _collect(person, kinds, {})
        if changed:
            DigestItem.objects.filter(user=person, kind__in=kinds, delivery=None).delete()
            _record(actor, person)
    return changed


def resume_mails(*, actor: User | None = None, user: User, kind: MailKind) -> bool:
    """Have one kind of mail sent again, at once as it happens. Records `details_changed`. Returns False when it was."""
    if kind == MailKind.SERVICE_MESSAGE:
        return subscribe(actor=actor, user=user)
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        changed = _mute(person, {kind}, set())
        if changed:
            _record(actor, person)
    return changed


def _mute(person: User, kinds: Collection[MailKind], after: Collection[MailKind]) -> bool:
    """Of `kinds`, let those in `after` be switched off and the others on. Returns whether that is new."""
    before = muted_by(person) & set(kinds)
    after = set(after)
    MutedMail.objects.filter(user=person, kind__in=before - after).delete()
    MutedMail.objects.bulk_create([MutedMail(user=person, kind=kind) for kind in sorted(after - before)])
    return before != after


def _collect(person: User, kinds: Collection[MailKind], after: Mapping[MailKind, DigestPace]) -> bool:
    """Of `kinds`, let those in `after` be collected at their pace and the others not. Returns whether that is new."""
    before = {kind: pace for kind, pace in paces_of(person).items() if kind in kinds}
    changed = {kind for kind in kinds if before.get(kind) != after.get(kind)}
    DigestChoice.objects.filter(user=person, kind__in=changed).delete()
    new = [DigestChoice(user=person, kind=kind, pace=after[kind]) for kind in sorted(changed & set(after))]
    DigestChoice.objects.bulk_create(new)
    return bool(changed)


def _record(actor: User | None, person: User) -> None:
    AccountEvent.objects.create(
        actor=actor, user=person, kind=AccountEventKind.DETAILS_CHANGED, data={"fields": ["mails"]}
    )
