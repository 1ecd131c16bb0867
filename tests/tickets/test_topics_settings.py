"""The settings of help topics: what is saved is what was written, and wrong input is named and kept."""

import pytest

from accounts.models import Agreement
from accounts.scoping import tenant_scope
from routing.models import Department
from tests.factories import DepartmentFactory, OrganisationFactory, TopicFactory, ask
from tests.pages import Page, snapshot
from tickets.actions.arranging import retire_topic
from tickets.forms.topics import TopicForm
from tickets.models import HelpTopic, TicketForm

NEW = {
    "name_sv": "Brandlarm",
    "name_en": "Fire alarm",
    "leads_to": "form",
    "audience": "everybody",
    "is_open_to_wishes": "on",
}


@pytest.fixture
def client(in_scope, browse):
    return browse(in_scope, in_scope.administrator)


def save(client, topic: HelpTopic, **values):
    """Post the form as it stands on the page, with these values in place of its own."""
    address = f"/settings/topics/{topic.pk}/"
    return client.post(address, {**Page(client.get(address)).form(address), **values})


def test_a_topic_is_added_and_leads_on_to_its_page(in_scope, client):
    added = client.post("/settings/topics/new/", NEW, follow=True)

    topic = HelpTopic.objects.get(slug="brandlarm")
    assert added.redirect_chain == [(f"/settings/topics/{topic.pk}/", 302)]
    assert "Fire alarm is added." in Page(added).text
    assert (topic.name_sv, topic.name_en, topic.department) == ("Brandlarm", "Fire alarm", None)
    listed = Page(client.get("/settings/topics/"))
    assert listed.main["data-total"] == "2"
    assert [row["data-topic"] for row in listed.marked("data-topic")] == ["fault", "brandlarm"]


