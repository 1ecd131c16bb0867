"""Forms are built by the administrator: every kind with its own settings, and nothing that does not fit together."""

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.organising import NameTaken
from accounts.scoping import tenant_scope
from tests.factories import TopicFactory, make_ticket
from tickets.actions.forms import (
    FieldNeeded,
    FieldRefused,
    FormInUse,
    add_field,
    add_form,
    copy_form,
    move_field,
    remove_field,
    remove_form,
    rename_form,
    restore_field,
    update_field,
)
from tickets.answers import shown_answers
from tickets.enums import FieldKind
from tickets.field_rules import EVERY, LONGEST_VALUE, MOST_CHOICES, SETTINGS, discrete_values, faults_of, settings_of
from tickets.forms.builder_words import fault_in_words
from tickets.models import FieldAnswer, FormField, HelpTopic, TicketForm
from tickets.ready_forms import READY_FORMS

COLOURS = [{"value": "red", "sv": "Röd", "en": "Red"}, {"value": "blue", "sv": "Blå", "en": "Blue"}]


def add(form: TicketForm, kind: str = "text", **values: Any) -> FormField:
    given = {"choices": COLOURS} if kind in ("choice", "choices") else {}
    return add_field(actor=None, form=form, values={"kind": kind, "label_en": f"A {kind}", **given, **values})


def refused(form: TicketForm, **values: Any) -> list[str]:
    """The codes with which a field is refused."""
    with pytest.raises(FieldRefused) as caught:
        add(form, **values)
    return [fault.code for fault in caught.value.faults]


@pytest.fixture
def form(in_scope) -> TicketForm:
    return add_form(actor=None, name="Faults")


def asked(form: TicketForm) -> list[str]:
    return [field.key for field in FormField.objects.filter(form=form, is_active=True)]


def test_only_administrators_build_forms(in_scope):
    form = add_form(actor=in_scope.administrator, name="Faults")
    field = add(form)
    values = {"kind": "text", "label_en": "A"}
    for actor in (in_scope.agent, in_scope.customer):
        for act in (
            lambda actor=actor: add_form(actor=actor, name="Others"),
            lambda actor=actor: rename_form(actor=actor, form=form, name="Others"),
            lambda actor=actor: copy_form(actor=actor, form=form, name="Others"),
            lambda actor=actor: remove_form(actor=actor, form=form),
            lambda actor=actor: add_field(actor=actor, form=form, values=values),
            lambda actor=actor: update_field(actor=actor, field=field, values=values),
            lambda actor=actor: move_field(actor=actor, field=field, up=True),
            lambda actor=actor: remove_field(actor=actor, field=field),
            lambda actor=actor: restore_field(actor=actor, field=field),
        ):
            with pytest.raises(PermissionError):
                act()


@pytest.mark.parametrize("ready", READY_FORMS)
def test_a_ready_form_says_everything_in_both_languages_and_fits(in_scope, ready):
    form = add_form(actor=in_scope.administrator, name="Mine", ready=ready)

    fields = list(FormField.objects.filter(form=form))
    assert [field.key for field in fields] == [values["key"] for values in READY_FORMS[ready].fields]
    assert all(READY_FORMS[ready].name)
    assert all(READY_FORMS[ready].description)
    for place, field in enumerate(fields):
        assert field.label_sv
        assert field.label_en
        assert bool(field.help_sv) == bool(field.help_en)
        assert all(choice["sv"] and choice["en"] for choice in field.choices)
        assert faults_of(field, fields[:place], [other for other in fields if other.depends_on == field]) == []
        assert set(READY_FORMS[ready].fields[place]) - {"key", "kind"} <= set(settings_of(field.kind))


def test_two_forms_of_a_portal_have_different_names_and_other_portals_their_own(form, other_portal):
    with pytest.raises(NameTaken):
        add_form(actor=None, name="Faults")
    other = add_form(actor=None, name="Orders")
    with pytest.raises(NameTaken):
        rename_form(actor=None, form=other, name="Faults")
    with pytest.raises(NameTaken):
        copy_form(actor=None, form=other, name="Faults")
    with tenant_scope(other_portal.tenant):
        add_form(actor=None, name="Faults")

    assert rename_form(actor=None, form=other, name="Orders and returns").name == "Orders and returns"


