"""The queue finds, shows, filters and exports what was answered in forms; of this portal and this agent only."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.scoping import tenant_scope
from tests.factories import TopicFactory, ask, make_ticket
from tests.pages import Page
from tickets.actions.following import follow
from tickets.actions.handing_over import transfer
from tickets.actions.tagging import add_tags
from tickets.enums import FieldAccess, FieldKind, LeadsTo
from tickets.models import HelpTopic, Tag

TOWNS = [{"value": "m", "sv": "Malmö", "en": "Malmo city"}, {"value": "l", "sv": "Lund", "en": "Lund"}]


@pytest.fixture
def asked(portal, other_portal):
    """A ticket on each portal with the same answers, and one beside it without."""
    made = {}
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            topic = TopicFactory(slug="alarm", name_en="Alarm", department=place.department)
            town = ask(topic, "town", kind=FieldKind.CHOICE, choices=TOWNS, label_en="Town", is_column=True)
            serial = ask(topic, "serial", label_en="Serial number")
            secret = ask(topic, "secret", label_en="Code", is_searchable=False)
            inner = ask(topic, "inner", label_en="Our rating", access=FieldAccess.INTERNAL, is_column=True)
            answers = {town: "m", serial: "SN-77-Åäö", secret: "hush-hush", inner: "=2+2"}
            made["answered"] = make_ticket(requester=place.customer, topic=topic, subject="=cmd", answers=answers)
            made["plain"] = make_ticket(requester=place.customer, topic=place.topic, subject="Plain")
            add_tags(actor=place.agent, ticket=made["answered"], names=["Attic", "Roof"])
    return made


def found(client, query: str) -> set[str]:
    return {ticket.subject for ticket in client.get(f"/desk/?{query}").context["page"].items}


@pytest.mark.parametrize("words", ["sn-77", "SN-77-aao", "Malmö", "malmo city", "malmo sn-77", "%3D2%2B2"])
def test_a_search_looks_in_the_answers(asked, portal, browse, words):
    assert found(browse(portal, portal.agent), f"q={words}") == {"=cmd"}


def test_answers_that_are_not_to_be_searched_are_not_found(asked, portal, browse):
    client = browse(portal, portal.agent)

    assert found(client, "q=hush") == set()
    assert found(client, "view=all&field=secret&answer=hush") == set()


def test_filters_by_topic_tag_and_answer(asked, portal, other_portal, browse):
    client = browse(portal, portal.agent)
    with tenant_scope(portal.tenant):
        topic, tag = HelpTopic.objects.get(slug="alarm"), Tag.objects.get(name="Attic")
        heading = TopicFactory()
        topic.parent = heading
        topic.save()
    with tenant_scope(other_portal.tenant):
        theirs, their_tag = HelpTopic.objects.get(slug="alarm"), Tag.objects.get(name="Attic")

    assert found(client, f"topic={topic.pk}") == found(client, f"topic={heading.pk}") == {"=cmd"}
    assert found(client, f"topic={portal.topic.pk}") == {"Plain"}
    assert found(client, f"tag={tag.pk}") == {"=cmd"}
    assert found(client, f"topic={theirs.pk}") == found(client, f"tag={their_tag.pk}") == set()
    assert found(client, "field=town") == {"=cmd"}
    assert found(client, "field=town&answer=malmö") == {"=cmd"}
    assert found(client, "field=town&answer=lund") == set()
    for nonsense in ("topic=x", "tag=9" * 3, "field=%00", "field=a b", "field=town&answer=%00", "topic=-1"):
        assert client.get(f"/desk/?{nonsense}").status_code == 200


@pytest.fixture
def dated(asked, portal):
    """A date and a time were answered as well, and a line that reads like a date."""
    with tenant_scope(portal.tenant):
        topic = HelpTopic.objects.get(slug="alarm")
        answers = {
            ask(topic, "since", kind=FieldKind.DATE, label_en="Since"): "2026-12-01",
            ask(topic, "seen", kind=FieldKind.DATE_TIME, label_en="Seen"): "2026-05-03T09:30+02:00",
            ask(topic, "note", label_en="Note"): "1 Dec 2026",
        }
        make_ticket(requester=portal.customer, topic=topic, subject="Dated", answers=answers)


@pytest.mark.parametrize(
    ("key", "answer", "is_found"),
    [
        ("since", "2026-12-01", True),
        ("since", "1 Dec 2026", True),
        ("since", "1 december 2026", True),
        ("since", "2 Dec 2026", False),
        ("since", "1 Nix 2026", False),
        ("seen", "3 May 2026", True),
        ("seen", "3 maj 2026 9.30", True),
        ("seen", "3 May 2026 09:31", False),
        ("note", "1 Dec 2026", True),
    ],
)
def test_a_date_is_found_as_it_is_shown_and_as_it_is_kept(dated, portal, browse, key, answer, is_found):
    assert found(browse(portal, portal.agent), f"field={key}&answer={answer}") == ({"Dated"} if is_found else set())


def test_only_topics_that_lead_to_a_form_are_offered(asked, portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        others = [TopicFactory(leads_to=leads_to) for leads_to in (LeadsTo.GUIDANCE, LeadsTo.LINK)]
    offered = browse(portal, portal.agent).get("/desk/").context["choices"]["topics"]

    assert portal.topic in offered
    assert not set(others) & set(offered)


def test_a_filter_is_a_chip_and_is_kept_by_the_others(asked, portal, browse):
    client = browse(portal, portal.agent)
    with tenant_scope(portal.tenant):
        tag = Tag.objects.get(name="Roof")
    page = Page(client.get(f"/desk/?tag={tag.pk}&field=town&answer=Malm&q=cmd"))

    for words in ("Tag: Roof", "Town: Malm", "Search: cmd"):
        assert words in page.text
    assert f"/desk/?tag={tag.pk}&q=cmd" in page.links()
    assert "/desk/?field=town&answer=Malm&q=cmd" in page.links()


def test_columns_stand_in_the_row(asked, portal, browse):
    text = Page(browse(portal, portal.agent).get("/desk/")).text

    assert "Town: Malmo city" in text
    assert "Our rating: =2+2" in text
    assert "SN-77" not in text
    with tenant_scope(portal.tenant):
        portal.agent.language = "sv"
        portal.agent.save()
    assert "Malmö" in Page(browse(portal, portal.agent).get("/desk/")).text


def test_the_queue_asks_the_same_number_of_questions_however_many_tickets(asked, portal, browse):
    client = browse(portal, portal.agent)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/")
    with tenant_scope(portal.tenant):
        topic = HelpTopic.objects.get(slug="alarm")
        fields = list(topic.form.fields.all())
        for number in range(8):
            ticket = make_ticket(
                requester=portal.customer, topic=topic, subject=f"S{number}", answers=dict.fromkeys(fields, "m")
            )
            add_tags(actor=portal.agent, ticket=ticket, names=[f"tag {number}"])
            follow(actor=portal.agent, ticket=ticket, user=portal.agent)
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/")

    assert len(many) <= len(few)


# -- as a file ------------------------------------------------------------------------------------------------------


def exported(client, query: str = "view=all") -> list[dict[str, str]]:
    response = client.get(f"/desk/export/?{query}")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/csv")
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_has_every_answer_and_no_formula(asked, portal, browse):
    rows = {row["Subject"]: row for row in exported(browse(portal, portal.agent))}

    assert set(rows) == {"'=cmd", "Plain"}
    row = rows["'=cmd"]
    assert (row["Town"], row["Serial number"], row["Code"]) == ("Malmo city", "SN-77-Åäö", "hush-hush")
    assert row["Our rating"] == "'=2+2"
    assert (row["Tags"], row["Topic"], row["Customer"]) == ("Attic, Roof", "Alarm", "Anna Holm")
    assert rows["Plain"]["Town"] == ""


def test_the_file_has_all_dates_alike(dated, portal, browse):
    row = next(row for row in exported(browse(portal, portal.agent)) if row["Subject"] == "Dated")

    assert (row["Since"], row["Seen"]) == ("2026-12-01", "2026-05-03 09:30")


def test_the_file_holds_what_the_queue_shows_on_all_its_pages(asked, portal, browse):
    client = browse(portal, portal.agent)
    with tenant_scope(portal.tenant):
        for number in range(30):
            make_ticket(requester=portal.customer, topic=portal.topic, subject=f"More {number}")
        hidden = make_ticket(requester=portal.customer, topic=portal.topic, subject="More hidden")
        transfer(actor=portal.agent, ticket=hidden, department=portal.other_department)

    assert len(exported(client, "q=more")) == 30
    assert {row["Subject"] for row in exported(client, "field=town")} == {"'=cmd"}
    assert "/desk/export/?q=more" in Page(client.get("/desk/?q=more")).links()
    assert len(exported(browse(portal, portal.administrator), "q=more")) == 31


def test_two_questions_with_one_label_are_two_columns_and_a_label_is_no_formula(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        one = ask(portal.topic, "a", label_en="=1+1")
        two, three = ask(portal.topic, "b", label_en="Where"), ask(portal.topic, "c", label_en="Where")
        make_ticket(requester=portal.customer, topic=portal.topic, answers={one: "x", two: "y", three: "z"})
    (row,) = exported(browse(portal, portal.agent))

    assert (row["'=1+1"], row["Where (b)"], row["Where (c)"]) == ("x", "y", "z")


def test_an_old_question_keeps_its_column(asked, portal, browse):
    with tenant_scope(portal.tenant):
        topic = HelpTopic.objects.get(slug="alarm")
        topic.form.fields.get(key="serial").delete()

    rows = exported(browse(portal, portal.agent), "field=serial")
    assert [row["Serial number"] for row in rows] == ["SN-77-Åäö"]
    assert "SN-77" not in Page(browse(portal, portal.agent).get("/desk/")).text


def test_customers_export_nothing(asked, portal, browse):
    assert browse(portal, portal.customer).get("/desk/export/").status_code == 404
    assert "/sign-in/" in browse(portal).get("/desk/export/").url
