"""What a user does to relationships between characters: each function is one read, or one undo step."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.rows import assign, require
from core.project import Project
from models.character import Character
from models.relationship import Relationship, RelationshipBase


def list_relationships(project: Project, character_ids: Collection[str] | None = None) -> list[Relationship]:
    """Returns the relationships between characters that are not deleted, or only those among some of them."""
    with project.reading() as session:
        living = set(session.exec(select(Character.id).where(col(Character.deleted_at).is_(None))))
        wanted = living if character_ids is None else living & set(character_ids)
        rows = session.exec(select(Relationship).order_by(col(Relationship.character_id), col(Relationship.other_id)))
        return [row for row in rows if {row.character_id, row.other_id} <= wanted]


def relate(project: Project, character_id: str, other_id: str, **fields: Any) -> Relationship:
    """Changes what one character is to another, as the first sees it; adds it where nothing was said yet.

    Raises:
        UserError: A value is not allowed, one of the two is gone, or they are the same.
    """
    if character_id == other_id:
        raise UserError("Somebody has no relationship with themselves.", "Choose another character.")
    with project.act("") as session:
        one, other = require(session, Character, character_id), require(session, Character, other_id)
        session.info["label"] = f"{one.name} and {other.name}"
        row = find_relationship(session, character_id, other_id)
        if row is None:
            row = Relationship(character_id=character_id, other_id=other_id)
        assign(row, RelationshipBase, fields)
        session.add(row)
    return row


def unrelate(project: Project, character_id: str, other_id: str) -> None:
    """Takes away what one character is to another; the other way round stays."""
    with project.act("") as session:
        one, other = require(session, Character, character_id), require(session, Character, other_id)
        session.info["label"] = f"Forget {one.name} and {other.name}"
        row = find_relationship(session, character_id, other_id)
        if row is not None:
            session.delete(row)


def find_relationship(session: Session, character_id: str, other_id: str) -> Relationship | None:
    """Returns the edge from one character to another, or None."""
    query = select(Relationship).where(Relationship.character_id == character_id, Relationship.other_id == other_id)
    return session.exec(query).first()
