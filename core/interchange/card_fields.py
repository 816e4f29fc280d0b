"""Takes fields out of the JSON object of a card: mends what can be mended, and says what it did.

What nobody took is the rest, which is kept for export.
"""

import json
from types import UnionType
from typing import Any

from core.errors import UserError
from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS


class CardFields:
    """The fields of one object that are not taken yet."""

    def __init__(self, source: dict[str, Any], name: str, where: str, warnings: list[str]) -> None:
        """Takes the object, the name of its file, its place in the card (such as `data.`), and the list to warn in."""
        self._left = dict(source)
        self._name = name
        self._where = where
        self._warnings = warnings

    @property
    def rest(self) -> dict[str, Any]:
        """What was not taken."""
        return self._left

    def text(self, key: str, max_chars: int = MAX_TEXT_CHARS) -> str:
        """Takes text. Numbers and lists of lines become text; short labels that are too long are cut."""
        value = self._left.pop(key, None)
        text = self._as_text(key, value)
        if len(text) <= max_chars:
            return text
        if max_chars != MAX_NAME_CHARS:
            raise UserError(
                f"{self._name}: the field “{self._where}{key}” is longer than {max_chars:,} characters.",
                "Shorten it in the program that made the card.",
            )
        self._warn(key, f"cut to {max_chars} characters")
        return text[:max_chars]

    def texts(self, key: str) -> list[str]:
        """Takes a list of texts. One text alone becomes a list; numbers become text."""
        value = self._left.pop(key, None)
        if value is None or value == "":
            return []
        if isinstance(value, list):
            return [self._as_text(key, item) for item in value if item is not None]
        self._warn(key, "made into a list")
        return [self._as_text(key, value)]

    def table(self, key: str) -> dict[str, Any]:
        """Takes an object; nothing and an empty list count as an empty one."""
        value = self._left.pop(key, None)
        if isinstance(value, dict):
            return value
        if value is None or value in ("", []):
            return {}
        raise self._wrong(key, "an object", value)

    def tables(self, key: str) -> list[dict[str, Any]]:
        """Takes a list of objects; an object of objects counts as one."""
        value = self._left.pop(key, None)
        if isinstance(value, dict):
            self._warn(key, "made into a list")
            value = list(value.values())
        if value is None or value == "":
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong(key, "a list of objects", value)
        return value

    def take_if(self, key: str, allowed: type | UnionType) -> Any:
        """Takes an optional field; None, with a warning, if it is not of the right type."""
        value = self._left.pop(key, None)
        if value is None or (isinstance(value, allowed) and not isinstance(value, bool)):
            return value
        self._warn(key, "left out, for it is not of the right kind")
        return None

    def _as_text(self, key: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool | int | float):
            self._warn(key, "made into text")
            return json.dumps(value)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            self._warn(key, "made from several lines into one text")
            return "\n".join(value)
        raise self._wrong(key, "text", value)

    def _warn(self, key: str, what: str) -> None:
        warning = f"The field “{self._where}{key}” was {what}."
        if warning not in self._warnings:
            self._warnings.append(warning)

    def _wrong(self, key: str, wanted: str, value: Any) -> UserError:
        names: dict[type, str] = {dict: "an object", list: "a list", str: "text"}
        found = names.get(type(value), "a number")
        return UserError(
            f"{self._name}: the field “{self._where}{key}” should be {wanted}, but is {found}.",
            "The card was not imported; correct it in the program that made it.",
        )
