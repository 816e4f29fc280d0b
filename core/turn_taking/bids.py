"""How much each of the cast wants to speak: asked of their weights, or found by rules."""

import re
from collections.abc import Callable, Mapping, Sequence

from core.turn_taking.names_said import name_words, words_of
from core.turn_taking.occasion import Candidate, Occasion

LOWEST, HIGHEST = 1.0, 5.0
LISTENS_BACK = 2
"""Lines in which a character looks for words of its goal."""
_LONG_WORD = re.compile(r"\w{4,}")

Want = Callable[[Candidate], float | None]
"""How much a candidate wants to speak, by its weights; None: they cannot be asked."""


def rule_bid(occasion: Occasion, candidate: Candidate) -> float:
    """Returns how much somebody wants to speak without any weights: 1 to 5.

    1, and 2 where the last line that it heard names it, and the share of its goal's words (of four letters or more)
    that are in the last two lines, and min(1, lines since it spoke / (2 x cast)).
    """
    heard = [line for line in occasion.lines if line.is_heard_by(candidate.role_id)]
    bid = LOWEST
    if heard and heard[-1].speaker_id != candidate.role_id and name_words(candidate) & {*words_of(heard[-1].text)}:
        bid += 2
    goal = {*_LONG_WORD.findall(candidate.goal.lower())}
    said = {*_LONG_WORD.findall(" ".join(line.text for line in heard[-LISTENS_BACK:]).lower())}
    if goal:
        bid += len(goal & said) / len(goal)
    bid += min(1.0, _n_lines_since(occasion, candidate.role_id) / (2 * len(occasion.candidates)))
    return min(bid, HIGHEST)


def _n_lines_since(occasion: Occasion, role_id: str) -> int:
    spoken = [place for place, line in enumerate(occasion.lines) if line.speaker_id == role_id]
    return len(occasion.lines) - 1 - spoken[-1] if spoken else len(occasion.lines) + len(occasion.candidates)


def waited_bids(occasion: Occasion, wants: Mapping[str, float]) -> dict[str, float]:
    """Returns bids of 1 to 5 that grow with silence, so that nobody who is present is left out for good.

    min(5, want + max(0, lines since it spoke - n) / n) for n present: a point for each round of lines that it has
    sat out, after the first. Of those who have come to 5, `highest` takes whoever has been silent longest: with
    three present, nobody waits for more than 18 lines.
    """
    n_present = len(occasion.present)
    bids = {}
    for role_id, want in wants.items():
        n_lines = min(_n_lines_since(occasion, role_id), len(occasion.lines))
        bids[role_id] = round(min(HIGHEST, want + max(0, n_lines - n_present) / n_present), 4)
    return bids


def as_share(bid: float) -> float:
    """Returns a bid of 1 to 5 as a number in [0, 1]."""
    return (bid - LOWEST) / (HIGHEST - LOWEST)


def collect(
    occasion: Occasion, by_weights: Want, by_rules: Callable[[Candidate], float]
) -> tuple[dict[str, float], str]:
    """Returns the bids of all who are able to speak, and how they came about.

    Nobody asks weights on behalf of a person. Where the weights of anybody else cannot be asked, rules decide for all,
    so that like is compared with like.
    """
    bids: dict[str, float] = {}
    for one in occasion.able:
        wanted = by_rules(one) if one.is_taken else by_weights(one)
        if wanted is None:
            return {one.role_id: round(by_rules(one), 4) for one in occasion.able}, "rules"
        bids[one.role_id] = round(wanted, 4)
    return bids, "weights"


def highest(occasion: Occasion, bids: dict[str, float]) -> Candidate:
    """Returns who bids most; of equals, who has been silent longest, then the first in the cast."""
    able: Sequence[Candidate] = occasion.able
    return max(able, key=lambda one: (bids[one.role_id], _n_lines_since(occasion, one.role_id)))
