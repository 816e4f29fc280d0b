"""Echo: how many of a turn's words its partner had just used."""

from collections.abc import Set

from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

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
)


def jaccard(a: Set[str], b: Set[str]) -> float:
    """Returns |a and b| / |a or b|, in [0, 1]; 0 when both are empty.

    Source: Jaccard (1912); as lexical echo, methods 2.1 and 3.4.
    """
    return len(a & b) / len(a | b) if a or b else 0.0


def score_echo(own: Set[str], partner: Set[str] | None, partner_name: str = "") -> ScoreValue:
    """Scores a turn's content words against those of the last turn by somebody else, None when there is none.

    We differ from methods 3.4 where neither turn has a content word ("Yes." "No!"): nothing could have been
    echoed, so it is not scored, while the corpus means count it as 0.
    """
    if partner is None:
        return ScoreValue("echo", None, "Nobody else has spoken yet.")
    if not own and not partner:
        return ScoreValue("echo", None, "Neither this turn nor the one before it has a word that could be echoed.")
    evidence = {
        "shared": sorted(own & partner),
        "partner": partner_name,
        "n_own": len(own),
        "n_partner": len(partner),
    }
    return ScoreValue("echo", jaccard(own, partner), evidence=evidence)
