"""Who is away, who may say so, and where colleagues see it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AccountEvent
from routing.actions.absences import AbsenceRefused, note_absence, remove_absence
from routing.models import Absence
from routing.presence import Presence, coming_absences, may_note_absence, names_with_absences
from tests.factories import AgentFactory, MemberFactory
from tests.pages import Page


def today() -> date:
    return timezone.localdate()


def test_only_oneself_ones_leads_and_those_who_see_everything_may_note_it(in_scope, other_portal):
    support_lead = AgentFactory(role=Role.SUPPORT_LEAD)
    colleague = AgentFactory()
    MemberFactory(department=in_scope.department, user=colleague)
    may = [in_scope.agent, in_scope.lead, support_lead, in_scope.administrator]
    assert all(may_note_absence(one, in_scope.agent) for one in may)
    assert not any(may_note_absence(one, in_scope.agent) for one in (colleague, in_scope.customer))
    assert not may_note_absence(in_scope.administrator, in_scope.customer)
    with pytest.raises(PermissionError):
        note_absence(actor=colleague, user=in_scope.agent, since=today())
    row = note_absence(actor=in_scope.lead, user=in_scope.agent, since=today())
    with pytest.raises(PermissionError):
        remove_absence(actor=colleague, absence=row)
    remove_absence(actor=in_scope.agent, absence=row)
    assert not Absence.objects.exists()
    assert AccountEvent.objects.filter(user=in_scope.agent, data={"fields": ["absence"]}).count() == 2


def test_what_makes_no_sense_is_refused(in_scope):
    for values, why in (
        ({"since": today(), "until": today() - timedelta(days=1)}, "backwards"),
        ({"since": today(), "stand_in": in_scope.agent}, "stand_in"),
        ({"since": today(), "stand_in": in_scope.customer}, "stand_in"),
    ):
        with pytest.raises(AbsenceRefused) as refused:
            note_absence(actor=in_scope.agent, user=in_scope.agent, **values)
        assert refused.value.why == why


def test_the_stand_in_of_a_stand_in_and_no_circle(in_scope):
    one, two, three = AgentFactory(), AgentFactory(), AgentFactory()
    note_absence(actor=one, user=one, since=today(), stand_in=two)
    assert Presence().instead_of(one) == two
    note_absence(actor=two, user=two, since=today(), stand_in=three)
    assert Presence().instead_of(one) == three
    note_absence(actor=three, user=three, since=today(), stand_in=one)
    assert Presence().instead_of(one) is None
    assert Presence(today() - timedelta(days=1)).instead_of(one) == one


def test_colleagues_see_it_where_they_assign(in_scope):
    until = date(2099, 5, 1)
    note_absence(actor=in_scope.agent, user=in_scope.agent, since=today(), until=until, stand_in=in_scope.lead)
    [(_key, label)] = names_with_absences([in_scope.agent])
    assert "Elin Lund" in label
    assert "Johan Strand" in label
    assert "2099" in label


def test_ones_own_page_notes_and_takes_back(portal, other_portal, browse, in_scope):
    address = f"/desk/people/{portal.agent.pk}/absences/"
    client = browse(portal, portal.agent)
    assert Page(client.get(address)).text.count("No absence is noted") == 1
    wrong = client.post(address, {"since": "2099-05-02", "until": "2099-05-01"})
    assert (wrong.status_code, "before the first one" in Page(wrong).text) == (422, True)
    said = {"since": "2099-05-01", "until": "2099-05-09", "stand_in": portal.lead.pk}
    assert client.post(address, said).status_code == 302
    [row] = coming_absences(portal.agent, today())
    assert (row.stand_in, row.since) == (portal.lead, date(2099, 5, 1))
    assert "Johan Strand stands in" in Page(client.get(address)).text
    assert "When you are away" in Page(client.get(address)).text
    assert client.post(address, {"remove": row.pk}).status_code == 302
    assert not Absence.objects.exists()


def test_others_may_look_but_not_touch(portal, other_portal, browse):
    address = f"/desk/people/{portal.lead.pk}/absences/"
    client = browse(portal, portal.agent)
    assert "Note an absence" not in Page(client.get(address)).text
    assert client.post(address, {"since": "2099-05-01"}).status_code == 404
    assert browse(other_portal, other_portal.administrator).get(address).status_code == 404
    assert browse(portal, portal.customer).get(address).status_code == 404
    assert client.get(f"/desk/people/{portal.customer.pk}/absences/").status_code == 404
