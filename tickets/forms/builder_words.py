"""What the pages about forms say: of each kind, of each thing that does not fit, of a pattern that is none."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.languages import in_readers_language
from tickets.enums import FieldKind
from tickets.field_rules import Fault
from tickets.models import FormField

VALUES_SHOWN = 4

KIND_WORDS = {
    FieldKind.TEXT: gettext_lazy("One line, such as the number of a card."),
    FieldKind.LONG_TEXT: gettext_lazy("Several lines, such as what somebody did before the fault."),
    FieldKind.CHOICE: gettext_lazy("One of the answers you write down. Other questions can depend on it."),
    FieldKind.CHOICES: gettext_lazy("Any number of the answers you write down."),
    FieldKind.CHECKBOX: gettext_lazy("Something that is so, or not."),
    FieldKind.DATE: gettext_lazy("A day, such as when something is needed."),
    FieldKind.DATE_TIME: gettext_lazy("A day and the time, such as when a fault occurred."),
    FieldKind.NUMBER: gettext_lazy("How many, or how much."),
    FieldKind.PHONE: gettext_lazy("Where somebody is reached, if not at their own number."),
    FieldKind.EMAIL: gettext_lazy("An address of somebody else than the sender."),
    FieldKind.URL: gettext_lazy("The address of a page."),
    FieldKind.FILE: gettext_lazy("One certain file, such as a picture of the display. Others can be attached anyway."),
    FieldKind.ORGANISATION: gettext_lazy("Whom it is about. Filled in for people you know; others write it."),
    FieldKind.SITE: gettext_lazy("A place of the organisation’s, offered to its people; others write it."),
    FieldKind.HEADING: gettext_lazy("Words between the questions. Asks nothing."),
}

FAULT_WORDS = {
    "label_missing": gettext_lazy("Write the question in at least one language."),
    "too_long": gettext_lazy("Write at most %s characters here."),
    "unknown": gettext_lazy("Choose one of the answers."),
    "fields_many": gettext_lazy("A form can ask at most %s questions. Remove one first."),
    "answered": gettext_lazy("Somebody has answered it, so it stays what it is. Add a new question instead."),
    "key_wrong": gettext_lazy(
        "Begin with a letter from a to z, then letters, digits and _ only; 40 characters at most."
    ),
    "key_reserved": gettext_lazy("“%s” is taken by what every form asks. Choose another short name."),
    "key_taken": gettext_lazy("Another question of this form is called “%s” already."),
    "key_removed": gettext_lazy(
        "A removed question of this form is called “%s”. Ask that one again, or choose another."
    ),
    "choices_missing": gettext_lazy("Write the answers one can choose among, one a line."),
    "choices_many": gettext_lazy("These are %s answers; 2,000 at most can be chosen among."),
    "choices_many_of_form": gettext_lazy(
        "A form can offer at most 5,000 answers in all, and its other questions offer %s. Take some away first."
    ),
    "choice_wrong": gettext_lazy("“%s” cannot be an answer. Write it with letters or digits, without |."),
    "choice_long": gettext_lazy("“%s …” is too long: values have 80 characters at most, their words 120."),
    "choice_twice": gettext_lazy("“%s” is there twice, or two answers read alike. Nobody could tell them apart."),
    "pattern_message_missing": gettext_lazy("Say what is expected, for those whose answer does not fit the pattern."),
    "limit_wrong": gettext_lazy("“%s” cannot be a limit here."),
    "limits_crossed": gettext_lazy("This is less than the limit above, so no answer would fit."),
    "default_wrong": gettext_lazy("“%s” is no answer to this question."),
    "default_outside": gettext_lazy("“%s” would not be accepted as an answer, because of the limits or the pattern."),
    "depends_wrong": gettext_lazy("It cannot depend on “%s”. Choose an earlier question that everybody here is asked."),
    "depends_values_missing": gettext_lazy("Choose the answers to “%s” with which this is asked."),
    "depends_values_wrong": gettext_lazy("“%s” is no answer to that question any more."),
    "needed_kind": gettext_lazy("“%s” is asked only with certain answers to this one. Change that first."),
    "needed_access": gettext_lazy("Customers are asked “%s” only with certain answers to this one. Change that first."),
}

PATTERN_WORDS = (
    ("missing )", gettext_lazy("A ( has no ) that closes it.")),
    ("unexpected )", gettext_lazy("A ) has no ( before it.")),
    ("missing ]", gettext_lazy("A [ has no ] that closes it.")),
    ("no argument for repetition", gettext_lazy("Nothing stands before *, + or ? that could be repeated.")),
    ("bad repetition operator", gettext_lazy("Two of *, + and ? stand side by side.")),
    ("invalid repetition size", gettext_lazy("Something is repeated too often; 1,000 times is the most.")),
    ("invalid perl operator", gettext_lazy("Looking ahead or back, as (?= and (?<! do, is not possible here.")),
    ("invalid character class", gettext_lazy("What stands between [ and ] is no range, such as a-z.")),
    (
        "invalid escape",
        gettext_lazy("After \\ stands a character that means nothing there. \\d is a digit, \\. is a dot."),
    ),
    ("trailing \\", gettext_lazy("It ends with \\, which needs a character behind it.")),
    ("longer than", gettext_lazy("It is longer than 200 characters.")),
)


def fault_in_words(fault: Fault) -> str:
    """What does not fit, for the field of the page it belongs to."""
    if fault.code == "pattern_wrong":
        return pattern_in_words(fault.detail)
    if fault.code == "needed_choice":
        value, _line, label = fault.detail.partition("\n")
        return _("“%(question)s” is asked only if the answer here is “%(answer)s”. Change that first.") % {
            "question": label,
            "answer": value,
        }
    words = str(FAULT_WORDS[fault.code])
    return words % fault.detail if "%s" in words else words


def condition_in_words(field: FormField) -> str:
    """When a question is asked; "" for always."""
    on = field.depends_on
    if on is None:
        return ""
    if on.kind == FieldKind.CHECKBOX:
        return _("Asked only if “%s” is ticked") % on
    words = {one["value"]: in_readers_language(one.get("sv", ""), one.get("en", "")) for one in on.choices}
    said = [words.get(value) or value for value in field.depends_values]
    shown = _(" or ").join(said[:VALUES_SHOWN])
    if len(said) > VALUES_SHOWN:
        shown = _("%(values)s or %(number)d others") % {"values": shown, "number": len(said) - VALUES_SHOWN}
    return _("Asked only if “%(question)s” is: %(values)s") % {"question": on, "values": shown}


def pattern_in_words(said: str) -> str:
    """Why a pattern is none. `said` is what PatternError says."""
    for beginning, words in PATTERN_WORDS:
        if said.startswith(beginning):
            return str(words)
    return _("This is no pattern: %s") % said
