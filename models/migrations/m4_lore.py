"""Lorebooks as rows. What cards brought along in `character.book` moves into them."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

MAX_COUNT = 1_000_000_000
_POSITIONS = (
    "before",
    "after",
    "note_top",
    "note_bottom",
    "depth",
    "examples_top",
    "examples_bottom",
    "outlet",
)
_ROLES = ("system", "user", "assistant")
_LOGICS = ("and_any", "not_all", "not_any", "and_all")
_FLAGS = {
    "exclude_recursion": "exclude_recursion",
    "prevent_recursion": "prevent_recursion",
    "group_override": "group_override",
    "ignore_budget": "ignore_budget",
    "vectorized": "vectorized",
    "match_persona_description": "match_persona_description",
    "match_character_description": "match_character_description",
    "match_character_personality": "match_character_personality",
    "match_character_depth_prompt": "match_character_depth_prompt",
    "match_scenario": "match_scenario",
    "match_creator_notes": "match_creator_notes",
}
"""Of an entry's extensions: name -> column, all off unless said."""


def migrate_lore(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(text(statement))
    for character_id, name, document in connection.execute(text("SELECT id, name, book FROM character")).all():
        book = json.loads(document) if document else {}
        if isinstance(book, dict) and book:
            _move(connection, character_id, name, book)
    connection.execute(text("ALTER TABLE character DROP COLUMN book"))


def _move(connection: Connection, character_id: str, character: str, book: dict[str, Any]) -> None:
    rest = _Rest(book)
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    settings = {
        "scan_depth": rest.count("scan_depth", None),
        "token_budget": rest.count("token_budget", None),
        "recursive": rest.flag("recursive_scanning", None),
    }
    entries = rest.left.pop("entries", [])
    row = {
        "id": secrets.token_hex(8),
        "character_id": character_id,
        "name": (rest.text("name") or character)[:200],
        "description": rest.text("description"),
        "enabled": True,
        "settings": {name: value for name, value in settings.items() if value is not None},
        "folders": [],
        "extra": rest.extra(),
        "created_at": now,
        "updated_at": now,
    }
    _insert(connection, "lorebook", row)
    for place, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            _insert(connection, "lore_entry", _entry_row(entry, place) | {"book_id": row["id"]})


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    values = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), values)


def _entry_row(entry: dict[str, Any], place: int) -> dict[str, Any]:
    rest = _Rest(entry)
    found = rest.left.pop("extensions", {})
    more = _Rest(found if isinstance(found, dict) else {})
    row = {
        "id": secrets.token_hex(8),
        "place": place,
        "name": rest.text("name"),
        "comment": rest.text("comment"),
        "keys": rest.texts("keys"),
        "secondary_keys": rest.texts("secondary_keys"),
        "selective": rest.flag("selective", False),
        "use_regex": rest.flag("use_regex", False),
        "constant": rest.flag("constant", False),
        "enabled": rest.flag("enabled", True),
        "content": rest.text("content"),
        "folder": "",
        "order": rest.count("insertion_order", 0, -MAX_COUNT),
        "priority": rest.count("priority", None, -MAX_COUNT),
        "case_sensitive": rest.flag("case_sensitive", more.flag("case_sensitive", None)),
        "position": _position(rest, more),
    }
    row |= _extensions_row(more) | {name: more.flag(key, False) for key, name in _FLAGS.items()}
    if more.left:
        rest.left["extensions"] = more.left
    return row | {"extra": rest.extra()}


def _position(rest: "_Rest", more: "_Rest") -> str:
    card = "before" if rest.one_of("position", {"before_char": True, "after_char": False}) else "after"
    return str(more.one_of("position", dict(enumerate(_POSITIONS))) or card)


def _extensions_row(more: "_Rest") -> dict[str, Any]:
    level = more.left.pop("delay_until_recursion", 0)
    return {
        "logic": more.one_of("selectiveLogic", dict(enumerate(_LOGICS))) or "and_any",
        "depth": more.count("depth", 4),
        "role": more.one_of("role", dict(enumerate(_ROLES))) or "system",
        "outlet": more.text("outlet_name")[:200],
        "probability": min(100, more.count("probability", 100) or 0),
        "use_probability": more.flag("useProbability", True),
        "group": more.text("group"),
        "group_weight": more.count("group_weight", 100),
        "group_scoring": more.flag("use_group_scoring", None),
        "scan_depth": more.count("scan_depth", None),
        "whole_words": more.flag("match_whole_words", None),
        "recursion_level": int(level) if isinstance(level, int) and 0 <= level <= MAX_COUNT else 0,
        "sticky": more.count("sticky", 0),
        "cooldown": more.count("cooldown", 0),
        "delay": more.count("delay", 0),
        "filter_names": [],
        "filter_tags": [],
        "filter_excludes": False,
        "triggers": more.texts("triggers"),
        "automation_id": more.text("automation_id"),
    }


