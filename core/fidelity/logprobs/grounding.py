"""Grounding: how much likelier a turn's words are because of the persona. Knows no weights.

The same tokens are read twice, with the persona block in the prompt and without it.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import islice

from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="grounding",
    title="Grounding",
    unit="nats per token",
    low=None,
    high=None,
    better="higher",
    needs="log-probabilities",
    how_to_read="Above 0, the persona made these words likelier; near 0, anybody could have said them.",
    source="Tableread: mutual information of turn and persona per token",
)


_N_EXAMPLES = 5


def score_grounding(
    tokens: Sequence[str], with_persona: Sequence[float], without_persona: Sequence[float], first_said: int = 0
) -> ScoreValue:
    """Scores the mean of log p(token | with persona) - log p(token | without), in nats per token.

    Above 0 the persona makes the turn likelier; 0 means that it made no difference. Evidence: the five tokens
    that it helped and hurt most, each with its place in the turn (from 0) and its difference in nats.

    Args:
        first_said: Place of the first token that is not of a private thought: evidence shows only what was said.

    Source: ours [D], pointwise mutual information of turn and persona over the number of tokens, the
    "perplexity under persona against no persona" of methods part 2.
    """
    if not len(tokens) == len(with_persona) == len(without_persona):
        raise ValueError(f"{len(tokens)} tokens, but {len(with_persona)} and {len(without_persona)} log-probabilities")
    if not tokens:
        return ScoreValue("grounding", None, "The turn has no tokens.")
    differences = [float(a) - float(b) for a, b in zip(with_persona, without_persona, strict=True)]
    if not all(map(math.isfinite, differences)):
        return ScoreValue("grounding", None, "A token of the turn has no log-probability.")
    places = sorted(range(first_said, len(tokens)), key=lambda place: differences[place])
    evidence = {
        "n_tokens": len(tokens),
        "helped": _examples(tokens, differences, (place for place in reversed(places) if differences[place] > 0)),
        "hurt": _examples(tokens, differences, (place for place in places if differences[place] < 0)),
    }
    return ScoreValue("grounding", math.fsum(differences) / len(differences), evidence=evidence)


def _examples(
    tokens: Sequence[str], differences: Sequence[float], places: Iterable[int]
) -> list[dict[str, str | int | float]]:
    return [
        {"place": place, "token": tokens[place], "nats": differences[place]} for place in islice(places, _N_EXAMPLES)
    ]
