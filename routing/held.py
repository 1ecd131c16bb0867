"""What routing holds about a person: the departments they work in."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from accounts.holdings import Field, Part, Row, contribute
from accounts.models import User
from routing.models import DepartmentMember


def _departments(person: User) -> Iterable[Row]:
    for member in DepartmentMember.objects.filter(user=person).select_related("department").order_by("pk"):
        yield {"department": member.department.name, "is_lead": member.is_lead}


def contribute_departments() -> None:
    contribute(
        Part(
            "departments",
            gettext_lazy("Your departments"),
            (Field("department", gettext_lazy("Department")), Field("is_lead", gettext_lazy("Lead"))),
            _departments,
            staff_only=True,
        )
    )
