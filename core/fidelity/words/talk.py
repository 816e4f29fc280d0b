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
_NO_BLANKS = "The turn is in a script without blanks between words, so that its words cannot be counted."
_ENDS = ".!?…\n？؟"
_SENTENCE = re.compile(rf"[^{_ENDS}]+[{_ENDS}]?|[{_ENDS}]")


class _Talk:
    """Looks at each turn by itself."""

    def __init__(self, _about: About) -> None:
        pass

    def add(self, line: Line) -> list[ScoreValue]:
        said = read_words(line.text)
        n_words = said.n_runs
        asked = _questions(line.text) if "?" in line.text or not line.text.isascii() else []
        asking = ScoreValue("talk.questions", float(bool(asked)), evidence={"words": asked} if asked else {})
        if not said.has_blanks:
            return [ScoreValue("talk.words", None, _NO_BLANKS), asking, ScoreValue("talk.short", None, _NO_BLANKS)]
        short = ScoreValue("talk.short", float(n_words <= SHORT_WORDS))
        return [ScoreValue("talk.words", float(n_words)), asking, short]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}


def _questions(text: str) -> list[str]:
    """Returns the sentences that end in a question mark; time is linear in the text."""
    return [found.strip() for found in _SENTENCE.findall(text) if found[-1] in "?？؟"]


MEASURE = Measure(METRICS, _Talk)
