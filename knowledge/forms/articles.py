"""An article as staff write it, and where it stands."""

from typing import Any

from django import forms
from django.db.models import Case, QuerySet, When
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.forms.choosing import OrganisationsField, RowsField
from accounts.forms.fields import AttachmentsField, BodyField, LineField
from accounts.models import Tenant, User
from accounts.passing import whole_number
from knowledge.actions.articles import LONGEST, WordsRefused
from knowledge.actions.placing import RELATED_LIMIT
from knowledge.drafts import Place, Words, slug_of
from knowledge.enums import Audience
from knowledge.models import Article, ArticleVersion, Section
from knowledge.queries.articles import other_articles, titled

BODY_ROWS = 18
FOUND = 10  # titles at a time
MOST_CHOSEN = 2 * RELATED_LIMIT  # looked at; the door says how many can be
SECOND = {"sv": gettext_lazy("Swedish"), "en": gettext_lazy("English")}


class ArticleForm(forms.Form):
    """The words of an article, in both languages. `seen` is what the writer had read when they began."""

    title_sv = LineField(label=gettext_lazy("Title"), required=False, max_length=LONGEST["title"])
    summary_sv = LineField(label=gettext_lazy("In one sentence"), required=False, max_length=LONGEST["summary"])
    body_sv = BodyField(label=gettext_lazy("Text"), required=False, max_length=LONGEST["body"], rows=BODY_ROWS)
    title_en = LineField(label=gettext_lazy("Title"), required=False, max_length=LONGEST["title"])
    summary_en = LineField(label=gettext_lazy("In one sentence"), required=False, max_length=LONGEST["summary"])
    body_en = BodyField(label=gettext_lazy("Text"), required=False, max_length=LONGEST["body"], rows=BODY_ROWS)
    note = LineField(
        label=gettext_lazy("What you changed, for your colleagues"),
        required=False,
        max_length=LONGEST["note"],
    )
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, tenant: Tenant, overflow: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = AttachmentsField(tenant=tenant, overflow=overflow)
        for name, field in self.fields.items():
            language = name.rpartition("_")[2]
            if language in SECOND:
                field.widget.attrs["lang"] = language

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The fields of each language, the reader's own first."""
        codes = ["sv", "en"] if (get_language() or "").startswith("sv") else ["en", "sv"]
        return [
            {"code": code, "name": SECOND[code], "fields": [self[f"{part}_{code}"] for part in _PARTS]}
            for code in codes
        ]

    def words(self) -> Words:
        """What was typed, also where it is not valid: it is shown again."""
        if self.is_bound:
            typed = {name: str(self.data.get(name, "")) for name in self.fields}
            return Words.among({**typed, **getattr(self, "cleaned_data", {})})
        return Words.among(self.initial)

    def refuse(self, refused: WordsRefused) -> None:
        """Tell in the form what the door refused."""
        field, told = _REFUSED[refused.why]
        self.add_error(refused.field or field, str(told))


_PARTS = ("title", "summary", "body")
_NO_TITLE = gettext_lazy("Write a title in this language, or take its other words out.")
_NO_TEXT = gettext_lazy("Write the text in this language before you publish, or take its title out.")
_REFUSED: dict[str, tuple[str | None, Any]] = {
    "title": (None, gettext_lazy("Write a title in at least one language.")),
    "title_sv": ("title_sv", _NO_TITLE),
    "title_en": ("title_en", _NO_TITLE),
    "body_sv": ("body_sv", _NO_TEXT),
    "body_en": ("body_en", _NO_TEXT),
    "long": (None, gettext_lazy("One of the texts is too long.")),
    "gap": (
        None,
        gettext_lazy("[…] stands where something was left out. Write what readers get there, or take it out."),
    ),
    "file": (
        None,
        gettext_lazy("The text names a file that the article does not have. Add it, or take it out of the text."),
    ),
}


def initial_of(version: ArticleVersion, mark: str) -> dict[str, Any]:
    return {**Words.of(version).as_fields(), "seen": mark}


