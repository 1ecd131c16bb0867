"""Translations without system gettext: texts are collected, updated, compiled and checked with Babel.

    scripts/translations.py extract   print every translatable text found in Python and templates
    scripts/translations.py update    bring locale/<language>/LC_MESSAGES/django.po in step with them
    scripts/translations.py compile   write django.mo beside each django.po
    scripts/translations.py check     fail, naming each text that is missing, fuzzy, obsolete or damaged

English is the source: a text is its own English. `compile` needs the runtime requirements only.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["sv"]
PYTHON_ROOTS = ["helpdesk", "accounts", "knowledge", "routing", "tickets", "notifications", "api"]
TEMPLATE_ROOT = "templates"
TEMPLATE_SUFFIXES = {".html", ".txt"}
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (1,)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|%%|\{\w*\}")
UNWANTED_HEADERS = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Language-Team",
    "Report-Msgid-Bugs-To",
)


def catalogue_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


# -- collecting ------------------------------------------------------------------------------------


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold texts, with its contents as Python source."""
    for root in PYTHON_ROOTS:
        for path in sorted((ROOT / root).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / TEMPLATE_ROOT).rglob("*")):
        if path.suffix in TEMPLATE_SUFFIXES:
            yield path, template_as_python(path)


def template_as_python(path: Path) -> str:
    # Inside brackets Python's tokenizer does not mind how a template is indented.
    return "(\n" + templatize(path.read_text(encoding="utf-8"), origin=str(path.relative_to(ROOT))) + "\n)"


def extract() -> Catalog:
    catalogue = Catalog(charset="utf-8")
    for path, source in sources():
        place = path.relative_to(ROOT).as_posix()
        found = babel_extract("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators"])
        for line, message_id, comments, context in found:
            catalogue.add(message_id, locations=[(place, line)], auto_comments=comments, context=context)
    return catalogue


# -- the catalogue on disk -------------------------------------------------------------------------


def read_catalogue(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(language: str) -> None:
    """Adds new texts untranslated and drops texts nobody uses; never guesses, never touches a translation."""
    catalogue = read_catalogue(language)
    catalogue.fuzzy = False
    before = {key(message) for message in texts_of(catalogue)}
    catalogue.update(extract(), no_fuzzy_matching=True, update_header_comment=False)
    dropped = [message.id for message in catalogue.obsolete.values()]
    catalogue.obsolete.clear()
    catalogue.project, catalogue.version = "Helpdesk", ""
    catalogue.header_comment = "# Swedish texts of Helpdesk. Kept in step by `make translations`."
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rendered(catalogue), encoding="utf-8")
    added = sum(key(message) not in before for message in texts_of(catalogue))
    print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {added} new, {len(dropped)} dropped")
    for message_id in dropped:
        print(f"  dropped: {first_line(message_id)}")


def rendered(catalogue: Catalog) -> str:
    """Sorted, places without line numbers, headers without dates: the file changes only when a text does."""
    file = io.BytesIO()
    write_po(file, catalogue, sort_output=True, include_lineno=False, width=100)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}:' for name in UNWANTED_HEADERS)))


def compile_catalogue(language: str) -> None:
    path = catalogue_path(language)
    if not path.exists():
        print(f"{path.relative_to(ROOT)} is missing: nothing to compile", file=sys.stderr)
        return
    file = io.BytesIO()
    write_mo(file, read_catalogue(language))
    target = path.with_suffix(".mo")
    if not target.exists() or target.read_bytes() != file.getvalue():
        scratch = target.with_suffix(".mo.new")
        scratch.write_bytes(file.getvalue())
        scratch.replace(target)


# -- checking --------------------------------------------------------------------------------------


def check(language: str) -> list[str]:
    used = {key(message): message for message in texts_of(extract())}
    catalogue = read_catalogue(language)
    known = {key(message): message for message in texts_of(catalogue)}
    problems = [f"not in the catalogue: {describe(used[name])}" for name in used if name not in known]
    problems += [f"obsolete: {describe(known[name])}" for name in known if name not in used]
    problems += [
        f"plural changed: {describe(used[name])}" for name in used.keys() & known if used[name].id != known[name].id
    ]
    problems += [f"obsolete: {first_line(message.id)}" for message in catalogue.obsolete.values()]
    for message in known.values():
        problems += [f"{problem}: {describe(message)}" for problem in faults(message)]
    return problems


def faults(message: Message) -> Iterator[str]:
    strings, ids = forms(message.string), forms(message.id)
    if message.fuzzy:
        yield "fuzzy"
    if not all(strings):
        yield "not translated"
        return
    # A plural's first form may leave the number out ("one ticket"); the last form may not.
    if placeholders(strings[-1]) != placeholders(ids[-1]):
        yield "placeholders differ"
    elif any(placeholders(string) - placeholders(*ids) for string in strings):
        yield "unknown placeholder"
    if any(string.startswith("\n") != ids[0].startswith("\n") for string in strings):
        yield "starts with a new line on one side only"
    if any(string.endswith("\n") != ids[0].endswith("\n") for string in strings):
        yield "ends with a new line on one side only"


def forms(texts: object) -> list[str]:
    """Babel holds a plain text as a string and a plural as a sequence of its forms."""
    return [str(text or "") for text in texts] if isinstance(texts, (list, tuple)) else [str(texts or "")]


def placeholders(*texts: str) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text)}


def texts_of(catalogue: Iterable[Message]) -> list[Message]:
    return [message for message in catalogue if message.id]


def key(message: Message) -> tuple[str | None, str]:
    """What gettext looks a text up by: its context and its singular."""
    return message.context, forms(message.id)[0]


def describe(message: Message) -> str:
    places = sorted({place for place, _ in message.locations})
    return f"{first_line(message.id)}  ({', '.join(places) or 'nowhere'})"


def first_line(message_id: object) -> str:
    text = forms(message_id)[0]
    return repr(text if len(text) <= 90 else text[:87] + "…")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["extract", "update", "compile", "check"])
    command = parser.parse_args().command
    if command == "extract":
        sys.stdout.write(rendered(extract()))
        return 0
    problems = []
    for language in LANGUAGES:
        if command == "update":
            update(language)
        elif command == "compile":
            compile_catalogue(language)
        else:
            problems += [f"{language}: {problem}" for problem in check(language)]
    for problem in sorted(problems):
        print(problem, file=sys.stderr)
    if problems:
        print(f"translations: {len(problems)} problems; `make translations` collects new texts", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
