"""What is kept of what people search for, and for how long."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from knowledge.actions.noting_searches import forget_searches, note_search
from knowledge.models import SearchedWords
from knowledge.searched import LONGEST, countable
from tests.conftest import Portal


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("  Brandlarm   PIPER ", "brandlarm piper"),
        ("mail to anna@kund.example please", "mail to please"),
        ("call 070-123 45 67 now", "call now"),
        ("8501011234", ""),
        ("850101-1234 Anna", "anna"),
        ("error 1719", "error 1719"),
        ("windows 11", "windows 11"),
        ("12345", ""),
        ("?!", ""),
        ("NYCKELSKÅP", "nyckelskåp"),
        ("ｎｕｍｂｅｒ １２３４５６", "number"),
        ("\x00", ""),
    ],
)
def test_words_are_kept_and_what_reaches_somebody_is_not(words: str, kept: str):
    assert countable(words) == kept


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a@b.se", "070", "12 34 56", "85", "larm", "Åsa", "-", "!", "(0)", "/", "x" * 60]), max_size=9
    )
)
def test_no_address_and_no_long_number_is_ever_kept(parts: list[str]):
    kept = countable(" ".join(parts))

    assert "@" not in kept
    assert not re.search(r"(?:\d[\s().+/:-]*){6,}", kept)
    assert len(kept) <= LONGEST
    assert countable(kept) == kept


def test_searches_are_counted_by_day_without_whose_they_were(in_scope: Portal, other_portal: Portal):
    note_search(actor=None, words="Larm piper", found=True)
    note_search(actor=in_scope.customer, words="larm  PIPER", found=False)
    note_search(actor=in_scope.agent, words="larm piper", found=False)
    note_search(actor=None, words="anna@kund.example", found=False)

    row = SearchedWords.objects.get()
    assert (row.words, row.times, row.in_vain, row.day) == ("larm piper", 2, 1, timezone.localdate())
    with tenant_scope(other_portal.tenant):
        assert not SearchedWords.objects.exists()


def test_a_day_holds_only_so_many_different_words(in_scope: Portal, monkeypatch):
    monkeypatch.setattr("knowledge.actions.noting_searches.MOST_A_DAY", 2)
    for words in ("one", "two", "three", "one"):
        note_search(actor=None, words=words, found=True)

    assert dict(SearchedWords.objects.values_list("words", "times")) == {"one": 2, "two": 1}


def test_old_searches_are_forgotten(in_scope: Portal, other_portal: Portal):
    today = timezone.localdate()
    for days in (89, 90, 91):
        SearchedWords.objects.create(day=today - timedelta(days=days), words="old", times=1)

    assert forget_searches() == 1
    assert {today - row.day for row in SearchedWords.objects.all()} == {timedelta(days=89), timedelta(days=90)}
