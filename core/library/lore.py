"""What a user does to lorebooks and their entries: each function is one read, or one undo step."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from core.errors import UserError
from core.library.rows import assign, require
from core.library.settings import get_setting
from core.project import Project
from models.character import Character
from models.fields import new_id, utc_now
from models.lore import Lorebook, LorebookBase, LorebookDraft, LoreEntry, LoreEntryBase, LoreSettings
from models.scenario import Scenario
from models.setting import Setting

LORE_SETTING = "lore"
"""The key of the project's setting."""
LOADED_AT_ONCE = 500


def list_books(project: Project) -> list[Lorebook]:
    """Returns the books that are not deleted, nor their owners, by name."""
    with project.reading() as session:
        books = session.exec(select(Lorebook).order_by(col(Lorebook.name), col(Lorebook.created_at))).all()
        return [book for book in books if _is_there(session, book)]


def get_book(project: Project, book_id: str) -> Lorebook | None:
    """Returns one book, or None when it is gone."""
    with project.reading() as session:
        book = session.get(Lorebook, book_id)
        return book if book is not None and _is_there(session, book) else None


def list_entries(project: Project, book_id: str) -> list[LoreEntry]:
    """Returns the entries of a book in their order."""
    with project.reading() as session:
        return entries_of(session, book_id)


def read_entries(project: Project, entry_ids: Collection[str]) -> list[LoreEntry]:
    """Returns some entries, those that are there."""
    with project.reading() as session:
        return list(session.exec(select(LoreEntry).where(col(LoreEntry.id).in_(entry_ids))))


def count_entries(project: Project) -> dict[str, int]:
    """Returns the number of entries of each book that has any."""
    with project.reading() as session:
        rows = session.exec(select(LoreEntry.book_id, func.count()).group_by(col(LoreEntry.book_id)))
        return dict(rows.all())


def read_draft(project: Project, book_id: str) -> LorebookDraft:
    """Returns a book whole. Raises UserError when it is gone."""
    with project.reading() as session:
        return draft_of(session, require(session, Lorebook, book_id))


def create_book(
    project: Project,
    draft: LorebookBase,
    *,
    character_id: str | None = None,
    scenario_id: str | None = None,
    label: str = "",
) -> Lorebook:
    """Adds a book, with its entries where the draft has some; without an owner it is the project's."""
    with project.act(label or f"New lorebook {draft.name}".strip()) as session:
        return insert_book(session, draft, character_id=character_id, scenario_id=scenario_id)


def update_book(project: Project, book_id: str, **fields: Any) -> None:
    """Changes fields of a book. Raises UserError when a value is not allowed."""
    with project.act("") as session:
        book = require(session, Lorebook, book_id)
        session.info["label"] = f"Edit {book.name or 'lorebook'}"
        assign(book, LorebookBase, fields)
        book.updated_at = utc_now()


def give_book(
    project: Project, book_id: str, *, character_id: str | None = None, scenario_id: str | None = None
) -> None:
    """Gives a book another owner; none: it is the project's."""
    with project.act("") as session:
        book = require(session, Lorebook, book_id)
        session.info["label"] = f"Move {book.name or 'lorebook'}"
        book.character_id, book.scenario_id = character_id, scenario_id
        book.updated_at = utc_now()


def duplicate_book(project: Project, book_id: str) -> Lorebook:
    """Adds a copy of a book, with the same owner."""
    with project.act("") as session:
        book = require(session, Lorebook, book_id)
        session.info["label"] = f"Duplicate {book.name or 'lorebook'}"
        draft = draft_of(session, book)
        draft.name = f"{book.name} copy".strip()[:200]
        return insert_book(session, draft, character_id=book.character_id, scenario_id=book.scenario_id)


def delete_book(project: Project, book_id: str) -> None:
    """Puts a book into the trash."""
    with project.act("") as session:
        book = require(session, Lorebook, book_id)
        session.info["label"] = f"Delete {book.name or 'lorebook'}"
        book.deleted_at = utc_now()
        session.add(book)


