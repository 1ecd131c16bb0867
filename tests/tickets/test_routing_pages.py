"""The settings of routing: rules as they are written and read, tables from files, invented tickets, exceptions."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Agreement, Organisation
from accounts.scoping import tenant_scope
from routing.actions.arranging import set_responsible_department
from routing.actions.ruling import save_rule
from routing.actions.tables import add_table
from routing.facts import ConditionFact, RuleFact
from routing.models import RoutingRule, RoutingSettings, RoutingTable, RoutingTableRow
from routing.queries import rule_fact
from tests.conftest import make_portal
from tests.factories import DepartmentFactory, TopicFactory, ask, make_ticket
from tests.measuring import seconds_of
from tests.pages import Page, snapshot
from tickets.actions.exceptions import set_exception
from tickets.enums import LeadsTo
from tickets.models import OrganisationException, RoutingTrial
from tickets.rule_catalogue import Catalogue
from tickets.rules_in_words import rule_in_words

SETTINGS = "/settings/routing/"
NEW = f"{SETTINGS}rules/new/"
CHOICES = [{"value": "malmo", "sv": "Malmö", "en": "Malmo"}, {"value": "lund", "sv": "Lund", "en": "Lund"}]


@pytest.fixture
def administrator(portal, other_portal, browse):
    return browse(portal, portal.administrator)


@pytest.fixture
def town(portal):
    with tenant_scope(portal.tenant):
        return ask(portal.topic, "town", label_en="Municipality", kind="choice", choices=CHOICES)


def written(**values):
    return {"name": "Fire in Malmo", "joined": "all", "department": "", "save": "yes", **values}


def one(fact, operator, values, place="0"):
    return {
        "conditions": [place],
        f"fact{place}": fact,
        f"condition{place}-operator": operator,
        f"condition{place}-values": values,
    }


def rules(portal):
    with tenant_scope(portal.tenant):
        return list(RoutingRule.objects.all())


def test_a_rule_is_written_and_read_as_a_sentence(portal, administrator, town):
    given = one("field:town", "is", ["malmo", "lund"])
    answer = administrator.post(
        NEW, written(department=str(portal.other_department.pk), priority="high", tags="fire, south", **given)
    )

    assert answer.status_code == 302
    [rule] = rules(portal)
    assert rule.conditions == [{"fact": "field:town", "operator": "is", "values": ["malmo", "lund"]}]
    assert (rule.department, rule.priority, rule.tags) == (portal.other_department, "high", ["fire", "south"])
    page = Page(administrator.get(SETTINGS))
    assert page.main["data-total"] == "1"
    assert "If Municipality is Malmo or Lund" in page.text
    assert "to Field service; priority: High; tagged fire, south" in page.text


def test_conditions_come_and_go_without_a_script_and_nothing_typed_is_lost(portal, administrator, town):
    typed = written(tags="half a thought") | {"name": ""}
    del typed["save"]

    added = administrator.post(NEW, typed | {"add": "", "fact": "field:town"})
    page = Page(added)
    assert added.status_code == 200
    form = page.form(NEW)
    assert (form["tags"], form["conditions"], form["fact0"]) == ("half a thought", "0", "field:town")
    assert "needs to be changed" not in page.text
    second = administrator.post(NEW, typed | one("field:town", "is_not", ["lund"]) | {"add": "", "fact": "words"})
    boxes = [box for box in Page(second).all("input") if box.get("name") == "condition0-values" and "checked" in box]
    assert [box["value"] for box in boxes] == ["lund"]
    assert Page(second).form(NEW)["condition0-operator"] == "is_not"
    assert {box["value"] for box in Page(second).all("input") if box.get("name") == "conditions"} == {"0", "1"}
    removed = administrator.post(NEW, typed | one("field:town", "is", ["lund"]) | {"remove": "0"})
    assert "condition0-operator" not in Page(removed).form(NEW)
    assert rules(portal) == []


@pytest.mark.parametrize(
    ("fact", "operator", "values", "told"),
    [
        ("field:town", "is", [], "at least one value"),
        ("field:town", "is", ["paris"], "not one of the available choices"),
        ("field:town", "is_greater", ["lund"], "not one of the available choices"),
        ("words", "matches", "fire(", "is no pattern"),
        ("words", "matches", "a\nb\nc\nd\ne\nf", "At most 5 patterns"),
        ("words", "contains", " \n ", "at least one value"),
        ("words", "contains", "x" * 201, "at most 200 characters"),
        ("words", "contains", "\n".join(map(str, range(201))), "At most 200 values"),
        ("organisation", "is", "Nowhere Ltd", "no organisation called “Nowhere Ltd”"),
        ("field:amount", "at_least", "much", "is no number"),
    ],
)
def test_what_makes_no_condition_is_refused_beside_it(portal, administrator, town, fact, operator, values, told):
    with tenant_scope(portal.tenant):
        ask(portal.topic, "amount", kind="number")
    answer = administrator.post(NEW, written(department=str(portal.department.pk), **one(fact, operator, values)))

    assert answer.status_code == 422
    assert told in Page(answer).text
    assert Page(answer).form(NEW)["name"] == "Fire in Malmo"
    assert rules(portal) == []


def test_forged_facts_and_ids_of_others_come_to_nothing(portal, other_portal, administrator):
    far = make_portal("west")
    with tenant_scope(far.tenant):
        far_table = add_table(actor=None, name="Far", rows=[])
        Organisation.objects.create(name="Far away")
    for posted in (
        written(department=str(far.department.pk)),
        written(table=str(far_table.pk), table_fact="topic"),
        written(assigns="person", assignee=str(far.agent.pk)),
        written(follower=str(portal.customer.pk)),
        written(department=str(portal.department.pk), **one("organisation", "is", "Far away")),
    ):
        assert administrator.post(NEW, posted).status_code == 422
    assert rules(portal) == []


@pytest.mark.parametrize("going", ["save", "try"])
def test_a_condition_that_cannot_be_is_never_left_out_of_the_rule(portal, administrator, town, going):
    kept = one("field:town", "is", ["lund"])

    def post(**conditions):
        posted = written(department=str(portal.department.pk), for_all="on", **conditions)
        del posted["save"]
        return administrator.post(NEW, posted | {going: "yes"})

    made_up = post(**one("secret", "is", ["x"]))
    removed = post(**kept | one("field:gone", "is", ["x"], "1") | {"conditions": ["0", "1"]})
    placeless = post(**kept | one("field:town", "is", ["paris"], "12345") | {"conditions": ["0", "12345"]})
    nothing_said = post(**kept | {"conditions": ["0", "x"]})
    places = [str(place) for place in range(31)]
    many = {name: value for place in places for name, value in one("field:town", "is", ["lund"], place).items()}
    surplus = post(**many | {"conditions": places})

    answers = [made_up, removed, placeless, nothing_said, surplus]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert "This is not asked any more. Remove the condition." in Page(removed).text
    assert Page(removed).form(NEW)["fact1"] == "field:gone"
    assert "At most 30 conditions fit in one rule. Remove this one." in Page(surplus).text
    assert "condition30-operator" in Page(surplus).form(NEW)
    assert rules(portal) == []
    with tenant_scope(portal.tenant):
        assert not RoutingTrial.objects.exists()


def test_a_rule_for_every_ticket_is_one_only_when_somebody_says_so(portal, administrator, town):
    page = Page(administrator.get(NEW))
    unsaid = administrator.post(NEW, written(priority="low"))
    untried = administrator.post(NEW, written(priority="low") | {"try": "yes"})
    said = administrator.post(NEW, written(priority="low", for_all="on"))

    assert "Holds for every ticket" in page.text
    assert [answer.status_code for answer in (unsaid, untried, said)] == [422, 422, 302]
    assert "The rule has no conditions." in Page(unsaid).text
    [rule] = rules(portal)
    kept = Page(administrator.get(f"{SETTINGS}rules/{rule.pk}/"))
    assert kept.form(f"/rules/{rule.pk}/")["for_all"] == "on"
    typed = written(priority="low", **one("field:town", "is", ["lund"]))
    asked = administrator.post(NEW, typed | {"add": "", "fact": "words"})
    assert "Holds for every ticket" not in Page(asked).text


def test_a_rule_that_does_nothing_or_bears_a_taken_name_is_refused(portal, administrator):
    nothing = administrator.post(NEW, written())
    administrator.post(NEW, written(priority="low", for_all="on"))
    again = administrator.post(NEW, written(priority="high", for_all="on"))
    table = administrator.post(NEW, written(name="Other", assigns="person"))

    assert [answer.status_code for answer in (nothing, again, table)] == [422, 422, 422]
    assert "Say what happens when the rule holds" in Page(nothing).text
    assert "There is a rule with this name already." in Page(again).text
    assert "Choose which agent gets it." in Page(table).text
    assert [rule.priority for rule in rules(portal)] == ["low"]


def test_rules_are_ordered_switched_off_and_removed(portal, administrator):
    with tenant_scope(portal.tenant):
        first, second = (
            save_rule(actor=None, rule=None, values=RuleFact(0, name, priority="low"), for_all=True)
            for name in ("One", "Two")
        )
    place = f"{SETTINGS}rules/{second.pk}/"

    administrator.post(f"{place}place/", {"to": "up"})
    assert [rule.name for rule in rules(portal)] == ["Two", "One"]
    administrator.post(f"{place}place/", {"to": "down"})
    assert [rule.name for rule in rules(portal)] == ["One", "Two"]
    administrator.post(f"{place}state/", {"is_active": "no"})
    assert not rules(portal)[1].is_active
    assert "off" in Page(administrator.get(SETTINGS)).text
    administrator.post(f"{SETTINGS}rules/{first.pk}/removal/")
    assert [rule.name for rule in rules(portal)] == ["Two"]


def test_an_organisation_is_chosen_by_name_and_kept_by_id(portal, administrator):
    given = one("organisation", "is", "åby kommun\nÅby kommun")
    administrator.post(NEW, written(department=str(portal.department.pk), **given))

    [rule] = rules(portal)
    assert rule.conditions[0]["values"] == [str(portal.organisation.pk)] * len(rule.conditions[0]["values"])
    page = Page(administrator.get(f"{SETTINGS}rules/{rule.pk}/"))
    assert "Åby kommun" in page.form(f"/rules/{rule.pk}/")["condition0-values"]


def test_a_choice_with_two_thousand_values_is_written_by_name(portal, administrator):
    many = [{"value": f"v{number}", "sv": f"Val {number}", "en": f"Choice {number}"} for number in range(2000)]
    with tenant_scope(portal.tenant):
        ask(portal.topic, "place", kind="choice", choices=many)

    administrator.post(
        NEW, written(department=str(portal.department.pk), **one("field:place", "is", "Choice 7\nv1999\nval 3"))
    )
    assert rules(portal) == []  # the Swedish word is not this reader's
    administrator.post(
        NEW, written(department=str(portal.department.pk), **one("field:place", "is", "Choice 7\nv1999"))
    )
    [rule] = rules(portal)
    assert rule.conditions[0]["values"] == ["v7", "v1999"]
    page = administrator.get(f"{SETTINGS}rules/{rule.pk}/")
    assert len(page.content) < 100_000
    assert Page(page).form(f"/rules/{rule.pk}/")["condition0-values"] == "Choice 7\nChoice 1999"


def test_a_rule_about_what_is_gone_can_still_be_opened_and_saved(portal, administrator):
    gone = ConditionFact("field:gone", "is", ("x",))
    topic = ConditionFact("topic", "is", ("no-such-topic", portal.topic.slug))
    with tenant_scope(portal.tenant):
        kept = RuleFact(0, "Old", conditions=(gone, topic), department=portal.department.pk)
        rule = save_rule(actor=None, rule=None, values=kept)
    page = Page(administrator.get(f"{SETTINGS}rules/{rule.pk}/"))
    assert "“gone”, which is not asked any more" in page.text
    posted = {
        "conditions": ["0", "1"],
        "fact0": "field:gone",
        "condition0-operator": "is",
        "condition0-values": "x",
        "fact1": "topic",
        "condition1-operator": "is",
        "condition1-values": ["no-such-topic", portal.topic.slug],
    }

    answer = administrator.post(f"{SETTINGS}rules/{rule.pk}/", written(department=str(portal.department.pk), **posted))

    assert answer.status_code == 302
    [saved] = rules(portal)
    with tenant_scope(portal.tenant):
        assert rule_fact(saved).conditions == (gone, topic)
    warned = Page(administrator.get(SETTINGS)).text
    assert "No form asks “gone” any more" in warned
    assert "This rule never holds" in warned


def test_the_sentence_says_everything_a_rule_does(in_scope):
    portal = in_scope
    ask(portal.topic, "ready", label_en="Ready", kind="checkbox")
    agreement = Agreement.objects.create(name="Gold")
    table = add_table(actor=None, name="Towns", rows=[("Lund", portal.department.pk)])
    rule = save_rule(
        actor=None,
        rule=None,
        values=RuleFact(
            0,
            "All",
            conditions=(
                ConditionFact("agreement", "is_not", (str(agreement.pk),)),
                ConditionFact("field:ready", "filled"),
                ConditionFact("words", "contains", ("a", "b", "c", "d", "e")),
            ),
            joined="any",
            department=portal.other_department.pk,
            table=table.pk,
            table_fact="topic",
            assigns="person",
            assignee=portal.agent.pk,
            follower=portal.lead.pk,
            stops=True,
        ),
    )

    words = rule_in_words(rule, Catalogue(rule.conditions))

    assert words.condition == (
        "Agreement is not Gold or Ready is ticked or Subject or text contains “a” or “b” or “c” or “d” or 1 other"
    )
    assert words.actions == [
        "to the department that “Towns” names for Topic, otherwise to Field service",
        "given to Elin Lund",
        "followed by Johan Strand",
        "later rules are not asked",
    ]


def test_earlier_days_are_set_and_nonsense_is_refused(portal, other_portal, administrator):
    administrator.post(f"{SETTINGS}earlier/", {"days": "30"})
    wrong = administrator.post(f"{SETTINGS}earlier/", {"days": "9999"})

    assert wrong.status_code == 422
    with tenant_scope(portal.tenant):
        assert RoutingSettings.objects.get().earlier_days == 30
    with tenant_scope(other_portal.tenant):
        assert not RoutingSettings.objects.exists()


def test_the_overview_takes_the_same_number_of_questions_for_many_rules(
    portal, administrator, town, django_assert_max_num_queries
):
    with tenant_scope(portal.tenant):
        for number in range(40):
            organisation = Organisation.objects.create(name=f"Customer {number}")
            conditions = (
                ConditionFact("organisation", "is", (str(organisation.pk),)),
                ConditionFact("field:town", "is", ("lund",)),
            )
            rule = RuleFact(0, f"Rule {number}", conditions, department=portal.department.pk, follower=portal.agent.pk)
            save_rule(actor=None, rule=None, values=rule)

    with django_assert_max_num_queries(40):
        page = Page(administrator.get(SETTINGS))

    assert page.main["data-total"] == "40"


def test_the_overview_says_when_there_is_too_much_to_compare(portal, administrator):
    def conditions(rule):
        values = [f"r{rule}v{value}" for value in range(100)]
        return [{"fact": "words", "operator": "contains", "values": [*values, str(one)]} for one in range(30)]

    with tenant_scope(portal.tenant):
        few = [RoutingRule(name=f"Rule {number}", conditions=conditions(number)[:1]) for number in range(2)]
        RoutingRule.objects.bulk_create(few)
    said = "There are too many rules and values to compare them all with each other"
    assert said not in Page(administrator.get(SETTINGS)).text
    with tenant_scope(portal.tenant):
        RoutingRule.objects.bulk_create(
            RoutingRule(name=f"Rule {number}", conditions=conditions(number)) for number in range(2, 20)
        )
    pages: list[Page] = []

    assert seconds_of(lambda: pages.append(Page(administrator.get(SETTINGS)))) < 2
    assert said in pages[0].text


def test_an_invented_ticket_is_decided_as_a_real_one_and_nothing_is_kept(portal, administrator, town):
    with tenant_scope(portal.tenant):
        far = DepartmentFactory(name="South")
        held = (ConditionFact("field:town", "is", ("malmo",)), ConditionFact("words", "contains", ("fire",)))
        save_rule(
            actor=None,
            rule=None,
            values=RuleFact(0, "South fires", held, department=far.pk, priority="urgent", tags=("fire",)),
        )
    before = snapshot()
    asked = {"topic": portal.topic.pk, "channel": "portal", "language": "en", "priority": "low", "try": "yes"}
    asked |= {"words": "A FIRE in the attic", "field_town": "malmo", "address": "", "organisation": ""}

    page = Page(administrator.get(f"{SETTINGS}trial/", asked))
    without = Page(administrator.get(f"{SETTINGS}trial/", asked | {"field_town": "lund"}))
    questions = Page(administrator.get(f"{SETTINGS}trial/", {"topic": portal.topic.pk}))

    assert "To South" in page.text
    assert "The rule “South fires”" in page.text
    assert "Urgent" in page.text
    assert "To Service desk" in without.text
    assert "Municipality" in questions.text
    assert "needs to be changed" not in questions.text
    assert snapshot() == before


def test_an_invented_ticket_answers_only_what_would_be_asked_as_it_would_be_kept(portal, administrator, town):
    with tenant_scope(portal.tenant):
        south, dated = DepartmentFactory(name="South"), DepartmentFactory(name="Dated")
        ask(portal.topic, "hall", kind="text", depends_on=town, depends_values=["malmo"])
        ask(portal.topic, "since", kind="date_time")
        hall = (ConditionFact("field:hall", "filled"),)
        since = (ConditionFact("field:since", "at_least", ("2026-11-01",)),)
        save_rule(actor=None, rule=None, values=RuleFact(0, "Halls", hall, department=south.pk))
        save_rule(actor=None, rule=None, values=RuleFact(0, "Since", since, department=dated.pk))
    asked = {"topic": portal.topic.pk, "channel": "portal", "language": "en", "priority": "low", "try": "yes"}

    def goes(**answers):
        return Page(administrator.get(f"{SETTINGS}trial/", asked | answers)).text

    assert "To South" in goes(field_hall="the great one", field_town="malmo")
    assert "To Service desk" in goes(field_hall="the great one", field_town="lund")
    assert "To Dated" in goes(field_since="2026-11-02T10:00")
    assert "To Service desk" in goes(field_since="2026-10-02T10:00")


def test_an_invented_ticket_is_about_what_one_can_file_under(portal, administrator):
    with tenant_scope(portal.tenant):
        for leads_to in (LeadsTo.GUIDANCE, LeadsTo.LINK):
            TopicFactory(name_en=f"Leads to {leads_to}", leads_to=leads_to)
    text = Page(administrator.get(f"{SETTINGS}trial/")).text

    assert portal.topic.name in text
    assert "Leads to" not in text


def test_an_invented_ticket_of_somebody_known_counts_their_organisation(portal, administrator):
    with tenant_scope(portal.tenant):
        set_responsible_department(actor=None, organisation=portal.organisation, department=portal.other_department)
    asked = {"topic": portal.topic.pk, "channel": "portal", "language": "en", "priority": "low", "try": "yes"}

    known = Page(administrator.get(f"{SETTINGS}trial/", asked | {"address": "ANNA@kund.example"}))
    named = Page(administrator.get(f"{SETTINGS}trial/", asked | {"organisation": "åby kommun"}))
    wrong = administrator.get(f"{SETTINGS}trial/", asked | {"organisation": "Nobody Ltd", "channel": "pigeon"})

    assert "Field service is responsible for Åby kommun." in known.text
    assert "To Field service" in named.text
    assert wrong.status_code == 422
    for nonsense in ({"topic": "x"}, {"topic": "9" * 30, "try": "yes"}, {"topic": "²", "try": "yes"}):
        assert administrator.get(f"{SETTINGS}trial/", nonsense).status_code in (200, 422)


def table_file(text):
    return SimpleUploadedFile("towns.csv", text.encode())


def test_a_table_is_shown_before_it_is_saved(portal, administrator):
    new = f"{SETTINGS}tables/new/"
    file = table_file("department;value\nField service;Lund\nService desk;Malmö\n")
    shown = Page(administrator.post(new, {"name": "Towns", "rows": "", "file": file}))
    with tenant_scope(portal.tenant):
        assert not RoutingTable.objects.exists()
    assert "This is what would be saved" in shown.text

    administrator.post(new, {"name": shown.form(new)["name"], "rows": shown.form(new)["rows"], "save": "yes"})

    with tenant_scope(portal.tenant):
        table = RoutingTable.objects.get()
        rows = RoutingTableRow.objects.filter(table=table).values_list("value", "department__name")
        assert dict(rows) == {"Lund": "Field service", "Malmö": "Service desk"}
    page = f"{SETTINGS}tables/{table.pk}/"
    assert Page(administrator.get(page)).main["data-total"] == "2"
    exported = b"".join(administrator.get(f"{page}file/")).decode("utf-8-sig")
    assert "Lund,Field service" in exported
    kept = Page(administrator.get(f"{page}rows/")).form("rows/")["rows"]
    changed = kept.replace("Lund;Field service", "Lund;Service desk") + "Ystad;Field service\n"
    trial = Page(administrator.post(f"{page}rows/", {"rows": changed}))
    assert "New 1 To another department 1 Removed 0 Unchanged 1" in trial.text
    administrator.post(f"{page}rows/", {"rows": trial.form("rows/")["rows"], "save": "yes"})
    with tenant_scope(portal.tenant):
        assert dict(RoutingTableRow.objects.values_list("value", "department__name")) == {
            "Lund": "Service desk",
            "Malmö": "Service desk",
            "Ystad": "Field service",
        }


def test_wrong_rows_are_named_and_nothing_is_saved(portal, administrator):
    with tenant_scope(portal.tenant):
        table = add_table(actor=None, name="Towns", rows=[("Lund", portal.department.pk)])
        DepartmentFactory(name="Closed", is_active=False)
    rows = "value;department\nLund;Nowhere\n;Service desk\nYstad;Closed\nEslöv;Service desk\nESLOV;Service desk\n"

    answer = administrator.post(f"{SETTINGS}tables/{table.pk}/rows/", {"rows": rows, "save": "yes"})

    assert answer.status_code == 422
    text = Page(answer).text
    assert "Row 2: There is no open department called “Nowhere”." in text
    assert "Row 3: The value is empty." in text
    assert "Row 4: There is no open department called “Closed”." in text
    assert "Row 6: “ESLOV” stands further up already." in text
    for spoilt in ({"rows": ""}, {"rows": "a;b\nc;d\n"}, {"rows": "value;department\n"}, {"file": table_file("\0\0")}):
        assert administrator.post(f"{SETTINGS}tables/{table.pk}/rows/", {"save": "yes", **spoilt}).status_code == 422
    with tenant_scope(portal.tenant):
        assert RoutingTableRow.objects.get().value == "Lund"


def test_a_table_keeps_its_name_to_itself_and_stays_while_it_is_used(portal, administrator):
    with tenant_scope(portal.tenant):
        table = add_table(actor=None, name="Towns", rows=[("Lund", portal.department.pk)])
        add_table(actor=None, name="Regions", rows=[])
        looked_up = RuleFact(0, "By town", table=table.pk, table_fact="field:town")
        rule = save_rule(actor=None, rule=None, values=looked_up, for_all=True)
    page = f"{SETTINGS}tables/{table.pk}/"

    assert administrator.post(f"{page}name/", {"name": "Regions"}).status_code == 422
    administrator.post(f"{page}name/", {"name": "Municipalities"})
    administrator.post(f"{page}removal/")
    with tenant_scope(portal.tenant):
        assert {found.name for found in RoutingTable.objects.all()} == {"Municipalities", "Regions"}
        rule.delete()
    administrator.post(f"{page}removal/")
    with tenant_scope(portal.tenant):
        assert {found.name for found in RoutingTable.objects.all()} == {"Regions"}


def test_a_file_with_formulas_comes_back_as_it_was(portal, administrator):
    with tenant_scope(portal.tenant):
        odd = [("=1+1", portal.department.pk), ('"quoted"; x', portal.department.pk)]
        table = add_table(actor=None, name="Odd", rows=odd)
    page = f"{SETTINGS}tables/{table.pk}/"
    exported = b"".join(administrator.get(f"{page}file/"))
    assert b"'=1+1" in exported

    shown = Page(administrator.post(f"{page}rows/", {"file": SimpleUploadedFile("odd.csv", exported)}))

    assert "Unchanged 2" in shown.text


def test_an_organisation_has_exceptions_for_topics(portal, other_portal, administrator):
    with tenant_scope(portal.tenant):
        set_responsible_department(actor=None, organisation=portal.organisation, department=portal.department)
    page = f"/desk/organisations/{portal.organisation.pk}/department/"

    administrator.post(
        f"{page}exceptions/", {"topic": str(portal.topic.pk), "department": str(portal.other_department.pk)}
    )

    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        assert ticket.department == portal.other_department
        other = TopicFactory()
        assert make_ticket(requester=portal.customer, topic=other).department == portal.department
        exception = OrganisationException.objects.get()
    assert "goes to Field service" in Page(administrator.get(page)).text
    administrator.post(f"{page}exceptions/{exception.pk}/removal/")
    with tenant_scope(portal.tenant):
        assert not OrganisationException.objects.exists()


def test_an_exception_takes_no_topic_department_or_organisation_of_others(portal, other_portal, administrator):
    with tenant_scope(portal.tenant):
        other = Organisation.objects.create(name="Beside")
        exception = set_exception(actor=None, organisation=other, topic=portal.topic, department=None)
        closed = DepartmentFactory(name="Closed", is_active=False)
    far = make_portal("west")
    page = f"/desk/organisations/{portal.organisation.pk}/department/exceptions/"

    for topic, department in (
        (far.topic.pk, ""),
        (portal.topic.pk, far.department.pk),
        (portal.topic.pk, closed.pk),
        ("", ""),
    ):
        assert administrator.post(page, {"topic": str(topic), "department": str(department)}).status_code == 422
    assert administrator.post(f"{page}{exception.pk}/removal/").status_code == 404
    with tenant_scope(portal.tenant):
        assert OrganisationException.objects.count() == 1


def test_others_than_administrators_find_no_settings_and_no_trial(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        trial = RoutingTrial.objects.create(draft={}, created_by=portal.administrator, created_at=timezone.now())
    for person in (portal.agent, portal.customer):
        client = browse(portal, person)
        for url in (SETTINGS, NEW, f"{SETTINGS}trial/", f"{SETTINGS}tables/", f"{SETTINGS}changes/{trial.pk}/"):
            assert client.get(url).status_code == 404
            assert client.post(url, {}).status_code == 404
    far = browse(other_portal, other_portal.administrator)
    assert far.get(f"{SETTINGS}changes/{trial.pk}/").status_code == 404


def test_the_page_names_organisations_with_a_department_and_topics_without(portal, administrator):
    with tenant_scope(portal.tenant):
        set_responsible_department(actor=None, organisation=portal.organisation, department=portal.other_department)
        bare = TopicFactory(slug="bare", name_en="Bare", department=None)

    page = Page(administrator.get(SETTINGS))

    assert {f"/desk/organisations/{portal.organisation.pk}/department/", f"/settings/topics/{bare.pk}/"} <= {
        *page.links()
    }
    assert "Without a department: " in page.text
    assert f"/settings/topics/{portal.topic.pk}/" not in page.links()


def test_departments_of_a_rule_are_chosen_from_their_tree(portal, administrator):
    with tenant_scope(portal.tenant):
        DepartmentFactory(name="Alarm", parent=portal.department)

    assert f"{portal.department.name} – Alarm" in Page(administrator.get(NEW)).text


def test_questions_only_staff_answer_are_not_offered_but_kept(portal, administrator):
    with tenant_scope(portal.tenant):
        ask(portal.topic, "cause", label_en="Cause of the fault", access="internal")
        ask(portal.topic, "town", label_en="Municipality")
        table = add_table(actor=None, name="Causes", rows=[("dust", portal.other_department.pk)])
        rule = RoutingRule.objects.create(
            name="Dust",
            conditions=[{"fact": "field:cause", "operator": "is", "values": ["dust"]}],
            table=table,
            table_fact="field:cause",
        )

    new = Page(administrator.get(NEW)).text
    address = f"{SETTINGS}rules/{rule.pk}/"
    own = Page(administrator.get(address))

    assert "Municipality" in new
    assert "Cause of the fault" not in new
    assert "Cause of the fault" in own.text
    assert "not asked any more" not in own.text
    assert own.form(address)["table_fact"] == "field:cause"
