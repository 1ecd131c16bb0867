"""Tile = list = file = figure, for every role, on generated histories, against a slow look at each ticket.

A history is a ticket's life in a few steps of which each may or may not have come: filed, taken, answered, asked again,
put off, closed, reopened. Two hundred of them fill a portal; next door stand as many, of which nothing may be counted.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.scoping import tenant_scope
from routing.models import Department, ServiceLevel, ServiceTarget
from tests.conftest import Portal
from tests.factories import AgentFactory, DepartmentFactory, MemberFactory, UserFactory
from tickets.dashboard.asking import TILES, Board
from tickets.dashboard.comparing import a_week_ago
from tickets.dashboard.figures import count
from tickets.dashboard.sheets import SHEETS
from tickets.models import Ticket
from tickets.queue import Queue

HISTORIES = 200
DAY = timedelta(days=1)
ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def people(portal: Portal, other_portal: Portal) -> list[User]:
    """Everybody on the desk who may look: a lead, one who leads the department above, the support lead, an
    administrator; and levels with targets."""
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            above = DepartmentFactory(name="Above")
            Department.objects.filter(pk=place.other_department.pk).update(parent=above)
            head = AgentFactory(email=f"head@{place.tenant.slug}.example", name="Hedda Head")
            MemberFactory(department=above, user=head, is_lead=True)
            MemberFactory(department=place.department, user=head)
            support_lead = AgentFactory(email=f"support@{place.tenant.slug}.example", role="support_lead")
            level = ServiceLevel.objects.create(name="Four hours")
            ServiceTarget.objects.create(level=level, priority="medium", measure="first_answer", minutes=240)
            UserFactory(email="free@kund.example")
    return [portal.lead, head, support_lead, portal.administrator]


def fill(place: Portal, random: Random, now: datetime) -> None:
    """Two hundred histories, as rows."""
    with tenant_scope(place.tenant):
        Ticket.objects.all().delete()
        Ticket.objects.bulk_create(history(place, random, now, number) for number in range(1, HISTORIES + 1))


def history(place: Portal, random: Random, now: datetime, number: int) -> Ticket:
    """One ticket's life up to now. Moments lie around midnight, around whole days ago, and anywhere."""

    def after(moment: datetime) -> datetime:
        """A moment later on, not later than now."""
        return min(now, moment + random.choice([timedelta(), DAY, 3 * DAY, random.random() * 20 * DAY]))

    day = (now.astimezone(ZONE) - random.randrange(1, 60) * DAY).date()
    midnight = datetime.combine(day, time.min, ZONE)
    at = random.choice([midnight, now - random.randrange(60) * DAY, now - random.random() * 60 * DAY])
    departments = [place.department, place.other_department, *Department.objects.filter(name="Above")]
    requester = random.choice([place.customer, User.objects.get(email="free@kund.example")])
    one = Ticket(
        number=number,
        subject=f"History {number}",
        topic=random.choice([place.topic, None]),
        requester=requester,
        organisation=requester.organisation,
        department=random.choice(departments),
        priority=random.choice(["medium", "high"]),
        channel="portal",
        created_at=at,
        waiting_since=at,
        last_activity_at=at,
        level=random.choice([None, *ServiceLevel.objects.all()]),
    )
    for step in random.sample(["take", "answer", "ask", "close", "reopen", "reopen", "third", "snooze", "due"], 6):
        at = after(at)
        live(one, step, at, random, place, now)
    return one


def live(one: Ticket, step: str, at: datetime, random: Random, place: Portal, now: datetime) -> None:
    """What a step does to a ticket's row."""
    closed = one.closed_at is not None
    if step == "take":
        one.assignee = place.agent
    elif step == "answer" and not closed:
        if one.first_answered_at is None:
            one.first_answered_at, one.first_answer_minutes = at, random.choice([0, 30, 240, 241, 999])
        one.status, one.waiting_on, one.waiting_since = "waiting_for_customer", "customer", at
    elif step in ("ask", "reopen"):
        one.times_reopened += closed
        one.status, one.waiting_on, one.closed_at, one.waiting_since = "in_progress", "us", None, at
        one.nudged_at = random.choice([None, at])
    elif step == "close":
        one.status, one.waiting_on, one.closed_at, one.waiting_since = "closed", "nobody", at, at
        one.nudged_at = one.due_at = one.snoozed_until = None
    elif step == "third" and not closed:
        one.status, one.waiting_on, one.waiting_since = "in_progress", "third_party", at
    elif step == "snooze" and not closed:
        one.snoozed_until = random.choice([now, now - DAY, now + DAY])
    if step == "due" and one.waiting_on == "us":
        one.due_at = random.choice([now, now - timedelta(hours=1), now + timedelta(minutes=1), now + DAY])
    elif one.waiting_on != "us":
        one.due_at = None


def slow_tiles(now: datetime) -> dict[str, Callable[[Ticket], bool]]:
    """What each tile says, asked of one ticket."""
    midnight = (now.astimezone(ZONE) + DAY).replace(hour=0, minute=0, second=0, microsecond=0)

    def ours(one: Ticket) -> bool:
        return one.waiting_on == "us" and not (one.snoozed_until and one.snoozed_until > now)

    def waits(days: int) -> Callable[[Ticket], bool]:
        return lambda one: ours(one) and now - one.waiting_since >= days * DAY

    return {
        "over": lambda one: one.due_at is not None and one.due_at <= now,
        "due_today": lambda one: one.due_at is not None and now < one.due_at < midnight,
        "waiting": ours,
        "untouched": lambda one: ours(one) and one.assignee_id is None and one.first_answered_at is None,
        "unassigned": lambda one: ours(one) and one.assignee_id is None,
        "reopened": lambda one: (
            one.closed_at is None
            and one.times_reopened >= 2
            and not (one.snoozed_until is not None and one.snoozed_until > now)
        ),
        "over1": waits(1),
        "over3": waits(3),
        "over7": waits(7),
        "nudged": lambda one: one.waiting_on == "us" and one.nudged_at is not None,
        "overslept": lambda one: one.closed_at is None and one.snoozed_until is not None and one.snoozed_until <= now,
    }


