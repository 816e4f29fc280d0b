"""The verbs by which an act is found in what a character wrote. Present tense only."""

from collections.abc import Iterable

Forms = tuple[str, str]
"""As in `I take`, and as in `she takes`; the particle of a verb such as `pick up` comes with both."""


def _forms(*verbs: str) -> tuple[Forms, ...]:
    return tuple((verb, _third(verb)) for verb in verbs)


def _third(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    if first.endswith(("s", "sh", "ch", "x", "o")):
        ending = f"{first}es"
    elif first.endswith("y") and first[-2] not in "aeiou":
        ending = f"{first[:-1]}ies"
    else:
        ending = f"{first}s"
    return f"{ending} {rest}".strip()


TAKE = _forms("take", "pick up", "grab", "snatch", "pocket", "seize", "collect", "fetch", "snatch up", "take up")
GIVE = _forms("give", "hand", "pass", "hand over", "toss", "slide", "return")
PUT = _forms("put", "place", "set", "lay", "drop", "put down", "set down", "lay down", "leave")
USE = _forms("use")
GO = _forms(
    "go", "walk", "run", "head", "move", "step", "hurry", "stride", "slip", "cross", "climb", "return", "rush",
    "stroll", "creep", "sneak", "retreat", "come", "dash", "wander", "go back", "walk back", "go down", "go up",
    "climb down", "climb up", "head back", "walk over", "step back", "go out", "step out", "walk out", "head out",
)  # fmt: skip
INTO = _forms("enter", "reenter")
LEAVE = _forms("leave", "exit", "walk out", "storm out", "go out", "depart", "walk away", "slip out")

SET: tuple[tuple[tuple[Forms, ...], tuple[str, ...]], ...] = (
    (_forms("open", "pull open", "push open", "throw open"), ("open", "opened", "ajar")),
    (_forms("close", "shut", "slam"), ("closed", "shut")),
    (_forms("unlock", "unbolt"), ("unlocked", "closed", "shut", "open")),
    (_forms("lock", "bolt"), ("locked", "bolted")),
    (_forms("light", "relight", "kindle"), ("lit", "burning", "alight", "on")),
    (
        _forms("extinguish", "put out", "blow out", "snuff out", "snuff", "douse"),
        ("out", "unlit", "dark", "off", "extinguished"),
    ),
    (_forms("switch on", "turn on"), ("on", "lit", "running")),
    (_forms("switch off", "turn off"), ("off", "out", "unlit", "dark")),
    (_forms("break", "smash", "shatter"), ("broken", "smashed", "shattered")),
    (_forms("tear", "tear up", "rip", "rip up"), ("torn",)),
    (_forms("burn"), ("burnt", "burned", "burning", "ashes")),
    (_forms("fill", "refill"), ("full", "filled")),
    (_forms("empty"), ("empty", "emptied")),
    (_forms("raise"), ("raised", "up")),
    (_forms("lower"), ("lowered", "down")),
)
"""Verbs, and the states that they can mean: the first of them that a prop has counts."""

BASE_VERBS = frozenset(
    base.split()[0]
    for base, _ in (*TAKE, *GIVE, *PUT, *USE, *GO, *INTO, *LEAVE, *(form for forms, _ in SET for form in forms))
)
"""The first words of all of them, as in `I take`."""


def pick(forms: Iterable[Forms], *, third: bool) -> list[str]:
    """Returns the verbs in one form, the longest first, so that `pick up` is found before `pick`."""
    return sorted((pair[third] for pair in forms), key=len, reverse=True)
