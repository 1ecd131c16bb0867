"""Service levels are written by administrators, who are asked first when open tickets get other times."""

import pytest

from accounts.models import Agreement
from accounts.scoping import tenant_scope
from notifications.actions.draining import always, fan_out_pending
from routing.actions.levels import LevelInUse, LevelNameTaken, promise_level, remove_level, save_level
from routing.models import ServiceLevel, ServiceTarget
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions import recalculating
from tickets.actions.following_changes import work_on_times
from tickets.enums import EventKind
from tickets.models import Ticket, TicketEvent

LIST = "/settings/service-levels/"
NEW = f"{LIST}new/"


@pytest.fixture
def level(portal, other_portal):
    for house in (other_portal, portal):
        with tenant_scope(house.tenant):
            made = save_level(
                actor=None,
                level=None,
                name="Standard",
                calendar=None,
                is_default=True,
                targets={("medium", "first_answer"): 240},
            )
            make_ticket(requester=house.customer, topic=house.topic)
            fan_out_pending(always)
    return made


@pytest.fixture
def client(portal, browse):
    return browse(portal, portal.administrator)


def fields(client, address):
    return Page(client.get(address)).form(address)


def test_a_new_level_begins_with_the_usual_promise_and_is_kept_as_typed(portal, client):
    form = fields(client, NEW)
    assert form["urgent_first_answer"] == "4 h"
    assert "is_default" in form

    answer = client.post(NEW, {**form, "name": "Gold", "urgent_first_answer": "30 min", "low_solution": "1,5 h"})

    assert answer.status_code == 302
    with tenant_scope(portal.tenant):
        made = ServiceLevel.objects.get()
        kept = {(row.priority, row.measure): row.minutes for row in made.targets.all()}
        assert (made.name, made.is_default, made.calendar) == ("Gold", True, None)
    first = {(priority, "first_answer"): 240 for priority in ("low", "medium", "high")}
    assert kept == first | {("urgent", "first_answer"): 30, ("low", "solution"): 90}


def test_what_moves_open_tickets_is_asked_first(portal, other_portal, level, client):
    address = f"{LIST}{level.pk}/"
    typed = {**fields(client, address), "medium_first_answer": "1 h"}
    assert typed["name"] == "Standard"

    asked = client.post(address, typed)

    page = Page(asked)
    assert asked.status_code == 200
    assert "1 of 1 open tickets gets another time." in page.text
    assert page.form(address)["medium_first_answer"] == "1 h"
    assert kept_minutes(portal) == kept_minutes(other_portal) == [240]

    assert client.post(address, {**typed, "weighed": "another"}).status_code == 200
    assert confirm(client, page, address, typed).status_code == 302
    work_on_times()

    assert (kept_minutes(portal), kept_minutes(other_portal)) == ([60], [240])
    with tenant_scope(portal.tenant):
        assert TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).count() == 1
    with tenant_scope(other_portal.tenant):
        assert not TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).exists()


def kept_minutes(portal):
    with tenant_scope(portal.tenant):
        return list(ServiceTarget.objects.values_list("minutes", flat=True))


def test_what_moves_nothing_is_saved_at_once(portal, level, client):
    address = f"{LIST}{level.pk}/"
    assert client.post(address, {**fields(client, address), "name": "Usual"}).status_code == 302
    assert "Usual" in Page(client.get(LIST)).text


def test_while_a_worker_counts_the_page_says_how_far_it_is(portal, level, client, monkeypatch):
    monkeypatch.setattr(recalculating, "AT_ONCE", 0)
    address = f"{LIST}{level.pk}/"
    typed = {**fields(client, address), "medium_first_answer": "1 h"}
    page = Page(client.post(address, typed))
    assert "0 of 1 open tickets looked at" in page.text
    part = next(given["hx-get"] for _tag, given in page.elements if "hx-get" in given and "times" in given["hx-get"])
    work_on_times()

    assert "1 of 1 open tickets gets another time." in Page(client.get(part)).text
    assert "1 of 1 open tickets gets another time." in Page(client.post(address, typed)).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": ""}, "Write the level’s name."),
        ({"low_solution": "2 d"}, "Write hours or minutes"),
        ({"low_solution": "soon"}, "Write a time such as"),
        ({"low_solution": "10001"}, "At most 10,000 hours"),
        ({"name": "Standard"}, "There is a service level with this name already."),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_typed(portal, level, client, typed, told):
    answer = client.post(NEW, {"name": "Gold", **typed})

    page = Page(answer)
    assert answer.status_code == 422
    assert told in page.text
    assert {**page.form(NEW), **typed} == page.form(NEW)


