"""Example dialogue of character cards: blocks that begin with `<START>`."""

import re
from collections.abc import Iterable

_START = re.compile(r"^[ \t]*<START>[ \t]*$", re.IGNORECASE | re.MULTILINE)


def split_examples(text: str) -> list[str]:
    """Splits example dialogue at each `<START>` line; text before the first one is a block too.

    Source: Character Card V1, `mes_example`.
    """
    return [block.strip() for block in _START.split(text) if block.strip()]


def format_examples(blocks: Iterable[str]) -> str:
    """Joins blocks into one text: the other half of `split_examples`, for blocks without a `<START>` line."""
    return "\n".join(f"<START>\n{block.strip()}" for block in blocks if block.strip())
