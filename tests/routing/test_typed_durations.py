"""Working time as people type it, there and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.typed_durations import DurationUnreadable, read_duration, write_duration

LONGEST = 10_000 * 60


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("", None),
        ("  ", None),
        ("4 h", 240),
        ("4", 240),
        ("4 tim", 240),
        ("4 Timmar", 240),
        ("30 min", 30),
        ("30m", 30),
        ("1 h 30 min", 90),
        ("1:30", 90),
        ("1,5 h", 90),
        ("0.25", 15),
        ("0", 0),
        ("0 min", 0),
        ("10000 h", LONGEST),
    ],
)
def test_what_is_typed_is_read(typed, minutes):
    assert read_duration(typed, longest=LONGEST) == minutes


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2 d", "days"),
        ("2 dagar", "days"),
        ("1 week", "days"),
        ("10001 h", "long"),
        ("10000 h 1 min", "long"),
        ("-4 h", "unreadable"),
        ("four", "unreadable"),
        ("1h30", "unreadable"),
        ("1e9", "unreadable"),
        ("9" * 500, "unreadable"),
        ("٤ h", "unreadable"),
    ],
)
def test_what_cannot_be_read_says_why(typed, why):
    with pytest.raises(DurationUnreadable) as wrong:
        read_duration(typed, longest=LONGEST)
    assert wrong.value.why == why


@given(st.none() | st.integers(0, LONGEST))
def test_what_is_written_can_be_typed_again(minutes):
    assert read_duration(write_duration(minutes), longest=LONGEST) == minutes


@given(st.text(max_size=60))
def test_nothing_else_is_ever_raised(typed):
    with suppress(DurationUnreadable):
        read_duration(typed, longest=LONGEST)
