"""The lorebooks of a script: exactly as they were when the playtest began, so that a replay finds what was found.

What a script keeps of them is a document: the project's settings, and the books with the entries that are on, each with
whose it is: `""` the project's, `scenario`, or the id of the role whose character owns it.
"""

from typing import Any

from sqlmodel import Session, col, select

from core.library.lore import LORE_SETTING, books_of, entries_of, read_lore_settings
from core.lore.compiled import Book, compile_book
from models.lore import LorebookBase, LoreEntryBase, LoreSettings
from models.scenario import Role
from models.setting import Setting

PROJECT_OWNER, SCENARIO_OWNER = "", "scenario"


def pin_lore(session: Session, scenario_id: str) -> dict[str, Any]:
    """Returns the document for a playtest of a scenario; empty where no book has anything to say."""
    owners: list[tuple[str, dict[str, str | None]]] = [
        (SCENARIO_OWNER, {"scenario_id": scenario_id}),
        (PROJECT_OWNER, {}),
    ]
    roles = session.exec(select(Role).where(Role.scenario_id == scenario_id).order_by(col(Role.position)))
    owners += [(role.id, {"character_id": role.character_id}) for role in roles if role.character_id]
    books = [book for owner, ids in owners for book in _pin_books(session, owner, ids)]
    if not books:
        return {}
    setting = session.get(Setting, LORE_SETTING)
    settings = read_lore_settings(setting.value if setting is not None else {})
    return {"settings": settings.model_dump(exclude_defaults=True), "books": books}


def pin_books(session: Session, role_id: str, character_id: str) -> list[dict[str, Any]]:
    """Returns the documents of a character's books, as those of a role."""
    return _pin_books(session, role_id, {"character_id": character_id})


class PinnedBooks:
    """The books of a script, made ready, each once for all who read it."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Takes what a script keeps. What cannot be read of it is left out: the scene can be played without."""
        self.settings = read_lore_settings(document.get("settings", {}))
        self._books: list[tuple[str, Book]] = []
        books = document.get("books")
        for book in books if isinstance(books, list) else []:
            ready = _read_book(book, self.settings)
            if ready is not None:
                self._books.append((str(book.get("owner", PROJECT_OWNER)), ready))

    def seen_by(self, role_id: str) -> list[Book]:
        """Returns the books that a part reads, as SillyTavern sorts them: the scene's, its own, the project's."""
        return [book for owner in (SCENARIO_OWNER, role_id, PROJECT_OWNER) for book in self._of(owner)]

    @property
    def books(self) -> list[Book]:
        """All of them."""
        return [book for _, book in self._books]

    def _of(self, owner: str) -> list[Book]:
        return [book for whose, book in self._books if whose == owner]


def _pin_books(session: Session, owner: str, ids: dict[str, str | None]) -> list[dict[str, Any]]:
    return [
        document
        for book in books_of(session, **ids)
        if book.enabled and (document := _pin_book(session, book.id, owner, book))["entries"]
    ]


def _pin_book(session: Session, book_id: str, owner: str, book: LorebookBase) -> dict[str, Any]:
    entries = [
        {**entry.model_dump(**_SHORT), "id": entry.id} for entry in entries_of(session, book_id) if entry.enabled
    ]
    return {"id": book_id, "owner": owner, "name": book.name, "settings": book.settings, "entries": entries}


_SHORT: dict[str, Any] = {
    "mode": "json",
    "exclude_defaults": True,
    "exclude": {"extra", "place", "automation_id", "book_id"},
}


def _read_book(document: Any, settings: LoreSettings) -> Book | None:
    if not isinstance(document, dict) or not isinstance(document.get("entries"), list):
        return None
    try:
        book = LorebookBase(name=str(document.get("name", "")), settings=document.get("settings", {}))
        book = LorebookBase.model_validate(book.model_dump())
        entries = [_read_entry(entry) for entry in document["entries"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return compile_book(str(document.get("id", "")), book, entries, settings)


def _read_entry(document: dict[str, Any]) -> tuple[str, LoreEntryBase]:
    fields = {name: value for name, value in document.items() if name != "id"}
    return str(document["id"]), LoreEntryBase.model_validate(fields)


def read_titles(document: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Returns what the entries of a script's lore are called, and what their books are, by the ids of the entries."""
    titles: dict[str, str] = {}
    names: dict[str, str] = {}
    books = document.get("books") if isinstance(document, dict) else None
    for book in books if isinstance(books, list) else []:
        entries = book.get("entries") if isinstance(book, dict) else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                keys = entry.get("keys") or [""]
                title = entry.get("name") or entry.get("comment") or keys[0] or entry.get("content", "")
                titles[entry["id"]] = str(title)[:80]
                names[entry["id"]] = str(book.get("name", ""))
    return titles, names


def read_book_ids(document: Any) -> dict[str, str]:
    """Returns in which book of the project each entry of a script's lore was: id of the entry -> id of the book."""
    ids: dict[str, str] = {}
    books = document.get("books") if isinstance(document, dict) else None
    for book in books if isinstance(books, list) else []:
        entries = book.get("entries") if isinstance(book, dict) and isinstance(book.get("id"), str) else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                ids[entry["id"]] = book["id"]
    return ids
