"""What becomes of what strangers asked for. A worker does it, so that no page tells known addresses from unknown."""

from collections.abc import Callable
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


def _password(asked: EntryRequest) -> None:
    _tell_active(asked, AccountEventKind.PASSWORD_REQUESTED)


def _code(asked: EntryRequest) -> None:
    _tell_active(asked, AccountEventKind.CODE_REQUESTED)


def _tell_active(asked: EntryRequest, kind: AccountEventKind) -> None:
    person = person_at(asked.address)
    if person is not None and person.is_active:
        _record(person, kind, asked.data)


def _register(asked: EntryRequest) -> None:
    person = person_at(asked.address)
    decision = decide_entry(entry_facts(asked.address, person))
    _carry_out(asked, person, decision)


def _ask(asked: EntryRequest) -> None:
    """Somebody asks whom to turn to. No account is made for them; whoever may ask is told how."""
    person = person_at(asked.address)
    if person is not None and person.is_active:
        entitled = obstacle_for(person, AskingChannel.WEB) is None
        _record(person, AccountEventKind.ALREADY_REGISTERED if entitled else AccountEventKind.NOT_ENTITLED)
        return
    facts = entry_facts(asked.address, person)
    decision = decide_entry(facts)
    if decision.outcome in (EntryOutcome.REGISTER, EntryOutcome.APPLY) and facts.organisation_is_known:
        decision = EntryDecision(EntryOutcome.NOT_ENTITLED)
    _carry_out(asked, person, decision)


def _carry_out(asked: EntryRequest, person: User | None, decision: EntryDecision) -> None:
    told = {
        EntryOutcome.ALREADY_IN: AccountEventKind.ALREADY_REGISTERED,
        EntryOutcome.INVITED_ALREADY: AccountEventKind.INVITED,
        EntryOutcome.APPLIED_ALREADY: AccountEventKind.APPLIED,
        EntryOutcome.CLOSED: AccountEventKind.NOT_ENTITLED,
        EntryOutcome.NOT_ENTITLED: AccountEventKind.NOT_ENTITLED,
    }
    if decision.outcome == EntryOutcome.REGISTER:
        newcomer = person or _person(asked, is_active=True)
        _let_in(newcomer)
        _record(newcomer, AccountEventKind.VERIFICATION_REQUESTED)
        return
    somebody = person or _person(asked, is_active=False)
    if decision.outcome == EntryOutcome.APPLY:
        _apply(somebody, asked.data)
    elif decision.outcome == EntryOutcome.REFUSE:
        _refuse(somebody, asked.data, decision.refusal or Refusal.OTHER)
    else:
        again = {"again": True} if decision.outcome == EntryOutcome.APPLIED_ALREADY else {}
        _record(somebody, told[decision.outcome], again)


def _apply(person: User, data: dict[str, Any]) -> None:
    application = Application.objects.create(user=person, **_of_application(data))
    _record(person, AccountEventKind.APPLIED, {"application": application.pk})


def _refuse(person: User, data: dict[str, Any], refusal: Refusal) -> None:
    application = Application.objects.create(
        user=person,
        state=ApplicationState.REFUSED,
        refusal=refusal,
        decided_at=timezone.now(),
        **_of_application(data),
    )
    _record(person, AccountEventKind.REFUSED, {"application": application.pk})


def _of_application(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "organisation_name": data.get("organisation", ""),
        "reason": data.get("reason", ""),
        "created_at": timezone.now(),
    }


def _person(asked: EntryRequest, *, is_active: bool) -> User:
    data = asked.data
    person, _new = register_person(
        actor=None,
        email=asked.address,
        name=data.get("name", ""),
        phone=data.get("phone", ""),
        language=data.get("language", ""),
        is_active=is_active,
    )
    return person


def _let_in(person: User) -> None:
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])


def _record(person: User, kind: AccountEventKind, data: dict[str, Any] | None = None) -> None:
    AccountEvent.objects.create(actor=None, user=person, kind=kind, data=data or {})


_SETTLERS: dict[EntryRequestKind, Callable[[EntryRequest], None]] = {
    EntryRequestKind.PASSWORD: _password,
    EntryRequestKind.CODE: _code,
    EntryRequestKind.REGISTER: _register,
    EntryRequestKind.ASK: _ask,
}
