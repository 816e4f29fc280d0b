"""From what the weights wrote to a thought and a speech, with no word of anybody else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.characters.speaker_labels import Labels, keep_own


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn, taken apart."""

    thought: str | None
    text: str
    bled: bool
    """Whether the weights went on as somebody else, and were cut there."""


def parse_reply(written: str, me: str, others: Iterable[str]) -> Reply:
    """Takes the thought off the front, the speaker's own name too, and cuts at the first line of another.

    An unclosed thought is all thought: nothing private is ever shown as speech. With others, no line of the text
    begins as another's, see `core.characters.speaker_labels`.
    """
    thought, speech = _split_thought(written.strip())
    speech, others = _strip_own_name(speech, me), list(others)
    if not any(map(str.strip, others)):
        return Reply(thought, speech.strip(), False)
    labels = Labels.of(me, others)
    kept, bled = keep_own(speech, labels)
    own_thought, strayed = keep_own(thought or "", labels)
    return Reply(own_thought.strip() or None, kept.strip(), bled or strayed)


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


class ReplyStream:
    """Tells thought from speech while a turn is being written. Holds back what may turn out to be a tag or a name."""

    def __init__(self, me: str) -> None:
        self._me = me
        self._written = ""
        self._shown = {True: "", False: ""}

    def feed(self, piece: str) -> list[tuple[str, bool]]:
        """Takes new text; returns pieces that are safe to show, each with whether it is private."""
        self._written += piece
        safe = self._written[: len(self._written) - _risky_tail(self._written)]
        thought, speech = _split_thought(safe.lstrip())
        if len(speech) <= len(self._me) + len("**:**"):
            speech = ""
        pieces = [(thought or "", True), (_strip_own_name(speech, self._me), False)]
        return [(new, private) for text, private in pieces if (new := self._advance(text, private))]

    def _advance(self, text: str, private: bool) -> str:
        shown = self._shown[private]
        if not text.startswith(shown) or len(text) <= len(shown):
            return ""
        self._shown[private] = text
        return text[len(shown) :]


def _risky_tail(written: str) -> int:
    """Returns how many characters at the end may be the beginning of a tag."""
    for length in range(min(len(THINK_CLOSE), len(written)), 0, -1):
        tail = written[-length:]
        if THINK_OPEN.startswith(tail) or THINK_CLOSE.startswith(tail):
            return length
    return 0