@pytest.mark.parametrize("kind", FieldKind.values)
def test_a_kind_keeps_the_settings_it_has_and_no_others(form, kind):
    """Also when all others are sent along, by whoever forges the page's form."""
    parent = add(form, "checkbox", key="gate")
    numbers = {"minimum": "1", "maximum": "9", "default": "5"}
    days = {"minimum": "2026-01-01", "maximum": "2026-12-31", "default": "2026-06-06"}
    own = {
        "text": {**numbers, "default": "five"},
        "long_text": {**numbers, "default": "five"},
        "number": numbers,
        "date": days,
        "date_time": {key: f"{value}T12:00" for key, value in days.items()},
        "choice": {"default": "red"},
        "choices": {"default": "red\nblue"},
        "checkbox": {"default": "yes"},
    }
    everything = {
        "label_sv": "Sv",
        "label_en": "En",
        "help_sv": "Hjälp",
        "help_en": "Help",
        "need": "always",
        "is_required_to_close": True,
        "is_searchable": False,
        "is_column": True,
        "choices": COLOURS,
        "pattern": ".*",
        "pattern_message_sv": "Fel",
        "pattern_message_en": "Wrong",
        **numbers,
        **own.get(kind, {}),
        "depends_on": parent,
        "depends_values": ["yes"],
        "key": "own",
    }

    field = add_field(actor=None, form=form, values={"kind": kind, **everything})
    field.refresh_from_db()

    plain = FormField()
    for name in EVERY:
        if name == "access":
            continue
        expected = everything[name] if name in settings_of(kind) else getattr(plain, name)
        assert getattr(field, name) == expected, name


def test_who_is_not_asked_does_not_have_to_answer(form):
    assert add(form, access="internal", need="always").need == "optional"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"label_en": ""}, "label_missing"),
        ({"label_en": "a" * 121}, "too_long"),
        ({"kind": "spell"}, "unknown"),
        ({"need": "sometimes"}, "unknown"),
        ({"access": "everybody"}, "unknown"),
        ({"key": "body"}, "key_reserved"),
        ({"key": "Å b"}, "key_wrong"),
        ({"key": "first"}, "key_taken"),
        ({"kind": "choice", "choices": []}, "choices_missing"),
        ({"kind": "choice", "choices": [{"value": "a"}, {"value": "A "}]}, "choice_wrong"),
        ({"kind": "choice", "choices": [{"value": "Åby"}, {"value": "aby"}]}, "choice_twice"),
        ({"kind": "choice", "choices": [{"value": "two\nlines"}]}, "choice_wrong"),
        ({"kind": "choice", "choices": [{"value": "a" * (LONGEST_VALUE + 1)}]}, "choice_long"),
        ({"kind": "choice", "choices": [{"value": f"{n}"} for n in range(MOST_CHOICES + 1)]}, "choices_many"),
        ({"kind": "choice", "default": "green"}, "default_wrong"),
        ({"kind": "choices", "default": "red\ngreen"}, "default_wrong"),
        ({"kind": "checkbox", "default": "no"}, "default_wrong"),
        ({"pattern": "(", "pattern_message_en": "x"}, "pattern_wrong"),
        ({"pattern": "(?=a)", "pattern_message_en": "x"}, "pattern_wrong"),
        ({"pattern": r"\d+"}, "pattern_message_missing"),
        ({"pattern": r"\d+", "pattern_message_en": "x", "default": "abc"}, "default_outside"),
        ({"minimum": "5", "maximum": "4"}, "limits_crossed"),
        ({"minimum": "-1"}, "limit_wrong"),
        ({"maximum": "201"}, "limit_wrong"),
        ({"minimum": "many"}, "limit_wrong"),
        ({"minimum": "3", "default": "ab"}, "default_outside"),
        ({"kind": "number", "minimum": "NaN"}, "limit_wrong"),
        ({"kind": "number", "maximum": "1e999999"}, "limit_wrong"),
        ({"kind": "date", "minimum": "1899-12-31"}, "limit_wrong"),
        ({"kind": "date_time", "maximum": "9999-12-31T23:59"}, "limit_wrong"),
        ({"kind": "number", "minimum": "2", "default": "1"}, "default_outside"),
        ({"kind": "number", "default": "one"}, "default_wrong"),
        ({"kind": "date", "minimum": "tomorrow"}, "limit_wrong"),
        ({"kind": "number", "maximum": "today"}, "limit_wrong"),
        ({"kind": "date", "default": "today"}, "default_wrong"),
        ({"kind": "date", "minimum": "today", "maximum": "2020-01-01"}, "limits_crossed"),
        ({"kind": "date", "minimum": "2026-02-02", "maximum": "2026-02-01"}, "limits_crossed"),
        ({"kind": "date_time", "maximum": "2026-02-02T12:00", "default": "2026-02-02T13:00"}, "default_outside"),
        ({"depends_on": "nothing", "depends_values": ["yes"]}, "depends_wrong"),
        ({"depends_on": "first", "depends_values": ["yes"]}, "depends_wrong"),
        ({"depends_on": "gate"}, "depends_values_missing"),
        ({"depends_on": "gate", "depends_values": ["maybe"]}, "depends_values_wrong"),
        ({"depends_on": "cause", "depends_values": ["red"]}, "depends_wrong"),
    ],
)
def test_what_does_not_fit_is_refused(form, values, code):
    add(form, key="first")
    add(form, "checkbox", key="gate")
    add(form, "choice", key="cause", access="internal")

    assert refused(form, **values) == [code]
    assert asked(form) == ["first", "gate", "cause"]


