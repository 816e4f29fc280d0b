"""Parts of a world as rows of a table, and back. What cannot be one is said with the column it is about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import QCoreApplication

from core.world.scope import LANGUAGE_WORDS, PLACE_WORDS
from gui.scenarios.open_story import NamedRole
from gui.scenarios.world.thing_model import Values, Wrong
from models.fields import MAX_NAME_CHARS
from models.world import LIMIT, Fact, FactStatus, Place, Prop, Variable, VariableKind

NOWHERE = ""
_ROLE, _PLACE = "role:", "place:"
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
_RANGE = re.compile(r"^\s*(-?\d{1,12})\s*(?:to|–|—|\.\.+|…|-)\s*(-?\d{1,12})\s*$")
_Part = TypeVar("_Part", bound=BaseModel)
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")


def variable_values(variable: Variable) -> Values:
    """Returns the row of a variable."""
    match variable.kind:
        case VariableKind.INTEGER:
            values, start = f"{variable.low} to {variable.high}", str(variable.start)
        case VariableKind.CHOICE:
            values, start = ", ".join(variable.choices), str(variable.start)
        case _:
            values, start = _tr("yes or no"), "yes" if variable.start else "no"
    return {
        "name": variable.name,
        "kind": variable.kind.value,
        "values": values,
        "start": start,
        "is_public": variable.is_public,
        "note": variable.note,
    }


def read_variable(values: Mapping[str, object], before: Variable, column: str) -> Variable:
    """Reads a variable after a change of one column. Raises Wrong."""
    fields = before.model_dump()
    text = str(values[column]).strip()
    match column:
        case "name":
            fields["name"] = read_name(text)
        case "kind":
            fields |= _with_kind(before, VariableKind(text))
        case "values":
            fields |= _with_values(before, text)
        case "start":
            fields["start"] = _read_start(before, text)
        case "is_public":
            fields["is_public"] = bool(values[column])
        case "note":
            fields["note"] = str(values[column])
    return _make(Variable, fields, column)


def read_name(text: str) -> str:
    """Reads the name of a variable or a prop. Raises Wrong."""
    if not _NAME.match(text):
        raise Wrong(
            "name",
            _tr("A name is one word of English letters, digits and _, and does not begin with a digit."),
        )
    if text.casefold() in LANGUAGE_WORDS:
        raise Wrong("name", _tr("“%1” is a word of conditions and effects.").replace("%1", text))
    return text


def prop_values(prop: Prop) -> Values:
    """Returns the row of a prop."""
    where = f"{_ROLE}{prop.holder}" if prop.holder else f"{_PLACE}{prop.place}" if prop.place else NOWHERE
    return {
        "name": prop.name,
        "where": where,
        "states": ", ".join(prop.states),
        "is_visible": prop.is_visible,
        "description": prop.description,
    }


def read_prop(values: Mapping[str, object], before: Prop, column: str) -> Prop:
    """Reads a prop after a change of one column. Raises Wrong."""
    fields = before.model_dump()
    text = str(values[column])
    match column:
        case "name":
            fields["name"] = read_name(text.strip())
        case "where":
            fields["holder"] = text.removeprefix(_ROLE) if text.startswith(_ROLE) else None
            fields["place"] = text.removeprefix(_PLACE) if text.startswith(_PLACE) else None
        case "states":
            fields["states"] = _read_words(text, "states")
        case "is_visible":
            fields["is_visible"] = bool(values[column])
        case "description":
            fields["description"] = text
    return _make(Prop, fields, column)


def where_choices(roles: Sequence[NamedRole], places: Sequence[Place]) -> list[tuple[str, str]]:
    """Returns where a prop can be: nowhere, with a role, or at a place."""
    return [
        (NOWHERE, _tr("nowhere yet")),
        *((f"{_ROLE}{role.id}", _tr("%1 has it").replace("%1", role.name)) for role in roles),
        *((f"{_PLACE}{place.id}", _tr("at %1").replace("%1", place.name or place.id)) for place in places),
    ]


def place_values(place: Place, places: Sequence[Place]) -> Values:
    """Returns the row of a place."""
    names = {one.id: one.name or one.id for one in places}
    return {
        "name": place.name,
        "adjacent": ", ".join(names[one] for one in place.adjacent if one in names),
        "description": place.description,
    }


def read_place(values: Mapping[str, object], before: Place, column: str, places: Sequence[Place]) -> Place:
    """Reads a place after a change of one column. Raises Wrong."""
    fields = before.model_dump()
    text = str(values[column])
    match column:
        case "name":
            fields["name"] = _read_place_name(text.strip(), before, places)
        case "adjacent":
            fields["adjacent"] = _read_adjacent(text, before, places)
        case "description":
            fields["description"] = text
    return _make(Place, fields, column)


def fact_values(fact: Fact, roles: Iterable[NamedRole]) -> Values:
    """Returns the row of a fact: its text, whether it is a secret, and the status of each role by its id."""
    known = {role.id: str(fact.known_by[role.id].value) if role.id in fact.known_by else "" for role in roles}
    return {"text": fact.text, "is_secret": fact.is_secret, **known}


def read_fact(values: Mapping[str, object], before: Fact, column: str) -> Fact:
    """Reads a fact after a change of one column, which may be the id of a role. Raises Wrong."""
    fields = before.model_dump()
    match column:
        case "text":
            fields["text"] = str(values[column]).strip()
            if not fields["text"]:
                raise Wrong("text", _tr("A fact needs words; remove it if it is not wanted."))
        case "is_secret":
            fields["is_secret"] = bool(values[column])
        case _:
            known = {role_id: status for role_id, status in before.known_by.items() if role_id != column}
            if values[column]:
                known[column] = FactStatus(str(values[column]))
            fields["known_by"] = known
    return _make(Fact, fields, column)


def free_name(stem: str, taken: Iterable[str]) -> str:
    """Returns a name that is not taken: the stem, or the stem with a number."""
    used = {name.casefold() for name in taken}
    number = 1
    name = stem
    while name.casefold() in used:
        number += 1
        name = f"{stem}_{number}" if _NAME.match(stem) else f"{stem} {number}"
    return name


def _with_kind(before: Variable, kind: VariableKind) -> Values:
    if kind == before.kind:
        return {}
    start = {VariableKind.INTEGER: before.low, VariableKind.CHOICE: None, VariableKind.FLAG: False}[kind]
    choices = before.choices or ["first", "second"]
    return {"kind": kind, "choices": choices, "start": choices[0] if start is None else start}


def _with_values(before: Variable, text: str) -> Values:
    if before.kind == VariableKind.FLAG:
        raise Wrong("values", _tr("A flag is yes or no. Choose another kind for other values."))
    if before.kind == VariableKind.CHOICE:
        words = _read_words(text, "values")
        if not words:
            raise Wrong("values", _tr("Give the words to choose from, with commas between them."))
        return {"choices": words, "start": before.start if before.start in words else words[0]}
    found = _RANGE.match(text)
    if found is None:
        raise Wrong("values", _tr("Give the lowest and the highest number, such as 0 to 10."))
    low, high = int(found[1]), int(found[2])
    if low > high or max(abs(low), abs(high)) > LIMIT:
        raise Wrong("values", _tr("The first number is the lowest, the second the highest; a billion at most."))
    return {"low": low, "high": high, "start": min(max(int(before.start), low), high)}


def _read_start(before: Variable, text: str) -> int | str | bool:
    match before.kind:
        case VariableKind.FLAG:
            if text.casefold() not in (*_YES, *_NO):
                raise Wrong("start", _tr("A flag starts as yes or no."))
            return text.casefold() in _YES
        case VariableKind.CHOICE:
            found = next((word for word in before.choices if word.casefold() == text.casefold()), None)
            if found is None:
                raise Wrong("start", _tr("It starts as one of its words: %1.").replace("%1", ", ".join(before.choices)))
            return found
    if not re.fullmatch(r"-?\d{1,12}", text) or not before.low <= int(text) <= before.high:
        bounds = _tr("It starts as a whole number from %1 to %2.")
        raise Wrong("start", bounds.replace("%1", str(before.low)).replace("%2", str(before.high)))
    return int(text)


def _read_words(text: str, column: str) -> list[str]:
    words = list(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))
    for word in words:
        if not _NAME.match(word):
            message = _tr("“%1” is not one word of English letters, digits and _.").replace("%1", word[:40])
            raise Wrong(column, message)
    return words


def _read_place_name(text: str, before: Place, places: Sequence[Place]) -> str:
    if not text or len(text) > MAX_NAME_CHARS:
        raise Wrong("name", _tr("A place needs a name, of %1 characters at most.").replace("%1", str(MAX_NAME_CHARS)))
    if "," in text or '"' in text:
        raise Wrong("name", _tr("Leave out commas and quotation marks: lists and conditions use them."))
    if text.casefold() in PLACE_WORDS:
        raise Wrong("name", _tr("“%1” is a word of conditions and effects.").replace("%1", text))
    if any(one.id != before.id and one.name.casefold() == text.casefold() for one in places):
        raise Wrong("name", _tr("There is another place of this name."))
    return text


def _read_adjacent(text: str, before: Place, places: Sequence[Place]) -> list[str]:
    ids = {name.casefold(): one.id for one in places for name in (one.id, one.name)}
    found: list[str] = []
    for part in text.split(","):
        if name := part.strip():
            if name.casefold() not in ids:
                raise Wrong("adjacent", _tr("There is no place “%1”.").replace("%1", name[:40]))
            found.append(ids[name.casefold()])
    return [one for one in dict.fromkeys(found) if one != before.id]


def _make(kind: type[_Part], fields: Values, column: str) -> _Part:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        message = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise Wrong(column, f"{message[:1].upper()}{message[1:]}.") from error


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorldValues", text)
