"""The pages with which administrators build forms."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from routing.models import RoutingRule
from tests.factories import TopicFactory, make_ticket
from tests.pages import Page
from tickets.actions.forms import add_field, add_form, remove_field
from tickets.enums import FieldKind
from tickets.field_rules import Fault, faults_of, settings_of
from tickets.forms.builder_words import FAULT_WORDS, KIND_WORDS, fault_in_words
from tickets.forms.choice_lines import choice_of, lines_of
from tickets.models import FormField, TicketForm

PLAIN = {"label_en": "Question", "access": "customer", "need": "optional"}


@pytest.fixture
def form(in_scope) -> TicketForm:
    return add_form(actor=None, name="Faults")


@pytest.fixture
def client(in_scope, browse):
    return browse(in_scope, in_scope.administrator)


def add(form: TicketForm, kind: str = "text", **values) -> FormField:
    choices = {"choices": [{"value": "red", "sv": "Röd", "en": "Red"}, {"value": "blue", "sv": "Blå", "en": "Blue"}]}
    given = choices if kind in ("choice", "choices") else {}
    return add_field(actor=None, form=form, values={"kind": kind, "label_en": f"A {kind}", **given, **values})


def new(form: TicketForm, kind: str) -> str:
    return f"/settings/forms/{form.pk}/fields/new/?kind={kind}"


def page_of(field: FormField) -> str:
    return f"/settings/forms/{field.form_id}/fields/{field.pk}/"


def counting() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_the_list_says_what_uses_a_form(form, client, in_scope, other_portal):
    TopicFactory(form=form, name_en="Printers")
    add(form)
    with tenant_scope(other_portal.tenant):
        add_form(actor=None, name="Far away")

    content = client.get("/settings/forms/").content.decode()

    assert 'data-total="1"' in content
    assert "Faults" in content
    assert "1 question" in content
    assert "Printers" in content
    assert "Far away" not in content


def test_the_list_costs_the_same_for_many_forms(form, client):
    def queries() -> int:
        with counting() as counted:
            client.get("/settings/forms/")
        return len(counted)

    before = queries()
    for number in range(8):
        other = add_form(actor=None, name=f"Form {number}", ready="order")
        TopicFactory(form=other)

    assert queries() == before


def test_a_forms_page_costs_the_same_for_many_questions(form, client):
    gate = add(form, "checkbox", key="gate")

    def queries() -> int:
        with counting() as counted:
            client.get(f"/settings/forms/{form.pk}/")
        return len(counted)

    before = queries()
    for number in range(12):
        add(form, key=f"more{number}", depends_on=gate, depends_values=["yes"])

    assert queries() == before


def test_a_ready_form_lends_its_name_and_its_questions(client):
    response = client.post("/settings/forms/new/", {"ready": "fault_report", "name": ""})

    made = TicketForm.objects.get()
    assert response.headers["Location"] == f"/settings/forms/{made.pk}/"
    assert made.name == "Fault report"
    assert made.fields.count() > 5
    page = client.get(response.headers["Location"]).content.decode()
    assert "Does the sign-in page appear?" in page
    assert "Asked only if “Is an error message shown?” is: Yes" in page


def test_a_name_is_needed_and_taken_once(form, client):
    assert "Write the form&#x27;s name." in client.post("/settings/forms/new/", {"ready": ""}).content.decode()
    for address in ("/settings/forms/new/", f"/settings/forms/{form.pk}/copy/"):
        response = client.post(address, {"ready": "", "name": "Faults"})
        assert response.status_code == 422
        assert "There is a form called Faults already." in response.content.decode()
    assert TicketForm.objects.count() == 1


def test_a_form_is_renamed_copied_and_removed(form, client):
    add(form)
    client.post(f"/settings/forms/{form.pk}/name/", {"name": "Errors"})
    response = client.post(f"/settings/forms/{form.pk}/copy/", {"name": "More"})
    copy = TicketForm.objects.get(name="More")
    assert response.headers["Location"] == f"/settings/forms/{copy.pk}/"
    TopicFactory(form=copy)

    kept = client.post(f"/settings/forms/{copy.pk}/removal/")
    gone = client.post(f"/settings/forms/{form.pk}/removal/")

    assert "Give them another form first" in said(kept)
    assert "Errors is removed." in said(gone)
    assert list(TicketForm.objects.all()) == [copy]


def test_the_kind_is_chosen_first_with_a_word_on_each(form, client):
    for address in (f"/settings/forms/{form.pk}/fields/new/", new(form, "spell")):
        content = client.get(address).content.decode()
        for kind in FieldKind:
            assert f"?kind={kind.value}" in content
            assert str(KIND_WORDS[kind]) in content


@pytest.mark.parametrize("kind", FieldKind.values)
def test_a_page_asks_only_what_its_kind_has_and_makes_the_question(form, client, kind):
    add(form, "checkbox", key="gate")
    page = client.get(new(form, kind))
    assert f"New question: {FieldKind(kind).label}" in Page(page).text
    asked = set(page.context["form"].fields)
    more = {"pattern": {"try_text"}}
    expected = set(settings_of(kind)) | {"key"} | (more["pattern"] if "pattern" in settings_of(kind) else set())
    assert asked == expected - {"depends_values"}

    response = client.post(new(form, kind), {**PLAIN, "choices": "Red\nBlue"})

    assert response.status_code == 302, response.context["form"].errors
    made = FormField.objects.get(form=form, key="question")
    assert (made.kind, made.label_en) == (kind, "Question")
    assert "is asked from now on" in said(response)
    kept = client.get(page_of(made))
    assert kept.status_code == 200
    assert client.post(page_of(made), {**PLAIN, "choices": "Red\nBlue", "label_en": "Other"}).status_code == 302
    made.refresh_from_db()
    assert made.label_en == "Other"


def test_what_is_wrong_is_said_at_its_place_and_everything_typed_is_kept(form, client):
    response = client.post(
        new(form, "text"), {**PLAIN, "label_en": "Card", "pattern": "(", "minimum": "9", "maximum": "3", "key": "body"}
    )

    assert response.status_code == 422
    shown = response.context["form"]
    assert shown["label_en"].value() == "Card"
    assert dict(shown.errors) == {
        "key": ["“body” is taken by what every form asks. Choose another short name."],
        "pattern": ["A ( has no ) that closes it."],
        "maximum": ["This is less than the limit above, so no answer would fit."],
    }
    assert not FormField.objects.exists()


def test_a_headings_explanation_keeps_its_lines(form, client):
    client.post(new(form, "heading"), {"label_en": "The alarm", "help_en": "One\r\ntwo"})

    field = FormField.objects.get(form=form)
    assert field.help_en == "One\ntwo"
    assert client.get(page_of(field)).context["form"]["help_en"].value() == "One\ntwo"


@pytest.mark.parametrize("kind", ["date", "date_time"])
def test_today_is_a_limit_in_both_languages(form, client, kind):
    for said in ("Today", "idag"):
        client.post(new(form, kind), {**PLAIN, "label_en": said, "maximum": said})
    fields = FormField.objects.filter(form=form)

    assert [field.maximum for field in fields] == ["today", "today"]
    assert client.get(page_of(fields[0])).context["form"]["maximum"].value() == "today"
    wrong = client.post(new(form, kind), {**PLAIN, "label_en": "Soon", "maximum": "soon"})
    assert "or the word today" in str(wrong.context["form"].errors["maximum"])


def test_a_pattern_is_tried_without_saving(form, client):
    def trial(pattern: str, text: str) -> str:
        response = client.post(
            new(form, "text"), {"label_en": "", "pattern": pattern, "try_text": text, "again": "pattern"}
        )
        assert response.status_code == 200
        assert not response.context["form"].errors
        assert response.context["form"]["try_text"].value() == text
        return response.context["trial"]

    assert trial(r"\d{8}", "12345678") == "“12345678” fits the pattern."
    assert trial(r"\d{8}", "1234567x") == "“1234567x” does not fit the pattern."
    assert trial(r"(?=a)", "a").startswith("Looking ahead or back")
    assert trial(r"(a+)+$", "a" * 190 + "b").endswith("does not fit the pattern.")
    assert not FormField.objects.exists()


def test_the_answers_of_another_question_are_shown_to_be_chosen(form, client):
    colour = add(form, "choice", key="colour", label_en="Colour")
    add(form, "text", key="before")
    asks = {**PLAIN, "depends_on": colour.pk}

    looked = client.post(new(form, "text"), {**asks, "again": "condition"})
    assert looked.status_code == 200
    assert [value for value, _words in looked.context["form"].fields["depends_values"].choices] == ["red", "blue"]
    refused = client.post(new(form, "text"), asks)
    assert refused.status_code == 422
    assert "Choose the answers to “Colour” with which this is asked." in refused.content.decode()
    client.post(new(form, "text"), {**asks, "depends_values": ["red", "blue"]})

    made = FormField.objects.get(key="question")
    assert (made.depends_on, made.depends_values) == (colour, ["red", "blue"])
    shown = client.get(page_of(made)).context["form"]
    assert shown["depends_values"].value() == ["red", "blue"]
    assert "depends_on" not in client.get(page_of(colour)).context["form"].fields
    client.post(page_of(made), {**PLAIN, "depends_on": ""})
    made.refresh_from_db()
    assert (made.depends_on, made.depends_values) == (None, [])


def test_among_very_many_answers_their_values_are_written_down(form, client):
    places = [{"value": f"Place {number}", "sv": f"Plats {number}", "en": ""} for number in range(2000)]
    where = add(form, "choice", key="where", choices=places)

    client.post(new(form, "text"), {**PLAIN, "depends_on": where.pk, "depends_values": "place 7\n Place 1999 \n"})

    made = FormField.objects.get(key="question")
    assert made.depends_values == ["Place 7", "Place 1999"]
    shown = client.get(page_of(made))
    assert shown.context["form"]["depends_values"].value() == "Place 7\nPlace 1999"
    assert len(shown.content) < 60_000
    wrong = client.post(page_of(made), {**PLAIN, "depends_on": where.pk, "depends_values": "Nowhere"})
    assert "“Nowhere” is no answer to that question any more." in wrong.content.decode()


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        ("Malmö", {"value": "Malmö", "sv": "Malmö", "en": ""}),
        (" Brand |  Fire ", {"value": "Brand", "sv": "Brand", "en": "Fire"}),
        ("| Fire", {"value": "Fire", "sv": "", "en": "Fire"}),
        ("fire|Brand|Fire", {"value": "fire", "sv": "Brand", "en": "Fire"}),
        ("fire||", {"value": "fire", "sv": "", "en": ""}),
    ],
)
def test_a_line_is_a_choice_and_a_choice_the_same_line_again(line, choice):
    assert choice_of(line) == choice
    assert choice_of(lines_of([choice])) == choice


@given(value=st.text(max_size=6), swedish=st.text(max_size=6), english=st.text(max_size=6))
@example(value="a", swedish="a|b", english="")
@example(value="a", swedish="", english="")
def test_every_choice_a_door_takes_is_written_down_and_read_again(value, swedish, english):
    choice = {"value": value, "sv": swedish, "en": english}
    if not faults_of(FormField(label_en="Which", kind="choice", choices=[choice]), [], []):
        assert choice_of(lines_of([choice])) == choice


def test_lines_that_are_no_choices_are_named(form, client):
    for lines, words in (
        ("a|b|c|d", "has more than three parts"),
        ("Red\n | ", "nothing but lines between"),
        ("Red\nred", "is there twice"),
        ("\n".join(map(str, range(2001))), "at most 2000 answers"),
    ):
        response = client.post(new(form, "choice"), {**PLAIN, "choices": lines})
        assert response.status_code == 422
        assert words in str(response.context["form"].errors["choices"])
        assert response.context["form"]["choices"].value() == lines


def test_a_default_is_written_as_people_read_it(form, client):
    lines = "red | Röd | Red\nblue | Blå | Blue"
    client.post(new(form, "choice"), {**PLAIN, "choices": lines, "default": "RÖD", "key": "one"})
    client.post(new(form, "choices"), {**PLAIN, "choices": lines, "default": "Blue\nröd", "key": "many"})
    client.post(new(form, "checkbox"), {**PLAIN, "default": "on", "key": "tick"})
    client.post(new(form, "date_time"), {**PLAIN, "default": "2026-11-21T14:30", "key": "when"})
    client.post(new(form, "number"), {**PLAIN, "default": "100", "minimum": "0.5", "key": "amount"})

    assert dict(FormField.objects.values_list("key", "default")) == {
        "one": "red",
        "many": "blue\nred",
        "tick": "yes",
        "when": "2026-11-21T14:30",
        "amount": "100",
    }


def test_the_page_says_how_many_have_answered_and_which_rules_look(form, client, in_scope):
    field = add(form, key="colour")
    assert "Nobody has answered it yet." in client.get(page_of(field)).content.decode()
    make_ticket(topic=TopicFactory(form=form), answers={field: "red"})
    RoutingRule.objects.create(name="Reds", conditions=[{"fact": "field:colour", "operator": "is", "values": ["red"]}])
    RoutingRule.objects.create(name="Towns", table_fact="field:town")

    content = client.get(page_of(field)).content.decode()
    assert "1 ticket has an answer." in content
    assert "Reds" in content
    assert "Towns" not in content
    assert "Ask for another kind" not in content
    response = client.post(f"{page_of(field)}removal/")

    assert "The routing rule Reds looks at its answer" in said(response)
    page = client.get(f"/settings/forms/{form.pk}/")
    assert [removed.key for removed in page.context["removed"]] == ["colour"]
    assert "1 ticket has an answer." in page.content.decode()
    assert "is asked again." in said(client.post(f"{page_of(field)}return/"))


def test_taking_an_answer_away_that_rules_may_name_is_told(form, client):
    field = add(form, "choice", key="colour")
    RoutingRule.objects.create(name="Reds", conditions=[{"fact": "field:colour", "operator": "is", "values": ["red"]}])

    same = client.post(page_of(field), {**PLAIN, "choices": "red | Röd | Red\nblue | Blå | Blue\nGreen"})
    fewer = client.post(page_of(field), {**PLAIN, "choices": "blue | Blå | Blue\nGreen"})

    assert "Reds" not in said(same)
    assert "Answers are taken away here" in said(fewer)
    assert "Reds" in said(fewer)


def test_a_kind_is_changed_while_nobody_has_answered(form, client, in_scope):
    field = add(form, key="size", help_en="In metres")
    assert "Ask for another kind" in client.get(page_of(field)).content.decode()
    other = client.get(f"{page_of(field)}?kind=number")
    assert other.context["form"]["help_en"].value() == "In metres"
    assert "pattern" not in other.context["form"].fields

    client.post(f"{page_of(field)}?kind=number", {**PLAIN, "minimum": "3"})
    field.refresh_from_db()
    assert (field.kind, field.minimum) == ("number", "3")
    make_ticket(topic=TopicFactory(form=form), answers={field: "4"})
    response = client.post(f"{page_of(field)}?kind=text", PLAIN)

    assert response.status_code == 422
    assert "Somebody has answered it, so it stays what it is." in response.content.decode()


def test_a_question_is_moved_and_one_others_depend_on_is_kept(form, client):
    gate = add(form, "checkbox", key="gate", label_en="Gate")
    inner = add(form, key="inner", label_en="Inner", depends_on=gate, depends_values=["yes"])
    last = add(form, key="last", label_en="Last")

    moved = client.post(f"{page_of(last)}place/", {"do": "up"})
    stuck = client.post(f"{page_of(inner)}place/", {"do": "up"})
    stuck = client.post(f"{page_of(inner)}place/", {"do": "up"})
    needed = client.post(f"{page_of(gate)}removal/")

    assert "“Last” is asked earlier now." in said(moved)
    assert moved.headers["Location"] == f"/settings/forms/{form.pk}/#field-{last.pk}"
    assert "“Inner” has to stay behind" in said(stuck)
    assert "“Inner” is asked only with certain answers" in said(needed)
    assert needed.headers["Location"] == page_of(gate)
    remove_field(actor=None, field=inner)
    remove_field(actor=None, field=gate)
    assert "is asked again, and always" in said(client.post(f"{page_of(inner)}return/"))


def test_a_question_is_reached_through_its_own_form_only(form, client, other_portal):
    elsewhere = add(add_form(actor=None, name="Others"))
    with tenant_scope(other_portal.tenant):
        far = add(add_form(actor=None, name="Far"))

    for field in (elsewhere, far):
        for end, method in (("", client.get), ("", client.post), ("removal/", client.post), ("place/", client.post)):
            assert method(f"/settings/forms/{form.pk}/fields/{field.pk}/{end}").status_code == 404
            assert client.get(f"/settings/forms/{far.form_id}/fields/{far.pk}/").status_code == 404


def test_every_fault_has_words():
    for code in [*FAULT_WORDS, "pattern_wrong", "needed_choice"]:
        words = fault_in_words(Fault("label_sv", code, "detail\nquestion"))
        assert words
        assert "%s" not in words


def test_a_forged_setting_changes_nothing_else(form, client):
    client.post(new(form, "file"), {**PLAIN, "access": "internal", "pattern": "x", "is_column": "on", "form": "999"})

    made = FormField.objects.get()
    assert (made.form, made.access, made.pattern, made.is_column, made.is_active) == (form, "customer", "", False, True)
