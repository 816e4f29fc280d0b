"""A thought of so many tokens before the speech: written by itself, closed there, and put before the words."""

import re
from collections.abc import Callable
from dataclasses import replace

from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.inference.request import Generate, Generated, Usage

Run = Callable[[Generate], Generated | None]
_HALF_WORD = re.compile(r"\s+\S*\Z")


def write_bounded(request: Generate, think_tokens: int, write_note: Run, write_turn: Run) -> Generated | None:
    """Writes a turn whose thought may take so many tokens; None when it was cancelled.

    The thought and the speech together take at most `request.max_tokens`, half of it the thought. Nobody hears or
    weighs the thought while it is written by itself; the turn, which begins with it, is heard and weighed whole.

    Args:
        request: Of the turn; its opening begins with `<think>`.
        write_note: Runs the request of the thought alone.
        write_turn: Runs the request of the turn.
    """
    n_tokens = max(1, min(think_tokens, request.max_tokens // 2))
    note = replace(request, max_tokens=n_tokens, stop=(THINK_CLOSE, *request.stop), listeners=(), shadows=())
    thought = write_note(note)
    if thought is None:
        return None
    n_left = max(1, request.max_tokens - thought.usage.n_written_tokens)
    turn = write_turn(replace(request, opening=_closed(thought, request.opening), max_tokens=n_left))
    return None if turn is None else replace(turn, usage=add_usage(thought.usage, turn.usage))


def _closed(thought: Generated, opening: str) -> str:
    """Ends a thought: a word that was cut in half is left out."""
    text = thought.text.removesuffix(THINK_CLOSE)
    if thought.finish == "length":
        text = _HALF_WORD.sub("", text) if len(_HALF_WORD.sub("", text)) > len(opening) else text
    return f"{THINK_OPEN}{' '.join(text.removeprefix(THINK_OPEN).split())}{THINK_CLOSE}"


def add_usage(first: Usage, then: Usage) -> Usage:
    """What two steps of one turn cost; the first word is that of the first, and what was read is counted once."""
    return replace(
        then,
        n_prompt_tokens=first.n_prompt_tokens,
        n_reused_tokens=first.n_reused_tokens,
        n_written_tokens=first.n_written_tokens + then.n_written_tokens,
        first_token_s=first.first_token_s,
        total_s=first.total_s + then.total_s,
        waited_s=first.waited_s + then.waited_s,
        work_s=first.work_s + then.work_s,
        n_batches=first.n_batches + then.n_batches,
        n_batch_tokens=first.n_batch_tokens + then.n_batch_tokens,
    )
