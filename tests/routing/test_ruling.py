"""The doors of rules and tables: what they keep, refuse, and to whom they open."""

import io
from dataclasses import replace
from functools import partial

import pytest

from accounts.csv_reading import FileTrouble, Unreadable
from accounts.folding import fold_text
from accounts.scoping import tenant_scope
from routing.actions.arranging import DepartmentClosed
from routing.actions.ruling import (
    RULES_LIMIT,
    RuleNameTaken,
    RuleRefused,
    TooManyRules,
    move_rule,
    remove_rule,
    save_rule,
    set_earlier_days,
    set_rule_active,
)
from routing.actions.tables import (
    TableInUse,
    TableNameTaken,
    TableRefused,
    add_table,
    remove_table,
    rename_table,
    replace_rows,
)
from routing.drafts import rule_as_data, rule_from_data
from routing.facts import ConditionFact, RuleFact
from routing.models import Department, RoutingRule, RoutingTable, RoutingTableRow
from routing.queries import earlier_days, load_arrangement, rule_fact
from routing.table_reading import read_table
from tests.factories import AgentFactory, DepartmentFactory

FIRE = ConditionFact("topic", "is", ("fire",))


def add(name: str, **values: object) -> RoutingRule:
    return save_rule(actor=None, rule=None, values=RuleFact(0, name, **values), for_all=True)


def order() -> list[str]:
    return [rule.name for rule in load_arrangement().rules]


def test_a_rule_is_kept_as_it_was_said(in_scope, other_portal):
    table = add_table(actor=None, name="Municipalities", rows=[("Malmö", in_scope.department.pk)])
    said = RuleFact(
        id=0,
        name="Fire in Malmö",
        conditions=(FIRE, ConditionFact("field:place", "matches", ("^malm",))),
        joined="any",
        stops=True,
        department=in_scope.other_department.pk,
        table=table.pk,
        table_fact="field:place",
        assigns="person",
        assignee=in_scope.agent.pk,
        priority="high",
        tags=("vip",),
        follower=in_scope.lead.pk,
    )

    rule = save_rule(actor=in_scope.administrator, rule=None, values=said)

    kept = rule_fact(RoutingRule.objects.get(pk=rule.pk))
    assert kept == replace(said, id=rule.pk)
    assert rule_from_data(rule_as_data(kept)) == kept
    with tenant_scope(other_portal.tenant):
        assert load_arrangement().rules == ()


def test_new_rules_come_last_and_are_moved_one_place_at_a_time(in_scope):
    one, two, three = (add(name) for name in ("one", "two", "three"))

    assert move_rule(actor=None, rule=three, up=True)
    assert order() == ["one", "three", "two"]
    assert not move_rule(actor=None, rule=one, up=True)
    assert not move_rule(actor=None, rule=two, up=False)
    assert move_rule(actor=None, rule=one, up=False)
    assert order() == ["three", "one", "two"]
    set_rule_active(actor=None, rule=one, is_active=False)
    assert order() == ["three", "two"]
    assert remove_rule(actor=None, rule=three)
    assert not remove_rule(actor=None, rule=three)
    assert not move_rule(actor=None, rule=three, up=False)
    assert order() == ["two"]


