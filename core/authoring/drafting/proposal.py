"""Proposals: changes of single fields of a character, each with its reason and its evidence."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import UserError
from models.character import CharacterBase

LAYERS = "layers."


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change that an author may take or leave."""

    path: str
    """A field such as `description`, or one of the layers such as `layers.social.age`."""
    value: Any
    """What the field becomes; for an addition, what is added to its list."""
    why: str
    """One sentence."""
    evidence: str = ""
    """The words that it comes from; empty when there are none."""
    is_addition: bool = False
    is_invented: bool = False
    """Whether it was made up, by chance or by weights, rather than read."""


def value_at(character: CharacterBase, path: str) -> Any:
    """Returns what a field holds now; None or empty when it holds nothing."""
    if not path.startswith(LAYERS):
        return getattr(character, path)
    value: Any = character.persona
    for step in path.removeprefix(LAYERS).split("."):
        value = getattr(value, step)
    return value


def changes(character: CharacterBase, accepted: Iterable[Proposal]) -> dict[str, Any]:
    """Returns the fields of a character that accepted proposals change, with their new values.

    Raises:
        UserError: A value is not allowed in its field.
    """
    fields: dict[str, Any] = {}
    layers = character.persona.model_dump(mode="json")
    for proposal in accepted:
        if proposal.path.startswith(LAYERS):
            *steps, last = proposal.path.removeprefix(LAYERS).split(".")
            holder = layers
            for step in steps:
                holder = holder[step]
            holder[last] = _changed(holder[last], proposal)
            fields["layers"] = layers
        else:
            now = fields.get(proposal.path, deepcopy(getattr(character, proposal.path)))
            fields[proposal.path] = _changed(now, proposal)
    try:
        checked = CharacterBase.model_validate(character.model_dump() | fields)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(str(step) for step in fault["loc"])
        raise UserError(
            f"This cannot be taken: {field or 'a value'}: {fault['msg']}.", "Leave that one out."
        ) from error
    return {name: getattr(checked, name) for name in fields}


def still_new(character: CharacterBase, proposals: Sequence[Proposal]) -> list[Proposal]:
    """Leaves out what the character has already, and what is proposed twice."""
    kept: list[Proposal] = []
    seen: set[tuple[str, str]] = set()
    now = {path: value_at(character, path) for path in dict.fromkeys(proposal.path for proposal in proposals)}
    items = {
        proposal.path: {_item_key(item) for item in now[proposal.path]}
        for proposal in proposals
        if proposal.is_addition
    }
    for proposal in proposals:
        key = (proposal.path, repr(proposal.value).casefold())
        is_known = (
            _item_key(proposal.value) in items[proposal.path]
            if proposal.is_addition
            else proposal.value == now[proposal.path]
        )
        if not is_known and key not in seen:
            seen.add(key)
            kept.append(proposal)
    return kept


def _changed(now: Any, proposal: Proposal) -> Any:
    return [*now, proposal.value] if proposal.is_addition else proposal.value


def _item_key(item: Any) -> str:
    """What tells an item of a list from others: the name of a trait, otherwise all of it."""
    plain = item.model_dump() if isinstance(item, BaseModel) else item
    if isinstance(plain, dict) and "name" in plain:
        return repr(plain["name"])
    return plain.casefold() if isinstance(plain, str) else repr(plain)
