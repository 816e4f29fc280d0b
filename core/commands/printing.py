"""How commands speak: results on standard output, one sentence on standard error when the world is at fault."""

import json
import sys
from typing import Any

from rich.console import Console

from core.errors import UserError


def print_json(value: Any) -> None:
    """Prints one JSON object on one line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # half characters, as in the path of a file whose name is no text, become escapes that JSON knows
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


def console() -> Console:
    """Returns a console that shows text as it is: no markup, no emoji codes, no highlighting."""
    return Console(markup=False, emoji=False, highlight=False, soft_wrap=True)


def print_fault(error: UserError) -> None:
    """Says what is wrong and what to do next."""
    sys.stderr.write(f"{error}\n")


def print_warnings(warnings: list[str]) -> None:
    """Says what was mended or may be lost."""
    for warning in warnings:
        sys.stderr.write(f"{warning}\n")
