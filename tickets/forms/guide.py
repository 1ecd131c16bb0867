"""Questions and answers of "Where to turn", as the portal's administrators write them."""

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import ProviderContactKind
from accounts.folding import clean_line
from accounts.forms.choosing import OrganisationField
from accounts.forms.fields import AddressField, LineField, TextField
from knowledge.actions.guide import EXAMPLES, AnswerWords
from knowledge.enums import Audience, GuideEnd
from knowledge.models import Article, GuideAnswer, GuideQuestion
from tickets.enums import LeadsTo
from tickets.models import HelpTopic

ON = "question"  # it leads on, instead of ending
ONE_LANGUAGE = gettext_lazy("Write it in one of the languages at least.")

# Each way with what follows from it for whoever chooses the answer.
WAYS = {
    ON: gettext_lazy("Another question"),
    GuideEnd.FORM: gettext_lazy("A form: they write to you. Who may not ask is sent to their own administrators."),
    GuideEnd.ARTICLE: gettext_lazy("An article: they read what to do."),
    GuideEnd.PHONE: gettext_lazy("The phone: those whose agreement has it are told the number."),
    GuideEnd.MAIL: gettext_lazy("A mail address."),
    GuideEnd.OWN_ADMINISTRATORS: gettext_lazy("Their own administrators, with phone and address."),
    GuideEnd.PROVIDER_CONTACT: gettext_lazy("Their contact with you, by agreement."),
    GuideEnd.ADVICE: gettext_lazy("Advice only: they read what you write below."),
}
# What the doors miss, and at which field it is said.
MISSING = {
    "leads_to": ("leads_to", gettext_lazy("Choose the question it leads to.")),
    "topic": ("topic", gettext_lazy("Choose the topic whose form it is.")),
    "article": ("article", gettext_lazy("Choose an article.")),
    "words": ("words_sv", gettext_lazy("Write the advice, in one of the languages at least.")),
}


