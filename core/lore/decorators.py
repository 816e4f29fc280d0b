"""Decorators of Character Card V3: lines with `@@` before the text of an entry.

Where one is not known, has an odd value, or means nothing in a chat, the next line with `@@@` stands in for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from models.lore import LoreRole

MAX_NUMBER = 1_000_000_000
POSITIONS = ("before_desc", "after_desc", "personality", "scenario")
UI_PROMPTS = ("post_history_instructions", "system_prompt")


@dataclass(frozen=True, slots=True)
class Decorators:
    """What the decorators of one entry say. None and False: nothing."""

    activate: bool = False
    dont_activate: bool = False
    keep_activate_after_match: bool = False
    dont_activate_after_match: bool = False
    activate_only_after: int | None = None
    """Messages that the character must have said."""
    activate_only_every: int | None = None
    is_greeting: int | None = None
    scan_depth: int | None = None
    additional_keys: tuple[str, ...] = ()
    exclude_keys: tuple[str, ...] = ()
    position: str | None = None
    """One of `POSITIONS`."""
    depth: int | None = None
    reverse_depth: int | None = None
    role: LoreRole | None = None
    ignore_on_max_context: bool = False
    disable_ui_prompt: str | None = None
    """One of `UI_PROMPTS`."""


NO_DECORATORS = Decorators()


def parse_decorators(content: str) -> tuple[Decorators, str]:
    """Takes the decorators off a text; returns them and the text itself."""
    if not content.lstrip().startswith("@@"):
        return NO_DECORATORS, content
    lines = content.splitlines()
    found: dict[str, Any] = {}
    place, is_answered = 0, False
    while place < len(lines) and (not lines[place].strip() or lines[place].lstrip().startswith("@@")):
        line = lines[place].strip()
        place += 1
        if not line:
            continue
        is_fallback = line.startswith("@@@")
        if is_fallback and is_answered:
            continue
        is_answered = _read(line.lstrip("@"), found)
    return Decorators(**found), "\n".join(lines[place:])


def _read(words: str, found: dict[str, Any]) -> bool:
    """Reads one decorator; returns whether it is known and its value can be used. The first of a name counts."""
    name, _, value = words.strip().partition(" ")
    read = _READERS.get(name)
    result = read(value.strip()) if read is not None else None
    if result is None:
        return False
    found.setdefault(name, result)
    return True


def _flag(value: str) -> bool | None:
    return {"": True, "true": True, "false": False}.get(value.lower())


def _count(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and int(value) <= MAX_NUMBER else None


def _period(value: str) -> int | None:
    return _count(value) or None


def _names(value: str) -> tuple[str, ...] | None:
    return tuple(name.strip() for name in value.split(",") if name.strip()) or None


def _one_of(*choices: str) -> Callable[[str], str | None]:
    return lambda value: value.strip("\"'") if value.strip("\"'") in choices else None


def _role(value: str) -> LoreRole | None:
    return LoreRole(value) if value in set(LoreRole) else None


_READERS: dict[str, Callable[[str], Any]] = {
    "activate": _flag,
    "dont_activate": _flag,
    "keep_activate_after_match": _flag,
    "dont_activate_after_match": _flag,
    "activate_only_after": _count,
    "activate_only_every": _period,
    "is_greeting": _count,
    "scan_depth": _count,
    "additional_keys": _names,
    "exclude_keys": _names,
    "position": _one_of(*POSITIONS),
    "depth": _count,
    "reverse_depth": _count,
    "role": _role,
    "ignore_on_max_context": _flag,
    "disable_ui_prompt": _one_of(*UI_PROMPTS),
}
"""The others of V3 are about prompts that are no chat (`instruct_depth` and its kin), or pictures of users."""
assert set(_READERS) == {field.name for field in fields(Decorators)}