def test_a_changed_rule_keeps_its_place_and_whether_it_is_on(in_scope):
    one, _two = add("one"), add("two")
    set_rule_active(actor=None, rule=one, is_active=False)

    save_rule(actor=None, rule=one, values=RuleFact(0, "first", (FIRE,)))
    set_rule_active(actor=None, rule=one, is_active=True)

    assert order() == ["first", "two"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"joined": "some"}, "conditions"),
        ({"conditions": (FIRE,) * 31}, "conditions"),
        ({"conditions": (ConditionFact("colour", "is", ("x",)),)}, "fact"),
        ({"conditions": (ConditionFact("field:", "is", ("x",)),)}, "fact"),
        ({"conditions": (ConditionFact("topic", "matches", ("x",)),)}, "operator"),
        ({"conditions": (ConditionFact("words", "resembles", ("x",)),)}, "operator"),
        ({"conditions": (ConditionFact("topic", "is"),)}, "values"),
        ({"conditions": (ConditionFact("topic", "is", (" ",)),)}, "values"),
        ({"conditions": (ConditionFact("words", "contains", ("x" * 201,)),)}, "values"),
        ({"conditions": (ConditionFact("words", "contains", ("x",) * 201),)}, "values"),
        ({"conditions": (ConditionFact("words", "matches", ("(",)),)}, "pattern"),
        ({"conditions": (ConditionFact("words", "matches", ("(.*a.{190}){5}Q",)),)}, "pattern"),
        ({"conditions": (ConditionFact("words", "matches", tuple("abcdef")),)}, "values"),
        ({"table": 10**9, "table_fact": "topic"}, "table"),
        ({"assigns": "everybody"}, "agent"),
        ({"assigns": "person"}, "agent"),
        ({"assigns": "person", "assignee": 10**9}, "agent"),
        ({"follower": 10**9}, "agent"),
        ({"priority": "enormous"}, "priority"),
        ({"tags": ("x" * 41,)}, "tags"),
        ({"tags": tuple("abcdefghijk")}, "tags"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_and_nothing_is_kept(in_scope, values, why):
    with pytest.raises(RuleRefused) as refused:
        save_rule(actor=None, rule=None, values=RuleFact(**{"id": 0, "name": "rule"} | values), for_all=True)

    assert refused.value.why == why
    assert not RoutingRule.objects.exists()


def test_a_rule_without_conditions_is_kept_only_when_that_is_said(in_scope):
    with pytest.raises(RuleRefused) as refused:
        save_rule(actor=None, rule=None, values=RuleFact(0, "all"))
    assert refused.value.why == "for_all"
    rule = save_rule(actor=None, rule=None, values=RuleFact(0, "all"), for_all=True)
    with pytest.raises(RuleRefused):
        save_rule(actor=None, rule=rule, values=RuleFact(0, "other name"))
    assert order() == ["all"]


def test_a_rule_names_nothing_of_another_portal_and_nobody_who_is_no_agent(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        theirs = add_table(actor=None, name="Theirs", rows=[])

    with pytest.raises(DepartmentClosed):
        add("a", department=other_portal.department.pk)
    for values in (
        {"table": theirs.pk, "table_fact": "topic"},
        {"assigns": "person", "assignee": other_portal.agent.pk},
        {"follower": other_portal.agent.pk},
        {"follower": in_scope.customer.pk},
        {"follower": AgentFactory(is_active=False).pk},
    ):
        with pytest.raises(RuleRefused):
            add("b", **values)
    assert not RoutingRule.objects.exists()


def test_a_closed_department_can_stay_in_a_rule_and_not_come_into_one(in_scope):
    closing = DepartmentFactory()
    rule = add("one", department=closing.pk)
    Department.objects.filter(pk=closing.pk).update(is_active=False)

    save_rule(actor=None, rule=rule, values=RuleFact(0, "renamed", department=closing.pk), for_all=True)
    with pytest.raises(DepartmentClosed):
        add("two", department=closing.pk)


def test_names_are_used_once_and_the_number_of_rules_has_an_end(in_scope):
    one, _two = add("one"), add("two")

    with pytest.raises(RuleNameTaken):
        add("one")
    with pytest.raises(RuleNameTaken):
        save_rule(actor=None, rule=one, values=RuleFact(0, "two"), for_all=True)
    RoutingRule.objects.bulk_create([RoutingRule(name=f"r{n}") for n in range(RULES_LIMIT - 2)])
    with pytest.raises(TooManyRules):
        add("one too many")


def test_all_rules_together_have_so_many_patterns_and_values_and_fewer_are_always_welcome(in_scope):
    patterns = (ConditionFact("words", "matches", tuple("abcde")),)
    for number in range(10):
        rule = add(f"p{number}", conditions=patterns)
    with pytest.raises(RuleRefused) as refused:
        add("one more", conditions=(ConditionFact("words", "matches", ("f",)),))
    assert refused.value.why == "many_patterns"
    add("words", conditions=(ConditionFact("words", "contains", ("f",)),))
    values = [{"fact": "words", "operator": "contains", "values": ["x"] * 5_000}]
    RoutingRule.objects.bulk_create([RoutingRule(name="old", conditions=values)])
    with pytest.raises(RuleRefused) as refused:
        add("more words", conditions=(ConditionFact("words", "contains", ("f",)),))
    assert refused.value.why == "many"
    fewer = RuleFact(0, "fewer", (ConditionFact("words", "matches", ("a",)),))
    assert save_rule(actor=None, rule=rule, values=fewer).name == "fewer"


def test_for_how_long_earlier_communication_counts(in_scope, other_portal):
    assert earlier_days() == 90

    set_earlier_days(actor=in_scope.administrator, days=0)
    set_earlier_days(actor=in_scope.administrator, days=14)

    assert earlier_days() == 14
    for days in (-1, 731):
        with pytest.raises(ValueError, match="days"):
            set_earlier_days(actor=None, days=days)
    with tenant_scope(other_portal.tenant):
        assert earlier_days() == 90


def test_a_table_is_replaced_whole_and_goes_only_when_no_rule_needs_it(in_scope, other_portal):
    here, there = in_scope.department.pk, in_scope.other_department.pk
    table = add_table(actor=None, name="Local teams", rows=[("Malmö", here), ("Lund", there)])
    rule = add("local", table=table.pk, table_fact="field:place")

    assert load_arrangement().tables == {table.pk: {"malmo": here, "lund": there}}
    replace_rows(actor=None, table=table, rows=[("Ystad", here)])
    assert load_arrangement().tables == {table.pk: {"ystad": here}}
    with pytest.raises(TableInUse) as used:
        remove_table(actor=None, table=table)
    assert used.value.rules == ["local"]
    remove_rule(actor=None, rule=rule)
    remove_table(actor=None, table=table)
    assert not RoutingTable.objects.exists()
    assert not RoutingTableRow.objects.exists()


def test_what_cannot_be_a_table_is_refused_and_the_old_rows_stay(in_scope, other_portal):
    here = in_scope.department.pk
    closed = DepartmentFactory(is_active=False)
    table = add_table(actor=None, name="Local teams", rows=[("Malmö", here)])

    for rows in (
        [("", here)],
        [("x" * 121, here)],
        [("Åby", here), ("ABY ", here)],
        [("Lund", other_portal.department.pk)],
        [("Lund", closed.pk)],
        [(f"v{n}", here) for n in range(5_001)],
    ):
        with pytest.raises(TableRefused):
            replace_rows(actor=None, table=table, rows=rows)
    assert [row.value for row in table.rows.all()] == ["Malmö"]
    add_table(actor=None, name="Other", rows=[])
    with pytest.raises(TableNameTaken):
        rename_table(actor=None, table=table, name="Other")
    with pytest.raises(TableRefused):
        rename_table(actor=None, table=table, name=" ")
    with pytest.raises(TableNameTaken):
        add_table(actor=None, name="Other", rows=[])
    assert rename_table(actor=None, table=table, name="Teams").name == "Teams"


def test_only_administrators_change_routing(in_scope):
    rule, table = add("one"), add_table(actor=None, name="Teams", rows=[])
    for actor in (
        in_scope.agent,
        in_scope.lead,
        in_scope.customer,
        AgentFactory(role="administrator", is_active=False),
    ):
        for door in (
            partial(save_rule, rule=None, values=RuleFact(0, "two"), for_all=True),
            partial(save_rule, rule=rule, values=RuleFact(0, "two"), for_all=True),
            partial(move_rule, rule=rule, up=True),
            partial(set_rule_active, rule=rule, is_active=False),
            partial(remove_rule, rule=rule),
            partial(set_earlier_days, days=1),
            partial(add_table, name="x", rows=[]),
            partial(replace_rows, table=table, rows=[]),
            partial(rename_table, table=table, name="x"),
            partial(remove_table, table=table),
        ):
            with pytest.raises(PermissionError):
                door(actor=actor)


def test_loading_how_a_portal_routes_costs_the_same_for_any_number_of_rules(in_scope, django_assert_num_queries):
    table = add_table(actor=None, name="Teams", rows=[(f"v{n}", in_scope.department.pk) for n in range(50)])
    for number in range(20):
        add(f"r{number}", table=table.pk, table_fact="field:place")

    unused = add_table(actor=None, name="Unused", rows=[("v", in_scope.department.pk)])

    with django_assert_num_queries(4):
        assert len(load_arrangement().rules) == 20
    assert set(load_arrangement().tables) == {table.pk}
    draft = RuleFact(0, "draft", table=unused.pk, table_fact="topic")
    tried = load_arrangement(draft)
    assert set(tried.tables) == {table.pk, unused.pk}
    assert tried.rules[-1] == draft


def test_a_changed_rule_is_tried_at_its_place_also_while_it_is_off(in_scope):
    one, _two = add("one"), add("two")
    set_rule_active(actor=None, rule=one, is_active=False)
    draft = RuleFact(one.pk, "changed", (FIRE,))

    assert [rule.name for rule in load_arrangement(draft).rules] == ["changed", "two"]
    assert order() == ["two"]


def read(text: str, encoding: str = "utf-8"):
    return read_table(io.BytesIO(text.encode(encoding)), {fold_text("Brand Malmö"): 1, "lund": 2})


@pytest.mark.parametrize(
    "text",
    [
        "value;department\nMalmö;Brand Malmö\nLund;lund\n",
        "department,value\nbrand malmö,Malmö\nLUND,Lund\n",
        "Avdelning\tKommun\nBrand Malmö\tMalmö\nLund\tLund\n",
        "Note;Värde;Avdelning\nx;Malmö;Brand Malmö\n\ny;Lund;Lund\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_as_people_write_it(text, encoding):
    found = read(text, encoding)

    assert found.rows == (("Malmö", 1), ("Lund", 2))
    assert found.wrong == ()


def test_wrong_rows_are_named_with_what_stands_there():
    found = read("value;department\n;Lund\nA;\nB;Ystad\nLund;Lund\nLUND;Lund\n" + "x" * 121 + ";Lund\n'=1+1;Lund\n")

    assert found.rows == (("Lund", 2), ("=1+1", 2))
    assert [(row.number, row.trouble, row.said) for row in found.wrong] == [
        (2, "no_value", ""),
        (3, "no_department", "A"),
        (4, "unknown", "Ystad"),
        (6, "double", "LUND"),
        (7, "too_long", "x" * 120),
    ]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", FileTrouble.EMPTY),
        ("value;department\n", FileTrouble.NO_ROWS),
        ("value;place\na;b\n", FileTrouble.MISSING_COLUMN),
        ("department\nLund\n", FileTrouble.MISSING_COLUMN),
        ("department;avdelning;value\nLund;Lund;x\n", FileTrouble.DOUBLE_COLUMN),
        ("value;department\n" + "a;Lund\n" * 5_001, FileTrouble.TOO_MANY_ROWS),
    ],
)
def test_a_file_that_is_no_table_is_refused(text, trouble):
    with pytest.raises(Unreadable) as refused:
        read(text)

    assert refused.value.trouble == trouble