class _Rest:
    """The fields of an object that no column has taken yet: only what is of the right kind is taken."""

    def __init__(self, source: dict[str, Any]) -> None:
        self.left = dict(source)

    def extra(self) -> dict[str, Any]:
        left = {key: value for key, value in self.left.items() if value not in ({}, None)}
        return {"card": left} if left else {}

    def text(self, key: str) -> str:
        return str(self.left.pop(key)) if isinstance(self.left.get(key), str) else ""

    def texts(self, key: str) -> list[str]:
        value = self.left.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return []
        return list(self.left.pop(key))

    def flag(self, key: str, default: bool | None) -> bool | None:
        return bool(self.left.pop(key)) if isinstance(self.left.get(key), bool) else default

    def count(self, key: str, default: int | None, least: int = 0) -> int | None:
        value = self.left.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_COUNT:
            return default
        return int(self.left.pop(key))

    def one_of(self, key: str, known: dict[Any, Any]) -> Any:
        value = self.left.get(key)
        if isinstance(value, bool) or not isinstance(value, int | str) or value not in known:
            return None
        return known[self.left.pop(key)]


_STATEMENTS = [
    """
    CREATE TABLE lorebook (
        name VARCHAR(200) NOT NULL,
        description VARCHAR(1000000) NOT NULL,
        enabled BOOLEAN NOT NULL,
        settings JSON NOT NULL,
        folders JSON NOT NULL,
        extra JSON NOT NULL,
        id VARCHAR NOT NULL,
        character_id VARCHAR,
        scenario_id VARCHAR,
        created_at VARCHAR NOT NULL,
        updated_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(character_id) REFERENCES character (id) ON DELETE CASCADE,
        FOREIGN KEY(scenario_id) REFERENCES scenario (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_lorebook_character_id ON lorebook (character_id)",
    "CREATE INDEX ix_lorebook_scenario_id ON lorebook (scenario_id)",
    """
    CREATE TABLE lore_entry (
        name VARCHAR(1000000) NOT NULL,
        comment VARCHAR(1000000) NOT NULL,
        keys JSON NOT NULL,
        secondary_keys JSON NOT NULL,
        selective BOOLEAN NOT NULL,
        logic VARCHAR(32) NOT NULL,
        use_regex BOOLEAN NOT NULL,
        constant BOOLEAN NOT NULL,
        enabled BOOLEAN NOT NULL,
        content VARCHAR(1000000) NOT NULL,
        folder VARCHAR(200) NOT NULL,
        place INTEGER NOT NULL,
        "order" INTEGER NOT NULL,
        priority INTEGER,
        position VARCHAR(32) NOT NULL,
        depth INTEGER NOT NULL,
        role VARCHAR(32) NOT NULL,
        outlet VARCHAR(200) NOT NULL,
        probability INTEGER NOT NULL,
        use_probability BOOLEAN NOT NULL,
        "group" VARCHAR(1000000) NOT NULL,
        group_override BOOLEAN NOT NULL,
        group_weight INTEGER NOT NULL,
        group_scoring BOOLEAN,
        scan_depth INTEGER,
        case_sensitive BOOLEAN,
        whole_words BOOLEAN,
        exclude_recursion BOOLEAN NOT NULL,
        prevent_recursion BOOLEAN NOT NULL,
        recursion_level INTEGER NOT NULL,
        ignore_budget BOOLEAN NOT NULL,
        sticky INTEGER NOT NULL,
        cooldown INTEGER NOT NULL,
        delay INTEGER NOT NULL,
        match_persona_description BOOLEAN NOT NULL,
        match_character_description BOOLEAN NOT NULL,
        match_character_personality BOOLEAN NOT NULL,
        match_character_depth_prompt BOOLEAN NOT NULL,
        match_scenario BOOLEAN NOT NULL,
        match_creator_notes BOOLEAN NOT NULL,
        filter_names JSON NOT NULL,
        filter_tags JSON NOT NULL,
        filter_excludes BOOLEAN NOT NULL,
        triggers JSON NOT NULL,
        vectorized BOOLEAN NOT NULL,
        automation_id VARCHAR(1000000) NOT NULL,
        extra JSON NOT NULL,
        id VARCHAR NOT NULL,
        book_id VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(book_id) REFERENCES lorebook (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_lore_entry_book_id ON lore_entry (book_id)",
]