def test_deleting_asks_and_then_nothing_is_due(portal, level, client):
    address = f"{LIST}{level.pk}/removal/"
    page = Page(client.post(address))
    assert "Delete Standard?" in page.text
    assert confirm(client, page, address, {}).status_code == 302
    work_on_times()
    with tenant_scope(portal.tenant):
        assert not ServiceLevel.objects.exists()
        assert Ticket.objects.get().due_at is None


def test_what_an_agreement_promises_cannot_be_deleted(in_scope, other_portal):
    level = save_level(actor=None, level=None, name="Gold", calendar=None, is_default=False, targets={})
    agreement = Agreement.objects.create(name="Enterprise")
    promise_level(actor=in_scope.administrator, agreement=agreement, level=level)
    with pytest.raises(LevelInUse, match="Enterprise"):
        remove_level(actor=in_scope.administrator, level=level)
    promise_level(actor=in_scope.administrator, agreement=agreement, level=None)
    assert remove_level(actor=in_scope.administrator, level=level)
    assert not remove_level(actor=in_scope.administrator, level=level)


def test_one_level_is_everybodys_and_names_are_there_once(in_scope, other_portal):
    one, two = (
        save_level(actor=None, level=None, name=name, calendar=None, is_default=True, targets={}) for name in "ab"
    )
    assert list(ServiceLevel.objects.filter(is_default=True)) == [two]
    with pytest.raises(LevelNameTaken):
        save_level(actor=None, level=one, name="b", calendar=None, is_default=False, targets={})


def test_only_administrators_promise(in_scope, other_portal):
    with pytest.raises(PermissionError):
        save_level(actor=in_scope.lead, level=None, name="x", calendar=None, is_default=False, targets={})


def test_an_agreement_promises_a_level_and_asks_when_that_moves_tickets(portal, other_portal, level, client):
    with tenant_scope(portal.tenant):
        gold = save_level(
            actor=None, level=None, name="Gold", calendar=None, is_default=False, targets={("medium", "solution"): 60}
        )
        agreement = Agreement.objects.create(name="Enterprise")
        portal.organisation.agreement = agreement
        portal.organisation.save()
        Ticket.objects.update(organisation=portal.organisation)
    with tenant_scope(other_portal.tenant):
        far = ServiceLevel.objects.get()
    address = f"/settings/agreements/{agreement.pk}/"
    form = fields(client, address)
    assert form["level"] == ""
    assert client.post(address, {**form, "level": str(far.pk)}).status_code == 422

    page = Page(client.post(address, {**form, "level": str(gold.pk)}))
    assert "1 of 1 open tickets gets another time." in page.text
    assert page.form(address)["level"] == str(gold.pk)
    assert confirm(client, page, address, {**form, "level": str(gold.pk)}).status_code == 302
    work_on_times()

    with tenant_scope(portal.tenant):
        row = Ticket.objects.get()
        assert (row.level, row.first_due_at, row.due_at) == (gold, None, row.solution_due_at)
        assert TicketEvent.objects.get(kind=EventKind.TIMES_CHANGED).data == {"why": "agreement"}
    for where in ("/settings/agreements/", f"/desk/organisations/{portal.organisation.pk}/"):
        assert "Gold" in Page(client.get(where)).text
    exported = b"".join(client.get("/settings/agreements/export.csv").streaming_content).decode()
    assert "Enterprise,,yes,yes,yes,Gold,1,yes" in exported


def test_an_organisations_agreement_asks_too(portal, other_portal, level, client):
    with tenant_scope(portal.tenant):
        agreement = Agreement.objects.create(name="Enterprise")
        gold = save_level(actor=None, level=None, name="Gold", calendar=None, is_default=False, targets={})
        promise_level(actor=None, agreement=agreement, level=gold)
        Ticket.objects.update(organisation=portal.organisation)
    address = f"/desk/organisations/{portal.organisation.pk}/agreement/"
    typed = {"agreement": str(agreement.pk)}
    page = Page(client.post(address, typed))
    assert "1 of 1 open tickets gets another time." in page.text
    assert confirm(client, page, address, typed).status_code == 302
    work_on_times()
    with tenant_scope(portal.tenant):
        assert (Ticket.objects.get().level, Ticket.objects.get().due_at) == (gold, None)


def confirm(client, page, address, typed):
    """Press the button of what was asked."""
    mark = next(given["value"] for tag, given in page.elements if tag == "button" and given.get("name") == "weighed")
    return client.post(address, {**typed, "weighed": mark})
