"""Where an organisation's tickets on one topic go instead of to its responsible department (T12)."""

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import require_administrator
from routing.actions.arranging import DepartmentClosed
from routing.models import Department
from tickets.models import HelpTopic, OrganisationException


def set_exception(
    *, actor: User | None, organisation: Organisation, topic: HelpTopic, department: Department | None
) -> OrganisationException:
    """From now on the organisation's tickets on this topic go to `department`; with None, where they would go if the
    organisation had no department of its own. Takes the place of an earlier exception. Older tickets stay.

    Raises DepartmentClosed, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if department is not None:
            opened = Department.objects.select_for_update(no_key=True).filter(pk=department.pk, is_active=True)
            if opened.first() is None:
                raise DepartmentClosed
        kept: OrganisationException = OrganisationException.objects.update_or_create(
            organisation=organisation, topic=topic, defaults={"department": department}
        )[0]
    return kept


def remove_exception(*, actor: User | None, organisation: Organisation, topic: HelpTopic) -> bool:
    """Let the organisation's tickets on this topic go where all its others go. Returns False when they do already.

    Raises PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        deleted, _each = OrganisationException.objects.filter(organisation=organisation, topic=topic).delete()
    return bool(deleted)
