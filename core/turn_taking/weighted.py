"""Drawn, each with a weight of their own."""

from core.turn_taking.occasion import Candidate, Decision, Occasion


def weight_of(occasion: Occasion, candidate: Candidate) -> float:
    """Returns the weight that the rules give a candidate, else how talkative its card says it is."""
    return occasion.rules.weights.get(candidate.role_id, candidate.talkativeness)


def weighted(occasion: Occasion) -> Decision:
    """Draws among those who have not just spoken: P(i) = w_i / sum of w; where all weights are 0, all alike."""
    able = occasion.able
    weights = {one.role_id: weight_of(occasion, one) for one in able}
    total = sum(weights.values())
    if total <= 0:
        return Decision(occasion.pick(able, "weighted").role_id, "drawn, all alike", bids=weights)
    rest = occasion.draw("weighted") * total
    for one in able:
        rest -= weights[one.role_id]
        if rest < 0:
            break
    else:  # the sum of the parts was a rounding less than the whole
        one = next(one for one in reversed(able) if weights[one.role_id] > 0)
    return Decision(one.role_id, f"drawn with weight {weights[one.role_id]:g} of {total:g}", bids=weights)
