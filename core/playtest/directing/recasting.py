"""Who plays which role after a path of turns: the script's cast, and what the director recast on that path.

The script stays as it was pinned. The record of a recasting holds the whole character: the path needs nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session, select

from core.characters.fragments import resolve
from core.characters.relations import Relation
from core.errors import UserError
from core.library.fragments import fragments_of
from core.library.rows import find_living
from core.path import fold, only
from core.playtest.directing.acts import AnyTurn, act_of
from core.playtest.script import Part, Script
from core.playtest.view.pinned_lore import pin_books
from models.character import Character, CharacterBase
from models.playtest import Turn, TurnBase
from models.relationship import Relationship, RelationshipBase


class Recast(BaseModel):
    """What the record of a recasting keeps beside the role and the name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    document: CharacterBase
    """The character, with all that it inherits from fragments."""
    relations: tuple[Relation, ...] = ()
    """What it thinks of others of the cast."""
    thought_of: dict[str, Relation] = {}
    """Role id -> what that part thinks of it."""
    books: tuple[dict[str, Any], ...] = ()
    """Its lorebooks, as `core.playtest.view.pinned_lore` pins them."""


def cast_at(script: Script, path: Sequence[TurnBase]) -> Script:
    """Returns the script with the cast as it stands after a path; the same object where nobody was recast.

    A recasting that cannot be read, as from a stranger's pack, changes nothing.
    """
    return fold(recastings(path), ("cast", _Same(script)), script, _recast)


def recastings(path: Sequence[AnyTurn]) -> list[AnyTurn]:
    """Returns the turns of a path at which somebody was recast: paths that have the same have the same cast."""
    return only(path, "recastings", lambda turn: act_of(turn).get("kind") == "cast")


def recast_number(path: Sequence[Turn], role_id: str) -> int:
    """Returns the number of the turn of a path at which a role was last recast; 0: never."""
    numbers = [turn.number for turn in recastings(path) if act_of(turn).get("role") == role_id]
    return max(numbers, default=0)


@dataclass(frozen=True, slots=True)
class _Same:
    """Equal to what holds the very same object."""

    script: Script

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.script is self.script

    def __hash__(self) -> int:
        return id(self.script)


def _recast(script: Script, turns: Sequence[TurnBase]) -> Script:
    for turn in turns:
        try:
            recast = Recast.model_validate(act_of(turn))
        except ValidationError:
            continue
        if script.part(recast.role) is not None:
            script = _with(script, recast)
    return script


def read_recast(session: Session, script: Script, role_id: str, character_id: str) -> dict[str, Any]:
    """Returns what the record of a recasting keeps: a character as it is now.

    Args:
        script: With the cast as it stands.

    Raises:
        UserError: There is no such role or character, or it would play two roles.
    """
    row = find_living(session, Character, character_id)
    if row is None:
        raise UserError("This character is not in the project any more.", "Undo may bring it back.")
    if script.part(role_id) is None:
        raise UserError("This role is not in the cast.", "Choose another one.")
    others = {part.character.name.casefold(): part for part in script.parts if part.role_id != role_id}
    if row.name.casefold() in others:
        raise UserError(f"{row.name} plays another role already.", "Cast another character, or a copy with a new name.")
    base = CharacterBase.model_validate(row, from_attributes=True)
    document = resolve(base, fragments_of(session, row.fragment_ids)).character
    recast = Recast(
        role=role_id,
        document=document,
        relations=tuple(_relations(session, character_id, others)),
        thought_of=_thought_of(session, character_id, row.name, others),
        books=tuple(pin_books(session, role_id, character_id)),
    )
    return recast.model_dump(mode="json", exclude={"role"})


def _with(script: Script, recast: Recast) -> Script:
    before = script.part(recast.role)
    assert before is not None
    old_name = before.character.name

    def changed(part: Part) -> Part:
        if part.role_id == recast.role:
            return part.model_copy(update={"character": recast.document, "relations": recast.relations})
        kept = tuple(relation for relation in part.relations if relation.other != old_name)
        thought = recast.thought_of.get(part.role_id)
        return part.model_copy(update={"relations": (*kept, thought) if thought is not None else kept})

    changes: dict[str, Any] = {"parts": tuple(map(changed, script.parts))}
    pinned = script.lore.get("books")
    books = [book for book in pinned if isinstance(book, dict)] if isinstance(pinned, list) else []
    kept_books = [book for book in books if book.get("owner") != recast.role]
    if recast.books or len(kept_books) != len(books):
        changes["lore"] = script.lore | {"books": [*kept_books, *recast.books]}
    return script.model_copy(update=changes)


def _relations(session: Session, character_id: str, others: dict[str, Part]) -> Iterable[Relation]:
    edges = session.exec(select(Relationship).where(Relationship.character_id == character_id))
    for edge in edges:
        other = session.get(Character, edge.other_id)
        if other is not None and other.name.casefold() in others:
            yield _relation(edge, other.name)


def _thought_of(session: Session, character_id: str, name: str, others: dict[str, Part]) -> dict[str, Relation]:
    edges = session.exec(select(Relationship).where(Relationship.other_id == character_id))
    found = {}
    for edge in edges:
        thinker = session.get(Character, edge.character_id)
        part = others.get(thinker.name.casefold()) if thinker is not None else None
        if part is not None:
            found[part.role_id] = _relation(edge, name)
    return found


def _relation(edge: Relationship, other: str) -> Relation:
    return Relation(other=other, **edge.model_dump(include={*RelationshipBase.model_fields}))
