"""The safe template language of a portal's own wordings: Liquid, of which only variables and choices are left.

No loops, no assignments, no files, no filters that calculate: whatever an administrator writes ends at once and needs
no more room than what it is given. What people wrote is only ever a value, and never read as a template.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

LONGEST_SUBJECT = 300
LONGEST_TEXT = 20_000
FILTERS = frozenset(
    "append capitalize default downcase lstrip prepend rstrip strip truncate truncatewords upcase".split()
)
TAGS = frozenset("output content illegal if unless case comment #".split())

Values = Mapping[str, str | bool]


class Sandbox(Environment):
    """Liquid within limits; what somebody wrote may be as long as a mail allows, and its number of uses is bounded."""

    output_stream_limit = 200_000
    context_depth_limit = 20
    loop_iteration_limit = 1
    local_namespace_limit = 1
    block_nesting_limit = 20


@dataclass(frozen=True)
class Wording:
    """What is written in the settings: a subject and a text, both templates."""

    subject: str
    text: str


class WordingBroken(ValueError):
    """The wording cannot be used. `words` say what is wrong, `is_subject` whether it is about the subject."""

    def __init__(self, words: str, *, is_subject: bool = False) -> None:
        super().__init__(words)
        self.words, self.is_subject = words, is_subject


def fill_in(template: str, values: Values) -> str:
    """The template with the values in it, as plain text. Raises WordingBroken for anything not understood."""
    try:
        return _read(template).render(dict(values))
    except (LiquidError, RecursionError, ArithmeticError, TypeError, ValueError) as trouble:
        raise _broken(trouble) from trouble


def check(template: str, names: Collection[str]) -> None:
    """Raises WordingBroken when the template is not understood, or uses a name that stands for nothing, even where
    it would not be reached today."""
    try:
        used = _read(template).variables()
    except (LiquidError, RecursionError) as trouble:
        raise _broken(trouble) from trouble
    unknown = next((name for name in used if name not in names), None)
    if unknown is not None:
        raise WordingBroken(_("There is nothing called “%s” to put in. Choose from the list.") % unknown)


@lru_cache(maxsize=256)
def _read(template: str) -> BoundTemplate:
    if "\x00" in template:
        raise WordingBroken(_("It contains signs that cannot be sent."))
    return SANDBOX.from_string(template)


def _broken(trouble: Exception) -> WordingBroken:
    if isinstance(trouble, WordingBroken):
        return trouble
    place = trouble.context() if isinstance(trouble, LiquidError) else None
    if place is None:
        return WordingBroken(_("What stands between the braces is not understood."))
    line = int(place[0])
    return WordingBroken(_("What stands between the braces in line %d is not understood.") % line)


def _sandbox() -> Sandbox:
    made = Sandbox(undefined=StrictUndefined, strict_filters=True, autoescape=False)
    made.filters = {name: way for name, way in made.filters.items() if name in FILTERS}
    made.tags = {name: tag for name, tag in made.tags.items() if name in TAGS}
    return made


SANDBOX = _sandbox()
