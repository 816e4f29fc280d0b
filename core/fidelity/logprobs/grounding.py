"""Grounding: how much likelier a turn's words are because of the persona. Knows no weights.

The same tokens are read twice, with the persona block in the prompt and without it.
"""

import math
from collections.abc import Sequence

from core.fidelity.logprobs.token_words import examples, sum_by_word
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


def score_grounding(
    tokens: Sequence[str], with_persona: Sequence[float], without_persona: Sequence[float], first_said: int = 0
) -> ScoreValue:
    """Scores the mean of log p(token | with persona) - log p(token | without), in nats per token.

    Above 0 the persona makes the turn likelier; 0 means that it made no difference. Evidence: the five words
    that it helped and hurt most, each with the place of its first token (from 0) and the sum of its
    differences in nats.

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
    words = sorted(sum_by_word(tokens, differences, first_said), key=lambda word: word[2])
    evidence = {
        "n_tokens": len(tokens),
        "helped": examples(word for word in reversed(words) if word[2] > 0),
        "hurt": examples(word for word in words if word[2] < 0),
    }
    return ScoreValue("grounding", math.fsum(differences) / len(differences), evidence=evidence)
