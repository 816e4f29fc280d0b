"""Thoughts in one of the five states that the app may ask for (ToMATO): a belief, an intention, a desire, an emotion,
a piece of knowledge, of oneself or of what somebody else has in mind.
"""

import random
import re
from dataclasses import replace

from assets.weights.facts import uncapital
from assets.weights.phrasebook import load_book
from assets.weights.sample import NARRATOR, Line, Play

_WORDS = load_book("states")
STATE_SHARE = 0.15


def think_in_states(play: Play, rng: random.Random) -> Play:
    """Gives the thoughts of some plays an opening of one of the states."""
    if rng.random() > STATE_SHARE:
        return play
    lines, other = [], ""
    for line in play.lines:
        lines.append(replace(line, thought=_open(line, other, rng)) if line.thought else line)
        other = line.speaker if line.speaker != NARRATOR else other
    return replace(play, lines=tuple(lines))


def _open(line: Line, other: str, rng: random.Random) -> str:
    thought = line.thought
    if other and other not in (line.speaker, "You") and rng.random() < 0.3:
        name = other.split(" ", 1)[0]
        return f"I think that {name} {rng.choice(_WORDS['of_others'])}. {thought}"
    match rng.choice(("belief", "intention", "desire", "emotion", "knowledge")):
        case "emotion":
            return f"I feel {rng.choice(_WORDS['feelings'])}. {thought}"
        case "desire":
            return f"I want {rng.choice(_WORDS['wishes'])}. {thought}"
        case "intention":
            return f"I will {rng.choice(_WORDS['intentions'])}. {thought}"
        case "knowledge" if _can_follow_that(thought):
            return f"I know that {uncapital(thought)}"
        case "belief" if _can_follow_that(thought):
            return f"I think that {uncapital(thought)}"
        case _:
            return thought


def _can_follow_that(thought: str) -> bool:
    first = re.split(r"(?<=[.?!])\s", thought)[0]
    return first.endswith(".") and not first.startswith(
        ("I know", "I think", "That ", "Not ", "No", "Yes", "Why ", "Let ")
    )
