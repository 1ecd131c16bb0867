"""The clocks of service levels, by stories and against a reference that looks at every minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.clocks import Change, Clock, Turn, read_clock
from routing.enums import Measure
from routing.working_time import Hours, Span, is_open

MINUTE = timedelta(minutes=1)
OFFICE = Hours("UTC", tuple((Span(540, 1020),) if day < 5 else () for day in range(7)))
MONDAY = datetime(2026, 1, 12, tzinfo=UTC)
FIRST, NEXT, SOLUTION = Measure.FIRST_ANSWER, Measure.NEXT_ANSWER, Measure.SOLUTION


def at(clock: str, days: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=days, hours=int(hour), minutes=int(minute))


def opened(when: datetime) -> Turn:
    return Turn(when, waits_for_us=True, is_open=True, asked=True)


def answer(when: datetime, *, waits_for_us: bool = False) -> Turn:
    return Turn(when, waits_for_us=waits_for_us, is_open=True, answered=True)


def question(when: datetime) -> Turn:
    return Turn(when, waits_for_us=True, is_open=True, asked=True)


def wait(when: datetime) -> Turn:
    """For the customer or a third party, without an answer."""
    return Turn(when, waits_for_us=False, is_open=True)


def work_on(when: datetime) -> Turn:
    return Turn(when, waits_for_us=True, is_open=True)


def close(when: datetime, *, answered: bool = False) -> Turn:
    return Turn(when, waits_for_us=False, is_open=False, answered=answered)


def read(measure: Measure, turns: list[Turn], now: datetime, hours: int = 4) -> Clock | None:
    return read_clock(measure, turns, target=timedelta(hours=hours), hours=OFFICE, now=now)


def the(measure: Measure, turns: list[Turn], now: datetime, hours: int = 4) -> Clock:
    clock = read(measure, turns, now, hours)
    assert clock is not None
    return clock


def test_the_first_answer_is_due_so_many_working_hours_after_the_question() -> None:
    clock = the(FIRST, [opened(at("15:00"))], now=at("16:30"))
    assert (clock.spent, clock.left) == (90 * MINUTE, 150 * MINUTE)
    assert clock.due_at == at("11:00", days=1)
    assert clock.is_running
    assert not clock.is_breached


def test_it_stops_with_the_first_answer_and_never_runs_again() -> None:
    turns = [opened(at("9:00")), answer(at("10:00")), question(at("11:00"))]
    clock = the(FIRST, turns, now=at("17:00"))
    assert clock.spent == 60 * MINUTE
    assert clock.is_stopped
    assert clock.due_at is None


def test_waiting_for_somebody_else_stops_it_for_so_long() -> None:
    turns = [opened(at("9:00")), wait(at("10:00")), work_on(at("12:00"))]
    clock = the(FIRST, turns, now=at("13:00"))
    assert clock.spent == 120 * MINUTE
    assert clock.due_at == at("15:00")
    assert [entry.change for entry in clock.entries] == [Change.STARTED, Change.PAUSED, Change.RESUMED]
    assert the(FIRST, turns[:2], now=at("13:00")).due_at is None


def test_what_is_late_says_since_when() -> None:
    clock = the(FIRST, [opened(at("9:00")), answer(at("13:01"))], now=at("17:00"))
    assert clock.ran_out_at == at("13:00")
    assert clock.left == -MINUTE
    assert not the(FIRST, [opened(at("9:00")), answer(at("13:00"))], now=at("17:00")).is_breached


def test_over_is_what_the_clock_on_the_wall_says_also_where_closing_time_is_the_promised_time() -> None:
    asked = [opened(at("9:00"))]
    assert not the(FIRST, asked, now=at("16:59"), hours=8).is_breached
    for moment in (at("17:00"), at("17:01"), at("8:00", days=1)):
        clock = the(FIRST, asked, now=moment, hours=8)
        assert (clock.ran_out_at, clock.due_at, clock.left) == (at("17:00"), at("17:00"), timedelta())
    for moment, is_late in ((at("17:00"), False), (at("17:01"), True)):
        for turn in (answer(moment), wait(moment)):
            assert the(FIRST, [*asked, turn], now=at("18:00"), hours=8).is_breached == is_late


def test_closing_without_an_answer_rests_the_first_answer_and_is_the_solution() -> None:
    turns = [opened(at("9:00")), close(at("10:00"))]
    resting = the(FIRST, turns, now=at("12:00"))
    assert (resting.is_running, resting.is_stopped, resting.spent) == (False, False, 60 * MINUTE)
    assert the(SOLUTION, turns, now=at("12:00")).is_stopped
    again = [*turns, question(at("14:00"))]
    assert the(FIRST, again, now=at("15:00")).spent == 120 * MINUTE
    assert the(SOLUTION, again, now=at("15:00")).spent == 120 * MINUTE


def test_each_question_after_an_answer_has_a_clock_of_its_own() -> None:
    turns = [opened(at("9:00")), question(at("9:30"))]
    assert read(NEXT, turns, now=at("10:00")) is None
    turns += [answer(at("10:00")), question(at("11:00")), question(at("11:30"))]
    assert the(NEXT, turns, now=at("12:00")).spent == 60 * MINUTE
    turns += [answer(at("12:30")), question(at("14:00"))]
    assert the(NEXT, turns, now=at("14:20")).spent == 20 * MINUTE


def test_an_answer_after_which_we_go_on_is_one() -> None:
    turns = [opened(at("9:00")), answer(at("10:00"), waits_for_us=True)]
    assert the(FIRST, turns, now=at("12:00")).is_stopped
    assert the(SOLUTION, turns, now=at("12:00")).spent == 180 * MINUTE


@pytest.mark.parametrize("hours", [0, 10_000])
def test_targets_of_nothing_and_of_years(hours: int) -> None:
    clock = the(FIRST, [opened(at("9:00"))], now=at("9:30"), hours=hours)
    assert clock.is_breached == (hours == 0)
    assert clock.due_at is not None


# The slow reference: a machine that is asked at every minute whether it runs.

kinds = st.sampled_from([answer, question, wait, work_on, close, lambda at: answer(at, waits_for_us=True)])


@st.composite
def some_turns(draw: st.DrawFn) -> list[Turn]:
    now, turns = at("8:00"), [opened(at("8:00"))]
    for _ in range(draw(st.integers(0, 8))):
        now += draw(st.integers(0, 900)) * MINUTE
        turns.append(draw(kinds)(now))
    return turns


def minutes_by_counting(measure: Measure, turns: list[Turn], until: datetime) -> int | None:
    count: int | None = None
    running = done = answered = False
    pending, moment = list(turns), turns[0].at
    while True:
        while pending and pending[0].at <= moment:
            turn = pending.pop(0)
            if measure == SOLUTION:
                count, running = count or 0, turn.is_open and turn.waits_for_us
            elif measure == FIRST:
                done = done or (turn.answered and turn is not turns[0])
                count, running = count or 0, turn.is_open and turn.waits_for_us and not done
            elif count is not None and not done:
                done = turn.answered
                running = turn.is_open and turn.waits_for_us and not done
            elif turn.asked and answered:
                count, done, running = 0, False, turn.is_open and turn.waits_for_us
            answered = answered or turn.answered
        if moment >= until:
            return count
        if running and count is not None and is_open(OFFICE, moment):
            count += 1
        moment += MINUTE


@settings(max_examples=150, deadline=None)
@given(some_turns(), st.sampled_from(Measure), st.integers(0, 600), st.integers(0, 20))
def test_the_same_as_counting_every_minute(turns: list[Turn], measure: Measure, wait: int, hours: int) -> None:
    now = turns[-1].at + wait * MINUTE
    expected = minutes_by_counting(measure, turns, now)
    clock = read(measure, turns, now, hours)
    assert (clock.spent // MINUTE if clock else None) == expected
    if clock is not None:
        if clock.left:  # else it was used up at closing time, say, and stopped then or later
            assert clock.is_breached == (clock.left < timedelta())
        assert clock.entries[0].change == Change.STARTED
        assert all(
            earlier.spent <= later.spent for earlier, later in zip(clock.entries, clock.entries[1:], strict=False)
        )
