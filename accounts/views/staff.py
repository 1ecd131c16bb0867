"""Who works on the desk, for the portal's administrators. What is done to one of them is done on their own page."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.enums import Role
from accounts.models import User
from accounts.paging import paginate
from accounts.queries.customers import BY_NAME, STATES, matching_people
from accounts.requests import PortalRequest
from accounts.rules import administrators_only


@administrators_only
def staff(request: PortalRequest) -> HttpResponse:
    words, with_closed = request.GET.get("q", "").strip(), request.GET.get("state") == "closed"
    people = matching_people(User.objects.exclude(role=Role.CUSTOMER), words)
    closed = STATES["closed"]
    page = paginate(people.filter(closed if with_closed else ~closed), BY_NAME, request.GET, shown=_with_departments)
    context = {"page": page, "query": words, "with_closed": with_closed}
    return render(request, "accounts/desk/staff.html", context)


def _with_departments(rows: QuerySet[User]) -> QuerySet[User]:
    return rows.prefetch_related("memberships__department", "factors")
