"""An article as it is handed to its doors: its words, and where it stands."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date

from accounts.folding import clean_line, clean_text, fold_text
from accounts.models import Organisation, User
from knowledge.enums import Audience
from knowledge.models import Article, ArticleVersion, Section

SLUG_LENGTH = 80


@dataclass(frozen=True)
class Words:
    """The words of one version, as Markdown where they are a body. A language without a title has none at all."""

    title_sv: str = ""
    title_en: str = ""
    summary_sv: str = ""
    summary_en: str = ""
    body_sv: str = ""
    body_en: str = ""

    def cleaned(self) -> "Words":
        """Without what no database or line can carry."""
        lines = ("title_sv", "title_en", "summary_sv", "summary_en")
        texts = ("body_sv", "body_en")
        return Words(
            **{name: clean_line(getattr(self, name)) for name in lines},
            **{name: clean_text(getattr(self, name)).strip() for name in texts},
        )

    def as_fields(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def of(cls, version: ArticleVersion) -> "Words":
        return cls(**{one.name: getattr(version, one.name) for one in fields(cls)})

    @classmethod
    def among(cls, values: Mapping[str, str]) -> "Words":
        """Those of a form's values that are words."""
        return cls(**{one.name: values.get(one.name) or "" for one in fields(cls)})


@dataclass(frozen=True)
class Place:
    """Where an article stands and who answers for it. `slug` empty: made from its title, or left as it is. `position`:
    the place among its section's articles, from 0."""

    section: Section
    slug: str = ""
    audience: str = Audience.EVERYBODY
    organisations: tuple[Organisation, ...] = ()
    related: tuple[Article, ...] = ()
    owner: User | None = None
    review_at: date | None = None
    position: int = 0


def slug_of(title: str) -> str:
    """What an address says of a title: "Byta lösenord" is byta-losenord."""
    plain = "".join(char if char.isascii() and char.isalnum() else " " for char in fold_text(title))
    return "-".join(plain.split())[:SLUG_LENGTH].strip("-") or "article"
