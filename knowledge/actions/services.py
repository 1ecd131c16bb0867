"""The services that service messages tell of; kept by administrators."""

from django.db import transaction
from django.db.models import Max

from accounts.folding import clean_line
from accounts.models import User
from accounts.rules import require_administrator
from knowledge.models import Service

NAME_LENGTH = 80


class ServiceNameless(ValueError):
    """It has no name in any language, or one that is too long."""


def save_service(*, actor: User | None, service: Service | None, name_sv: str, name_en: str) -> Service:
    """Add a service as the last one (None), or name it otherwise. Raises PermissionError unless by an administrator,
    ServiceNameless."""
    require_administrator(actor)
    names = clean_line(name_sv), clean_line(name_en)
    if not any(names) or max(map(len, names)) > NAME_LENGTH:
        raise ServiceNameless
    with transaction.atomic():
        if service is None:
            last = Service.objects.aggregate(last=Max("position"))["last"]
            found = Service(position=0 if last is None else last + 1)
        else:
            found = Service.objects.select_for_update().get(pk=service.pk)
        found.name_sv, found.name_en = names
        found.save()
    return found


def move_service(*, actor: User | None, service: Service, up: bool) -> bool:
    """Let it change places with the one beside it. Returns False, and changes nothing, where there is none. Raises
    PermissionError unless by an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        rows = list(Service.objects.select_for_update().order_by("position", "pk"))
        here = next(place for place, row in enumerate(rows) if row.pk == service.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(rows):
            return False
        rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows):
            row.position = position
        Service.objects.bulk_update(rows, ["position"])
    return True


def set_service_active(*, actor: User | None, service: Service, is_active: bool) -> None:
    """Offer it for new service messages, or no more; those that name it keep it. Raises PermissionError unless by an
    administrator."""
    require_administrator(actor)
    Service.objects.filter(pk=service.pk).update(is_active=is_active)
