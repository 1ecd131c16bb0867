"""Searching everything a reader may open: what the help centre knows, topics, and tickets.

What each of them finds is decided elsewhere: `knowledge.searching`, `topic_tree`, `queries`. Here it is put together.
"""

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.folding import clean_line, fold_text
from accounts.models import User
from accounts.paging import Order
from knowledge.models import ServiceMessage
from knowledge.queries.readable import articles_for, readable_by
from knowledge.searching import Found, Hit, Kind, find
from tickets.models import Ticket
from tickets.queries import customer_tickets, desk_tickets, matching, matching_for_customer
from tickets.topic_tree import Branch, choice_for

LONGEST = 200  # characters of what is searched for
FEW = {Kind.SERVICE_MESSAGE: 3, Kind.ARTICLE: 8}  # hits shown where all kinds are
PAGE_SIZE = 20
FARTHEST = 50  # pages; nobody reads on, and each costs as much as all before it
SUGGESTED, BEGINNING, ENOUGH = 3, 300, 2  # hits; characters of the text that are read; words
_WORD = re.compile(r"\w{3,}")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
ORDER = Order("last_activity_at", descending=True)
Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Results:
    """What was found, each kind with how many there are in all. `tickets` are only found, not read yet."""

    words: str
    messages: Found
    articles: Found
    topics: list[Branch]
    tickets: QuerySet[Ticket]
    tickets_total: int

    @property
    def corrected(self) -> str:
        """What it was read as, where typing errors were mended; empty where it was taken as it is."""
        return self.articles.corrected or self.messages.corrected

    @property
    def known_total(self) -> int:
        """How many articles and service messages were found."""
        return self.messages.total + self.articles.total

    @property
    def total(self) -> int:
        return self.known_total + len(self.topics) + self.tickets_total


def cleaned(words: str) -> str:
    """What somebody searches for, as far as it is read; empty where nothing in it can be searched for."""
    line = clean_line(words)[:LONGEST].strip()
    return line if any(char.isalnum() for char in line) else ""


def search(words: str, reader: User | None, *, only: Kind | None = None, page: int = 1) -> Results:
    """What this reader (None: who is not signed in) finds. `only`: the kind of which a whole page is wanted, and which
    one; of others there are the first few."""
    page = min(page, FARTHEST)

    def known(kind: Kind) -> Found:
        limit, offset = (PAGE_SIZE, (page - 1) * PAGE_SIZE) if kind == only else (FEW[kind], 0)
        return find(words, reader, kinds=frozenset({kind}), limit=limit, offset=offset)

    tickets = tickets_with(words, reader)
    return Results(
        words=words,
        messages=known(Kind.SERVICE_MESSAGE),
        articles=known(Kind.ARTICLE),
        topics=choice_for(reader, words).found or [],
        tickets=tickets,
        tickets_total=tickets.select_related(None).count(),
    )


def tickets_with(words: str, reader: User | None) -> QuerySet[Ticket]:
    """The tickets with these words that somebody sees: agents on the desk, customers as customers."""
    if reader is None:
        return Ticket.objects.none()
    if reader.is_agent:
        return matching(desk_tickets(reader), words)
    return matching_for_customer(customer_tickets(reader), words)


def suggestions(subject: str, body: str, reader: User | None) -> tuple[Hit, ...]:
    """What this reader may read about a ticket they are writing, the best first; nothing until there are words enough
    to tell what it is about. Of service messages only those that are not over. Addresses of pages are not read: "help"
    stands in each of our own."""
    words = _ADDRESS.sub(" ", f"{cleaned(subject)} {clean_line(body[:BEGINNING])}")
    if len(_WORD.findall(words)) < ENOUGH:
        return ()
    return find(words, reader, past=False, limit=SUGGESTED).hits


def messages_for(reader: User | None) -> QuerySet[ServiceMessage]:
    """The service messages somebody may read that are not over: lasting, or coming."""
    return readable_by(ServiceMessage.objects.published().not_over(timezone.now()), reader)


def suggests(reader: User | None) -> bool:
    """Whether there is anything that could be suggested to somebody."""
    return articles_for(reader).exists() or messages_for(reader).exists()


def marks_in(text: str, words: str) -> Marks:
    """Where the words stand in the text, as positions from and to, in order and apart from each other. Compared as
    they are searched: folded."""
    folded, places = "", []
    for place, char in enumerate(text):
        plain = fold_text(char) or (" " if char.isspace() else "")
        folded += plain
        places += [place] * len(plain)
    found: set[int] = set()
    for word in set(fold_text(words).split()):
        at = folded.find(word)
        while at >= 0:
            found.update(places[at : at + len(word)])
            at = folded.find(word, at + 1)
    return _runs(sorted(found))


def _runs(places: list[int]) -> Marks:
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return tuple(runs)
