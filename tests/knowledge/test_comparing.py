"""What is shown between two versions gives both of them back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.comparing import Part, changes_between, difference
from knowledge.drafts import Words

TEXTS = st.lists(st.sampled_from(["one ", "two\n", "\n", "  ", "three", "å\r\n", "x" * 200]), max_size=30).map("".join)


@settings(max_examples=60)
@given(TEXTS, TEXTS)
def test_the_parts_are_both_texts(before, after):
    parts = difference(before, after)

    assert "".join(part.text for part in parts if part.kind != "added") == before
    assert "".join(part.text for part in parts if part.kind != "removed") == after


def test_only_what_is_different_is_named_word_by_word():
    [change] = changes_between(Words(title_en="a", body_en="one two three"), Words(title_en="a", body_en="one 2 three"))

    assert change.field == "body_en"
    assert [(part.kind, part.text.strip()) for part in change.parts] == [
        ("same", "one"),
        ("removed", "two"),
        ("added", "2"),
        ("same", "three"),
    ]


def test_what_is_added_at_the_end_takes_nothing_away():
    parts = difference("One line.\nThe last word", "One line.\nThe last word\n\nAnd more.")

    assert [part for part in parts if part.kind != "same"] == [Part("added", "\n\nAnd more.")]


def test_a_long_text_is_compared_in_time_and_mostly_left_out():
    before = "\n".join(f"line {number} " + "word " * 20 for number in range(900))
    parts = difference(before, before.replace("line 450", "line x"))

    assert "left_out" in {part.kind for part in parts}
    assert sum(len(part.text) for part in parts if part.kind != "left_out") < 1_000
    difference("\n" * 50_000, "\n " * 50_000)
    difference("a b " * 20_000, "b a " * 20_000)