def test_a_form_offers_at_most_five_thousand_choices_in_all(form):
    """Whoever opens the form is sent every one, and whoever is not signed in may open it."""

    def some(number: int) -> list[dict[str, str]]:
        return [{"value": f"{n}"} for n in range(number)]

    for key in ("first", "second"):
        add(form, "choices", key=key, choices=some(2000))
    assert refused(form, kind="choice", choices=some(1001)) == ["choices_many_of_form"]
    third = add(form, "choice", key="third", choices=some(1000))

    with pytest.raises(FieldRefused) as caught:
        update_field(actor=None, field=third, values={"choices": some(1001)})
    assert "at most 5,000 answers in all, and its other questions offer 4000." in fault_in_words(caught.value.faults[0])
    update_field(actor=None, field=third, values={"label_en": "Other words", "choices": some(999)})
    remove_field(actor=None, field=third)
    add(form, "choice", key="fourth", choices=some(2))
    with pytest.raises(FieldRefused):
        restore_field(actor=None, field=third)
    add(form, "text")


def test_a_field_of_another_form_or_portal_is_none_to_depend_on(form, other_portal):
    elsewhere = add(add_form(actor=None, name="Others"), "checkbox")
    with tenant_scope(other_portal.tenant):
        far = add(add_form(actor=None, name="Far"), "checkbox")

    for other in (elsewhere, far):
        assert refused(form, depends_on=other, depends_values=["yes"]) == ["depends_wrong"]


def test_two_thousand_choices_are_kept_in_their_order(form):
    choices = [{"value": f"Site {number}", "sv": "", "en": ""} for number in range(MOST_CHOICES)]

    field = add(form, "choice", choices=choices)
    field.refresh_from_db()

    assert field.choices == choices


def test_a_short_name_is_made_from_the_label_and_never_taken_twice(form):
    keys = [add(form, label_en=label).key for label in ("Where, exactly?", "Where exactly", "Body", "2 doors", "日本")]

    assert keys == ["where_exactly", "where_exactly_2", "body_2", "field_2_doors", "field"]
    assert add(form, label_en="", label_sv="Anläggning på ön").key == "anlaggning_pa_on"