def test_everything_that_is_written_is_saved(in_scope, client):
    form = TicketForm.objects.create(name="Fault")
    agreement = Agreement.objects.create(name="Gold")
    heading = TopicFactory(slug="heading")
    values = {
        "parent": heading.pk,
        "makes_heading": "on",
        "icon": "fire",
        "description_en": "Panels",
        "audience": "organisations",
        "organisations": "åby kommun \r\n\r\n",
        "agreements": [agreement.pk],
        "form": form.pk,
        "department": in_scope.other_department.pk,
        "priority": "high",
        "checklist_en": "One\r\nTwo",
        "wish_answer_en": "To the council.",
        "slug": "Brand-1",
        "link": "not kept",
    }

    assert client.post("/settings/topics/new/", {**NEW, **values, "is_open_to_wishes": ""}).status_code == 302

    topic = HelpTopic.objects.get(slug="brand-1")
    assert topic.parent == heading
    assert (topic.icon, topic.priority, topic.form, topic.link) == ("fire", "high", form, "")
    assert topic.department == in_scope.other_department
    assert (topic.checklist, topic.is_open_to_wishes, topic.wish_answer) == (["One", "Two"], False, "To the council.")
    assert [row.organisation for row in topic.organisations.all()] == [in_scope.organisation]
    assert [row.agreement for row in topic.agreements.all()] == [agreement]
    # What the page shows is what is saved: sending it back changes nothing.
    before = snapshot(without=("accounts.Session",))
    assert save(client, topic).status_code == 302
    assert snapshot(without=("accounts.Session",)) == before


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name_sv": "", "name_en": ""}, "Write its name in one language at least."),
        ({"slug": "fault"}, "Another topic has this word in its address already."),
        ({"slug": "å/b"}, "Write only small letters"),
        ({"leads_to": "link", "link": "javascript:alert(1)"}, "Write the whole address of a page"),
        ({"leads_to": "link"}, "Write the whole address of a page"),
        ({"leads_to": "guidance"}, "Write what to do, in one language at least."),
        (
            {"audience": "organisations", "organisations": "Nowhere AB"},
            "There is no organisation with the name Nowhere",
        ),
        ({"audience": "organisations"}, "Write to which organisations it is offered."),
        ({"audience": "agreements"}, "Choose under which agreements it is offered."),
        ({"is_open_to_wishes": ""}, "Write where wishes go, in one language at least."),
        ({"parent": "999999"}, "This topic cannot have others below it."),
        ({"department": "999999"}, "This department has just been closed."),
        ({"form": "999999"}, "This form has just been removed."),
        ({"icon": "../x"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(in_scope, client, values, told):
    before = snapshot(without=("accounts.Session",))

    answer = client.post("/settings/topics/new/", {**NEW, "checklist_en": "Kept words", **values})

    page = Page(answer)
    assert answer.status_code == 422
    assert told in page.text
    assert page.form("/new/")["checklist_en"] == "Kept words"
    assert snapshot(without=("accounts.Session",)) == before


@pytest.mark.parametrize("what", ["parent", "department", "form", "agreements", "organisations"])
def test_nothing_of_another_portal_can_be_chosen(in_scope, other_portal, client, what):
    with tenant_scope(other_portal.tenant):
        far = {
            "parent": other_portal.topic.pk,
            "department": DepartmentFactory().pk,
            "form": TicketForm.objects.create(name="Theirs").pk,
            "agreements": Agreement.objects.create(name="Theirs").pk,
            "organisations": OrganisationFactory(name="Their organisation").name,
        }[what]

    assert client.post("/settings/topics/new/", {**NEW, what: far}).status_code == 422


def test_a_topic_is_offered_no_place_below_itself(in_scope, client):
    child = TopicFactory(slug="child", parent=in_scope.topic)
    retired = retire_topic(actor=None, topic=TopicFactory(slug="old"))

    places = [value for value, _label in TopicForm(topic=in_scope.topic).fields["parent"].choices]

    assert places == [""]
    assert save(client, in_scope.topic, parent=child.pk).status_code == 422
    assert save(client, in_scope.topic, parent=retired.pk).status_code == 422


@pytest.mark.parametrize(
    ("leads", "told"),
    [
        ({}, "Fresh leads to a form now."),
        ({"leads_to": "guidance", "guidance_en": "Call."}, "Fresh leads to guidance now."),
        ({"leads_to": "link", "link": "https://example.com/"}, "Fresh leads to an address now."),
    ],
)
def test_no_topic_becomes_a_heading_unasked(in_scope, client, leads, told):
    fresh = TopicFactory(slug="fresh", name_en="Fresh", **leads)

    added = client.post("/settings/topics/new/", {**NEW, "parent": fresh.pk})
    moved = save(client, in_scope.topic, parent=fresh.pk)

    for answer in (added, moved):
        assert answer.status_code == 422
        assert told in Page(answer).text
        assert "Yes, make it a heading" in Page(answer).text
    assert not fresh.children.exists()
    assert save(client, in_scope.topic, parent=fresh.pk, makes_heading="on").status_code == 302
    assert client.post("/settings/topics/new/", {**NEW, "parent": fresh.pk}).status_code == 302  # it is one by now
    assert save(client, in_scope.topic, name_en="Newer").status_code == 302
    assert fresh.children.count() == 2


def test_a_topic_keeps_its_closed_department_until_another_is_chosen(in_scope, client):
    closed = DepartmentFactory(name="Gone")
    topic = TopicFactory(slug="old", department=closed)
    Department.objects.filter(pk=closed.pk).update(is_active=False)

    assert save(client, topic, name_en="Newer").status_code == 302
    assert HelpTopic.objects.get(pk=topic.pk).department == closed
    assert save(client, in_scope.topic, department=closed.pk).status_code == 422


def test_a_topic_moves_retires_and_returns(in_scope, client):
    other = TopicFactory(slug="other", position=1)
    TopicFactory(slug="below", parent=other)

    moved = client.post(f"/settings/topics/{other.pk}/move/", {"do": "up"}, follow=True)
    again = client.post(f"/settings/topics/{other.pk}/move/", {"do": "up"}, follow=True)

    assert [row["data-topic"] for row in Page(moved).marked("data-topic")] == ["other", "below", "fault"]
    assert "stays where it is" in Page(again).text
    retired = Page(client.post(f"/settings/topics/{other.pk}/retirement/", follow=True))
    assert "The topic below it is not offered either." in retired.text
    assert "offered to nobody" in retired.text
    assert client.get("/tickets/new/below/").status_code == 404
    client.post(f"/settings/topics/{other.pk}/return/")
    assert client.get("/tickets/new/below/").status_code == 200


def test_the_page_says_how_to_link_to_the_form(in_scope, client):
    ask(in_scope.topic, "town", kind="choice", choices=[{"value": "aby", "en": "Åby"}])
    ask(in_scope.topic, "secret", access="internal")
    ask(in_scope.topic, "plan", kind="file")
    ask(in_scope.topic, "urgent", kind="checkbox")
    ask(in_scope.topic, "day", kind="date")
    ask(in_scope.topic, "parts", kind="choices", choices=[{"value": "door", "en": "Door"}])

    page = Page(client.get(f"/settings/topics/{in_scope.topic.pk}/"))

    shown = [one["value"] for one in page.all("input") if "readonly" in one]
    assert shown[0] == f"http://{in_scope.host}:8000/tickets/new/fault/"
    assert shown[1].startswith(f"{shown[0]}?subject=Fault+report&field_town=aby")
    assert "field_town" in page.text
    for row in ("field_urgent Question urgent yes", "field_day Question day 2026-12-31"):
        assert row in page.text
    assert "field_parts Question parts door For several answers, the name is written again with each." in page.text
    assert "field_secret" not in page.text
    assert "field_plan" not in page.text
    filled = Page(client.get(shown[1].removeprefix(f"http://{in_scope.host}:8000")))
    assert filled.form("/fault/")["subject"] == "Fault report"
    assert filled.form("/fault/")["field_town"] == "aby"


def test_the_settings_take_as_many_queries_for_many_topics(in_scope, client, django_assert_max_num_queries):
    for number in range(40):
        TopicFactory(slug=f"t{number}", department=in_scope.department)
    client.get("/settings/topics/")

    with django_assert_max_num_queries(14):
        client.get("/settings/topics/")


def test_administrators_arrange_topics_and_nobody_else(in_scope, other_portal, browse):
    for person in (in_scope.customer, in_scope.agent, in_scope.lead):
        client = browse(in_scope, person)
        assert client.get("/settings/topics/").status_code == 404
        assert client.post("/settings/topics/new/", NEW).status_code == 404
        assert client.post(f"/settings/topics/{in_scope.topic.pk}/retirement/").status_code == 404
    far = browse(other_portal, other_portal.administrator)
    assert far.get(f"/settings/topics/{in_scope.topic.pk}/").status_code == (
        200 if other_portal.topic.pk == in_scope.topic.pk else 404
    )
    assert HelpTopic.objects.get(pk=in_scope.topic.pk).is_active


def test_an_agreement_no_row_can_be_is_none(client):
    wrong = client.post("/settings/topics/new/", {**NEW, "audience": "agreements", "agreements": "9" * 30})

    assert wrong.status_code == 422
    assert "This agreement is no longer offered." in Page(wrong).text
