"""Echo: how many of a turn's words its partner had just used, and how much of it is the partner's line in order."""

from collections.abc import Mapping, Sequence, Set

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.overlap import common_subsequence, rouge_l_of
from core.fidelity.words.said import Said, read_words

METRIC = Metric(
    name="echo",
    title="Echo",
    unit="share of words in common",
    low=0.0,
    high=1.0,
    better="lower",
    needs="nothing",
    how_to_read="How many words the turn takes from the one it answers; a line that climbs is a parrot.",
    source="SPASM (lexical echo), Jaccard (1912)",
    formula="shared content words / content words of both turns",
)
ROUGE = Metric(
    name="echo.rouge",
    title="Echo in order",
    unit="ROUGE-L",
    low=0.0,
    high=1.0,
    better="lower",
    needs="nothing",
    how_to_read="How much of the turn it answers stands in it in the same order; 1 is the same line again.",
    source="SPASM (lexical echo), Lin (2004)",
    formula="2 LCS / (words of the turn + words of the one before it)",
)
METRICS = (METRIC, ROUGE)
_WORTH_QUOTING = 0.3


def jaccard(a: Set[str], b: Set[str]) -> float:
    """Returns |a and b| / |a or b|, in [0, 1]; 0 when both are empty.

    Source: Jaccard (1912); as lexical echo, methods 2.1 and 3.4.
    """
    if not a and not b:
        return 0.0
    n_shared = len(a & b)
    return n_shared / (len(a) + len(b) - n_shared)


def score_echo(own: Set[str], partner: Set[str] | None, partner_name: str = "") -> ScoreValue:
    """Scores a turn's content words against those of the last turn by somebody else, None when there is none.

    We differ from methods 3.4 where neither turn has a content word ("Yes." "No!"): nothing could have been
    echoed, so it is not scored, while the corpus means count it as 0.
    """
    if partner is None:
        return ScoreValue("echo", None, "Nobody else has spoken yet.")
    if not own and not partner:
        return ScoreValue("echo", None, "Neither this turn nor the one before it has a word that could be echoed.")
    shared = own & partner
    evidence = {
        "shared": sorted(shared),
        "partner": partner_name,
        "n_own": len(own),
        "n_partner": len(partner),
    }
    return ScoreValue("echo", len(shared) / (len(own) + len(partner) - len(shared)), evidence=evidence)


def score_echo_in_order(own: Said, partner: Said | None, partner_name: str, number: int) -> ScoreValue:
    """Scores a turn against the last turn by somebody else, by ROUGE-L.

    Args:
        number: Of the partner's turn.
    """
    if partner is None:
        return ScoreValue("echo.rouge", None, "Nobody else has spoken yet.")
    if not own.tokens or not partner.tokens:
        return ScoreValue("echo.rouge", None, "This turn or the one before it has no word that can be counted.")
    value = rouge_l_of(own.tokens, partner.tokens)
    words = common_subsequence(own.tokens, partner.tokens) if value >= _WORTH_QUOTING else []
    return ScoreValue("echo.rouge", value, evidence={"partner": partner_name, "turn": number, "words": words})


class _Echoes:
    """Goes through a conversation and remembers each speaker's last turn."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._number = 0
        self._last: dict[str, tuple[Said, int]] = {}
        """Each speaker's last turn and its number; whoever spoke last stands last."""

    def add(self, line: Line) -> list[ScoreValue]:
        self._number += 1
        own = read_words(line.text)
        partner = next((speaker for speaker in reversed(self._last) if speaker != line.speaker), None)
        said, number = self._last[partner] if partner is not None else (None, 0)
        name = self._about.name(partner) if partner is not None else ""
        self._last.pop(line.speaker, None)
        self._last[line.speaker] = own, self._number
        return [score_echo(own.content, said and said.content, name), score_echo_in_order(own, said, name, number)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}


MEASURE = Measure(METRICS, _Echoes)
