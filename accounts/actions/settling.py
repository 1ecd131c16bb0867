"""What becomes of what strangers asked for. A worker does it, so that no page tells known addresses from unknown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions.registering import register_person
from accounts.entering import decide_entry
from accounts.enums import AccountEventKind, ApplicationState, AskingChannel, EntryRequestKind, Refusal
from accounts.facts import EntryDecision, EntryOutcome
from accounts.models import AccountEvent, Application, EntryRequest, User
from accounts.queries.entitlement import entry_facts, obstacle_for
from accounts.queries.people import person_at

SAME_QUESTION = timedelta(days=1)
KEPT_FOR = timedelta(days=30)


def settle(asked: EntryRequest) -> bool:
    """Answer one request, exactly once, however many workers try: its follow-up is an AccountEvent of a person, from
    which the mail is made. Returns whether it was this call that did it.

    A code or a new password for an address nobody has ends here, silently. Somebody unknown who is refused is kept as a
    person that is not let in, because the mail that tells them why needs somebody to go to.
    """
    with transaction.atomic():
        locked = EntryRequest.objects.select_for_update(skip_locked=True).filter(pk=asked.pk, fanned_out_at=None)
        found = locked.first()
        if found is None:
            return False
        _SETTLERS[EntryRequestKind(found.kind)](found)
        EntryRequest.objects.filter(pk=found.pk).update(fanned_out_at=timezone.now())
    return True


def forget_settled() -> int:
    """Delete what strangers typed once it was settled thirty days ago. Returns how many."""
    settled = EntryRequest.objects.filter(fanned_out_at__lt=timezone.now() - KEPT_FOR)
    return int(settled.delete()[0])


def _password(asked: EntryRequest) -> None:
    _tell_active(asked, AccountEventKind.PASSWORD_REQUESTED)


def _code(asked: EntryRequest) -> None:
    _tell_active(asked, AccountEventKind.CODE_REQUESTED)


def _tell_active(asked: EntryRequest, kind: AccountEventKind) -> None:
    person = person_at(asked.address)
    if person is not None and person.is_active:
        _record(person, kind, asked.data)


def _register(asked: EntryRequest) -> None:
    person = _somebody(asked)
    decision = decide_entry(entry_facts(asked.address, person))
    if decision.outcome == EntryOutcome.REGISTER:
        _let_in(person, asked.data)
        _record(person, AccountEventKind.VERIFICATION_REQUESTED)
    elif decision.outcome == EntryOutcome.ALREADY_IN and person.verified_at is None:
        _record(person, AccountEventKind.VERIFICATION_REQUESTED)  # they never got it, or never looked
    elif decision.outcome == EntryOutcome.APPLY:
        _apply(person, asked.data)
    elif decision.outcome == EntryOutcome.REFUSE:
        _refuse(person, asked.data, decision.refusal or Refusal.OTHER)
    else:
        _tell_standing(person, decision)


def _ask(asked: EntryRequest) -> None:
    """Somebody asks whom to turn to: the mail says it (S7). Nobody is let in by it and nothing is applied for."""
    person = _somebody(asked)
    decision = decide_entry(entry_facts(asked.address, person))
    if decision.outcome == EntryOutcome.ALREADY_IN and obstacle_for(person, AskingChannel.WEB) is not None:
        decision = EntryDecision(EntryOutcome.NOT_ENTITLED)
    _tell_standing(person, decision)


def _subscribe(asked: EntryRequest) -> None:
    """Nobody is let in by it: whoever reads the mail at the address confirms that they want what they asked for."""
    _record(_somebody(asked), AccountEventKind.SUBSCRIPTION_REQUESTED)


def _tell_standing(person: User, decision: EntryDecision) -> None:
    if decision.outcome == EntryOutcome.ALREADY_IN:
        _record(person, AccountEventKind.ALREADY_REGISTERED)
    elif decision.outcome == EntryOutcome.INVITED_ALREADY:
        invitation = person.invitations.get(accepted_at=None, revoked_at=None)
        _record(person, AccountEventKind.INVITED, {"invitation": invitation.pk, "again": True})
    elif decision.outcome == EntryOutcome.APPLIED_ALREADY:
        _record(person, AccountEventKind.APPLIED, {"again": True})
    else:
        _record(person, AccountEventKind.NOT_ENTITLED)


def _apply(person: User, data: dict[str, Any]) -> None:
    _take_down(person, data)
    application = Application.objects.create(user=person, **_of_application(data))
    _record(person, AccountEventKind.APPLIED, {"application": application.pk})


def _refuse(person: User, data: dict[str, Any], refusal: Refusal) -> None:
    """Refused by a rule. Whoever asks again the same day gets the mail again, and not another line in the list."""
    _take_down(person, data)
    now = timezone.now()
    lately = person.applications.filter(
        state=ApplicationState.REFUSED, decided_by=None, refusal=refusal, decided_at__gt=now - SAME_QUESTION
    )
    application = lately.order_by("-pk").first() or Application.objects.create(
        user=person, state=ApplicationState.REFUSED, refusal=refusal, decided_at=now, **_of_application(data)
    )
    _record(person, AccountEventKind.REFUSED, {"application": application.pk})


def _of_application(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "organisation_name": data.get("organisation", ""),
        "reason": data.get("reason", ""),
        "created_at": timezone.now(),
    }


def _somebody(asked: EntryRequest) -> User:
    """The person with this address, locked, so that what strangers ask for it is settled one after the other; now
    written down, not let in, if nobody knew them: the mail needs somebody to go to."""
    data = asked.data
    person, _new = register_person(
        actor=None,
        email=asked.address,
        name=data.get("name", ""),
        phone=data.get("phone", ""),
        language=data.get("language", ""),
        is_active=False,
    )
    locked: User = (
        User.objects.select_for_update(of=("self",))
        .select_related("organisation__agreement", "tenant")
        .get(pk=person.pk)
    )
    return locked


def _let_in(person: User, data: dict[str, Any]) -> None:
    _take_down(person, data)
    person.is_active = True
    person.save()


def _take_down(person: User, data: dict[str, Any]) -> None:
    """What somebody says of themselves anew who was never let in; nothing on record is worth more than that."""
    if person.verified_at is None and not person.is_active:
        for field in ("name", "phone", "language"):
            setattr(person, field, data.get(field) or getattr(person, field))
        person.save()


def _record(person: User, kind: AccountEventKind, data: dict[str, Any] | None = None) -> None:
    AccountEvent.objects.create(actor=None, user=person, kind=kind, data=data or {})


_SETTLERS: dict[EntryRequestKind, Callable[[EntryRequest], None]] = {
    EntryRequestKind.PASSWORD: _password,
    EntryRequestKind.CODE: _code,
    EntryRequestKind.REGISTER: _register,
    EntryRequestKind.ASK: _ask,
    EntryRequestKind.SUBSCRIBE: _subscribe,
}
