"""Balance: how evenly speakers share a conversation."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import WHOLE, Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRICS = (
    Metric(
        name="balance.gini",
        title="Inequality of words",
        unit="Gini",
        low=0.0,
        high=1.0,
        better="neither",
        needs="nothing",
        how_to_read="0: all say as much as each other; near 1: one says everything.",
        source="Gini (1912)",
        scope="conversation",
        formula="sum over i, j of |x_i - x_j| / (2 n sum of x), x: words of each speaker",
    ),
    Metric(
        name="balance.entropy",
        title="Evenness of turns",
        unit="normalised entropy",
        low=0.0,
        high=1.0,
        better="neither",
        needs="nothing",
        how_to_read="1: all have as many turns as each other; 0: one has them all.",
        source="Shannon (1948), Pielou (1966)",
        scope="conversation",
        formula="-(sum of p_i ln p_i) / ln n, p: share of turns of each speaker",
    ),
)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def count_words(text: str) -> int:
    """Returns the number of words: runs of letters and digits, with what an apostrophe or hyphen joins."""
    return len(_WORD.findall(text))


def gini(values: Sequence[float]) -> float | None:
    """Returns how unequal amounts are: sum over i, j of |x_i - x_j| / (2 n sum of x), in [0, 1 - 1/n].

    0: all have the same; 1 - 1/n: one has everything. None where there is nothing to share. Source: Gini (1912).
    """
    total = sum(values)
    if not values or total <= 0:
        return None
    return sum(abs(one - other) for one in values for other in values) / (2 * len(values) * total)


def normalised_entropy(counts: Sequence[int]) -> float | None:
    """Returns how even counts are: -(sum of p_i ln p_i) / ln n, p_i = x_i / sum of x, in [0, 1].

    1: all the same; 0: one has all. None where there is nothing counted, or for fewer than two. Source: Shannon (1948),
    divided by its greatest value (Pielou's evenness).
    """
    total = sum(counts)
    if len(counts) < 2 or total <= 0:
        return None
    shares = [count / total for count in counts if count]
    return max(0.0, -sum(share * math.log(share) for share in shares) / math.log(len(counts)))


class _Balance:
    """Counts words and turns of each speaker."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._n_words: Counter[str] = Counter()
        self._n_turns: Counter[str] = Counter()

    def add(self, line: Line) -> list[ScoreValue]:
        self._n_words[line.speaker] += count_words(line.text)
        self._n_turns[line.speaker] += 1
        return []

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Those of the cast who never spoke count as well, where personas or names say who they are."""
        cast = list(dict.fromkeys([*self._about.personas, *self._about.names, *self._n_turns]))
        return {
            WHOLE: [
                self._score("balance.gini", gini([self._n_words[one] for one in cast]), self._n_words, cast),
                self._score(
                    "balance.entropy", normalised_entropy([self._n_turns[one] for one in cast]), self._n_turns, cast
                ),
            ]
        }

    def _score(self, metric: str, value: float | None, counts: Counter[str], cast: Sequence[str]) -> ScoreValue:
        if value is None or len(cast) < 2:
            return ScoreValue(metric, None, "Fewer than two people share this conversation, or nobody has spoken.")
        return ScoreValue(metric, value, evidence={"counts": {self._about.name(one): counts[one] for one in cast}})


MEASURE = Measure(METRICS, _Balance)
