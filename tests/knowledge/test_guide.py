"""The guide "Where to turn": its doors, and the ways through it."""

from typing import Any

import pytest

from knowledge.actions.guide import (
    AnswerRefused,
    AnswerWords,
    GuideLoops,
    StillReached,
    begin_with,
    move_answer,
    remove_answer,
    remove_question,
    save_answer,
    save_question,
)
from knowledge.models import GuideAnswer, GuideExample, GuideQuestion
from knowledge.queries.guide import Guide


def question(text: str, **values: Any) -> GuideQuestion:
    return save_question(actor=None, question=None, text=("", text), **values)


def answer(of: GuideQuestion, label: str, leads_to: GuideQuestion | None = None, **values: Any) -> GuideAnswer:
    if leads_to is None:
        values = {"end": "advice", "words": ("", f"Do {label}")} | values
    words = AnswerWords(label=("", label), leads_to=leads_to, **values)
    return save_answer(actor=None, question=of, answer=None, words=words)


def labels(way) -> list[str]:
    return [step.label for step in way]


def test_the_first_question_begins_the_guide_until_another_is_chosen(in_scope):
    first, second = question("What is it about?"), question("Who are you?")
    assert Guide().first == first

    begin_with(actor=in_scope.administrator, question=second)

    assert Guide().first == second
    assert GuideQuestion.objects.filter(is_first=True).count() == 1


def test_a_way_through_the_guide_and_its_ends_in_their_order(in_scope):
    what, who = question("What?"), question("Who?")
    answer(what, "Access", who)
    answer(what, "A fault")
    answer(who, "A contact")
    answer(who, "Somebody else", examples=[("Jag kommer inte in", "I cannot get in"), ("", "")])

    guide = Guide(with_examples=True)
    ends = [(labels(way), end.label) for way, end in guide.ends()]

    assert ends == [(["Access"], "A contact"), (["Access"], "Somebody else"), ([], "A fault")]
    assert [example.text for _way, end in guide.ends() for example in end.examples.all()] == ["I cannot get in"]


def test_a_question_reached_twice_is_told_apart_by_what_was_answered_before(in_scope):
    what, who = question("What?"), question("Who?")
    access, wish = answer(what, "Access", who), answer(what, "A wish", who)
    contact = answer(who, "A contact")
    stray = answer(question("Nobody asks this"), "Stray")
    guide = Guide()

    assert labels(guide.way_to(guide.answers[contact.pk])) == ["Access", "A contact"]
    assert labels(guide.way_to(guide.answers[contact.pk], [wish.pk])) == ["A wish", "A contact"]
    for nonsense in ([stray.pk], [access.pk, wish.pk], [10**17], [contact.pk]):
        assert labels(guide.way_to(guide.answers[contact.pk], nonsense)) == ["Access", "A contact"]
    assert guide.way_to(guide.answers[stray.pk]) == ()


def test_nobody_is_led_round_in_circles(in_scope):
    one, two, three = question("1"), question("2"), question("3")
    answer(one, "on", two)
    answer(two, "on", three)

    for goal in (one, two, three):
        with pytest.raises(GuideLoops):
            answer(three, "back", goal)
    assert GuideAnswer.objects.count() == 2


def test_an_answer_says_where_it_goes_and_keeps_nothing_else(in_scope):
    what = question("What?")
    for wrong in (
        {"leads_to": None, "end": ""},
        {"leads_to": what, "end": "advice"},
        {"end": "article"},
        {"end": "advice", "words": ("", "")},
    ):
        with pytest.raises(AnswerRefused):
            save_answer(actor=None, question=what, answer=None, words=AnswerWords(label=("", "A"), **wrong))

    phone = answer(what, "Urgent", end="phone", phone="08-1", mail_address="a@b.example", contact_kinds=["x"])
    assert (phone.phone, phone.mail_address, phone.contact_kinds) == ("08-1", "", [])
    save_answer(
        actor=None,
        question=what,
        answer=phone,
        words=AnswerWords(label=("", "Urgent"), end="provider_contact", contact_kinds=["success_manager"]),
    )
    phone.refresh_from_db()
    assert (phone.phone, phone.contact_kinds) == ("", ["success_manager"])


def test_answers_change_places(in_scope):
    what = question("What?")
    first, second = answer(what, "1"), answer(what, "2")

    assert move_answer(actor=None, answer=second, up=True)
    assert not move_answer(actor=None, answer=second, up=True)
    assert [row.pk for row in Guide().answers_of(what)] == [second.pk, first.pk]


def test_a_question_that_answers_lead_to_is_not_removed(in_scope):
    what, who = question("What?"), question("Who?")
    access = answer(what, "Access", who)
    answer(who, "Me", examples=[("Hur då?", "How?")])

    for row in (what, who):
        with pytest.raises(StillReached):
            remove_question(actor=None, question=row)
    remove_answer(actor=None, answer=access)
    remove_question(actor=None, question=who)
    remove_question(actor=None, question=who)

    assert list(GuideQuestion.objects.all()) == [what]
    assert not GuideExample.objects.exists()


def test_only_administrators_change_the_guide(in_scope):
    what = question("What?")
    one = answer(what, "1")

    for actor in (in_scope.agent, in_scope.customer):
        for change in (
            lambda: save_question(actor=actor, question=what, text=("", "Mine")),  # noqa: B023
            lambda: begin_with(actor=actor, question=what),  # noqa: B023
            lambda: remove_question(actor=actor, question=what),  # noqa: B023
            lambda: save_answer(actor=actor, question=what, answer=one, words=AnswerWords(("", "x"), end="phone")),  # noqa: B023
            lambda: move_answer(actor=actor, answer=one, up=True),  # noqa: B023
            lambda: remove_answer(actor=actor, answer=one),  # noqa: B023
        ):
            with pytest.raises(PermissionError):
                change()
