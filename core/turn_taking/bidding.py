"""The weights are asked how much each wants to speak; the highest bid has the turn."""

from core.turn_taking.bids import collect, highest, rule_bid
from core.turn_taking.occasion import THE_CAST_DECIDES, Candidate, Decision, Occasion

QUESTION = "{name}, how much do you want to speak now, from 1 (not at all) to 5 (at once)? Answer with a digit."
DIGITS = ("1", "2", "3", "4", "5")
SILENT_BELOW = 1.5
"""A highest bid below this is silence: nobody wants to speak at all."""


def bidding(occasion: Occasion) -> Decision:
    """The highest bid speaks; where all are below `SILENT_BELOW` and silence is allowed, nobody.

    A bid is the expectation over the digits, sum of d p(d), in [1, 5]; see `bids.rule_bid` where weights cannot be
    asked.
    """
    ask = occasion.ask
    if ask is None:
        return THE_CAST_DECIDES

    def wants(one: Candidate) -> float | None:
        shares = ask.weigh(one.role_id, QUESTION.format(name=one.name), DIGITS)
        return sum(int(digit) * share for digit, share in zip(DIGITS, shares, strict=True)) if shares else None

    bids, asked = collect(occasion, wants, lambda one: rule_bid(occasion, one))
    first = highest(occasion, bids)
    bid, details = bids[first.role_id], {"asked": asked}
    if bid < SILENT_BELOW and occasion.may_be_silent:
        return Decision(None, f"nobody wants to speak (the highest bid is {bid:.1f} of 5)", bids, details=details)
    return Decision(first.role_id, f"bids most: {bid:.1f} of 5", bids, details=details)
