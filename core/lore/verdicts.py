"""What became of an entry, and by which rule."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Why an entry fired, or why it did not."""

    KEY = "key"
    CONSTANT = "constant"
    ACTIVATED = "activated"
    """By the decorator `@@activate`."""
    KEPT = "kept"
    """By `@@keep_activate_after_match`."""
    STICKY = "sticky"

    DISABLED = "disabled"
    TRIGGER = "trigger"
    """It is for other kinds of turns."""
    CHARACTER = "character"
    """It is for other characters."""
    DELAY = "delay"
    COOLDOWN = "cooldown"
    RECURSION_ONLY = "recursion_only"
    RECURSION_EXCLUDED = "recursion_excluded"
    DEACTIVATED = "deactivated"
    """By `@@dont_activate`."""
    MATCHED_BEFORE = "matched_before"
    """By `@@dont_activate_after_match`."""
    TOO_EARLY = "too_early"
    """By `@@activate_only_after`."""
    NOT_THIS_TURN = "not_this_turn"
    """By `@@activate_only_every`."""
    GREETING = "greeting"
    """By `@@is_greeting`."""
    NO_KEYS = "no_keys"
    NO_KEY = "no_key"
    BAD_REGEX = "bad_regex"
    SLOW_REGEX = "slow_regex"
    SECONDARY = "secondary"
    ADDITIONAL = "additional"
    """By `@@additional_keys`."""
    EXCLUDED = "excluded"
    """By `@@exclude_keys`."""
    GROUP_STICKY = "group_sticky"
    GROUP_SCORE = "group_score"
    GROUP_USED = "group_used"
    GROUP_OVERRIDE = "group_override"
    GROUP_DRAW = "group_draw"
    PROBABILITY = "probability"
    BUDGET = "budget"
    BOOK_BUDGET = "book_budget"


FIRED = frozenset({Rule.KEY, Rule.CONSTANT, Rule.ACTIVATED, Rule.KEPT, Rule.STICKY})
QUIET = frozenset({Rule.DISABLED, Rule.NO_KEYS, Rule.NO_KEY})
"""What most entries are in most turns: not worth keeping."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a key was found."""

    key: str
    """As the author wrote it."""
    place: str
    """What was searched: `message`, a field (`character_description` …), or `entry`."""
    number: int = 0
    """Of a message: how many came after it; of an entry: its place in `Scan.entries`."""
    start: int = 0
    """Place in that text, which for a message begins with the name of who spoke where names are searched."""
    end: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one entry."""

    rule: Rule
    match: Match | None = None
    """What found it, even where a later rule dropped it."""
    secondary: str = ""
    """The secondary key that decided, or the one of a decorator."""
    rival: str = ""
    """Id of the entry that won the group."""
    group: str = ""
    number: float = 0
    """Of a probability, what was drawn in percent; of a delay or cooldown, messages that are left; of a budget, the
    tokens that the entry would take."""

    @property
    def fired(self) -> bool:
        """Whether its text went into the prompt."""
        return self.rule in FIRED


NO_KEY = Verdict(Rule.NO_KEY)
NO_KEYS = Verdict(Rule.NO_KEYS)
DISABLED = Verdict(Rule.DISABLED)
