"""Repetition: how much of a turn its speaker has said before."""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import Said, Triple, read_words

WINDOW = 20
"""Own turns that are looked back upon; more of them, and common phrases of a long scene would count as repetition."""
METRIC = Metric(
    name="repetition",
    title="Repetition of own words",
    unit="share of word triples",
    low=0.0,
    high=1.0,
    better="lower",
    needs="nothing",
    how_to_read="How much of the turn its speaker has said in the last 20 turns of theirs; 1: nothing is new.",
    source="SPASM (loops), n-gram overlap as in Li et al. (2016), distinct-n",
    formula="triples of words said in own last 20 turns / triples of words of the turn",
)
EXACT = Metric(
    name="repetition.exact",
    title="The same line again",
    unit="share of turns",
    low=0.0,
    high=1.0,
    better="lower",
    needs="nothing",
    how_to_read="1: its speaker has said just these words before, at whatever distance; the mean is a share.",
    source="Tableread",
    formula="1 where the words of the turn, three at least, are those of an earlier own turn",
)
METRICS = (METRIC, EXACT)
_MIN_WORDS = 3
_ACTION = re.compile(r"\*[^*\n]{1,400}\*")
_TOO_SHORT = "The turn has fewer than three words: so little is said again by chance."


def _spoken(text: str) -> str:
    """Returns a turn without what its speaker does, as in `*steps back*`; a turn that only acts stays as it is."""
    words = _ACTION.sub(" ", text)
    return words if any(map(str.isalnum, words)) else text


class _Own:
    """What one speaker has said."""

    def __init__(self) -> None:
        self.n_turns = 0
        self.lines: dict[tuple[str, ...], int] = {}
        """Words of a turn -> number of the last turn that had them."""
        self._recent: deque[tuple[int, tuple[Triple, ...]]] = deque()
        self._last: dict[Triple, tuple[int, int]] = {}
        """Triple -> the last own turn that had it, counted by own turns and by turns of the conversation."""

    def numbers_of(self, wanted: Sequence[Triple]) -> list[int]:
        """Returns for each triple the number of the last turn in the window that had it; 0: none."""
        found = map(self._last.get, wanted)
        return [0 if one is None else one[1] for one in found]

    def add(self, number: int, said: Said) -> None:
        self.n_turns += 1
        if len(said.tokens) >= _MIN_WORDS:
            self.lines[said.tokens] = number
        here = self.n_turns, number
        self._last.update(dict.fromkeys(said.triples, here))
        self._recent.append((self.n_turns, said.triples))
        if len(self._recent) > WINDOW:
            self._forget(*self._recent.popleft())

    def _forget(self, turn: int, said: Sequence[Triple]) -> None:
        last = self._last
        for triple in said:
            place = last.get(triple)
            if place is not None and place[0] == turn:
                del last[triple]


class _Repetitions:
    """Goes through a conversation and remembers what each speaker has said."""

    def __init__(self, _about: About) -> None:
        self._number = 0
        self._own: dict[str, _Own] = {}

    def add(self, line: Line) -> list[ScoreValue]:
        self._number += 1
        own = self._own.setdefault(line.speaker, _Own())
        said = read_words(_spoken(line.text))
        scores = [self._score(own, said), self._score_exact(own, said.tokens)]
        own.add(self._number, said)
        return scores

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}

    @staticmethod
    def _score(own: _Own, said: Said) -> ScoreValue:
        if not said.triples:
            return ScoreValue("repetition", None, _TOO_SHORT)
        if not own.n_turns:
            return ScoreValue("repetition", None, "This speaker has not spoken before.")
        numbers = own.numbers_of(said.triples)
        again = [place for place, number in enumerate(numbers) if number]
        if not again:
            return ScoreValue("repetition", 0.0, evidence={"words": [], "n_triples": len(numbers)})
        turns = [numbers[place] for place in again]
        turn = max(set(turns), key=turns.count)
        evidence = {"words": _stretches(said.tokens, again), "turn": turn, "n_triples": len(numbers)}
        return ScoreValue("repetition", len(again) / len(numbers), evidence=evidence)

    @staticmethod
    def _score_exact(own: _Own, tokens: tuple[str, ...]) -> ScoreValue:
        if len(tokens) < _MIN_WORDS:
            return ScoreValue("repetition.exact", None, _TOO_SHORT)
        turn = own.lines.get(tokens)
        return ScoreValue("repetition.exact", float(turn is not None), evidence={"turn": turn} if turn else {})


def _stretches(tokens: tuple[str, ...], again: Sequence[int]) -> list[str]:
    """Returns the stretches of the turn that were said before, in its order, by where their triples begin."""
    breaks = [(before, place) for before, place in pairwise(again) if place - before > 2]
    starts = [again[0], *(place for _, place in breaks)]
    ends = [*(before for before, _ in breaks), again[-1]]
    return [" ".join(tokens[start : end + 3]) for start, end in zip(starts, ends, strict=True)]


MEASURE = Measure(METRICS, _Repetitions)
