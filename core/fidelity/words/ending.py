"""How a conversation ended: by a close, in a loop, at its cap, or in the middle."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import WHOLE, Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.overlap import rouge_l
from core.fidelity.words.phrases import PhraseBook, load_phrase_lists

METRIC = Metric(
    name="ending",
    title="Comes to a close",
    unit="closed or not",
    low=0.0,
    high=1.0,
    better="neither",
    needs="nothing",
    how_to_read="1: the last four turns close it, with a farewell, thanks or an agreement; 0: they do not.",
    source="SPASM (termination), by rule in place of the detector",
    scope="conversation",
    inputs="the last four turns",
    formula="1 where two of the last four turns hold a closing phrase, or one a farewell, and no loop ended it",
)
WINDOW = 4
LOOP_TURNS = 3
LOOP_OVERLAP = 0.8
CAP = 25
"""Turns of one speaker at which a conversation counts as cut off."""
_MIN_LINES = 2


@cache
def _book() -> PhraseBook:
    return PhraseBook(load_phrase_lists("endings-en"))


def is_loop(texts: Sequence[str]) -> bool:
    """Whether the last three turns are nearly the same: each two of them have ROUGE-L above 0.8."""
    last = texts[-LOOP_TURNS:]
    return len(last) == LOOP_TURNS and all(rouge_l(a, b) > LOOP_OVERLAP for a, b in combinations(last, 2))


class _Ending:
    """Keeps the last turns."""

    def __init__(self, _about: About) -> None:
        self._last: deque[str] = deque(maxlen=WINDOW)
        self._n_turns: Counter[str] = Counter()

    def add(self, line: Line) -> list[ScoreValue]:
        self._last.append(line.text)
        self._n_turns[line.speaker] += 1
        return []

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {WHOLE: [self._score()]}

    def _score(self) -> ScoreValue:
        n_turns = self._n_turns.total()
        if n_turns < _MIN_LINES:
            return ScoreValue("ending", None, "There are fewer than two turns.")
        first = n_turns - len(self._last) + 1
        found = [(first + place, _book().find(text)) for place, text in enumerate(self._last)]
        places = [{"turn": turn, "words": words} for turn, phrases in found for words in phrases.values()]
        n_closing = sum(bool(phrases) for _, phrases in found)
        closes = n_closing > 1 or any("farewell" in phrases for _, phrases in found)
        how = self._how(closes)
        evidence: dict[str, Any] = {"how": how, "n_turns": n_turns}
        if how == "natural":
            evidence["places"] = places
        return ScoreValue("ending", float(how == "natural"), evidence=evidence)

    def _how(self, closes: bool) -> str:
        """Returns `loop`, `natural`, `cap` or `open`."""
        if is_loop(list(self._last)):
            return "loop"
        if closes:
            return "natural"
        return "cap" if max(self._n_turns.values()) >= CAP else "open"


MEASURE = Measure((METRIC,), _Ending)
