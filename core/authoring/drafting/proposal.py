"""Proposals: changes of single fields of a character, each with its reason and its evidence."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

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
        pydantic.ValidationError: A value is not allowed in its field.
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
    checked = CharacterBase.model_validate(character.model_dump() | fields)
    return {name: getattr(checked, name) for name in fields}


def still_new(character: CharacterBase, proposals: Sequence[Proposal]) -> list[Proposal]:
    """Leaves out what the character has already, and what is proposed twice."""
    kept: list[Proposal] = []
    seen: set[tuple[str, str]] = set()
    for proposal in proposals:
        now = value_at(character, proposal.path)
        key = (proposal.path, repr(proposal.value).casefold())
        known = _is_in(proposal.value, now) if proposal.is_addition else proposal.value == now
        if not known and key not in seen:
            seen.add(key)
            kept.append(proposal)
    return kept


def _changed(now: Any, proposal: Proposal) -> Any:
    return [*now, proposal.value] if proposal.is_addition else proposal.value


def _is_in(value: Any, items: Iterable[Any]) -> bool:
    plain = [item.model_dump() if hasattr(item, "model_dump") else item for item in items]
    if isinstance(value, str):
        return value.casefold() in {str(item).casefold() for item in plain}
    if isinstance(value, dict) and "name" in value:
        return value["name"] in {item.get("name") for item in plain}
    return value in plain
