"""Help topics as a reader is offered them: a tree whose ends lead somewhere, what is asked for most, what a search
finds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from accounts.folding import fold_text
from accounts.models import User
from tickets.models import HelpTopic
from tickets.queries import offered_topics

MANY = 8  # so many ends, and there is a search
VERY_MANY = 12  # so many, and what is asked for most stands first
MOST_USED = 4
SHORT = 6  # so many stand on the front page, where there are many


@dataclass
class Branch:
    """A topic with what is below it. One with branches is their heading and leads nowhere itself."""

    topic: HelpTopic
    depth: int = 0
    line: tuple[int, ...] = ()  # the ids from the top down to this one
    path: tuple[str, ...] = ()  # the names of what is above it
    branches: list["Branch"] = field(default_factory=list)
    is_first: bool = False  # among those beside it that are in use
    is_last: bool = False
    marks: tuple[tuple[int, int], ...] = ()  # what a search found in the name, as positions from and to

    @property
    def is_heading(self) -> bool:
        return bool(self.branches)

    @property
    def words(self) -> str:
        """What a search looks in: the names and descriptions in both languages, and what it stands below."""
        topic = self.topic
        texts = (topic.name_sv, topic.name_en, topic.description_sv, topic.description_en, *self.path)
        return fold_text(" ".join(texts))

    @property
    def ends(self) -> "Iterator[Branch]":
        """The topics one can choose, in their order."""
        if not self.branches:
            yield self
        for branch in self.branches:
            yield from branch.ends


@dataclass(frozen=True)
class Choice:
    """What somebody chooses among. `short`: what the front page shows of many, those asked for most first. `found` is
    None while nothing is searched for."""

    tree: list[Branch]
    short: list[Branch]
    most_used: list[Branch]
    found: list[Branch] | None
    words: str = ""
    total: int = 0

    @property
    def is_long(self) -> bool:
        return self.total >= MANY


def tree_of(topics: Iterable[HelpTopic]) -> list[Branch]:
    """The topics as a tree, in their order. One whose parent is not among them is left out."""
    below: dict[int | None, list[HelpTopic]] = {}
    for topic in topics:
        below.setdefault(topic.parent_id, []).append(topic)

    def grow(parent: int | None, line: tuple[int, ...], path: tuple[str, ...]) -> list[Branch]:
        beside = below.get(parent, [])
        used = [topic for topic in beside if topic.is_active]
        return [
            Branch(
                topic,
                depth=len(line),
                line=(*line, topic.pk),
                path=path,
                branches=grow(topic.pk, (*line, topic.pk), (*path, topic.name_sv, topic.name_en)),
                is_first=topic in used[:1],
                is_last=topic in used[-1:],
            )
            for topic in beside
        ]

    return grow(None, (), ())


def flat(tree: Iterable[Branch]) -> Iterator[Branch]:
    """Every branch of a tree, parents before what is below them."""
    for branch in tree:
        yield branch
        yield from flat(branch.branches)


def choice_for(person: User | None, words: str = "") -> Choice:
    """What somebody chooses among (None: who is not signed in), and what a search for `words` finds of it."""
    headings = HelpTopic.objects.filter(is_active=True, parent__isnull=False).values_list("parent_id", flat=True)
    offered = offered_topics(person).select_related(None).select_related("parent")
    return choice_among(offered, set(headings.order_by()), words)


def choice_among(topics: Iterable[HelpTopic], headings: set[int], words: str = "") -> Choice:
    """What to choose among. `headings` are the topics that have others below them, also where this reader is offered
    none of those: such a one leads nowhere, and is left out."""
    tree = _without_empty(tree_of(topics), headings)
    ends = [end for branch in tree for end in branch.ends]
    by_use = sorted(ends, key=lambda end: -end.topic.uses)
    used = [end for end in by_use if end.topic.uses]
    wanted = fold_text(words)[:100].split()[:8]
    found = [end for end in ends if all(word in end.words for word in wanted)] if wanted else None
    return Choice(
        tree=tree,
        short=by_use[:SHORT],
        most_used=used[:MOST_USED] if len(ends) >= VERY_MANY else [],
        found=found,
        words=words.strip()[:100],
        total=len(ends),
    )


def _without_empty(tree: list[Branch], headings: set[int]) -> list[Branch]:
    for branch in tree:
        branch.branches = _without_empty(branch.branches, headings)
    return [branch for branch in tree if branch.branches or branch.topic.pk not in headings]
