"""Signing in with a code by mail, in place of a password."""

import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions.asking_in import request_entry
from accounts.actions.verifying import verify_address
from accounts.enums import EntryRequestKind
from accounts.folding import fold_address
from accounts.models import SignInCode, User
from accounts.queries.people import person_at
from accounts.tokens.codes import code_digits

LIFE = timedelta(minutes=15)
ATTEMPTS = 5


def request_code(*, address: str) -> SignInCode:
    """Make a code for an address, known or not, and ask the worker to mail it to whoever is known and let in.

    It is good in the browser whose session remembers the row, once, for fifteen minutes and five attempts. The caller
    has spent the allowances of address and network.
    """
    with transaction.atomic():
        code: SignInCode = SignInCode.objects.create(
            address_key=fold_address(address), nonce=secrets.token_urlsafe(32), created_at=timezone.now()
        )
        request_entry(kind=EntryRequestKind.CODE, address=address, data={"code": code.pk})
    return code


def use_code(*, code_id: int, digits: str) -> User | None:
    """The person who typed the right digits; None when they are wrong, used, too old, tried too often, or nobody's.

    Every call counts as an attempt, right or wrong. Side effect of success: the code is used up, and the address
    counts as verified.
    """
    with transaction.atomic():
        code: SignInCode | None = SignInCode.objects.select_for_update().filter(pk=code_id).first()
        if code is None or code.used_at or code.attempts >= ATTEMPTS or timezone.now() - code.created_at > LIFE:
            return None
        code.attempts += 1
        is_right = hmac.compare_digest(code_digits(code).encode(), digits.encode())
        person = person_at(code.address_key) if is_right else None
        if person is None or not person.is_active:
            code.save(update_fields=["attempts"])
            return None
        code.used_at = timezone.now()
        code.save(update_fields=["attempts", "used_at"])
        return verify_address(actor=person, user=person)


def forget_old_codes() -> int:
    """Delete this tenant's codes that ran out more than a day ago. Returns how many."""
    old = SignInCode.objects.filter(created_at__lt=timezone.now() - timedelta(days=1))
    return int(old.delete()[0])
