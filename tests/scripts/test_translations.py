"""The translation tool, run as a person runs it, on a small project of its own."""

import gettext
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

SCRIPT = Path(__file__).parents[2] / "scripts" / "translations.py"
TEMPLATE = """{% load i18n %}
   <p>{% translate "Don't forget" %} it's (here</p>
  {% translate "Close" context "verb" %}
     {% blocktranslate trimmed count n=tickets|length %}
       One ticket of {{ name }}
     {% plural %}
       {{ n }} tickets of {{ name }}
     {% endblocktranslate %}
{{ value|default:_("None at all") }} {% include "y" with title=_("A title") %}
"""
CODE = """
from django.utils.translation import gettext_lazy as _, pgettext
STATE = _("Open")
MONTH = pgettext("month", "May")
GREETING = _("Hello %(name)s")
"""
TEXTS = {
    "Don't forget",
    "Close",
    "One ticket of %(name)s",
    "None at all",
    "A title",
    "Open",
    "May",
    "Hello %(name)s",
}


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = folder / "locale" / "sv" / "LC_MESSAGES" / "django.po"
        (folder / "scripts").mkdir()
        shutil.copy(SCRIPT, folder / "scripts")
        self.write("templates/page.html", TEMPLATE)
        self.write("tickets/enums.py", CODE)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        script = self.folder / "scripts" / "translations.py"
        return subprocess.run([sys.executable, script, command], check=False, capture_output=True, text=True)

    def translate(self) -> None:
        """Updates, then gives every text its English as its Swedish."""
        self.run("update")
        with self.catalogue.open("rb") as file:
            catalogue = read_po(file, locale="sv")
        for message in catalogue:
            if message.id:
                message.string = message.id
        with self.catalogue.open("wb") as file:
            write_po(file, catalogue, sort_output=True)
        self.run("update")

    def replace(self, old: str, new: str) -> None:
        text = self.catalogue.read_text(encoding="utf-8")
        assert old in text
        self.catalogue.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_finds_every_form_of_text_in_code_and_templates(project: Project):
    found = project.run("extract").stdout

    assert {line.removeprefix('msgid "')[:-1] for line in found.splitlines() if line.startswith('msgid "')} == {
        "",
        *TEXTS,
    }
    assert 'msgctxt "verb"' in found
    assert 'msgid_plural "%(n)s tickets of %(name)s"' in found


def test_a_complete_catalogue_passes_and_a_second_update_changes_nothing(project: Project):
    project.translate()
    before = project.catalogue.read_bytes()

    project.run("update")

    assert project.catalogue.read_bytes() == before
    checked = project.run("check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_updating_keeps_translations_and_drops_what_is_no_longer_used(project: Project):
    project.translate()
    project.replace('msgid "Open"\nmsgstr "Open"', 'msgid "Open"\nmsgstr "Öppet"')
    project.write("tickets/enums.py", CODE.replace('pgettext("month", "May")', '_("June")'))

    project.run("update")

    text = project.catalogue.read_text(encoding="utf-8")
    assert 'msgstr "Öppet"' in text
    assert 'msgid "June"\nmsgstr ""' in text
    assert "May" not in text


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgid "Open"\nmsgstr "Open"', 'msgid "Open"\nmsgstr ""', "not translated: 'Open'"),
        ('msgid "Open"', '#, fuzzy\nmsgid "Open"', "fuzzy: 'Open'"),
        ('msgid "Open"', 'msgid "Opened"', "not in the catalogue: 'Open'"),
        ('msgid "Open"', 'msgid "Opened"', "obsolete: 'Opened'"),
        ('msgstr "Hello %(name)s"', 'msgstr "Hej %(namn)s"', "placeholders differ: 'Hello %(name)s'"),
        ('msgstr[1] "%(n)s tickets of', 'msgstr[1] "Ärenden för', "placeholders differ: 'One ticket"),
        ('msgid_plural "%(n)s tickets', 'msgid_plural "%(n)s cases', "plural changed: 'One ticket"),
    ],
)
def test_the_check_names_what_is_wrong(project: Project, old: str, new: str, complaint: str):
    project.translate()
    project.replace(old, new)

    checked = project.run("check")

    assert checked.returncode == 1
    assert complaint in checked.stderr


def test_compiles_what_gettext_can_read(project: Project):
    project.translate()
    project.replace('msgid "Open"\nmsgstr "Open"', 'msgid "Open"\nmsgstr "Öppet"')

    project.run("compile")

    with project.catalogue.with_suffix(".mo").open("rb") as file:
        swedish = gettext.GNUTranslations(file)
    assert swedish.gettext("Open") == "Öppet"
    assert swedish.ngettext("One ticket of %(name)s", "%(n)s tickets of %(name)s", 2) == "%(n)s tickets of %(name)s"
