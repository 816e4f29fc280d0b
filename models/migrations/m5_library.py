"""Trash, tags and folders of everything that the library lists, and an index of all text for full-text search.

The index is kept true by triggers, so that no writer has to remember it. `search_document` has one row for each row
that is searched, and says what the library shows for it; `search_text` (FTS5) has its words under the same number.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

SEPARATOR = "\x1f"
"""Between the fields of a body."""


@dataclass(frozen=True)
class Source:
    """A table that is searched."""

    table: str
    kind: str
    """What the library shows for it: character, scenario, playtest, fragment or lorebook."""
    owner: str
    """The column with the id of that."""
    names: tuple[str, ...]
    fields: tuple[str, ...]
    """Columns of the body, in order; what is in `JSON_TEXTS` is a JSON document of which all texts are searched."""
    has_tags: bool = False


JSON_TEXTS = {
    "statements": "1",
    "alternate_greetings": "1",
    "goals": "1",
    "keys": "1",
    "secondary_keys": "1",
    "layers": "path NOT LIKE '$.expressions%'",
    "world": "key IN ('name', 'description', 'text', 'note', 'win', 'lose')",
}
"""Column -> which of the texts in its document are searched: not ids, nor the sums of pictures."""

_PARTS = {"parts": ("content", "path NOT LIKE '%.expressions%'")}
"""Field -> the column and which of the texts in its document are searched, where the two have other names."""
_INNER = {"scenario_name": ("script", "$.scenario.name"), "weights_name": ("weights", "$.name")}
"""Field -> the column and the path in it: one text of a document."""

SOURCES = (
    Source(
        "character", "character", "id", ("name", "nickname"),
        (
            "summary", "description", "personality", "voice", "knowledge", "boundaries", "statements", "situation",
            "greeting", "alternate_greetings", "example_dialogue", "system_prompt", "post_history_instructions",
            "layers", "creator", "creator_notes", "character_version",
        ),
        has_tags=True,
    ),
    Source("relationship", "character", "character_id", ("label",), ("history", "belief")),
    Source("fragment", "fragment", "id", ("name",), ("summary", "parts"), has_tags=True),
    Source("lorebook", "lorebook", "id", ("name",), ("description",), has_tags=True),
    Source("lore_entry", "lorebook", "book_id", ("name", "comment"), ("keys", "secondary_keys", "content")),
    Source(
        "scenario", "scenario", "id", ("name",), ("summary", "setting", "rules", "greeting", "world"), has_tags=True
    ),
    Source(
        "role", "scenario", "scenario_id", ("name",),
        ("goal", "secret", "style", "emotion", "relations", "personality"),
    ),
    Source(
        "beat", "scenario", "scenario_id", ("name",),
        ("text", "goals", "condition", "effects", "failure_effects", "success"),
    ),
    Source("beat_link", "scenario", "scenario_id", ("label",), ("condition",)),
    Source("playtest", "playtest", "id", ("name",), ("scenario_name", "weights_name"), has_tags=True),
    Source("turn", "playtest", "playtest_id", ("speaker",), ("text", "thought")),
)  # fmt: skip


def migrate_library(connection: Connection) -> None:
    for statement in _COLUMNS:
        connection.execute(text(statement))
    for statement in _INDEX:
        connection.execute(text(statement))
    for source in SOURCES:
        for statement in (_fill_documents(source), _fill_texts(source), *_triggers(source)):
            connection.execute(text(statement))


_COLUMNS = [
    *(
        f"ALTER TABLE {table} ADD COLUMN deleted_at VARCHAR"
        for table in ("character", "fragment", "lorebook", "scenario")
    ),
    *(
        f"ALTER TABLE {table} ADD COLUMN folder VARCHAR(1000) NOT NULL DEFAULT ''"
        for table in ("character", "fragment", "lorebook", "scenario", "playtest")
    ),
    *(
        f"ALTER TABLE {table} ADD COLUMN tags JSON NOT NULL DEFAULT '[]'"
        for table in ("fragment", "lorebook", "scenario", "playtest")
    ),
    "ALTER TABLE action ADD COLUMN is_closed BOOLEAN NOT NULL DEFAULT 0",
    "ALTER TABLE character ADD COLUMN former_role_ids JSON NOT NULL DEFAULT '[]'",
    *(
        f"CREATE INDEX ix_{table}_deleted_at ON {table} (deleted_at)"
        for table in ("character", "fragment", "lorebook", "scenario", "playtest")
    ),
]

_INDEX = [
    """
    CREATE TABLE search_document (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        owner_id VARCHAR NOT NULL,
        source VARCHAR NOT NULL,
        source_id VARCHAR NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (source, source_id)
    )
    """,
    "CREATE INDEX ix_search_document_owner_id ON search_document (owner_id)",
    """
    CREATE VIRTUAL TABLE search_text USING fts5(
        name, tags, body, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
    )
    """,
]


def _fill_documents(source: Source) -> str:
    return (
        "INSERT INTO search_document (kind, owner_id, source, source_id) "
        f"SELECT '{source.kind}', {source.owner}, '{source.table}', id FROM {source.table}"
    )


def _fill_texts(source: Source) -> str:
    return (
        f"INSERT INTO search_text (rowid, name, tags, body) SELECT document.id, {', '.join(_values(source, 'item'))} "
        f"FROM {source.table} AS item JOIN search_document AS document "
        f"ON document.source = '{source.table}' AND document.source_id = CAST(item.id AS TEXT)"
    )


def _triggers(source: Source) -> tuple[str, str, str]:
    table = source.table
    name, tags, body = _values(source, "NEW")
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _columns(source))
    return (
        f"CREATE TRIGGER search_{table}_insert AFTER INSERT ON {table} BEGIN "
        "INSERT INTO search_document (kind, owner_id, source, source_id) "
        f"VALUES ('{source.kind}', NEW.{source.owner}, '{table}', NEW.id); "
        f"INSERT INTO search_text (rowid, name, tags, body) VALUES (last_insert_rowid(), {name}, {tags}, {body}); END",
        f"CREATE TRIGGER search_{table}_update AFTER UPDATE OF {', '.join(_columns(source))} ON {table} "
        f"WHEN {changed} BEGIN "
        f"UPDATE search_text SET name = {name}, tags = {tags}, body = {body} WHERE rowid = {_number(source, 'NEW')}; "
        "END",
        f"CREATE TRIGGER search_{table}_delete AFTER DELETE ON {table} BEGIN "
        f"DELETE FROM search_text WHERE rowid = {_number(source, 'OLD')}; "
        f"DELETE FROM search_document WHERE source = '{table}' AND source_id = CAST(OLD.id AS TEXT); END",
    )


def _number(source: Source, row: str) -> str:
    return f"(SELECT id FROM search_document WHERE source = '{source.table}' AND source_id = CAST({row}.id AS TEXT))"


def _columns(source: Source) -> list[str]:
    columns = [(_INNER | _PARTS)[field][0] if field in _INNER | _PARTS else field for field in source.fields]
    return [*source.names, *columns, *(["tags"] if source.has_tags else [])]


def _values(source: Source, row: str) -> tuple[str, str, str]:
    """Returns the SQL of name, tags and body of a row."""
    name = " || char(10) || ".join(f"{row}.{column}" for column in source.names)
    tags = _texts_in(f"{row}.tags", "1") if source.has_tags else "''"
    body = " || char(31) || ".join(f"replace({_field(field, row)}, char(31), ' ')" for field in source.fields)
    return name, tags, body


def _field(field: str, row: str) -> str:
    if field in _INNER:
        column, path = _INNER[field]
        return f"coalesce(json_extract({_valid(f'{row}.{column}')}, '{path}'), '')"
    if field in _PARTS:
        column, wanted = _PARTS[field]
        return _texts_in(f"{row}.{column}", wanted)
    return _texts_in(f"{row}.{field}", JSON_TEXTS[field]) if field in JSON_TEXTS else f"coalesce({row}.{field}, '')"


def _texts_in(document: str, wanted: str) -> str:
    return (
        f"coalesce((SELECT group_concat(atom, char(10)) FROM json_tree({_valid(document)}) "
        f"WHERE type = 'text' AND {wanted}), '')"
    )


def _valid(document: str) -> str:
    """Python writes numbers into JSON that SQLite refuses, such as NaN: such a document has no text."""
    return f"CASE WHEN json_valid({document}) THEN {document} ELSE '{{}}' END"
