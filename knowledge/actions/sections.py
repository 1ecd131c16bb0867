"""Sections: what articles stand together under, and in which order."""

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from accounts.folding import clean_line
from accounts.models import User
from knowledge.drafts import slug_of
from knowledge.models import Section
from knowledge.rules import require_publisher

SECTIONS_LIMIT = 100
Pair = tuple[str, str]


class SectionRefused(ValueError):
    """`why`: "name" (there is none, or it is too long), "slug" (another section has it), "many"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class SectionInUse(ValueError):
    """Articles stand in the section, so it cannot go."""


def add_section(*, actor: User | None, names: Pair, descriptions: Pair = ("", ""), slug: str = "") -> Section:
    """Add a section, behind the others. Texts are (Swedish, English); its address is made from its name unless given.

    Raises SectionRefused, PermissionError unless the actor may publish articles.
    """
    require_publisher(actor)
    with transaction.atomic():
        rows = list(Section.objects.select_for_update().order_by("pk"))
        if len(rows) >= SECTIONS_LIMIT:
            raise SectionRefused("many")
        last = Section.objects.aggregate(last=Max("position"))["last"]
        section = Section(position=0 if last is None else last + 1)
        section.slug = slug or _free_slug(slug_of(names[0] or names[1])[:50].strip("-"), {row.slug for row in rows})
        _write(section, names, descriptions)
    return section


def update_section(*, actor: User | None, section: Section, names: Pair, descriptions: Pair = ("", "")) -> Section:
    """Give a section other names; its address stays. Raises as `add_section`."""
    require_publisher(actor)
    with transaction.atomic():
        locked: Section = Section.objects.select_for_update().get(pk=section.pk)
        _write(locked, names, descriptions)
    return locked


def move_section(*, actor: User | None, section: Section, before: bool) -> bool:
    """Let a section change places with the one before it, or after it. Returns False where there is none. Raises
    PermissionError unless the actor may publish articles."""
    require_publisher(actor)
    with transaction.atomic():
        rows = sorted(Section.objects.select_for_update().order_by("pk"), key=lambda row: (row.position, row.pk))
        here = [row.pk for row in rows].index(section.pk)
        there = here - 1 if before else here + 1
        if not 0 <= there < len(rows):
            return False
        rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows):
            row.position = position
        Section.objects.bulk_update(rows, ["position"])
    return True


def remove_section(*, actor: User | None, section: Section) -> None:
    """Delete a section that no article stands in, put away or not. Raises SectionInUse, PermissionError unless the
    actor may publish articles."""
    require_publisher(actor)
    try:
        with transaction.atomic():
            Section.objects.filter(pk=section.pk).delete()
    except ProtectedError:
        raise SectionInUse from None


def _write(section: Section, names: Pair, descriptions: Pair) -> None:
    section.name_sv, section.name_en = (clean_line(name) for name in names)
    section.description_sv, section.description_en = (clean_line(words) for words in descriptions)
    longest = max(len(section.name_sv), len(section.name_en))
    described = max(len(section.description_sv), len(section.description_en))
    if not (section.name_sv or section.name_en) or longest > 80 or described > 200:
        raise SectionRefused("name")
    try:
        with transaction.atomic():
            section.save()
    except IntegrityError:
        raise SectionRefused("slug") from None


def _free_slug(wanted: str, taken: set[str]) -> str:
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
