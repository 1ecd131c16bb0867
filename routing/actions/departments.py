"""Where a department stands, what customers know of it, which one takes what nothing else decides."""

from django.db import transaction

from accounts.models import User
from accounts.queries.people import person_at
from accounts.rules import require_administrator
from routing.actions.arranging import DepartmentClosed
from routing.models import Department
from routing.senders import is_of_portals_domain, is_plain_name, is_taken_elsewhere

MAIL_FIELDS = ("mail_name", "mail_address", "signature_sv", "signature_en")


class BelowItself(ValueError):
    """The department would stand below itself."""


class PersonsAddress(ValueError):
    """The mail address is somebody's own; answers never come from one (M3)."""

    def __init__(self, person: User) -> None:
        super().__init__(person)
        self.person = person


class SenderRefused(ValueError):
    """The department cannot send as this. `why`: "name" (it reads like an address), "domain" (not the one of the
    portal's own address), "taken" (it belongs to another portal, or to somebody who works at one)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def lock_departments() -> dict[int, Department]:
    """All departments of the portal, locked in one order, for doors that change how they hang together."""
    return {row.pk: row for row in Department.objects.select_for_update().order_by("pk")}


def move_department(*, actor: User | None, department: Department, parent: Department | None) -> Department:
    """Let a department belong to another one, or (None) to no other; what stands below it comes along. Whoever leads
    above sees its tickets from now on, and those above before do so no more.

    Raises BelowItself, DepartmentClosed when `parent` has closed, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        rows = lock_departments()
        locked = rows[department.pk]
        if locked.parent_id == (parent.pk if parent else None):
            return locked
        if parent is not None and locked.pk in _with_those_above(parent.pk, rows):
            raise BelowItself
        if parent is not None and not rows[parent.pk].is_active:
            raise DepartmentClosed
        locked.parent = rows[parent.pk] if parent else None
        locked.save(update_fields=["parent"])
    return locked


def set_public(*, actor: User | None, department: Department, is_public: bool) -> Department:
    """Say whether customers read the department's name on their tickets and in mails. Holds at once, for older tickets
    as well. Raises PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = Department.objects.select_for_update().get(pk=department.pk)
        if locked.is_public != is_public:
            locked.is_public = is_public
            locked.save(update_fields=["is_public"])
    return locked


def set_mail_identity(
    *,
    actor: User | None,
    department: Department,
    mail_name: str,
    mail_address: str,
    signature_sv: str,
    signature_en: str,
) -> Department:
    """Say as what the department's mails to customers are sent and what stands at their end. Empty means as the portal
    does it. Holds from the next mail on, those that wait included.

    Raises PersonsAddress, SenderRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    wanted = dict(zip(MAIL_FIELDS, (mail_name, mail_address, signature_sv, signature_en), strict=True))
    with transaction.atomic():
        locked = Department.objects.select_for_update().get(pk=department.pk)
        _judge_sender(mail_name, mail_address)
        if {field: getattr(locked, field) for field in MAIL_FIELDS} != wanted:
            for field, value in wanted.items():
                setattr(locked, field, value)
            locked.save(update_fields=MAIL_FIELDS)
    return locked


def make_default(*, actor: User | None, department: Department) -> Department:
    """Let a department take what nothing else decides, in place of the one that did. Older tickets stay.

    Raises DepartmentClosed, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = lock_departments()[department.pk]
        if not locked.is_active:
            raise DepartmentClosed
        if not locked.is_default:
            hand_on_default(locked)
    return locked


def hand_on_default(department: Department) -> None:
    """Make the default of a department; for doors that hold the lock of all departments."""
    Department.objects.filter(is_default=True).update(is_default=False)
    department.is_default = True
    department.save(update_fields=["is_default"])


def reopen_department(*, actor: User | None, department: Department) -> Department:
    """Let a closed department take tickets again, with the members it had. What was handed to its successor (tickets,
    topics, rules, organisations) stays there. Raises PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    with transaction.atomic():
        locked = lock_departments()[department.pk]
        if not locked.is_active:
            locked.is_active, locked.successor, locked.closed_at = True, None, None
            locked.save(update_fields=["is_active", "successor", "closed_at"])
    return locked


def _judge_sender(name: str, address: str) -> None:
    if not is_plain_name(name):
        raise SenderRefused("name")
    if not address:
        return
    owner = person_at(address)
    if owner is not None and owner.is_active:
        raise PersonsAddress(owner)
    if not is_of_portals_domain(address):
        raise SenderRefused("domain")
    if is_taken_elsewhere(address):
        raise SenderRefused("taken")


def _with_those_above(department: int, rows: dict[int, Department]) -> set[int]:
    found: set[int] = set()
    place: int | None = department
    while place is not None and place not in found:
        found.add(place)
        place = rows[place].parent_id
    return found
