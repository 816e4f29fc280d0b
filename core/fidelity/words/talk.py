"""How somebody talks: how long turns are, and whether they ask."""

import re
from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import read_words

SHORT_WORDS = 3
METRICS = (
    Metric(
        name="talk.words",
        title="Length of turns",
        unit="words",
        low=0.0,
        high=None,
        better="reference",
        needs="nothing",
        how_to_read="Words of the turn; lines that only climb are speeches, lines that fall are running dry.",
        source="USI (words per turn)",
        formula="runs of letters and digits in the turn",
    ),
    Metric(
        name="talk.questions",
        title="Questions",
        unit="share of turns",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        how_to_read="1: the turn asks something; the mean is the share of turns that ask.",
        source="USI (question rates)",
        formula="1 where the turn has a question mark",
    ),
    Metric(
        name="talk.short",
        title="Short turns",
        unit="share of turns",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        how_to_read="1: the turn has at most three words. People are short in one turn of three, weights rarely.",
        source="USI (short utterances): 29.0% of human turns, 1.0% of GPT-4o's",
        formula="1 where the turn has 3 words or fewer",
    ),
)
_ASKED = re.compile(r"[^.!?…\n]*[?？؟]")


class _Talk:
    """Looks at each turn by itself."""

    def __init__(self, _about: About) -> None:
        pass

    def add(self, line: Line) -> list[ScoreValue]:
        n_words = read_words(line.text).n_runs
        asked = [found.strip() for found in _ASKED.findall(line.text)] if _may_ask(line.text) else []
        return [
            ScoreValue("talk.words", float(n_words)),
            ScoreValue("talk.questions", float(bool(asked)), evidence={"words": asked} if asked else {}),
            ScoreValue("talk.short", float(n_words <= SHORT_WORDS)),
        ]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}


def _may_ask(text: str) -> bool:
    return "?" in text or "？" in text or "؟" in text


MEASURE = Measure(METRICS, _Talk)
