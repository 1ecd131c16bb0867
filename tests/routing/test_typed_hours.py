"""Working hours are read as people type them, and what is written can be typed again."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.typed_hours import SPANS_A_DAY, HoursUnreadable, read_hours, write_hours
from routing.working_time import MINUTES_A_DAY, Span, Spans

H = 60


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", ()),
        ("  ", ()),
        ("closed", ()),
        ("Stängt", ()),
        ("–", ()),
        ("8-17", (Span(8 * H, 17 * H),)),
        ("8-12, 13-17", (Span(8 * H, 12 * H), Span(13 * H, 17 * H))),
        ("13-17; 8-12", (Span(8 * H, 12 * H), Span(13 * H, 17 * H))),
        ("8-12\n13-17", (Span(8 * H, 12 * H), Span(13 * H, 17 * H))),
        ("8 to 12 and 13 till 17", (Span(8 * H, 12 * H), Span(13 * H, 17 * H))),
        ("08:30 – 16.45", (Span(8 * H + 30, 16 * H + 45),)),
        ("0830-1645", (Span(8 * H + 30, 16 * H + 45),)),
        ("22-06", (Span(22 * H, 30 * H),)),
        ("0-24", (Span(0, 24 * H),)),
        ("0-0", (Span(0, 24 * H),)),
        ("7-7", (Span(7 * H, 31 * H),)),
        ("8-12,12-13", (Span(8 * H, 12 * H), Span(12 * H, 13 * H))),
        ("8-12,", (Span(8 * H, 12 * H),)),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, spans: Spans):
    assert read_hours(typed) == spans


@pytest.mark.parametrize(
    ("typed", "why", "said"),
    [
        ("all day", "unreadable", "all day"),
        ("8", "unreadable", "8"),
        ("8-25", "unreadable", "8-25"),
        ("8-24:30", "unreadable", "8-24:30"),
        ("24-8", "unreadable", "24-8"),
        ("8:60-9", "unreadable", "8:60-9"),
        ("8-12-17", "unreadable", "8-12-17"),
        ("٨-٩", "unreadable", "٨-٩"),
        (",", "unreadable", ","),
        ("8-12, 11-17", "overlap", "11:00–17:00"),
        ("8-12, 8-12", "overlap", "08:00–12:00"),
        ("22-8, 23-1", "overlap", "23:00–01:00"),
        (",".join(f"{hour}-{hour}:30" for hour in range(SPANS_A_DAY + 1)), "many", None),
        ("8-17" + " " * 300, "many", None),
    ],
)
def test_what_are_no_hours_is_named(typed: str, why: str, said: str | None):
    with pytest.raises(HoursUnreadable) as refused:
        read_hours(typed)

    assert refused.value.why == why
    assert said is None or refused.value.said == said


@st.composite
def days(draw: st.DrawFn) -> Spans:
    """Spans of a day that do not overlap, the last perhaps over midnight."""
    times = sorted(draw(st.lists(st.integers(0, MINUTES_A_DAY - 1), max_size=2 * SPANS_A_DAY, unique=True)))
    spans = [Span(opens, closes) for opens, closes in zip(times[::2], times[1::2], strict=False)]
    if len(times) % 2:
        spans.append(Span(times[-1], draw(st.integers(times[-1] + 1, times[-1] + MINUTES_A_DAY))))
    return tuple(spans)


@settings(max_examples=100, deadline=None)
@given(days())
def test_what_is_written_is_read_as_the_same(spans: Spans):
    assert read_hours(write_hours(spans)) == spans


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789:.-–, atochnd\n\u0664", max_size=40))
def test_whatever_is_typed_is_hours_or_refused(typed: str):
    with suppress(HoursUnreadable):
        spans = read_hours(typed)
        assert read_hours(write_hours(spans)) == spans