def listed(agent: User, url: str) -> set[int]:
    """The numbers of the tickets an address of the queue shows."""
    return set(Queue(agent, QueryDict(url.partition("?")[2])).tickets().values_list("number", flat=True))


@pytest.mark.parametrize("by", ["department", "topic", "organisation", "agreement"])
@given(seed=st.integers(0, 2**32 - 1))
@settings(
    max_examples=1,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_tile_list_file_and_figure_are_what_a_slow_look_finds(portal, other_portal, people, monkeypatch, by, seed):
    now = timezone.now().replace(microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: now)
    random = Random(seed)
    for place in (portal, other_portal):
        fill(place, random, now)
    with tenant_scope(portal.tenant):
        everything = list(Ticket.objects.select_related("organisation"))
        below = {portal.other_department.pk, Department.objects.get(name="Above").pk}
        for person, seen in zip(people, [{portal.department.pk}, below, None, None], strict=True):
            theirs = [one for one in everything if seen is None or one.department_id in seen]
            board = Board(User.objects.get(pk=person.pk), QueryDict(f"by={by}&period=month"), now)
            compare(board, theirs)


def compare(board: Board, theirs: list[Ticket]) -> None:
    """Each figure of a board, its list and its row in a file with what is true of these tickets."""
    figures = count(board)
    sheets = {key: make(board, figures, a_week_ago(board), None) for key, make in SHEETS.items()}
    for tile, row in zip(TILES, sheets["tiles"].rows, strict=True):
        true = {one.number for one in theirs if slow_tiles(board.now)[tile.key](one)}
        assert figures.tiles[tile.key] == row[1].value == len(true), tile.key
        assert listed(board.agent, row[1].url) == true, tile.key
    compare_waiting(board, theirs, sheets["waiting"].rows)
    compare_flow(board, theirs, sheets["flow"].rows)
    compare_answers(board, theirs, figures.answers, sheets["answers"].rows)


def part_of(board: Board, one: Ticket) -> int | None:
    if board.by == "agreement":
        return one.organisation.agreement_id if one.organisation else None
    found: int | None = getattr(one, f"{board.by}_id")
    return found


def compare_waiting(board, theirs, rows) -> None:
    ours = [one for one in theirs if slow_tiles(board.now)["waiting"](one)]
    bands = [(timedelta(), DAY), (DAY, 3 * DAY), (3 * DAY, 7 * DAY), (7 * DAY, 9999 * DAY)]
    assert sum(row[-1].value for row in rows) == len(ours)
    assert len(rows) == len({part_of(board, one) for one in ours})
    for row in rows:
        whole = listed(board.agent, row[-1].url)
        (part,) = {part_of(board, one) for one in ours if one.number in whole}
        for (least, most), cell in zip(bands, row[1:-1], strict=True):
            true = {
                one.number
                for one in ours
                if part_of(board, one) == part and least <= board.now - one.waiting_since < most
            }
            assert cell.value == len(true)
            assert listed(board.agent, cell.url) == true


def compare_flow(board, theirs, rows) -> None:
    def day(moment: datetime) -> str:
        return str(moment.astimezone(ZONE).date())

    assert len(rows) == 28
    for days, created, closed, left in rows:
        end = days.value
        came = {one.number for one in theirs if day(one.created_at) == end}
        went = {one.number for one in theirs if one.closed_at and day(one.closed_at) == end}
        stayed = {
            one.number
            for one in theirs
            if day(one.created_at) <= end and not (one.closed_at and day(one.closed_at) <= end)
        }
        for cell, true in ((created, came), (closed, went), (left, stayed)):
            assert cell.value == len(true)
        if int(end[-1]) < 3:  # some of the lists
            assert [listed(board.agent, cell.url) for cell in (created, closed, left)] == [came, went, stayed]


def compare_answers(board, theirs, answers, rows) -> None:
    begins = board.period.days.begins
    answered = [one for one in theirs if one.first_answered_at and one.first_answered_at >= begins]
    assert Counter(part_of(board, one) for one in answered) == Counter({pk: row.number for pk, row in answers})
    for (pk, row), cells in zip(answers, rows, strict=False):
        mine = [one for one in answered if part_of(board, one) == pk]
        minutes = sorted(one.first_answer_minutes for one in mine)
        promised = [one for one in mine if one.level_id and one.priority == "medium"]
        assert listed(board.agent, cells[1].url) == {one.number for one in mine}
        assert (row.median, row.ninety) == tuple(minutes[ceil(len(minutes) * share / 100) - 1] for share in (50, 90))
        assert (row.promised, row.within) == (
            len(promised),
            sum(one.first_answer_minutes <= 240 for one in promised),
        )


def test_the_file_has_what_the_page_has(portal, other_portal, people, browse):
    fill(portal, Random(6), timezone.now())
    for person in people[:3]:
        client = browse(portal, person)
        file = client.get("/desk/dashboard/export/?chart=tiles").getvalue().decode("utf-8-sig")
        counted = {row[0]: row[1] for row in csv.reader(io.StringIO(file))}
        with tenant_scope(portal.tenant):
            now = timezone.now()
            tiles = count(Board(User.objects.get(pk=person.pk), QueryDict(), now)).tiles
        assert [int(number) for number in list(counted.values())[1:]] == list(tiles.values())
