"""How single fields of lorebooks of other programs become fields of ours, and back: one row of a table for each.

What is not of the right kind is left where it was and kept, with a warning: nothing is lost.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.errors import UserError
from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS
from models.lore import MAX_COUNT, BookSettings, LorebookBase, LoreEntryBase

OWN = "tableread"
"""Where fields that a format has no place for travel."""


class WrongKind(Exception):
    """A value is not of the kind that its field wants."""


@dataclass(frozen=True, slots=True)
class FileField:
    """A field of a file."""

    key: str
    column: str
    read: Callable[[Any], Any]
    default: Any
    """What the field says where the file does not have it, as a value of ours."""
    write: Callable[[Any], Any] = lambda value: value
    always: bool = False
    """Whether it is written also when it says the default."""


def take(
    fields: Iterable[FileField], source: Mapping[str, Any], where: str, warnings: list[str]
) -> tuple[dict[str, Any], dict[str, Any], set[str]]:
    """Reads an object.

    Returns:
        Our fields by column; what of the object is left; and the keys that were there and said only the default.

    Raises:
        UserError: A text is longer than ours may be.
    """
    rest = dict(source)
    values: dict[str, Any] = {}
    given = set()
    for field in fields:
        values[field.column] = field.default
        if field.key not in rest:
            continue
        try:
            value = field.default if rest[field.key] is None else field.read(rest[field.key])
        except WrongKind:
            warning = f"The field “{where}{field.key}” is not of the right kind: it is kept, and not used."
            if warning not in warnings:
                warnings.append(warning)
            continue
        if value == field.default and not field.always:
            given.add(field.key)
        values[field.column] = value
        del rest[field.key]
    return values, rest, given


def put(
    fields: Iterable[FileField], values: Mapping[str, Any], rest: Mapping[str, Any], given: Iterable[str] = ()
) -> dict[str, Any]:
    """Writes an object: the other half of `take`.

    What says only the default is left out unless it was given, and gives way to what could not be read.
    """
    written = set(given)
    result = dict(rest)
    for field in fields:
        value = values[field.column]
        is_due = (field.always or field.key in written) and field.key not in rest
        if is_due or value != field.default:
            result[field.key] = field.write(value)
    return result


def text(value: Any) -> str:
    """Reads text of any length that we keep."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise WrongKind
    if len(str(value)) > MAX_TEXT_CHARS:
        raise UserError(
            f"A text of the lorebook is longer than {MAX_TEXT_CHARS:,} characters.",
            "Shorten it in the program that made the file.",
        )
    return str(value)


def label(value: Any) -> str:
    """Reads a short text; a longer one is cut."""
    return text(value)[:MAX_NAME_CHARS]


def texts(value: Any) -> list[str]:
    """Reads a list of texts; one text with commas is a list too."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(item, str | int | float) for item in value):
        raise WrongKind
    return [text(item) for item in value if not isinstance(item, bool)]


def flag(value: Any) -> bool:
    """Reads yes or no, also as 1 or 0."""
    if value not in (True, False):
        raise WrongKind
    return bool(value)


def whole(value: Any) -> int:
    """Reads a whole number of either sign; text with one in it counts, and fractions are rounded."""
    number = _number(value)
    if not -MAX_COUNT <= number <= MAX_COUNT:
        raise WrongKind
    return round(number)


def count(value: Any) -> int:
    """Reads a whole number from 0."""
    number = whole(value)
    if number < 0:
        raise WrongKind
    return number


def percent(value: Any) -> int:
    """Reads a number from 0 to 100; what lies outside is brought inside."""
    return max(0, min(100, whole(value)))


def level(value: Any) -> int:
    """Reads a number from 0 where no and yes stand for 0 and 1."""
    return int(value) if isinstance(value, bool) else count(value)


def table(value: Any) -> dict[str, Any]:
    """Reads an object."""
    if not isinstance(value, dict):
        raise WrongKind
    return value


def choice(kinds: type[StrEnum]) -> Callable[[Any], StrEnum]:
    """Returns what reads one of our choices by its number in their order."""
    members = list(kinds)

    def read(value: Any) -> StrEnum:
        number = count(value)
        if number >= len(members):
            raise WrongKind
        return members[number]

    return read


def number_of(kinds: type[StrEnum]) -> Callable[[Any], int]:
    """The other half of `choice`."""
    members = list(kinds)
    return lambda value: members.index(kinds(value))


def read_own(document: Any, base: type[LorebookBase] | type[LoreEntryBase], names: Iterable[str]) -> dict[str, Any]:
    """Reads fields that travel as `OWN`; what is not as we write it is left out.

    Returns:
        Some of the fields named, and `extra`: what other formats had.
    """
    source = document if isinstance(document, dict) else {}
    found: dict[str, Any] = {}
    for name in (*names, "extra"):
        if name in source:
            try:
                found[name] = getattr(base.model_validate({name: source[name]}), name)
            except ValueError:
                continue
    return found


def write_own(row: LorebookBase | LoreEntryBase, names: Iterable[str], form: str) -> dict[str, Any]:
    """Writes fields that a format has no place for, as `{OWN: …}`; empty when there are none.

    Args:
        form: The format's name in `extra`: what it keeps there, it says itself.
    """
    wanted = {name for name in names if name != "extra"}
    own = row.model_dump(mode="json", exclude_defaults=True, include=wanted)
    extra = {name: value for name, value in row.extra.items() if name != form}
    own |= {"extra": extra} if extra else {}
    return {OWN: own} if own else {}


def settings_of(values: dict[str, Any]) -> dict[str, Any]:
    """Takes a book's settings out of what was read; returns them as its document."""
    return {name: value for name in BookSettings.model_fields if (value := values.pop(name, None)) is not None}


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise WrongKind
    try:
        return float(value)
    except (ValueError, OverflowError) as error:
        raise WrongKind from error
