"""The databases' own indexes of the search: full text and trigrams. Each keeps itself, whoever writes the rows.

On SQLite, a later migration that alters one of the two tables makes it anew, and its triggers go with the old one: such
a migration has to run `build` again (a test asks whether the triggers are there).
"""

from django.db import migrations, models

POSTGRESQL = (
    """
    ALTER TABLE knowledge_indexedtext ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, title_terms), 'A')
        || setweight(to_tsvector('simple'::regconfig, summary_terms), 'B')
        || setweight(to_tsvector('simple'::regconfig, heading_terms), 'C')
        || setweight(to_tsvector('simple'::regconfig, body_terms), 'D')
    ) STORED
    """,
    # In the row, compressed, as far as it fits: ranking reads it of every row that matches.
    "ALTER TABLE knowledge_indexedtext ALTER COLUMN vector SET STORAGE MAIN",
    # Written seldom, read often: nothing waits in a list that every search would walk through.
    "CREATE INDEX indexed_text_terms ON knowledge_indexedtext USING gin (vector) WITH (fastupdate = off)",
    # Where the database's user may not have it, parts of words and typing errors are found by reading all words.
    """
    DO $$ BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
    END $$
    """,
    """
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
            CREATE INDEX known_word_trigrams ON knowledge_knownword USING gin (folded gin_trgm_ops) WITH (fastupdate = off);
        END IF;
    END $$
    """,
)
FIELDS = ("title_terms", "summary_terms", "heading_terms", "body_terms")
OLD, NEW = (", ".join(f"{row}.{field}" for field in FIELDS) for row in ("old", "new"))
TEXTS, WORDS = "knowledge_indexedtext", "knowledge_knownword"
# ruff: noqa: S608
FORGET_TEXT = f"INSERT INTO {TEXTS}_terms ({TEXTS}_terms, rowid, {', '.join(FIELDS)}) VALUES ('delete', old.id, {OLD});"
KEEP_TEXT = f"INSERT INTO {TEXTS}_terms (rowid, {', '.join(FIELDS)}) VALUES (new.id, {NEW});"
# With marks for where a word begins and ends, which are trigrams as well.
FORGET_WORD = (
    f"INSERT INTO {WORDS}_trigrams ({WORDS}_trigrams, rowid, folded)"
    " VALUES ('delete', old.id, '^^' || old.folded || '$');"
)
KEEP_WORD = f"INSERT INTO {WORDS}_trigrams (rowid, folded) VALUES (new.id, '^^' || new.folded || '$');"
SQLITE = (
    (
        f"CREATE VIRTUAL TABLE {TEXTS}_terms USING fts5("
        f"{', '.join(FIELDS)}, content='{TEXTS}', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    ),
    f"INSERT INTO {TEXTS}_terms ({TEXTS}_terms) VALUES ('rebuild')",
    f"CREATE TRIGGER {TEXTS}_kept AFTER INSERT ON {TEXTS} BEGIN {KEEP_TEXT} END",
    f"CREATE TRIGGER {TEXTS}_forgotten AFTER DELETE ON {TEXTS} BEGIN {FORGET_TEXT} END",
    f"CREATE TRIGGER {TEXTS}_changed AFTER UPDATE ON {TEXTS} BEGIN {FORGET_TEXT} {KEEP_TEXT} END",
    f"CREATE VIRTUAL TABLE {WORDS}_trigrams USING fts5(folded, content='', tokenize='trigram')",
    f"INSERT INTO {WORDS}_trigrams (rowid, folded) SELECT id, '^^' || folded || '$' FROM {WORDS}",
    f"CREATE TRIGGER {WORDS}_kept AFTER INSERT ON {WORDS} BEGIN {KEEP_WORD} END",
    f"CREATE TRIGGER {WORDS}_forgotten AFTER DELETE ON {WORDS} BEGIN {FORGET_WORD} END",
    f"CREATE TRIGGER {WORDS}_changed AFTER UPDATE ON {WORDS} BEGIN {FORGET_WORD} {KEEP_WORD} END",
)
POSTGRESQL_BACK = (
    "DROP INDEX IF EXISTS known_word_trigrams",
    "ALTER TABLE knowledge_indexedtext DROP COLUMN IF EXISTS vector",
)
SQLITE_BACK = (
    *(
        f"DROP TRIGGER IF EXISTS {table}_{what}"
        for table in (TEXTS, WORDS)
        for what in ("kept", "forgotten", "changed")
    ),
    f"DROP TABLE IF EXISTS {TEXTS}_terms",
    f"DROP TABLE IF EXISTS {WORDS}_trigrams",
)


def build(apps, schema_editor):
    demolish(apps, schema_editor)
    run(schema_editor, POSTGRESQL, SQLITE)


def demolish(apps, schema_editor):
    run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


def run(schema_editor, postgresql, sqlite):
    for statement in {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0006_solved_is_only_counted")]
    operations = [
        migrations.AddIndex("knownword", models.Index(fields=["tenant", "folded"], name="known_word_folded")),
        migrations.AddIndex(
            "indexedtext",
            models.Index(fields=["tenant", "article", "service_message", "id"], name="indexed_text_of"),
        ),
        migrations.RunPython(build, demolish),
    ]
