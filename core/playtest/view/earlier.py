"""What stands in a character's view for the turns that have left it: pinned lines, and a summary of the rest. Pure.

Everything here is a function of the turns alone, so that the same branch gives the same view, and another branch
never sees what this one left behind.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

from core.fidelity.words.tokens import content_words, tokenise
from core.hearing.whispers import whisper_mark
from core.path import fold
from models.playtest import SpeakerKind, TurnBase

_Ranked = tuple[int, int, int]
"""Content words of a turn and its place, both negative, and the tokens of its line; 0: it has none."""
_SENTENCE = re.compile(r".*?[.!?…][\"'”’)*]*(?=\s|$)")
MAX_SENTENCE_CHARS = 240
"""Of a turn without full stops, more than this is no sentence worth repeating."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The oldest turns of a branch, as far as they have left a view."""

    n_turns: int = 0
    """Turns that left, pinned ones included."""
    pinned: tuple[TurnBase, ...] = ()
    """Those of them that stay, word for word, in the order of the scene."""
    key_lines: tuple[TurnBase, ...] = ()
    """Those of them that stay with their first sentence, in the order of the scene."""
    summary: str = ""
    """What the weights wrote of them."""

    @property
    def text(self) -> str:
        """What the view says in their place; empty when nothing stands for them."""
        # Turns of a playtest know their place; those of imported chats are in order anyway
        lines = [(_number(turn), _line(turn, turn.text)) for turn in self.pinned]
        lines += [(_number(turn), _line(turn, first_sentence(turn.text))) for turn in self.key_lines]
        said = [line for _, line in sorted(lines, key=lambda pair: pair[0])]
        blocks = [block for block in (self.summary.strip(), *said) if block]
        return "(Earlier in the scene:\n" + "\n".join(blocks) + ")" if blocks else ""

    def record(self, when_full: str) -> dict[str, Any]:
        """Returns what a turn keeps of it: enough to build the same view again, and to show what left."""
        return {
            "when_full": when_full,
            "n_turns": self.n_turns,
            "pinned": [_number(turn) for turn in self.pinned],
            "key_lines": [_number(turn) for turn in self.key_lines],
            "summary": self.summary,
            "text": self.text,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], path: Sequence[TurnBase]) -> Self:
        """Returns what stood in the view that a turn was written from. `path`: the turns before it.

        A record may come from a stranger's pack: what it says of turns that are not there is left out.
        """
        n_turns = record.get("n_turns")
        return cls(
            n_turns=min(n_turns, len(path)) if isinstance(n_turns, int) and n_turns > 0 else 0,
            pinned=_pick(path, record.get("pinned")),
            key_lines=_pick(path, record.get("key_lines")),
            summary=str(record.get("summary", "")),
        )


NOTHING_EARLIER = Earlier()


def choose_key_lines(
    turns: Sequence[TurnBase],
    room_tokens: int,
    count_each: Callable[[Sequence[str]], Sequence[int]],
    left_out: Collection[int] = (),
) -> tuple[TurnBase, ...]:
    """Chooses the turns whose first sentences stand for all: those with most content words, as many as there is room.

    Source: the cue-word and lead-sentence methods of Edmundson (1969), "New methods in automatic extracting"; we rank
    turns by distinct content words and always take the lead sentence, and a later turn wins a draw.

    Args:
        room_tokens: What all lines may take together.
        count_each: Texts -> tokens of each.
        left_out: Places of turns that stand there in any case.
    """
    nothing: list[_Ranked] = []
    ranked = fold(turns, ("key lines", count_each), nothing, lambda before, new: _rank(before, new, count_each))
    chosen, n_used = [], 0
    for _, negative, n_tokens in ranked:
        if n_tokens and n_used + n_tokens <= room_tokens and -negative not in left_out:
            chosen.append(-negative)
            n_used += n_tokens
    return tuple(turns[place] for place in sorted(chosen))


def _rank(
    before: list[_Ranked], new: Sequence[TurnBase], count_each: Callable[[Sequence[str]], Sequence[int]]
) -> list[_Ranked]:
    """Returns all turns, the best first."""
    lines = [_line(turn, first_sentence(turn.text)) for turn in new]
    counts = count_each(lines)
    added = [
        (-_n_content_words(turn), -place, n_tokens + 1 if line else 0)
        for place, (turn, line, n_tokens) in enumerate(zip(new, lines, counts, strict=True), start=len(before))
    ]
    return sorted([*before, *added])


def first_sentence(text: str) -> str:
    """Returns the first sentence of a text, on one line."""
    line = " ".join(text.split())
    found = _SENTENCE.match(line)
    sentence = found[0] if found else line
    if len(sentence) <= MAX_SENTENCE_CHARS:
        return sentence
    return sentence[:MAX_SENTENCE_CHARS].rsplit(" ", 1)[0] + " …"


def _pick(path: Sequence[TurnBase], numbers: object) -> tuple[TurnBase, ...]:
    wanted = numbers if isinstance(numbers, list) else []
    nothing: dict[int, TurnBase] = {}
    _, by_number = fold(path, "by number", (0, nothing), _add_by_number)
    return tuple(by_number[number] for number in wanted if isinstance(number, int) and number in by_number)


def _add_by_number(
    before: tuple[int, dict[int, TurnBase]], turns: Sequence[TurnBase]
) -> tuple[int, dict[int, TurnBase]]:
    n_before, known = before
    added = {_number(turn) or place: turn for place, turn in enumerate(turns, start=n_before + 1)}
    return n_before + len(turns), known | added


def _line(turn: TurnBase, text: str) -> str:
    """One line with its speaker's name, one's own too. Further lines are indented: none can pose as another's."""
    text = text.strip().replace("\r", "").replace("\n", "\n  ")
    if not text:
        return ""
    if turn.kind == SpeakerKind.NARRATOR:
        return f"*{text.strip('*')}*"
    if turn.kind == SpeakerKind.DIRECTOR:
        return f"({text})"
    mark = whisper_mark(turn)
    return f"{turn.speaker} {mark}: {text}" if mark else f"{turn.speaker}: {text}"


def _n_content_words(turn: TurnBase) -> int:
    return len(content_words(tokenise(turn.text)))


def _number(turn: TurnBase) -> int:
    return int(getattr(turn, "number", 0) or 0)
