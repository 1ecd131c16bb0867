"""What the databases do for the search, each in its own way: PostgreSQL with full text (`vector`) and pg_trgm, SQLite
with FTS5. The rest of the search does not know which of them it is."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, FloatField, QuerySet
from django.db.models.expressions import RawSQL

from knowledge.models import IndexedText, KnownWord

MOST_WORDS = 600
MOST_ALIKE = 40
_TEXTS = '"knowledge_indexedtext"'
_TERMS = "knowledge_indexedtext_terms"


def matching(rows: QuerySet[IndexedText], groups: Iterable[Iterable[str]], *, every: bool) -> QuerySet[IndexedText]:
    """Those of the rows that have a term of every group, or of any of them."""
    # The text is ours, the words are a parameter; so it is below.
    return rows.filter(RawSQL(_match_sql(), [_expression(groups, every=every)], output_field=BooleanField()))  # noqa: S611


def best_of(rows: QuerySet[IndexedText], groups: Iterable[Iterable[str]], *, every: bool) -> QuerySet[IndexedText]:
    """The matching rows, those first that the database thinks best: title before summary before headings before the
    rest."""
    said = _expression(groups, every=every)
    if connection.vendor == "postgresql":
        rank = RawSQL(  # noqa: S611
            f"-ts_rank('{{0.1, 0.3, 0.4, 1.0}}', {_TEXTS}.vector, to_tsquery('simple', %s), 1)",
            [said],
            output_field=FloatField(),
        )
        return matching(rows, groups, every=every).order_by(rank, "pk")
    rows = rows.extra(tables=[_TERMS], where=[f"{_TERMS}.rowid = {_TEXTS}.id", f"{_TERMS} MATCH %s"], params=[said])  # noqa: S610
    return rows.order_by(RawSQL(f"bm25({_TERMS}, 10, 4, 3, 1)", [], output_field=FloatField()), "pk")  # noqa: S611


def counts(rows: QuerySet[IndexedText], groups: Sequence[Iterable[str]], most: int) -> tuple[int, list[int]]:
    """How many rows there are, counted to five times `most`, and how many have a term of each group, counted to
    `most`. One query."""
    every, values = rows.order_by().values("pk")[: 5 * most].query.sql_with_params()
    # Written by Django once, and asked for each group with its own terms.
    here = object()
    some = rows.filter(RawSQL(_match_sql(), [here], output_field=BooleanField()))  # noqa: S611
    having, blanks = some.order_by().values("pk")[:most].query.sql_with_params()
    params: list[Any] = [*values]
    for group in groups:
        said = _expression([group], every=True)
        params += [said if value is here else value for value in blanks]
    parts = [f"SELECT {number}, count(*) FROM ({having}) AS reached" for number in range(1, len(groups) + 1)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([f"SELECT 0, count(*) FROM ({every}) AS reached", *parts]), params)  # noqa: S608
        total, *found = (times for _number, times in sorted(cursor.fetchall()))
    return total, found


def words_with(needles: set[str]) -> list[tuple[str, str]]:
    """Words of the portal that have one of the needles (folded, three letters at least) in them: folded, and as
    terms."""
    if not needles:
        return []
    if connection.vendor == "postgresql":
        found = KnownWord.objects.filter(
            RawSQL("folded LIKE ANY (%s)", [[f"%{needle}%" for needle in needles]], output_field=BooleanField())
        )
    else:
        found = _with_trigrams(" OR ".join(f'"{needle}"' for needle in sorted(needles)))
    return list(found.values_list("folded", "term").distinct()[:MOST_WORDS])


def words_like(plain: str) -> list[tuple[str, str]]:
    """The words of the portal that look most like a folded one: folded, and as terms."""
    if connection.vendor == "postgresql":
        if not has_trigrams():
            near = KnownWord.objects.filter(folded__startswith=plain[:1]).extra(
                where=["length(folded) BETWEEN %s AND %s"], params=[len(plain) - 2, len(plain) + 2]
            )
            return list(near.values_list("folded", "term").distinct())
        found = KnownWord.objects.filter(RawSQL("folded %% %s", [plain], output_field=BooleanField()))
        found = found.order_by(RawSQL("-similarity(folded, %s)", [plain], output_field=FloatField()), "pk")
    else:
        marked = f"^^{plain}$"
        trigrams = sorted({marked[at : at + 3] for at in range(len(marked) - 2)})
        found = _with_trigrams(" OR ".join(f'"{trigram}"' for trigram in trigrams))
        found = found.order_by(RawSQL("bm25(knowledge_knownword_trigrams)", [], output_field=FloatField()), "pk")
    return list(found.values_list("folded", "term")[:MOST_ALIKE])


def has_trigrams() -> bool:
    """Whether the PostgreSQL database has pg_trgm, which the migration could not always install. From here on, words
    of this connection are alike that share a fifth of their trigrams: "fell" and "fall" share no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', '0.2', false),"
            " EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
        )
        return bool(cursor.fetchone()[1])


def _with_trigrams(said: str) -> QuerySet[KnownWord]:
    name = "knowledge_knownword_trigrams"
    return KnownWord.objects.extra(  # noqa: S610
        tables=[name], where=[f"{name}.rowid = knowledge_knownword.id", f"{name} MATCH %s"], params=[said]
    )


def _match_sql() -> str:
    if connection.vendor == "postgresql":
        return f"{_TEXTS}.vector @@ to_tsquery('simple', %s)"
    return f"{_TEXTS}.id IN (SELECT rowid FROM {_TERMS} WHERE {_TERMS} MATCH %s)"  # noqa: S608


def _expression(groups: Iterable[Iterable[str]], *, every: bool) -> str:
    """The groups as the database asks for them. Terms are letters and digits, and quoted all the same."""
    quote, either = ("'", " | ") if connection.vendor == "postgresql" else ('"', " OR ")
    both = " & " if connection.vendor == "postgresql" else " AND "
    asked = ["(" + either.join(f"{quote}{term}{quote}" for term in sorted(group)) + ")" for group in groups]
    return (both if every else either).join(asked)
