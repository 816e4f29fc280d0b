"""The weights are asked how much each wants to speak; the highest bid has the turn."""

from typing import Any

from core.turn_taking.bids import collect, highest, rule_bid, waited_bids
from core.turn_taking.occasion import THE_CAST_DECIDES, Candidate, Decision, Occasion

QUESTION = "{name}, how much do you want to speak now, from 1 (not at all) to 5 (at once)? Answer with a digit."
DIGITS = ("1", "2", "3", "4", "5")
SILENT_BELOW = 1.5
"""Where nobody wants more than this, there is silence."""


def bidding(occasion: Occasion) -> Decision:
    """The highest bid speaks; where nobody wants as much as `SILENT_BELOW` and silence is allowed, nobody.

    A want is the expectation over the digits, sum of d p(d), in [1, 5]; see `bids.rule_bid` where weights cannot be
    asked. A bid is the want and what long silence adds, see `bids.waited_bids`.
    """
    ask = occasion.ask
    if ask is None:
        return THE_CAST_DECIDES

    def wants(one: Candidate) -> float | None:
        shares = ask.weigh(one.role_id, QUESTION.format(name=one.name), DIGITS)
        return sum(int(digit) * share for digit, share in zip(DIGITS, shares, strict=True)) if shares else None

    wanted, asked = collect(occasion, wants, lambda one: rule_bid(occasion, one))
    bids = waited_bids(occasion, wanted)
    added = {one: round(bid - wanted[one], 4) for one, bid in bids.items() if bid > wanted[one]}
    details: dict[str, Any] = {"asked": asked} | ({"for_waiting": added} if added else {})
    most = max(wanted.values())
    if most < SILENT_BELOW and occasion.may_be_silent:
        return Decision(None, f"nobody wants to speak (the highest bid is {most:.1f} of 5)", bids, details=details)
    first = highest(occasion, bids).role_id
    waited = f", {added[first]:.1f} of it for having waited" if first in added else ""
    return Decision(first, f"bids most: {bids[first]:.1f} of 5{waited}", bids, details=details)
