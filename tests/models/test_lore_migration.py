"""What cards brought along as `character.book` becomes rows, with nothing lost."""

import json
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlmodel import Session, select

from models.database import open_database
from models.lore import KeyLogic, Lorebook, LoreEntry, LorePosition, LoreRole
from models.migrations import MIGRATIONS

BOOK = {
    "name": "Light",
    "scan_depth": 5,
    "token_budget": 300,
    "recursive_scanning": True,
    "x_unknown": [1],
    "extensions": {"foreign": 1},
    "entries": [
        {
            "id": 7,
            "keys": ["lamp"],
            "secondary_keys": ["oil"],
            "selective": True,
            "content": "Out.",
            "enabled": False,
            "insertion_order": 12,
            "priority": -2,
            "case_sensitive": True,
            "position": "before_char",
            "use_regex": True,
            "x_odd": None,
            "extensions": {
                "position": 4,
                "depth": 2,
                "role": 1,
                "selectiveLogic": 3,
                "probability": 40,
                "delay_until_recursion": True,
                "group": "g",
                "sticky": 3,
                "match_scenario": True,
                "foreign": {"a": 1},
            },
        },
        {"keys": "not a list", "content": 5, "insertion_order": "x", "position": "before_char", "extensions": []},
        "no entry",
    ],
}


def test_books_of_characters_become_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.tableread"
    old = create_engine(f"sqlite:///{path}")
    with old.begin() as connection:
        for number in (1, 2, 3):
            MIGRATIONS[number](connection)
            connection.execute(text("INSERT INTO schema_migration VALUES (:n, 'then')"), {"n": number})
        _add_character(connection, "mara", BOOK)
        _add_character(connection, "theo", {})
        _add_character(connection, "odd", {"entries": 5, "name": 7})
    old.dispose()
    engine = open_database(path)
    with Session(engine) as session:
        books = {book.character_id: book for book in session.exec(select(Lorebook))}
        assert set(books) == {"mara", "odd"}
        mara = books["mara"]
        assert (mara.name, mara.settings) == ("Light", {"scan_depth": 5, "token_budget": 300, "recursive": True})
        assert mara.extra == {"card": {"x_unknown": [1], "extensions": {"foreign": 1}}}
        first, second = session.exec(select(LoreEntry).where(LoreEntry.book_id == mara.id).order_by(LoreEntry.place))
        assert (first.keys, first.secondary_keys, first.content, first.enabled) == (["lamp"], ["oil"], "Out.", False)
        assert (first.order, first.priority, first.probability, first.group) == (12, -2, 40, "g")
        assert (first.position, first.depth, first.role) == (LorePosition.DEPTH, 2, LoreRole.USER)
        assert (first.logic, first.recursion_level, first.sticky) == (KeyLogic.AND_ALL, 1, 3)
        assert first.case_sensitive is first.use_regex is first.match_scenario is True
        assert first.extra["card"]["id"] == 7
        assert first.extra["card"]["extensions"] == {"foreign": {"a": 1}}
        assert (second.keys, second.content, second.position) == ([], "", LorePosition.BEFORE)
        assert second.extra["card"]["keys"] == "not a list"
    with engine.connect() as connection:
        columns = [row[1] for row in connection.execute(text("PRAGMA table_info(character)"))]
        assert "book" not in columns
    engine.dispose()


def _add_character(connection, character_id: str, book: dict) -> None:
    columns = [row[1] for row in connection.execute(text("PRAGMA table_info(character)")) if row[3] and not row[4]]
    values = {name: "[]" if name in ("statements", "alternate_greetings", "tags") else "" for name in columns}
    values |= {"id": character_id, "name": character_id, "book": json.dumps(book), "card_extra": "{}"}
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO character ({names}) VALUES ({marks})"), values)