class NewPlaceForm(forms.Form):
    """What a new article needs besides its words."""

    section = forms.ModelChoiceField(
        label=gettext_lazy("Section"),
        queryset=Section.objects.none(),
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose the section it stands in.")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = Section.objects.all()  # type: ignore[attr-defined]


class PlaceForm(NewPlaceForm):
    """Where an article stands, who may read it, and who answers for it. Of related articles it offers those that are
    chosen and, below them, some of those with the words of `find` in their titles."""

    slug = LineField(
        label=gettext_lazy("Word in its address"),
        help_text=gettext_lazy("Addresses it had before keep leading to it."),
        max_length=80,
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it"), choices=Audience.choices, widget=forms.RadioSelect
    )
    organisations = OrganisationsField(
        label=gettext_lazy("Which organisations"),
        help_text=gettext_lazy("Their names, one a line. Only for certain organisations."),
    )
    related = RowsField(
        label=gettext_lazy("Related articles"),
        help_text=gettext_lazy("Readers are shown those of them that they may read."),
        queryset=Article.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    find = LineField(label=gettext_lazy("Search titles"), required=False, max_length=100)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("whoever published it last"),
    )
    review_at = forms.DateField(
        label=gettext_lazy("To be looked through on"),
        help_text=gettext_lazy("On that day, whoever answers for it is asked whether it still holds."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, initial=_place_of(article), **kwargs)
        fields: dict[str, Any] = self.fields
        self.found, fields["related"].queryset = self._offered(article)
        fields["related"].label_from_instance = lambda other: other.published.title
        staff = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER) | User.objects.filter(
            pk=article.owner_id
        )
        fields["owner"].queryset = staff.order_by("name", "pk")

    def _offered(self, article: Article) -> tuple[int | None, QuerySet[Article]]:
        """How many more were found (None: nothing was searched for), and all that can be chosen."""
        posted = self.data.getlist("related") if self.is_bound else self.initial["related"]  # type: ignore[attr-defined]
        chosen = [key for key in map(whole_number, map(str, posted[:MOST_CHOSEN])) if key is not None]
        words = str(self.data.get("find", ""))
        others = other_articles(article)
        found = list(titled(others, words).exclude(pk__in=chosen)[:FOUND]) if words.strip() else []
        rows = others.filter(pk__in=[*chosen, *(row.pk for row in found)]).select_related("published")
        first = Case(When(pk__in=chosen, then=0), default=1)
        return len(found) if words.strip() else None, rows.order_by(first, "slug")

    def clean_slug(self) -> str:
        return slug_of(self.cleaned_data["slug"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = cleaned.get("organisations") or "organisations" in self.errors
        if cleaned.get("audience") == Audience.ORGANISATIONS and not named:
            self.add_error("organisations", _("Choose at least one organisation."))
        return cleaned

    def place(self) -> Place:
        values = self.cleaned_data
        return Place(
            section=values["section"],
            slug=values["slug"],
            audience=values["audience"],
            organisations=tuple(values["organisations"]),
            related=tuple(values["related"]),
            owner=values["owner"],
            review_at=values["review_at"],
        )


def _place_of(article: Article) -> dict[str, Any]:
    return {
        "section": article.section_id,
        "slug": article.slug,
        "audience": article.audience,
        "organisations": "\n".join(
            article.organisations.order_by("organisation__name").values_list("organisation__name", flat=True)
        ),
        "related": [row.other_id for row in article.related.all()],
        "owner": article.owner_id,
        "review_at": article.review_at,
    }


class SectionForm(forms.Form):
    """A section's names, and a line on what stands there."""

    name_sv = LineField(label=gettext_lazy("Name in Swedish"), required=False, max_length=80)
    name_en = LineField(label=gettext_lazy("Name in English"), required=False, max_length=80)
    description_sv = LineField(label=gettext_lazy("In one sentence, in Swedish"), required=False, max_length=200)
    description_en = LineField(label=gettext_lazy("In one sentence, in English"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("name_sv") or cleaned.get("name_en")):
            self.add_error("name_sv", _("Write a name in at least one language."))
        return cleaned

    def names(self) -> tuple[str, str]:
        return self.cleaned_data["name_sv"], self.cleaned_data["name_en"]

    def descriptions(self) -> tuple[str, str]:
        return self.cleaned_data["description_sv"], self.cleaned_data["description_en"]
