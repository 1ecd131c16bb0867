"""Working time, by examples worked out by hand and against a slow reference that looks at every single minute."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.working_time import Hours, OutOfReach, Span, Spans, earlier, is_open, later, next_change, worked

MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = (Span(9 * 60, 17 * 60),)
WITH_LUNCH = (Span(8 * 60, 12 * 60), Span(13 * 60, 17 * 60))
NIGHT = (Span(22 * 60, 30 * 60),)
ALL_DAY = (Span(0, 24 * 60),)


def week(spans: Spans, days: int = 5) -> tuple[Spans, ...]:
    return tuple(spans if day < days else () for day in range(7))


OFFICE = Hours("Europe/Stockholm", week(NINE_TO_FIVE), country="SE")
EVES = Hours("Europe/Stockholm", week(NINE_TO_FIVE), country="SE", with_eves=True)
LUNCH = Hours("Europe/Stockholm", week(WITH_LUNCH), country="SE")
NIGHTS = Hours("Europe/Stockholm", week(NIGHT, 7))
ALWAYS = Hours("Europe/Stockholm", week(ALL_DAY, 7))
OWN_DAYS = Hours(
    "Europe/Stockholm",
    week(NINE_TO_FIVE),
    ((date(2026, 3, 4), ()), (date(2026, 3, 7), (Span(600, 840),)), (date(2026, 6, 6), NINE_TO_FIVE)),
    country="SE",
)
LISBON = Hours("Europe/Lisbon", week(NINE_TO_FIVE), country="PT")
KATHMANDU = Hours("Asia/Kathmandu", (NINE_TO_FIVE,) * 5 + ((), NINE_TO_FIVE))
PHOENIX = Hours("America/Phoenix", week(NINE_TO_FIVE), country="US", region="AZ")

# calendar, from, to (by the calendar's wall clock), hours and minutes of working time
WORKED: list[tuple[Hours, str, str, str]] = [
    # an ordinary week
    (OFFICE, "2026-01-12 09:00", "2026-01-12 17:00", "8:00"),
    (OFFICE, "2026-01-12 08:00", "2026-01-12 09:01", "0:01"),
    (OFFICE, "2026-01-12 16:59", "2026-01-13 09:01", "0:02"),
    (OFFICE, "2026-01-16 16:00", "2026-01-19 10:00", "2:00"),
    (OFFICE, "2026-01-17 00:00", "2026-01-19 00:00", "0:00"),
    (OFFICE, "2026-01-12 00:00", "2026-01-19 00:00", "40:00"),
    (LUNCH, "2026-01-12 11:30", "2026-01-12 13:30", "1:00"),
    (LUNCH, "2026-01-12 12:10", "2026-01-12 12:50", "0:00"),
    (ALWAYS, "2026-01-12 00:00", "2026-01-19 00:00", "168:00"),
    # the Swedish holidays of 2026
    (OFFICE, "2025-12-31 00:00", "2026-01-03 00:00", "16:00"),  # New Year's Eve worked, New Year's Day not
    (OFFICE, "2026-01-05 12:00", "2026-01-07 12:00", "8:00"),  # Epiphany
    (OFFICE, "2026-04-02 16:00", "2026-04-07 10:00", "2:00"),  # Good Friday to Easter Monday
    (OFFICE, "2026-04-30 16:00", "2026-05-04 10:00", "2:00"),  # May Day, a Friday
    (OFFICE, "2026-05-13 16:00", "2026-05-15 10:00", "2:00"),  # Ascension
    (OFFICE, "2026-06-05 16:00", "2026-06-08 10:00", "2:00"),  # the National Day is a Saturday
    (OFFICE, "2026-06-18 16:00", "2026-06-22 10:00", "10:00"),  # Midsummer Eve is no public holiday
    (EVES, "2026-06-18 16:00", "2026-06-22 10:00", "2:00"),  # but most offices are closed
    (OFFICE, "2026-12-23 16:00", "2026-12-28 10:00", "10:00"),  # Christmas Eve worked, Christmas Day not
    (EVES, "2026-12-23 16:00", "2026-12-28 10:00", "2:00"),
    (OFFICE, "2026-01-01 00:00", "2027-01-01 00:00", "2032:00"),  # 261 weekdays less 7 holidays: 254 days
    # and of 2027
    (OFFICE, "2027-01-05 12:00", "2027-01-07 12:00", "8:00"),  # Epiphany
    (OFFICE, "2027-03-25 16:00", "2027-03-30 10:00", "2:00"),  # Good Friday to Easter Monday, with the night in spring
    (OFFICE, "2027-05-05 16:00", "2027-05-07 10:00", "2:00"),  # Ascension
    (OFFICE, "2027-06-24 16:00", "2027-06-28 10:00", "10:00"),
    (EVES, "2027-06-24 16:00", "2027-06-28 10:00", "2:00"),
    (OFFICE, "2027-12-23 16:00", "2027-12-27 10:00", "10:00"),  # Christmas Day and the day after are a weekend
    # the nights when the clocks are set: 29 March and 25 October 2026, 28 March and 31 October 2027
    (NIGHTS, "2026-03-28 22:00", "2026-03-29 06:00", "7:00"),
    (NIGHTS, "2026-03-29 01:30", "2026-03-29 03:30", "1:00"),
    (NIGHTS, "2026-10-24 22:00", "2026-10-25 06:00", "9:00"),
    (NIGHTS, "2026-10-25 01:30", "2026-10-25 03:30", "3:00"),
    (NIGHTS, "2027-03-27 22:00", "2027-03-28 06:00", "7:00"),
    (NIGHTS, "2027-10-30 22:00", "2027-10-31 06:00", "9:00"),
    (ALWAYS, "2026-03-29 00:00", "2026-03-30 00:00", "23:00"),
    (ALWAYS, "2026-10-25 00:00", "2026-10-26 00:00", "25:00"),
    # over midnight, and over the year
    (NIGHTS, "2026-01-12 23:00", "2026-01-13 01:00", "2:00"),
    (NIGHTS, "2026-12-31 12:00", "2027-01-01 12:00", "8:00"),
    # own closed and open days come first
    (OWN_DAYS, "2026-03-03 16:00", "2026-03-05 10:00", "2:00"),
    (OWN_DAYS, "2026-03-06 16:00", "2026-03-09 10:00", "6:00"),
    (OWN_DAYS, "2026-06-05 16:00", "2026-06-08 10:00", "10:00"),  # open on the National Day
    # elsewhere
    (LISBON, "2026-04-24 16:00", "2026-04-27 10:00", "2:00"),
    (KATHMANDU, "2026-01-16 16:00", "2026-01-18 10:00", "2:00"),  # works on Sundays
    (PHOENIX, "2026-03-06 16:00", "2026-03-09 10:00", "2:00"),  # sets no clocks
    (PHOENIX, "2026-01-16 16:00", "2026-01-20 10:00", "2:00"),  # Martin Luther King Day
]


def at(hours: Hours, said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(hours.zone))


@pytest.mark.parametrize(("hours", "start", "end", "expected"), WORKED)
def test_examples_worked_out_by_hand(hours: Hours, start: str, end: str, expected: str) -> None:
    whole, _, minutes = expected.partition(":")
    amount = timedelta(hours=int(whole), minutes=int(minutes))
    first, last = at(hours, start).astimezone(UTC), at(hours, end).astimezone(UTC)
    assert worked(hours, first, last) == amount
    assert worked(hours, last, first) == -amount
    if amount:
        assert worked(hours, first, later(hours, first, amount)) == amount
        assert worked(hours, earlier(hours, last, amount), last) == amount


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "due"),
    [
        (OFFICE, "2026-01-12 10:00", 240, "2026-01-12 14:00"),
        (OFFICE, "2026-01-12 13:00", 240, "2026-01-12 17:00"),  # not the next morning
        (OFFICE, "2026-01-12 15:00", 240, "2026-01-13 11:00"),
        (OFFICE, "2026-01-16 15:00", 240, "2026-01-19 11:00"),
        (OFFICE, "2026-04-02 15:00", 240, "2026-04-07 11:00"),  # over Easter
        (OFFICE, "2026-01-17 12:00", 1, "2026-01-19 09:01"),
        (OFFICE, "2026-01-17 12:00", 0, "2026-01-17 12:00"),  # at once is at once
        (NIGHTS, "2026-03-28 23:00", 180, "2026-03-29 03:00"),
        (ALWAYS, "2026-10-24 12:00", 24 * 60, "2026-10-25 11:00"),
    ],
)
def test_when_it_will_have_passed(hours: Hours, start: str, minutes: int, due: str) -> None:
    assert later(hours, at(hours, start), minutes * MINUTE) == at(hours, due)


def test_ten_thousand_hours_are_reached_and_eternity_is_not() -> None:
    due = later(OFFICE, at(OFFICE, "2026-01-12 09:00"), timedelta(hours=10_000))
    assert due.date() == date(2030, 12, 10)  # 1,250 days of eight hours
    assert worked(OFFICE, at(OFFICE, "2026-01-12 09:00"), due) == timedelta(hours=10_000)
    with pytest.raises(OutOfReach):
        later(Hours("UTC", ((),) * 7), datetime(2026, 1, 1, tzinfo=UTC), MINUTE)
    with pytest.raises(OutOfReach):
        earlier(Hours("UTC", ((),) * 7), datetime(2026, 1, 1, tzinfo=UTC), MINUTE)


def test_open_now_and_until_when() -> None:
    assert is_open(OFFICE, at(OFFICE, "2026-01-12 09:00"))
    assert not is_open(OFFICE, at(OFFICE, "2026-01-12 17:00"))
    assert next_change(OFFICE, at(OFFICE, "2026-01-12 12:00")) == at(OFFICE, "2026-01-12 17:00")
    assert next_change(OFFICE, at(OFFICE, "2026-04-02 17:00")) == at(OFFICE, "2026-04-07 09:00")
    assert next_change(OFFICE, at(OFFICE, "2025-12-31 17:00")) == at(OFFICE, "2026-01-02 09:00")
    assert next_change(ALWAYS, at(ALWAYS, "2026-12-31 12:00")) is None


def test_a_calendar_that_is_never_open_says_so() -> None:
    assert Hours("UTC", ((),) * 7).is_never_open
    assert Hours("UTC", ((),) * 7, ((date(2026, 1, 1), ()),)).is_never_open
    assert not Hours("UTC", ((),) * 7, ((date(2026, 1, 1), NINE_TO_FIVE),)).is_never_open


@pytest.mark.parametrize(("opens", "closes"), [(-1, 60), (1440, 1500), (600, 600), (600, 2041)])
def test_what_is_no_span_of_a_day_is_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="No span"):
        Span(opens, closes)


# The slow reference: every minute's wall clock, looked up in the spans of its day and of the day before.


def is_working(hours: Hours, minute: datetime) -> bool:
    local = minute.astimezone(ZoneInfo(hours.zone))
    clock, day = local.hour * 60 + local.minute, local.date()
    today = any(span.opens <= clock < span.closes for span in hours.on(day))
    return today or any(span.opens <= clock + 1440 < span.closes for span in hours.on(day - timedelta(days=1)))


def minutes_worked(hours: Hours, start: datetime, end: datetime) -> int:
    count = (end - start) // MINUTE
    return sum(is_working(hours, start + number * MINUTE) for number in range(count))


ZONES = [
    "Europe/Stockholm",
    "Europe/Lisbon",
    "Asia/Kathmandu",
    "America/Phoenix",
    "Australia/Lord_Howe",
    "Africa/Cairo",
]
TURNS = [
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 4, 5, tzinfo=UTC),
    datetime(2026, 12, 31, tzinfo=UTC),
    datetime(2026, 4, 24, tzinfo=UTC),
]
a_span = st.builds(lambda opens, length: Span(opens, opens + length), st.integers(0, 1439), st.integers(1, 1440))
some_spans = st.lists(a_span, max_size=3).map(lambda spans: tuple(sorted(spans)))


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    days = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), some_spans, max_size=3))
    return Hours(
        draw(st.sampled_from(ZONES)),
        tuple(draw(st.lists(some_spans, min_size=7, max_size=7))),
        tuple(sorted(days.items())),
        draw(st.sampled_from(["", "SE", "PT", "US"])),
        with_eves=draw(st.booleans()),
    )


@st.composite
def a_moment(draw: st.DrawFn) -> datetime:
    """Some minute of 2026, often close to where clocks are set or the year ends."""
    turn = draw(st.sampled_from([*TURNS, datetime(2026, 7, 1, tzinfo=UTC)]))
    return turn + draw(st.integers(-3000, 3000)) * MINUTE


@settings(max_examples=150, deadline=None)
@given(some_hours(), a_moment(), st.integers(0, 4000))
def test_the_same_as_counting_every_minute(hours: Hours, start: datetime, length: int) -> None:
    end = start + length * MINUTE
    expected = minutes_worked(hours, start, end)
    assert worked(hours, start, end) == expected * MINUTE
    assert is_open(hours, start) == is_working(hours, start)


@settings(max_examples=150, deadline=None)
@given(some_hours(), a_moment(), st.integers(1, 2000))
def test_later_and_earlier_undo_each_other(hours: Hours, start: datetime, minutes: int) -> None:
    """`later` finds the first such moment, `earlier` the last."""
    if not any(hours.week):
        return
    amount = minutes * MINUTE
    end = later(hours, start, amount)
    assert worked(hours, start, end) == amount
    assert worked(hours, start, end - MINUTE / 60) < amount
    begun = earlier(hours, end, amount)
    assert worked(hours, begun, end) == amount
    assert begun >= start
    assert worked(hours, begun + MINUTE / 60, end) < amount


@settings(max_examples=60, deadline=None)
@given(some_hours(), st.lists(a_moment(), min_size=3, max_size=3))
def test_time_adds_up(hours: Hours, moments: Sequence[datetime]) -> None:
    first, middle, last = sorted(moments)
    assert worked(hours, first, middle) + worked(hours, middle, last) == worked(hours, first, last)


@settings(max_examples=60, deadline=None)
@given(some_hours(), a_moment())
def test_the_next_change_is_one(hours: Hours, moment: datetime) -> None:
    change = next_change(hours, moment)
    if change is None:
        return
    assert change > moment
    assert is_open(hours, change) != is_open(hours, moment)
    assert is_open(hours, change - timedelta(microseconds=1)) == is_open(hours, moment)
