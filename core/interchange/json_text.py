"""JSON from strangers, with limits on size, depth and number of values; and our own, one way to write each value."""

import codecs
import json
import math
import re
from typing import Any, NoReturn

from core.errors import UserError
from core.interchange.files import MEBIBYTE

MAX_DEPTH = 64
MAX_VALUES = 4_000_000
"""By the commas and brackets of the text: what bounds memory before anything is parsed."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(data: bytes, name: str, max_bytes: int, *, strict: bool = False) -> Any:
    """Parses JSON text in UTF-8 (or, by its mark, UTF-16).

    Args:
        name: What the text is called in messages.
        strict: Refuses what a careful writer never writes: keys given twice, half characters, control characters.
            Otherwise the last of two keys counts, half characters become U+FFFD, and the rest is let through.

    Raises:
        UserError: Not JSON, not finite, or over a limit.
    """
    if len(data) > max_bytes:
        raise UserError(f"{name} is larger than {max_bytes / MEBIBYTE:g} MiB.", "Such a large file is not read.")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise UserError(f"{name} holds too many values.", "Such a large file is not read.")
    try:
        text = data.decode(_encoding(data))
        value = json.loads(
            text,
            strict=strict,
            parse_float=_parse_float,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys if strict else None,
        )
    except json.JSONDecodeError as error:
        raise UserError(*_explain_broken(name, error)) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not text in UTF-8.", "Save it again as UTF-8, or get it again.") from error
    except RecursionError:
        raise _too_deep(name) from None  # a chain of a thousand frames is of no use to anybody
    except ValueError as error:
        raise UserError(f"{name} is not valid JSON: {error}.", "Get it again, or have it made again.") from error
    _check_depth(value, name)
    if _ESCAPED_SURROGATE.search(data):
        value = _mend_surrogates(value, name, strict)
    return value


def format_json(value: Any) -> bytes:
    """Formats JSON in the one way that we write it: sorted keys, one space of indent, UTF-8, a line end.

    Raises ValueError for numbers that are not finite.
    """
    text = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode("utf-8", errors="replace")


def _encoding(data: bytes) -> str:
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _parse_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key is given twice")
    return result


def _explain_broken(name: str, error: json.JSONDecodeError) -> tuple[str, str]:
    if error.msg == "Extra data":
        return (
            f"{name} holds several JSON texts, one after the other (JSON Lines), where one is expected.",
            "Save the one you want in a file of its own.",
        )
    line = f"line {error.lineno}, " if error.lineno > 1 else ""
    return (
        f"{name} is not valid JSON: {error.msg} ({line}column {error.colno}).",
        "It may be cut off or damaged: get it again.",
    )


def _too_deep(name: str) -> UserError:
    return UserError(f"{name} is nested deeper than {MAX_DEPTH} levels.", "No such file is made by an honest program.")


def _check_depth(value: Any, name: str) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _too_deep(name)


def _mend_surrogates(value: Any, name: str, strict: bool) -> Any:
    if isinstance(value, str):
        if strict and _LONE_SURROGATE.search(value):
            raise UserError(f"{name} holds half a character.", "Have it made again.")
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mend_surrogates(item, name, strict) for item in value]
    if isinstance(value, dict):
        return {
            _mend_surrogates(key, name, strict): _mend_surrogates(item, name, strict) for key, item in value.items()
        }
    return value
