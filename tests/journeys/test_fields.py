"""Every kind of question in a browser, with scripts and without: asked when its condition holds, and then required."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from accounts.scoping import tenant_scope
from tests.factories import TopicFactory, ask
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tickets.enums import FieldKind, Need
from tickets.models import Attachment, FieldAnswer

LETTERS = [{"value": letter, "sv": letter.upper(), "en": letter.upper()} for letter in "abc"]
PLACES = [{"value": f"p{number}", "sv": f"Ort {number}", "en": f"Place {number}"} for number in range(2000)]
# What is written for each kind, and what is kept of it. "many" is a choice among two thousand.
WRITTEN: dict[str, tuple[Any, str]] = {
    "text": ("Attic", "Attic"),
    "long_text": ("One\nTwo", "One\nTwo"),
    "choice": ("b", "b"),
    "many": ("Place 1999", "p1999"),
    "choices": (["a", "c"], "a\nc"),
    "checkbox": (True, "yes"),
    "date": ("2026-11-21", "2026-11-21"),
    "date_time": ("2026-11-21T14:30", "2026-11-21T14:30+01:00"),
    "number": ("12,5", "12.5"),
    "phone": ("040-12 34 56", "040-12 34 56"),
    "email": ("ylva@berg.example", "ylva@berg.example"),
    "url": ("https://berg.example/", "https://berg.example/"),
    "file": ("log.txt", "log.txt"),
    "organisation": ("Bergs", "Bergs"),
    "site": ("Hus B", "Hus B"),
}


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def form(larm: Site) -> str:
    """A topic that asks everything once it is told to, and the same where nobody can tell it to."""
    with tenant_scope(larm.tenant):
        topic: Any = TopicFactory(slug="everything")
        gate = ask(topic, "gate", kind=FieldKind.CHECKBOX)
        never = ask(topic, "never", kind=FieldKind.CHOICE, choices=LETTERS)
        for name in WRITTEN:
            kind = FieldKind.CHOICE if name == "many" else name
            values: dict[str, Any] = {"kind": kind, "need": Need.ALWAYS}
            values["choices"] = PLACES if name == "many" else LETTERS if "choice" in name else []
            ask(topic, f"asked_{name}", depends_on=gate, depends_values=["yes"], **values)
            ask(topic, f"hidden_{name}", depends_on=never, depends_values=["a"], **values)
        ask(
            topic, "words", kind=FieldKind.HEADING, label_en="Have you looked?", depends_on=gate, depends_values=["yes"]
        )
    return "/tickets/new/everything/"


def control(reader: Reader, name: str) -> Locator:
    return reader.page.locator(f"main [name=field_{name}]")


def write(reader: Reader, name: str, papers: dict[str, Path], prefix: str = "asked") -> None:
    field, value = control(reader, f"{prefix}_{name}"), WRITTEN[name][0]
    if name == "file":
        field.set_input_files(papers["log.txt"])
    elif name == "choice":
        field.select_option(value)
    elif name == "checkbox":
        field.check()
    elif name == "choices":
        for one in value:
            reader.page.locator(f"main [name=field_{prefix}_{name}][value={one}]").check()
    else:
        field.fill(value)


def kept(larm: Site) -> dict[str, str]:
    with tenant_scope(larm.tenant):
        answers = FieldAnswer.objects.filter(ticket__topic__slug="everything").order_by("pk")
        return dict(answers.values_list("key", "value"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with-script", "without-script"])
def test_every_kind_of_question_is_asked_only_when_its_condition_holds(
    meet: Meet, larm: Site, form: str, papers: dict[str, Path], scripts: bool
) -> None:
    guest = meet(java_script_enabled=scripts)
    guest.open(form)
    guest.fill(email="ylva@berg.example", name="Ylva Berg", subject="Everything", body="All of it.")
    for name in WRITTEN:
        for prefix in ("asked", "hidden"):
            expect(control(guest, f"{prefix}_{name}").first).to_be_visible(visible=not scripts)
    if not scripts:
        guest.sees("Only if you ticked “Question gate”.", "Only if you answered “A” to “Question never”.")
        for name in WRITTEN:
            write(guest, name, papers, "hidden")  # what nobody was asked is not kept
    control(guest, "gate").check()
    guest.sees("Have you looked?")
    expect(control(guest, "asked_site")).to_be_visible()

    guest.press(guest.t("Send ticket"), status=422)
    expect(guest.page.locator("#errors a")).to_have_count(len(WRITTEN))
    for name in WRITTEN:
        write(guest, name, papers)
    control(guest, "asked_email").fill("ylva at berg")
    guest.press(guest.t("Send ticket"), status=422)
    expect(guest.page.locator("#errors a")).to_have_count(1)
    expect(guest.page.get_by_label("log.txt")).to_be_checked()
    expect(control(guest, "asked_many")).to_have_value("Place 1999")
    control(guest, "asked_email").fill("ylva@berg.example")
    guest.press(guest.t("Send ticket"))

    assert guest.mark("ticket")
    answers = kept(larm)
    answers.pop("never", None)
    assert answers == {"gate": "yes", **{f"asked_{name}": value for name, (_written, value) in WRITTEN.items()}}
    with tenant_scope(larm.tenant):
        assert Attachment.objects.get(message__ticket__topic__slug="everything").field_key == "asked_file"


def test_a_question_comes_and_goes_with_the_answer_before_it(meet: Meet, larm: Site, form: str) -> None:
    """By keyboard; what was typed into it stays while it is away, and is not sent."""
    guest = meet()
    guest.open(form)
    guest.fill(email="ylva@berg.example", name="Ylva Berg", subject="Everything", body="All of it.")
    gate, text = control(guest, "gate"), control(guest, "asked_text")
    gate.focus()
    guest.page.keyboard.press("Space")
    expect(text).to_be_visible()
    text.fill("Attic")
    gate.focus()
    guest.page.keyboard.press("Space")
    expect(text).to_be_hidden()
    guest.page.keyboard.press("Space")
    expect(text).to_have_value("Attic")
    gate.uncheck()
    guest.press(guest.t("Send ticket"))

    assert kept(larm) == {}
    guest.page.go_back()
    expect(control(guest, "asked_text")).to_be_hidden()
