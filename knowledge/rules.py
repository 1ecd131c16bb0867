"""Who may do what with articles."""

from accounts.models import User
from accounts.rules import require_staff
from knowledge.queries.help_settings import help_settings
from routing.models import DepartmentMember


def may_publish(person: User) -> bool:
    """Whether somebody may say what readers get: everybody on the staff, unless the portal leaves it to the leads of
    departments, the support leads and the administrators."""
    if not (person.is_active and person.is_agent):
        return False
    if person.sees_all_departments:
        return True
    if help_settings().agents_publish:
        return True
    return bool(DepartmentMember.objects.filter(user=person, is_lead=True).exists())


def require_publisher(actor: User | None) -> None:
    """Raise PermissionError unless the actor may publish articles. None is an operator's command."""
    require_staff(actor)
    if actor is not None and not may_publish(actor):
        raise PermissionError("For those who publish articles")
