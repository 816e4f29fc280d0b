"""From what the weights wrote to a thought and a speech, with no word of anybody else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.characters.prompt import THINK_CLOSE, THINK_OPEN


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn, taken apart."""

    thought: str | None
    text: str
    bled: bool
    """Whether the weights went on as somebody else, and were cut there."""


def parse_reply(written: str, me: str, others: Iterable[str]) -> Reply:
    """Takes the thought off the front, the speaker's own name too, and cuts at the first line of another.

    An unclosed thought is all thought: nothing private is ever shown as speech.
    """
    thought, speech = _split_thought(written.strip())
    speech = _strip_own_name(speech, me)
    kept, bled = _cut_at_others(speech, others)
    return Reply(thought, kept.strip(), bled)


def format_reply(thought: str | None, text: str) -> str:
    """Writes a turn back as its owner's weights wrote it: the other half of `parse_reply`."""
    return f"{THINK_OPEN}{thought}{THINK_CLOSE}{text}" if thought else text


def stop_strings(others: Iterable[str]) -> tuple[str, ...]:
    """What ends a turn early: a new line that opens somebody else's turn."""
    return tuple(f"\n{name}:" for name in others)


def _split_thought(written: str) -> tuple[str | None, str]:
    if not written.startswith(THINK_OPEN):
        return None, written.replace(THINK_CLOSE, "")
    thought, _, speech = written.removeprefix(THINK_OPEN).partition(THINK_CLOSE)
    return thought.strip() or None, speech.replace(THINK_OPEN, "").replace(THINK_CLOSE, "").strip()


def _strip_own_name(speech: str, me: str) -> str:
    return re.sub(rf"\A\**{re.escape(me)}\**:\s*", "", speech, flags=re.IGNORECASE)


def _cut_at_others(speech: str, others: Iterable[str]) -> tuple[str, bool]:
    names = "|".join(re.escape(name) for name in others if name)
    if not names:
        return speech, False
    match = re.search(rf"^\**(?:{names})\**:", speech, flags=re.IGNORECASE | re.MULTILINE)
    return (speech[: match.start()], True) if match else (speech, False)