def add_entries(project: Project, book_id: str, drafts: Sequence[LoreEntryBase], place: int | None = None) -> list[str]:
    """Adds entries to a book; returns their ids.

    Args:
        place: Before which entry, from 0; None: at the end.
    """
    with project.act(_count_label("Add", len(drafts))) as session:
        book = require(session, Lorebook, book_id)
        others = entries_of(session, book_id)
        rows = [_entry_row(draft, book_id, 0) for draft in drafts]
        at = len(others) if place is None else max(0, min(place, len(others)))
        for row in rows:
            session.add(row)
        _renumber(session, [*others[:at], *rows, *others[at:]])
        _touch(session, book)
        return [row.id for row in rows]


def update_entries(project: Project, changes: Mapping[str, Mapping[str, Any]], label: str = "") -> None:
    """Changes fields of many entries at once.

    Args:
        changes: Id of an entry -> its fields.

    Raises:
        UserError: A value is not allowed, or an entry is gone; then nothing is changed.
    """
    with project.act(label or _count_label("Edit", len(changes))) as session, session.no_autoflush:
        _kept = _load(session, list(changes))
        for entry_id, fields in changes.items():
            entry = require(session, LoreEntry, entry_id)
            assign(entry, LoreEntryBase, dict(fields))
            session.add(entry)


def delete_entries(project: Project, entry_ids: Collection[str]) -> None:
    """Takes entries out of their books."""
    with project.act(_count_label("Delete", len(entry_ids))) as session:
        for entry in _load(session, list(entry_ids)):
            session.delete(entry)


def move_entries(project: Project, entry_ids: Sequence[str], book_id: str, place: int | None = None) -> None:
    """Moves entries to a place in a book, their own or another, before the entry that is there now.

    Args:
        place: From 0; None: to the end.
    """
    with project.act(_count_label("Move", len(entry_ids))) as session:
        require(session, Lorebook, book_id)
        moved = [require(session, LoreEntry, entry_id) for entry_id in entry_ids]
        everybody = entries_of(session, book_id)
        at = len(everybody) if place is None else max(0, min(place, len(everybody)))
        before = [entry for entry in everybody[:at] if entry.id not in entry_ids]
        after = [entry for entry in everybody[at:] if entry.id not in entry_ids]
        for entry in moved:
            entry.book_id = book_id
        _renumber(session, [*before, *moved, *after])


def duplicate_entries(project: Project, entry_ids: Sequence[str]) -> list[str]:
    """Adds a copy of each entry right after it; returns the ids of the copies."""
    with project.act(_count_label("Duplicate", len(entry_ids))) as session:
        originals = [require(session, LoreEntry, entry_id) for entry_id in entry_ids]
        copies = {}
        for book_id in dict.fromkeys(entry.book_id for entry in originals):
            order: list[LoreEntry] = []
            for entry in entries_of(session, book_id):
                order.append(entry)
                if entry.id in entry_ids:
                    twin = _entry_row(entry, book_id, 0)
                    session.add(twin)
                    copies[entry.id] = twin.id
                    order.append(twin)
            _renumber(session, order)
        return [copies[entry.id] for entry in originals if entry.id in copies]


def rename_folder(project: Project, book_id: str, name: str, new_name: str) -> None:
    """Gives a folder of a book another name, or, with an empty one, takes the folder away and leaves its entries."""
    with project.act(f"Rename folder {name}" if new_name else f"Remove folder {name}") as session:
        book = require(session, Lorebook, book_id)
        folders = [new_name if folder == name else folder for folder in book.folders]
        assign(book, LorebookBase, {"folders": list(dict.fromkeys(filter(None, folders)))})
        for entry in entries_of(session, book_id):
            if entry.folder == name:
                assign(entry, LoreEntryBase, {"folder": new_name})
                session.add(entry)


def get_lore_settings(project: Project) -> LoreSettings:
    """Returns how the books of the project are searched."""
    return read_lore_settings(get_setting(project, LORE_SETTING, {}))


def update_lore_settings(project: Project, **fields: Any) -> None:
    """Changes how the books of the project are searched. Raises UserError when a value is not allowed."""
    try:
        settings = LoreSettings.model_validate(get_lore_settings(project).model_dump() | fields)
    except ValueError as error:
        raise UserError("This value is not allowed.", "Choose another one; the old value is kept.") from error
    with project.act("Lore settings") as session:
        session.merge(Setting(key=LORE_SETTING, value=settings.model_dump(exclude_defaults=True)))


