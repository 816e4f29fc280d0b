"""The weights are asked for each silent character whether it would speak now."""

from core.turn_taking.bids import as_share, collect, highest, rule_bid
from core.turn_taking.occasion import THE_CAST_DECIDES, Candidate, Decision, Occasion

QUESTION = "{name}, do you want to say something now? Answer yes or no."
ANSWERS = ("Yes", "No")


def speak_gate(occasion: Occasion) -> Decision:
    """Whoever is likeliest to say yes, if that is above the gate; else nobody, where silence is allowed.

    P(yes) = p(yes) / (p(yes) + p(no)), one pass at the end of the character's own view, so that only the question is
    read that was not read before. Where weights cannot be asked, the rules of bidding stand in.

    Source: GroupGPT (2025): a cheap look decides who speaks; here the look is one pass on the character's own lane.
    """
    ask = occasion.ask
    if ask is None:
        return THE_CAST_DECIDES

    def wants(one: Candidate) -> float | None:
        shares = ask.weigh(one.role_id, QUESTION.format(name=one.name), ANSWERS)
        return shares[0] if shares is not None else None

    bids, asked = collect(occasion, wants, lambda one: as_share(rule_bid(occasion, one)))
    first = highest(occasion, bids)
    said, details = f"{bids[first.role_id]:.0%}", {"asked": asked, "gate": occasion.rules.gate}
    if bids[first.role_id] > occasion.rules.gate:
        return Decision(first.role_id, f"wants to speak ({said})", bids, details=details)
    if occasion.may_be_silent:
        return Decision(None, f"nobody wants to speak ({said} at most)", bids, details=details)
    return Decision(first.role_id, f"wants to speak most, though little ({said})", bids, details=details)
