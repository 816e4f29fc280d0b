"""Scenes that tests of judged metrics share."""

from collections.abc import Sequence

from core.fidelity.conversation import About, Line

FACTS = (
    "Mila is a stern lighthouse keeper.",
    "Mila never lies.",
    "Mila is extremely reserved and rather anxious.",
)
ABOUT = About(personas={"m": FACTS}, scene="The lamp room in a storm.", names={"m": "Mila", "v": "Vera"})
LINES = (
    Line("v", "Did you see the ship?"),
    Line("m", "I saw it strike the rocks, and I lit no lamp.", "I am to blame."),
    Line("v", "Then say that the oil ran out."),
    Line("m", "It did not run out. I slept."),
)


def long_scene(n: int = 400) -> tuple[About, list[Line]]:
    """Returns a scene and personas that are far too long for any context."""
    facts = tuple(f"Fact {number}: {'very long statement ' * 20}" for number in range(80))
    names = {"m": "Mila", "v": "Vera"}
    lines = [Line("mv"[number % 2], f"Line {number}. " + "words and more words " * 60) for number in range(n)]
    return About({"m": facts, "v": facts}, "A place. " * 200, names), lines


def quoted(words: Sequence[str]) -> str:
    """Returns words as a JSON list of texts."""
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"