def read_lore_settings(document: Any) -> LoreSettings:
    """Reads settings that the project keeps; what cannot be read is as in a new project."""
    try:
        return LoreSettings.model_validate(document)
    except ValueError:
        return LoreSettings()


def books_of(session: Session, *, character_id: str | None = None, scenario_id: str | None = None) -> list[Lorebook]:
    """Returns the books of one owner that are not deleted, oldest first; without one, those of the project."""
    query = select(Lorebook).where(
        Lorebook.character_id == character_id, Lorebook.scenario_id == scenario_id, col(Lorebook.deleted_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Lorebook.created_at), col(Lorebook.id))))


def entries_of(session: Session, book_id: str) -> list[LoreEntry]:
    """Returns the entries of a book in their order."""
    query = select(LoreEntry).where(LoreEntry.book_id == book_id)
    return list(session.exec(query.order_by(col(LoreEntry.place), col(LoreEntry.id))))


def draft_of(session: Session, book: Lorebook) -> LorebookDraft:
    """Returns a book whole, without ids."""
    draft = LorebookDraft.model_validate({name: getattr(book, name) for name in LorebookBase.model_fields})
    draft.entries = [
        LoreEntryBase.model_validate({name: getattr(entry, name) for name in LoreEntryBase.model_fields})
        for entry in entries_of(session, book.id)
    ]
    return draft


def insert_book(
    session: Session, draft: LorebookBase, *, character_id: str | None = None, scenario_id: str | None = None
) -> Lorebook:
    """Adds a book with its entries within an act."""
    fields = draft.model_dump(include=set(LorebookBase.model_fields))
    book = Lorebook.model_validate(fields | {"character_id": character_id, "scenario_id": scenario_id})
    session.add(book)
    session.flush()
    entries = draft.entries if isinstance(draft, LorebookDraft) else []
    for place, entry in enumerate(entries):
        session.add(_entry_row(entry, book.id, place))
    return book


def copy_books(
    session: Session, books: Iterable[Lorebook], *, character_id: str | None = None, scenario_id: str | None = None
) -> None:
    """Gives copies of books to another owner, within an act."""
    for book in list(books):
        insert_book(session, draft_of(session, book), character_id=character_id, scenario_id=scenario_id)


def delete_book_rows(session: Session, books: Iterable[Lorebook]) -> None:
    """Deletes books and their entries for good, row by row, within an act."""
    for book in list(books):
        for entry in entries_of(session, book.id):
            session.delete(entry)
        session.flush()
        session.delete(book)


def _is_there(session: Session, book: Lorebook) -> bool:
    owner: Character | Scenario | None = None
    if book.character_id:
        owner = session.get(Character, book.character_id)
    elif book.scenario_id:
        owner = session.get(Scenario, book.scenario_id)
    return book.deleted_at is None and getattr(owner, "deleted_at", None) is None


def _entry_row(draft: LoreEntryBase, book_id: str, place: int) -> LoreEntry:
    fields = draft.model_dump(include=set(LoreEntryBase.model_fields))
    return LoreEntry.model_validate(fields | {"id": new_id(), "book_id": book_id, "place": place})


def _load(session: Session, entry_ids: Sequence[str]) -> list[LoreEntry]:
    """Reads many entries with few questions; the session then knows them as long as the list is kept."""
    found: list[LoreEntry] = []
    for first in range(0, len(entry_ids), LOADED_AT_ONCE):
        some = entry_ids[first : first + LOADED_AT_ONCE]
        found += session.exec(select(LoreEntry).where(col(LoreEntry.id).in_(some)))
    return found


def _renumber(session: Session, entries: Iterable[LoreEntry]) -> None:
    for place, entry in enumerate(entries):
        if entry.place != place:
            entry.place = place
        session.add(entry)


def _touch(session: Session, book: Lorebook) -> None:
    book.updated_at = utc_now()
    session.add(book)


def _count_label(verb: str, n_entries: int) -> str:
    return f"{verb} lore entry" if n_entries == 1 else f"{verb} {n_entries} lore entries"
