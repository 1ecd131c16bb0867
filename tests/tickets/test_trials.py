"""A changed rule is tried on the tickets of the last days: exactly, however often its worker dies, and quickly."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from routing.actions.ruling import save_rule, set_rule_active
from routing.choosing import choose
from routing.conditions import Asked, holds
from routing.drafts import rule_as_data
from routing.facts import ConditionFact, RuleFact
from routing.models import RoutingRule
from routing.queries import load_arrangement, rule_fact
from tests.factories import DepartmentFactory, UserFactory, ask, make_ticket
from tests.measuring import seconds_of
from tests.pages import Page, snapshot
from tests.routing.given import arrangements, facts, rules
from tickets.actions import trials
from tickets.actions.trials import TooManyTrials, forget_trials, start_trial, work_on_trials
from tickets.models import RoutingTrial, Ticket
from tickets.routing_facts import facts_of
from tickets.trials import draft_of

SETTINGS = "/settings/routing/"


def about(words, department, *, pk=0, name="About", **more):
    return RuleFact(pk, name, (ConditionFact("words", "contains", (words,)),), department=department.pk, **more)


def tried(portal, rule, **more):
    trial = start_trial(actor=portal.administrator, rule=rule, **more)
    while work_on_trials():
        pass
    trial.refresh_from_db()
    return trial


def counted(trial):
    return trial.state, trial.done, trial.total, trial.held, trial.moved


@pytest.fixture
def tickets(in_scope):
    portal = in_scope
    with tenant_scope(portal.tenant):
        return [
            make_ticket(requester=portal.customer, topic=portal.topic, body=f"{word} number {number}")
            for number, word in enumerate(("fire", "fire", "water", "wind", "fire"))
        ]


def test_a_new_rule_says_how_many_would_land_elsewhere(in_scope, other_portal, tickets):
    portal = in_scope
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic, body="fire far away")
    before = snapshot(without=("tickets.RoutingTrial",))

    trial = tried(portal, about("fire", portal.other_department))

    assert counted(trial) == ("done", 5, 5, 3, 3)
    assert [move["ticket"] for move in trial.moves] == [tickets[0].pk, tickets[1].pk, tickets[4].pk]
    assert {move["from"] for move in trial.moves} == {portal.department.pk}
    assert {move["to"] for move in trial.moves} == {portal.other_department.pk}
    assert snapshot(without=("tickets.RoutingTrial",)) == before


def test_a_trial_says_what_happens_once_the_change_is_saved(in_scope, tickets):
    """Dry run = real run, for a rule that is new, changed, or switched off before."""
    portal = in_scope
    kept = save_rule(actor=None, rule=None, values=about("water", portal.other_department, name="Water"))
    south = DepartmentFactory(name="South")
    for change in (
        about("fire", south),
        about("fire", south, pk=kept.pk, name="Water"),
        about("wind", portal.department, name="Idle", priority="high"),
    ):
        before = {ticket.pk: _department(ticket) for ticket in tickets}
        trial = tried(portal, change)
        rule = RoutingRule.objects.filter(pk=change.id).first()
        saved = save_rule(actor=None, rule=rule, values=draft_of(trial))
        after = {ticket.pk: _department(ticket) for ticket in tickets}
        elsewhere = {pk: (before[pk], after[pk]) for pk in before if before[pk] != after[pk]}
        assert {move["ticket"]: (move["from"], move["to"]) for move in trial.moves} == elsewhere
        assert trial.moved == len(elsewhere)
        assert saved.name == change.name


def _department(ticket):
    [facts] = facts_of([Ticket.objects.select_related("requester", "topic", "organisation").get(pk=ticket.pk)])
    return choose(facts, load_arrangement()).department_id


def test_a_rule_that_is_off_is_tried_at_its_place_as_if_it_were_on(in_scope, tickets):
    portal = in_scope
    first = save_rule(actor=None, rule=None, values=about("fire", portal.other_department, name="First"))
    save_rule(actor=None, rule=None, values=about("fire", DepartmentFactory(), name="Second"))
    set_rule_active(actor=None, rule=first, is_active=False)

    trial = tried(portal, rule_fact(first))

    assert (trial.held, trial.moved) == (3, 3)
    assert [rule.name for rule in load_arrangement(rule_fact(first)).rules] == ["First", "Second"]


def test_a_trial_goes_on_in_portions_and_is_never_counted_twice(in_scope, tickets, monkeypatch):
    portal = in_scope
    monkeypatch.setattr(trials, "PORTION", 2)
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    rounds = 0
    while work_on_trials(seconds=0):
        rounds += 1
        trial.refresh_from_db()
        assert trial.lease_until is None
        assert trial.done == rounds  # no time at all, and yet it gets on
    trial.refresh_from_db()
    assert counted(trial) == ("done", 5, 5, 3, 3)
    assert rounds == 4

    trial = tried(portal, about("water", portal.other_department))
    assert counted(trial) == ("done", 5, 5, 1, 1)


def test_a_portion_ends_where_its_time_does(in_scope, tickets, monkeypatch):
    portal = in_scope
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    clock = iter(range(1_000))
    monkeypatch.setattr(trials.time, "monotonic", lambda: next(clock))

    assert work_on_trials(seconds=4)

    trial.refresh_from_db()
    assert 1 < trial.done < 5
    assert trials.LEASE.total_seconds() / 2 > trials.TURN


def test_a_portal_with_much_to_try_keeps_no_other_waiting(in_scope, other_portal, monkeypatch):
    turns = []
    portion = trials._portion
    monkeypatch.setattr(
        trials, "_portion", lambda trial, until: (turns.append(trial.tenant_id), portion(trial, until))[1]
    )
    for one in (in_scope, other_portal):
        with tenant_scope(one.tenant):
            for number in range(4):
                make_ticket(requester=one.customer, topic=one.topic, body=str(number))
    start_trial(actor=in_scope.administrator, rule=about("1", in_scope.other_department))
    start_trial(actor=UserFactory(role="administrator"), rule=about("2", in_scope.other_department))
    work_on_trials(seconds=0)
    with tenant_scope(other_portal.tenant):
        start_trial(actor=other_portal.administrator, rule=about("1", other_portal.other_department))

    for _each in range(4):
        work_on_trials(seconds=0)

    here, there = in_scope.tenant.pk, other_portal.tenant.pk
    assert turns == [here, there, here, there, here]


def test_the_time_is_asked_after_each_trial(in_scope, monkeypatch):
    portal = in_scope
    for word in ("fire", "water"):
        start_trial(actor=UserFactory(role="administrator"), rule=about(word, portal.other_department))

    assert work_on_trials(seconds=0)

    assert sorted(RoutingTrial.objects.values_list("state", flat=True)) == ["done", "waiting"]


def test_one_trial_of_each_administrator_and_three_of_a_portal_at_a_time(in_scope, other_portal):
    portal = in_scope
    first = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    assert start_trial(actor=portal.administrator, rule=about("fire", portal.other_department)) == first
    with pytest.raises(TooManyTrials) as refused:
        start_trial(actor=portal.administrator, rule=about("water", portal.other_department))
    assert refused.value.trial == first
    others = [UserFactory(role="administrator") for _each in range(3)]
    assert start_trial(actor=others[0], rule=about("fire", portal.other_department)) == first
    for number, other in enumerate(others[:2]):
        start_trial(actor=other, rule=about(f"wind {number}", portal.other_department))
    with pytest.raises(TooManyTrials):
        start_trial(actor=others[2], rule=about("rain", portal.other_department))
    with tenant_scope(other_portal.tenant):
        start_trial(actor=other_portal.administrator, rule=about("rain", other_portal.other_department))

    work_on_trials()

    assert start_trial(actor=portal.administrator, rule=about("water", portal.other_department)) != first


def test_the_page_says_to_wait_for_the_trial_there_is(portal, browse, tickets):
    client = browse(portal, portal.administrator)
    posted = {"name": "Fires", "joined": "all", "department": str(portal.other_department.pk), "try": "yes"}
    posted |= {"conditions": ["0"], "fact0": "words", "condition0-operator": "contains", "condition0-values": "fire"}
    first = client.post(f"{SETTINGS}rules/new/", posted).url
    assert client.post(f"{SETTINGS}rules/new/", posted).url == first

    refused = client.post(f"{SETTINGS}rules/new/", posted | {"name": "Water"})

    assert refused.status_code == 422
    assert first in Page(refused).links()
    assert Page(refused).form("rules/new/")["name"] == "Water"
    with tenant_scope(portal.tenant):
        old = RoutingTrial.objects.create(
            draft={"rule": rule_as_data(about("wind", portal.other_department))},
            state="done",
            created_by=portal.administrator,
            created_at=timezone.now(),
        )
        answer = client.post(f"{SETTINGS}changes/{old.pk}/saving/", {"again": "yes"}, follow=True)
        assert answer.redirect_chain[0][0] == first
        assert "wait until it is done" in Page(answer).text
        assert RoutingTrial.objects.count() == 2


def test_a_worker_that_dies_in_the_middle_is_followed_by_another(in_scope, tickets, monkeypatch):
    portal = in_scope
    monkeypatch.setattr(trials, "PORTION", 2)
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    compare = trials._compare
    calls = []

    def dying(*args):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return compare(*args)

    monkeypatch.setattr(trials, "_compare", dying)
    work_on_trials()
    trial.refresh_from_db()
    assert (trial.state, trial.done) == ("running", 2)
    assert not work_on_trials()  # its lease holds still
    trial.refresh_from_db()
    assert trial.done == 2
    RoutingTrial.objects.filter(pk=trial.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    work_on_trials()

    trial.refresh_from_db()
    assert counted(trial) == ("done", 5, 5, 3, 3)


def test_whoever_lost_the_lease_writes_nothing_more(in_scope, tickets, monkeypatch):
    portal = in_scope
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    compare = trials._compare

    def overtaken(*args):
        RoutingTrial.objects.filter(pk=trial.pk).update(done=5, held=9, moved=8, total=5)
        return compare(*args)

    monkeypatch.setattr(trials, "_compare", overtaken)
    work_on_trials()

    trial.refresh_from_db()
    assert (trial.done, trial.held, trial.moved) == (5, 9, 8)


@pytest.mark.parametrize("meanwhile", ["another worker", "other rules"])
def test_a_worker_that_slept_counts_nothing(in_scope, tickets, monkeypatch, meanwhile):
    """Another one has taken the trial up, and stands where the first one did: only the lease, or the rules, differ."""
    portal = in_scope
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    compare = trials._compare
    row = RoutingTrial.objects.filter(pk=trial.pk)
    theirs = timezone.now() + timedelta(seconds=50)

    def slept(*args):
        if meanwhile == "another worker":
            row.update(lease_until=theirs)
        else:
            row.update(draft={**row.get().draft, "mark": "another"})
        return compare(*args)

    monkeypatch.setattr(trials, "_compare", slept)
    work_on_trials(seconds=0)

    trial.refresh_from_db()
    assert counted(trial) == ("running", 0, 5, 0, 0)
    assert trial.lease_until == (theirs if meanwhile == "another worker" else None)


def test_a_trial_ends_though_the_rules_are_changed_all_the_time(in_scope, tickets):
    portal = in_scope
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    for number in range(20):
        work_on_trials(seconds=0)
        save_rule(actor=None, rule=None, values=about("fire", portal.other_department, name=f"Rule {number}"))

    trial.refresh_from_db()
    assert trial.state == "failed"


def test_what_never_gets_on_is_given_up(in_scope, tickets, monkeypatch):
    portal = in_scope
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))

    def failing(*args, **kwargs):
        raise RuntimeError("always")

    monkeypatch.setattr(trials, "facts_of", failing)
    for _each in range(trials.ATTEMPTS + 1):
        work_on_trials()
        RoutingTrial.objects.filter(pk=trial.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    work_on_trials()

    trial.refresh_from_db()
    assert trial.state == "failed"
    unreadable = RoutingTrial.objects.create(draft={}, created_by=portal.administrator, created_at=timezone.now())
    work_on_trials()
    unreadable.refresh_from_db()
    assert unreadable.state == "failed"


def test_rules_changed_meanwhile_begin_it_again(in_scope, tickets, monkeypatch):
    portal = in_scope
    monkeypatch.setattr(trials, "PORTION", 2)
    trial = start_trial(actor=portal.administrator, rule=about("fire", portal.other_department))
    work_on_trials(seconds=0)
    trial.refresh_from_db()
    assert (trial.done, trial.moved) == (1, 1)

    save_rule(actor=None, rule=None, values=about("fire", portal.other_department, name="The same"))
    while work_on_trials():
        pass

    trial.refresh_from_db()
    assert counted(trial) == ("done", 5, 5, 3, 0)


def test_only_the_tickets_of_the_last_days_count(in_scope, tickets):
    portal = in_scope
    Ticket.objects.filter(pk=tickets[0].pk).update(created_at=timezone.now() - timedelta(days=31))

    assert tried(portal, about("fire", portal.other_department)).total == 4
    assert tried(portal, about("fire", portal.other_department), days=60).total == 5
    Ticket.objects.update(created_at=timezone.now() - timedelta(days=300))
    assert counted(tried(portal, about("fire", portal.other_department))) == ("done", 0, 0, 0, 0)


def test_only_administrators_start_one_and_old_ones_go(in_scope):
    portal = in_scope
    with pytest.raises(PermissionError):
        start_trial(actor=portal.agent, rule=about("fire", portal.other_department))
    trial = tried(portal, about("fire", portal.other_department))
    assert forget_trials() == 0
    RoutingTrial.objects.filter(pk=trial.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert forget_trials() == 1


def test_the_page_says_how_far_it_is_then_what_would_move_and_saves(portal, other_portal, browse, tickets):
    client = browse(portal, portal.administrator)
    posted = {"name": "Fires", "joined": "all", "department": str(portal.other_department.pk), "try": "yes"}
    posted |= {"conditions": ["0"], "fact0": "words", "condition0-operator": "contains", "condition0-values": "fire"}

    page = client.post(f"{SETTINGS}rules/new/", posted).url
    waiting = client.get(page)
    assert "The change is being tried" in Page(waiting).text
    part = client.get(page, headers={"hx-request": "true"})
    assert b"<html" not in part.content
    assert RoutingRule.objects.count() == 0
    while work_on_trials():
        pass
    assert client.get(page, headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"
    done = Page(client.get(page))
    assert done.main["data-total"] == "3"
    assert "3 of 5 would land elsewhere" in done.text
    assert f"/desk/tickets/{tickets[0].number}/" in done.links()
    editor = next(link for link in done.links() if "rules/new/?trial=" in link)
    again = Page(client.get(editor))
    assert again.form("rules/new/")["condition0-values"] == "fire"
    assert again.form("rules/new/")["name"] == "Fires"
    saved = client.post(f"{page}saving/")
    assert saved.url == SETTINGS
    with tenant_scope(portal.tenant):
        assert RoutingRule.objects.get().name == "Fires"
    far = browse(other_portal, other_portal.administrator)
    assert far.get(page).status_code == far.post(f"{page}saving/").status_code == 404


def test_a_change_is_not_saved_over_rules_that_changed_since(portal, other_portal, browse, tickets):
    client = browse(portal, portal.administrator)
    with tenant_scope(portal.tenant):
        rule = save_rule(actor=None, rule=None, values=about("wind", portal.other_department, name="Wind"))
        trial = tried(portal, about("fire", portal.other_department, pk=rule.pk, name="Fires"))
        save_rule(actor=None, rule=rule, values=about("rain", portal.other_department, name="Rain"))
    page = f"{SETTINGS}changes/{trial.pk}/"

    assert "Routing has been changed since this trial" in Page(client.get(page)).text
    answer = client.post(f"{page}saving/")

    with tenant_scope(portal.tenant):
        assert RoutingRule.objects.get().name == "Rain"
        newest = RoutingTrial.objects.order_by("-pk").first()
        assert answer.url == f"{SETTINGS}changes/{newest.pk}/"
        assert draft_of(newest).name == "Fires"
        rule.delete()
    assert client.post(f"{page}saving/").url == SETTINGS
    assert client.post(f"{SETTINGS}changes/{newest.pk}/saving/", {"again": "yes"}).url == SETTINGS


@given(arrangement=arrangements(), changed=rules(3), all_facts=st.lists(facts, max_size=4))
def test_asking_each_rule_once_comes_to_what_routing_twice_does(arrangement, changed, all_facts):
    places = {rule.id: rule for rule in arrangement.rules} | {changed.id: changed}
    then = replace(arrangement, rules=tuple(places[pk] for pk in places))

    found = trials._compare(enumerate(all_facts), arrangement, then, changed)

    landed = {
        number: (choose(fact, arrangement).department_id, choose(fact, then).department_id)
        for number, fact in enumerate(all_facts)
    }
    elsewhere = {number: pair for number, pair in landed.items() if pair[0] != pair[1]}
    assert {move["ticket"]: (move["from"], move["to"]) for move in found.moves} == elsewhere
    assert found.moved == len(elsewhere)
    assert found.held == sum(holds(changed, Asked(fact)) for fact in all_facts)


def test_ten_thousand_tickets_would_be_tried_in_ten_seconds(in_scope, load):
    portal = in_scope
    question = ask(portal.topic, "town", kind="text")
    topic = {"fact": "topic", "operator": "is", "values": [portal.topic.slug]}
    RoutingRule.objects.bulk_create(
        RoutingRule(
            name=f"Rule {number}",
            position=number,
            conditions=[{"fact": "field:town", "operator": "is", "values": [f"town {number}"]}, topic],
            department=portal.other_department,
        )
        for number in range(200)
    )
    load(2_000, question)

    trials: list[RoutingTrial] = []
    taken = seconds_of(lambda: trials.append(tried(portal, about("fire", portal.other_department))))

    (trial,) = trials
    assert (trial.total, trial.held, trial.moved, len(trial.moves)) == (2_000, 2_000, 2_000, 100)
    assert taken < 2


@pytest.fixture
def load(in_scope):
    """Many tickets at once, past their door: the same as one that came through it, but for their numbers."""

    def make(number, question):
        portal = in_scope
        requester = UserFactory()
        model = make_ticket(requester=requester, topic=portal.topic, body="fire", answers={question: "town 250"})
        event = model.events.get(kind="routed")
        message = model.messages.get()
        tickets = [_copy(model, number=model.number + one) for one in range(1, number)]
        made = Ticket.objects.bulk_create(tickets, batch_size=200)
        type(event).objects.bulk_create([_copy(event, ticket=ticket) for ticket in made], batch_size=200)
        type(message).objects.bulk_create([_copy(message, ticket=ticket) for ticket in made], batch_size=200)

    return make


def _copy(row, **values):
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    if "filing_key" in kept:
        kept["filing_key"] = None
    copy = type(row)(**kept)
    for name, value in values.items():
        setattr(copy, name, value)
    return copy
