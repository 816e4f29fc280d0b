"""What a "what if" can change: the fields of a script, their values as text, and text as values. Knows no Qt."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from core.errors import UserError
from core.playtest.looking_back.what_if import Change, Kind
from core.playtest.script import Part, Script
from models.scenario import RoleBase

CARD_FIELDS = (
    "description",
    "personality",
    "voice",
    "knowledge",
    "boundaries",
    "statements",
    "situation",
    "example_dialogue",
    "system_prompt",
    "post_history_instructions",
    "name",
    "nickname",
)
ROLE_FIELDS = ("goal", "secret", "style", "emotion", "relations", "personality", "goal_test")
SCENARIO_FIELDS = ("setting", "rules", "user_name", "thoughts", "turn_policy", "max_turns")
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class Changeable:
    """One field that can be changed."""

    kind: Kind
    field: str
    value: Any
    """As JSON has it."""
    role_id: str = ""


def list_fields(script: Script, kind: Kind, role_id: str = "") -> list[Changeable]:
    """Returns what can be changed of a card, a role or the scenario, in the order of their forms."""
    part = script.part(role_id)
    match kind:
        case Kind.CHARACTER if part is not None:
            return list(_card_fields(part))
        case Kind.ROLE if part is not None:
            document = part.role.model_dump(mode="json")
            return [
                Changeable(kind, name, document[name], role_id) for name in ROLE_FIELDS if name in RoleBase.model_fields
            ]
        case Kind.SCENARIO:
            document = script.scenario.model_dump(mode="json")
            rules = script.rules.model_dump(mode="json")
            found = [Changeable(kind, name, document[name]) for name in SCENARIO_FIELDS]
            for group, values in rules.items():
                found += [
                    Changeable(kind, f"stage.{group}.{name}", value)
                    for name, value in values.items()
                    if _is_simple(value)
                ]
            return found
    return []


def format_value(value: object) -> str:
    """Returns a value as text: lists have a line for each."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "\n".join(str(one) for one in value)
    return str(value)


def parse_value(text: str, before: object) -> Any:
    """Returns what a text stands for, where such a value stood before.

    Raises:
        UserError: It is no such value.
    """
    words = text.strip()
    match before:
        case bool():
            if words.casefold() not in ("yes", "no", "true", "false"):
                raise UserError("This is either yes or no.", "Write yes or no.")
            return words.casefold() in ("yes", "true")
        case int():
            return _number(words, int)
        case float():
            return _number(words, float)
        case list():
            return [line.strip() for line in text.splitlines() if line.strip()]
        case None:
            return words or None
    return text.rstrip()


def make_change(one: Changeable, text: str) -> Change:
    """Returns the change that a text asks for. Raises UserError."""
    return Change(one.kind, one.field, parse_value(text, one.value), one.role_id)


def _number(words: str, make: type[int] | type[float]) -> int | float:
    try:
        return make(words)
    except (ValueError, OverflowError) as error:
        raise UserError(f"“{words}” is no number.", "Write a number.") from error


def _card_fields(part: Part) -> Iterator[Changeable]:
    document = part.character.model_dump(mode="json")
    for name in CARD_FIELDS:
        yield Changeable(Kind.CHARACTER, name, document[name], part.role_id)
    layers = part.character.persona
    for path, value in list(_layer_fields(layers, ""))[:MAX_LISTED]:
        yield Changeable(Kind.CHARACTER, f"layers.{path}", value, part.role_id)


def _layer_fields(layer: BaseModel, start: str) -> Iterator[tuple[str, Any]]:
    """Yields the simple fields of the layers, with their paths."""
    for name, field in type(layer).model_fields.items():
        value = getattr(layer, name)
        if isinstance(value, BaseModel):
            yield from _layer_fields(value, f"{start}{name}.")
        elif isinstance(value, str | bool | int | float) or (value is None and _may_be_text(field.annotation)):
            yield f"{start}{name}", value
        elif isinstance(value, list) and all(isinstance(one, str) for one in value) and _is_text_list(field.annotation):
            yield f"{start}{name}", list(value)


def _may_be_text(annotation: Any) -> bool:
    kinds = get_args(annotation)
    return get_origin(annotation) in (Union, UnionType) and any(one in kinds for one in (str, int, float))


def _is_text_list(annotation: Any) -> bool:
    inside = get_args(annotation)[:1] if get_origin(annotation) is list else ()
    return bool(inside) and (inside[0] is str or get_args(inside[0])[:1] == (str,))


def _is_simple(value: object) -> bool:
    return isinstance(value, str | bool | int | float)