def test_a_changed_question_leaves_old_answers_as_they_were_given(form, in_scope):
    topic = TopicFactory(form=form)
    field = add(form, "choice", key="colour", label_en="Colour")
    ticket = make_ticket(topic=topic, answers={field: "red"})

    update_field(actor=None, field=field, values={"label_en": "Paint", "choices": COLOURS[1:]})
    remove_field(actor=None, field=field)

    assert [(answer.label, answer.value) for answer in shown_answers(ticket)] == [("Colour", "Red")]
    remove_form_of(topic)
    assert [(answer.label, answer.value) for answer in shown_answers(ticket)] == [("Colour", "Red")]
    assert FieldAnswer.objects.get().field is None


def remove_form_of(topic: HelpTopic) -> None:
    form, topic.form = topic.form, None
    topic.save()
    remove_form(actor=None, form=form)


def test_a_form_that_topics_use_is_not_removed(form):
    topic = TopicFactory(form=form, is_active=False)

    with pytest.raises(FormInUse):
        remove_form(actor=None, form=form)

    remove_form_of(topic)
    assert not TicketForm.objects.exists()


def test_a_kind_changes_only_while_nobody_has_answered(form):
    field = add(form, key="size")
    field = update_field(actor=None, field=field, values={"kind": "number", "minimum": "3"})
    assert (field.kind, field.minimum, field.label_en) == ("number", "3", "A text")
    make_ticket(topic=TopicFactory(form=form), answers={field: "4"})

    with pytest.raises(FieldRefused) as caught:
        update_field(actor=None, field=field, values={"kind": "text"})

    assert caught.value.faults[0].code == "answered"
    assert update_field(actor=None, field=field, values={"label_en": "Size"}).label_en == "Size"


def test_what_others_depend_on_stays_as_they_need_it(form):
    colour = add(form, "choice", key="colour")
    shade = add(form, key="shade", depends_on="colour", depends_values=["red"])

    for values, code in (
        ({"kind": "text"}, "needed_kind"),
        ({"choices": COLOURS[1:]}, "needed_choice"),
        ({"access": "internal"}, "needed_access"),
    ):
        with pytest.raises(FieldRefused) as caught:
            update_field(actor=None, field=colour, values=values)
        assert [fault.code for fault in caught.value.faults] == [code]
    for act in (lambda: remove_field(actor=None, field=colour), lambda: move_field(actor=None, field=shade, up=True)):
        with pytest.raises(FieldNeeded) as needed:
            act()
        assert needed.value.fields == (shade,)
    with pytest.raises(FieldNeeded):
        move_field(actor=None, field=colour, up=False)

    update_field(actor=None, field=colour, values={"choices": COLOURS[:1]})
    remove_field(actor=None, field=shade)
    remove_field(actor=None, field=colour)
    assert asked(form) == []


def test_a_field_moves_past_its_neighbour_and_removed_ones_do_not_count(form):
    one, two, three = (add(form, key=key) for key in ("one", "two", "three"))
    remove_field(actor=None, field=two)

    move_field(actor=None, field=three, up=True)
    assert asked(form) == ["three", "one"]
    move_field(actor=None, field=three, up=True)
    move_field(actor=None, field=one, up=False)
    assert asked(form) == ["three", "one"]
    restore_field(actor=None, field=two)
    move_field(actor=None, field=three, up=False)
    assert asked(form) == ["one", "three", "two"]


def test_a_restored_field_stands_where_it_stood_with_its_condition_if_that_can_hold(form):
    gate = add(form, "checkbox", key="gate")
    inner = add(form, key="inner", depends_on=gate, depends_values=["yes"])
    add(form, key="last")

    remove_field(actor=None, field=inner)
    assert restore_field(actor=None, field=inner).depends_on == gate
    assert asked(form) == ["gate", "inner", "last"]

    remove_field(actor=None, field=inner)
    remove_field(actor=None, field=gate)
    alone = restore_field(actor=None, field=inner)
    assert (alone.depends_on, alone.depends_values) == (None, [])
    assert refused(form, key="gate") == ["key_removed"]


