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
    return None if turn is None else replace(turn, usage=_both(thought.usage, turn.usage))


def _closed(thought: Generated, opening: str) -> str:
    """Ends a thought: a word that was cut in half is left out."""
    text = thought.text.removesuffix(THINK_CLOSE)
    if thought.finish == "length":
        text = _HALF_WORD.sub("", text) if len(_HALF_WORD.sub("", text)) > len(opening) else text
    return f"{THINK_OPEN}{' '.join(text.removeprefix(THINK_OPEN).split())}{THINK_CLOSE}"


def _both(thought: Usage, turn: Usage) -> Usage:
    """What both steps cost; the first word is that of the thought, and what was read is counted once."""
    return replace(
        turn,
        n_prompt_tokens=thought.n_prompt_tokens,
        n_reused_tokens=thought.n_reused_tokens,
        n_written_tokens=thought.n_written_tokens + turn.n_written_tokens,
        first_token_s=thought.first_token_s,
        total_s=thought.total_s + turn.total_s,
        waited_s=thought.waited_s + turn.waited_s,
        work_s=thought.work_s + turn.work_s,
        n_batches=thought.n_batches + turn.n_batches,
        n_batch_tokens=thought.n_batch_tokens + turn.n_batch_tokens,
    )