class QuestionForm(forms.Form):
    """A question, and one line of help below it."""

    text_sv = LineField(label=gettext_lazy("Question in Swedish"), max_length=150, required=False)
    text_en = LineField(label=gettext_lazy("Question in English"), max_length=150, required=False)
    help_sv = LineField(label=gettext_lazy("One line below the question, in Swedish"), max_length=300, required=False)
    help_en = LineField(label=gettext_lazy("One line below the question, in English"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not (said["text_sv"] or said["text_en"]):
            self.add_error("text_sv", str(ONE_LANGUAGE))
        return said

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"text": (said["text_sv"], said["text_en"]), "explanation": (said["help_sv"], said["help_en"])}

    @staticmethod
    def of(question: GuideQuestion) -> dict[str, Any]:
        return {name: getattr(question, name) for name in QuestionForm.base_fields}


class AnswerForm(forms.Form):
    """An answer and where it goes. `words()` and `topic` are what the door takes."""

    label_sv = LineField(label=gettext_lazy("Answer in Swedish"), max_length=150, required=False)
    label_en = LineField(label=gettext_lazy("Answer in English"), max_length=150, required=False)
    goes = forms.ChoiceField(
        label=gettext_lazy("Where does it lead?"),
        choices=list(WAYS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    leads_to = forms.ModelChoiceField(
        label=gettext_lazy("Which question?"), queryset=GuideQuestion.objects.none(), required=False
    )
    topic = forms.ModelChoiceField(
        label=gettext_lazy("Which topic’s form?"), queryset=HelpTopic.objects.none(), required=False
    )
    article = forms.ModelChoiceField(
        label=gettext_lazy("Which article?"), queryset=Article.objects.none(), required=False
    )
    phone = LineField(
        label=gettext_lazy("Phone number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Empty: the portal’s number, and outside office hours the one for then."),
    )
    mail_address = AddressField(
        label=gettext_lazy("Mail address"), required=False, help_text=gettext_lazy("Empty: the portal’s own address.")
    )
    words_sv = TextField(
        label=gettext_lazy("What they read there, in Swedish"),
        max_length=1000,
        rows=4,
        help_text=gettext_lazy("Such as what to have at hand, or what happens then."),
    )
    words_en = TextField(label=gettext_lazy("What they read there, in English"), max_length=1000, rows=4)
    examples_sv = TextField(
        label=gettext_lazy("Example questions in Swedish"),
        rows=4,
        help_text=gettext_lazy("As people ask them, one a line. They stand in the table beside where to turn."),
    )
    examples_en = TextField(
        label=gettext_lazy("Example questions in English"), rows=4, help_text=gettext_lazy("The same lines in order.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("leads_to", GuideQuestion.objects.all(), _("Choose a question"))
        topics = HelpTopic.objects.filter(is_active=True, leads_to=LeadsTo.FORM, children__isnull=True)
        self._choose("topic", topics, _("Choose a topic"))
        articles = Article.objects.filter(published__isnull=False, archived_at__isnull=True)
        articles = articles.exclude(audience=Audience.STAFF).select_related("published")
        self._choose("article", articles.defer("published__body_sv", "published__body_en"), _("Choose an article"))
        self.fields["article"].label_from_instance = lambda article: article.published.title  # type: ignore[attr-defined]
        for place, label in enumerate((_("Whom first?"), _("And if they have none?"), _("And else?"))):
            nobody = _("whoever they have") if place == 0 else _("nobody else")
            self.fields[f"contact_{place}"] = forms.ChoiceField(
                label=label, choices=[("", nobody), *ProviderContactKind.choices], required=False
            )

    def _choose(self, name: str, rows: Any, empty: str) -> None:
        field: Any = self.fields[name]
        field.queryset, field.empty_label = rows, empty
        field.error_messages["invalid_choice"] = _("This cannot be chosen any more. Choose another one.")

    @property
    def contacts(self) -> list[forms.BoundField]:
        return [self[f"contact_{place}"] for place in range(len(ProviderContactKind))]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not {"label_sv", "label_en"} & set(self.errors) and not (said["label_sv"] or said["label_en"]):
            self.add_error("label_sv", str(ONE_LANGUAGE))
        for name in ("examples_sv", "examples_en"):
            lines = [line for line in map(clean_line, said.get(name, "").split("\n")) if line]
            if len(lines) > EXAMPLES or any(len(line) > 300 for line in lines):
                told = _("Write at most %(limit)d questions, each of at most 300 characters.")
                self.add_error(name, told % {"limit": EXAMPLES})
        return said

    def words(self) -> AnswerWords:
        said = self.cleaned_data
        swedish, english = (map(clean_line, said[name].split("\n")) for name in ("examples_sv", "examples_en"))
        leads_on = said["goes"] == ON
        return AnswerWords(
            label=(said["label_sv"], said["label_en"]),
            leads_to=said["leads_to"] if leads_on else None,
            end="" if leads_on else said["goes"],
            article=said["article"],
            mail_address=said["mail_address"],
            phone=said["phone"],
            contact_kinds=list(dict.fromkeys(kind for kind in self._kinds() if kind)),
            words=(said["words_sv"], said["words_en"]),
            examples=list(zip_longest(swedish, english, fillvalue="")),
        )

    def _kinds(self) -> list[str]:
        return [self.cleaned_data[f"contact_{place}"] for place in range(len(ProviderContactKind))]

    def refuse(self, why: str) -> None:
        """Say what the door misses, at its field."""
        name, words = MISSING[why]
        self.add_error(name, str(words))

    @staticmethod
    def of(answer: GuideAnswer) -> dict[str, Any]:
        """The form's first values for an answer."""
        plain = ("label_sv", "label_en", "leads_to", "article", "phone", "mail_address", "words_sv", "words_en")
        examples = list(answer.examples.all())
        topic = getattr(answer, "guide_topic", None)
        return {
            **{name: getattr(answer, name) for name in plain},
            "goes": answer.end or ON,
            "topic": topic.topic_id if topic else None,
            "examples_sv": "\n".join(example.text_sv for example in examples).rstrip(),
            "examples_en": "\n".join(example.text_en for example in examples).rstrip(),
            **{f"contact_{place}": kind for place, kind in enumerate(answer.contact_kinds)},
        }


class PreviewForm(forms.Form):
    """As whom to look at the guide."""

    organisation = OrganisationField(
        label=gettext_lazy("As somebody at"),
        help_text=gettext_lazy("Empty: as somebody who is not signed in."),
        max_length=120,
        required=False,
    )
    is_named_contact = forms.BooleanField(label=gettext_lazy("who is a named contact"), required=False)
