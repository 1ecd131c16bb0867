"""When tickets are stale and who is told, as administrators set it."""

import pytest

from routing.actions.ageing import LadderGoesDown, PolicyTaken, PolicyWords, save_policy, set_alerts
from routing.enums import Ageing
from routing.models import AgeingPolicy, AlertSettings, DepartmentMember
from tests.pages import Page

URL = "/settings/ageing/"


@pytest.fixture
def admin(browse, portal, other_portal, in_scope):
    return browse(portal, portal.administrator)


def typed(**values):
    return {"condition": "waiting_on_us", "department": "", "priority": "", "minutes": "24 h", **values}


def test_a_case_is_added_changed_paused_and_removed(portal, other_portal, browse, admin):
    assert admin.post(f"{URL}new/", typed()).status_code == 302
    policy = AgeingPolicy.objects.get()
    assert (policy.condition, policy.minutes, policy.department) == ("waiting_on_us", 24 * 60, None)
    assert "for 24 h of working time" in Page(admin.get(URL)).text
    said = typed(department=portal.department.pk, priority="urgent", minutes="30 min")
    assert admin.post(f"{URL}{policy.pk}/", said).status_code == 302
    policy.refresh_from_db()
    assert (policy.minutes, policy.priority, policy.department) == (30, "urgent", portal.department)
    assert "Service desk" in Page(admin.get(URL)).text
    admin.post(f"{URL}{policy.pk}/state/", {"pause": ""})
    assert "paused" in Page(admin.get(URL)).text
    admin.post(f"{URL}{policy.pk}/state/", {"resume": ""})
    policy.refresh_from_db()
    assert policy.is_active
    assert browse(other_portal, other_portal.administrator).post(f"{URL}{policy.pk}/removal/").status_code == 404
    assert browse(portal, portal.lead).get(URL).status_code == 404
    admin.post(f"{URL}{policy.pk}/removal/")
    assert not AgeingPolicy.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"minutes": ""}, "after how much working time"),
        ({"minutes": "soon"}, "Write a time such as"),
        ({"condition": "reopened", "minutes": "1 h"}, "Write how often"),
        ({"condition": "nonsense"}, "nonsense"),
    ],
)
def test_what_says_no_time_is_refused_and_kept_as_typed(admin, values, words):
    answer = admin.post(f"{URL}new/", typed(**values))
    assert (answer.status_code, words in Page(answer).text) == (422, True)
    assert not AgeingPolicy.objects.exists()


def test_the_same_case_twice_is_refused(admin):
    save_policy(actor=None, policy=None, words=PolicyWords(Ageing.REOPENED, times=3, minutes=9))
    with pytest.raises(PolicyTaken):
        save_policy(actor=None, policy=None, words=PolicyWords(Ageing.REOPENED, times=2))
    answer = admin.post(f"{URL}new/", typed(condition="reopened", times="2", minutes=""))
    assert (answer.status_code, "already" in Page(answer).text) == (422, True)
    assert "3 times" in Page(admin.get(URL)).text


def test_only_waiting_for_the_customer_closes(admin):
    assert admin.post(f"{URL}new/", typed(closes_after="8 h")).status_code == 302
    assert admin.post(f"{URL}new/", typed(condition="waiting_for_customer", closes_after="8 h")).status_code == 302
    assert dict(AgeingPolicy.objects.values_list("condition", "closes_after")) == {
        "waiting_on_us": None,
        "waiting_for_customer": 480,
    }
    assert "8 h later the ticket is closed" in Page(admin.get(URL)).text


def test_the_ladder_is_set_and_never_goes_down(admin):
    said = {"assignee_at": "50", "lead_at": "100", "support_lead_at": "200", "shows_expected": "on"}
    assert admin.post("/settings/alerts/", said).status_code == 302
    row = AlertSettings.objects.get()
    assert (row.assignee_at, row.support_lead_at, row.asks_for_news, row.shows_expected) == (50, 200, False, True)
    assert admin.post("/settings/alerts/", said | {"lead_at": "40"}).status_code == 422
    with pytest.raises(LadderGoesDown):
        set_alerts(actor=None, assignee_at=0, lead_at=1, support_lead_at=2, asks_for_news=True, shows_expected=True)


def test_a_department_without_a_lead_says_where_it_goes(portal, admin):
    page = Page(admin.get("/settings/alerts/")).text
    assert "Johan Strand" in page
    assert "goes up to Maria Berg" in page  # Field service; and there is no support lead
    DepartmentMember.objects.update(is_lead=False)
    assert Page(admin.get("/settings/alerts/")).text.count("no lead") == 2