def test_a_field_restored_stands_behind_the_one_it_depends_on_wherever_that_went(form):
    gate = add(form, "checkbox", key="gate")
    inner = add(form, key="inner", depends_on=gate, depends_values=["yes"])
    add(form, key="last")
    remove_field(actor=None, field=inner)
    move_field(actor=None, field=gate, up=False)

    assert restore_field(actor=None, field=inner).depends_on == gate
    assert asked(form) == ["last", "gate", "inner"]


def test_a_copy_asks_the_same_and_is_changed_alone(form, in_scope):
    gate = add(form, "checkbox", key="gate")
    add(form, key="inner", depends_on=gate, depends_values=["yes"])
    remove_field(actor=None, field=add(form, key="gone"))

    copy = copy_form(actor=in_scope.administrator, form=form, name="Faults 2")

    assert asked(copy) == ["gate", "inner"]
    inner = FormField.objects.get(form=copy, key="inner")
    assert inner.depends_on.form == copy
    update_field(actor=None, field=inner, values={"label_en": "Other"})
    assert FormField.objects.get(form=form, key="inner").label_en == "A text"


def fits(form: TicketForm) -> None:
    """Whatever happened: a question depends on an active one before it, by answers that one offers."""
    fields = list(FormField.objects.filter(form=form, is_active=True))
    for place, field in enumerate(fields):
        if field.depends_on_id:
            parent = next(other for other in fields[:place] if other.pk == field.depends_on_id)
            assert field.depends_values
            assert set(field.depends_values) <= set(discrete_values(parent))
    assert len({field.position for field in fields}) == len(fields)


KINDS = st.sampled_from(["text", "choice", "choices", "checkbox"])
PLACE = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("add"), KINDS, PLACE, st.sampled_from(["red", "yes", "blue"])),
    st.tuples(st.just("kind"), KINDS, PLACE, st.just("")),
    st.tuples(st.just("choices"), st.just(""), PLACE, st.sampled_from(["red", "blue"])),
    st.tuples(st.just("depend"), st.just(""), PLACE, PLACE),
    st.tuples(st.just("access"), st.sampled_from(["customer", "internal"]), PLACE, st.just("")),
    st.tuples(st.sampled_from(["up", "down", "remove", "restore"]), st.just(""), PLACE, st.just("")),
)


def perform(form: TicketForm, step: tuple[Any, ...]) -> None:
    what, how, place, more = step
    fields = list(FormField.objects.filter(form=form))
    field = fields[place % len(fields)] if fields else None
    if what == "add":
        condition = {"depends_on": field, "depends_values": [more]} if field else {}
        add(form, how, **condition)
    elif field is None:
        return
    elif what == "kind":
        update_field(actor=None, field=field, values={"kind": how, "choices": COLOURS})
    elif what == "choices":
        update_field(actor=None, field=field, values={"choices": [c for c in COLOURS if c["value"] == more]})
    elif what == "depend":
        other = fields[more % len(fields)]
        values = discrete_values(other)[:1]
        update_field(actor=None, field=field, values={"depends_on": other, "depends_values": values})
    elif what == "access":
        update_field(actor=None, field=field, values={"access": how})
    elif what in ("up", "down"):
        move_field(actor=None, field=field, up=what == "up")
    else:
        {"remove": remove_field, "restore": restore_field}[what](actor=None, field=field)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=14))
def test_whatever_is_done_in_whatever_order_no_condition_hangs_in_the_air(form, steps):
    FormField.objects.filter(form=form).delete()
    gate, colour = add(form, "checkbox", key="gate"), add(form, "choice", key="colour")
    add(form, key="inner", depends_on=gate, depends_values=["yes"])
    add(form, "choices", key="shade", depends_on=colour, depends_values=["red"])
    for step in steps:
        with contextlib.suppress(FieldRefused, FieldNeeded):
            perform(form, step)
        fits(form)


def test_every_kind_has_its_settings():
    assert set(SETTINGS) == set(FieldKind.values)
