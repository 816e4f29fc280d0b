"""What a user does to characters: each function is one read, or one undo step."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from core.library.assets import store_asset
from core.library.kinds import CHARACTER
from core.library.lore import books_of, copy_books, insert_book
from core.library.rows import assign, find_living, require
from core.library.trash import delete_listed
from core.project import Project
from models.character import Character, CharacterBase
from models.fields import utc_now
from models.lore import LorebookDraft


def list_characters(project: Project) -> list[Character]:
    """Returns all characters by name."""
    with project.reading() as session:
        living = select(Character).where(col(Character.deleted_at).is_(None))
        return list(session.exec(living.order_by(col(Character.name), col(Character.id))))


def get_character(project: Project, character_id: str) -> Character | None:
    """Returns one character, or None when it is gone."""
    with project.reading() as session:
        return find_living(session, Character, character_id)


def create_character(
    project: Project,
    draft: CharacterBase,
    portrait: tuple[bytes, str] | None = None,
    label: str = "",
    books: Sequence[LorebookDraft] = (),
) -> Character:
    """Adds a character.

    Args:
        portrait: The picture and its media type.
        label: The undo label; `New NAME` when empty.
        books: Its own lorebooks.
    """
    with project.act(label or f"New {draft.name}") as session:
        character = Character.model_validate(draft.model_dump())
        if portrait is not None:
            character.portrait = store_asset(session, *portrait)
        session.add(character)
        session.flush()
        for book in books:
            insert_book(session, book, character_id=character.id)
    return character


def update_character(project: Project, character_id: str, **fields: Any) -> None:
    """Changes fields of a character. Raises UserError when a value is not allowed."""
    with project.act("") as session:
        character = require(session, Character, character_id)
        session.info["label"] = f"Edit {character.name}"
        assign(character, CharacterBase, fields)
        character.updated_at = utc_now()


def set_portrait(project: Project, character_id: str, data: bytes, media_type: str) -> None:
    """Gives a character another picture."""
    with project.act("Change portrait") as session:
        character = require(session, Character, character_id)
        character.portrait = store_asset(session, data, media_type)


def duplicate_character(project: Project, character_id: str) -> Character:
    """Adds a copy of a character."""
    with project.act("") as session:
        original = require(session, Character, character_id)
        session.info["label"] = f"Duplicate {original.name}"
        draft = CharacterBase.model_validate(original, from_attributes=True).model_dump()
        copy = Character.model_validate(draft | {"name": f"{original.name} copy"[:200], "folder": original.folder})
        session.add(copy)
        session.flush()
        copy_books(session, books_of(session, character_id=character_id), character_id=copy.id)
    return copy


def delete_character(project: Project, character_id: str) -> None:
    """Moves a character to the trash and out of every cast."""
    delete_listed(project, [(CHARACTER, character_id)])
