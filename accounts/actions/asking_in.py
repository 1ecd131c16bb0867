from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.enums import EntryRequestKind
from accounts.models import EntryRequest
from accounts.poking import poke_worker


def request_entry(*, kind: EntryRequestKind, address: str, data: Mapping[str, Any] | None = None) -> EntryRequest:
    """Write down that somebody not signed in asked something about an address, for a worker to settle.

    Does the same for every address, known or not, and says nothing about it. The caller has spent the allowances of
    address and network. `data`: what was typed (name, phone, organisation, reason, language, …).
    """
    with transaction.atomic():
        asked: EntryRequest = EntryRequest.objects.create(kind=kind, address=address.strip(), data=dict(data or {}))
        poke_worker()
    return asked
