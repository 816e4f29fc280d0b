"""What a user does to fragments: each function is one read, or one undo step."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from core.library.kinds import FRAGMENT
from core.library.rows import assign, find_living, require
from core.library.trash import delete_listed
from core.project import Project
from models.character import Character
from models.fields import utc_now
from models.fragment import Fragment, FragmentBase
from models.persona import with_value


def list_fragments(project: Project) -> list[Fragment]:
    """Returns all fragments by name."""
    with project.reading() as session:
        living = select(Fragment).where(col(Fragment.deleted_at).is_(None))
        return list(session.exec(living.order_by(col(Fragment.name), col(Fragment.id))))


def get_fragment(project: Project, fragment_id: str) -> Fragment | None:
    """Returns one fragment, or None when it is gone."""
    with project.reading() as session:
        return find_living(session, Fragment, fragment_id)


def fragments_of(session: Session, fragment_ids: Sequence[str]) -> list[Fragment]:
    """Returns fragments in the order of their ids; those that are gone are left out."""
    if not fragment_ids:
        return []
    living = select(Fragment).where(col(Fragment.id).in_(fragment_ids), col(Fragment.deleted_at).is_(None))
    found = {one.id: one for one in session.exec(living)}
    return [found[one] for one in dict.fromkeys(fragment_ids) if one in found]


def heirs_of(project: Project, fragment_id: str) -> list[Character]:
    """Returns the characters that inherit from a fragment, by name."""
    with project.reading() as session:
        query = select(Character).where(
            cast(col(Character.fragment_ids), String).contains(fragment_id, autoescape=True),
            col(Character.deleted_at).is_(None),
        )
        return [one for one in session.exec(query.order_by(col(Character.name))) if fragment_id in one.fragment_ids]


def create_fragment(project: Project, draft: FragmentBase, heir_id: str = "") -> Fragment:
    """Adds a fragment, and lets a character inherit from it."""
    with project.act(f"New fragment {draft.name}") as session:
        fragment = Fragment.model_validate(draft.model_dump())
        session.add(fragment)
        if heir_id:
            heir = require(session, Character, heir_id)
            heir.fragment_ids = [*heir.fragment_ids, fragment.id]
            heir.updated_at = utc_now()
    return fragment


def update_fragment(project: Project, fragment_id: str, **fields: Any) -> None:
    """Changes the name, the summary or the whole content of a fragment.

    Raises:
        UserError: A value is not allowed.
    """
    with project.act("") as session:
        fragment = require(session, Fragment, fragment_id)
        session.info["label"] = f"Edit fragment {fragment.name}"
        assign(fragment, FragmentBase, fields)
        fragment.updated_at = utc_now()


def update_fragment_content(project: Project, fragment_id: str, path: str, value: Any) -> None:
    """Changes one value of what a fragment gives, such as that at `layers.social.age`."""
    with project.act("") as session:
        fragment = require(session, Fragment, fragment_id)
        session.info["label"] = f"Edit fragment {fragment.name}"
        assign(fragment, FragmentBase, {"content": with_value(fragment.content, path, value)})
        fragment.updated_at = utc_now()


def set_fragments(project: Project, character_id: str, fragment_ids: Sequence[str]) -> None:
    """Says what a character inherits from; the first counts least."""
    with project.act("") as session:
        character = require(session, Character, character_id)
        session.info["label"] = f"Inheritance of {character.name}"
        character.fragment_ids = list(dict.fromkeys(fragment_ids))
        character.updated_at = utc_now()


def delete_fragment(project: Project, fragment_id: str) -> None:
    """Moves a fragment to the trash; nobody inherits from it while it is there."""
    delete_listed(project, [(FRAGMENT, fragment_id)])
