"""What came of an act in one sentence from the words of the world: never as whoever did it put it."""

from collections.abc import Callable, Sequence

from core.narrator.acts import Act, ActKind
from core.narrator.feasibility import Verdict
from core.narrator.situation import Situation
from core.world.spoken import says_phrase

Draw = Callable[[str], float]
"""What is drawn for -> a number from 0 up to but not including 1; the same words give the same number."""
_LONG_REPEAT = 4
"""Words in a row that are a repetition."""


def tell_result(after: Situation, act: Act, verdict: Verdict, line: str, draw: Draw) -> str:
    """Says what came of an act.

    Args:
        after: The scene with what came of it.
        line: The turn in which the act was done, which is not repeated.
    """
    said = _sentences(after, act) if verdict.feasible else _refusals(verdict.said)
    first = int(draw("sentence") * len(said))
    for sentence in (*said[first:], *said[:first], "So it is now.", "That is done, for better or worse."):
        shown = sentence[:1].upper() + sentence[1:]
        if not repeats(shown, line):
            return shown
    return "So be it."


def tell_meters(values: Sequence[tuple[str, int]]) -> str:
    """Says where numbers that everybody knows stand now, a sentence each."""
    shown = (f"{name.replace('_', ' ')} is {value} now." for name, value in values)
    return " ".join(one[:1].upper() + one[1:] for one in shown)


def repeats(sentence: str, line: str) -> bool:
    """Whether a sentence says a turn again word for word: as a whole, or four words of it in a row."""
    words = sentence.split()
    if says_phrase(line, sentence):
        return True
    return any(
        says_phrase(line, " ".join(words[at : at + _LONG_REPEAT])) for at in range(len(words) - _LONG_REPEAT + 1)
    )


def _refusals(said: str) -> list[str]:
    return [f"it cannot be: {said}.", f"nothing comes of it: {said}.", f"that does not happen: {said}."]


def _sentences(after: Situation, act: Act) -> list[str]:
    name = after.call(act.role_id)
    place = after.call_place(act.place) if act.place in after.places else ""
    match act.kind:
        case ActKind.LEAVE:
            return [f"{name} is gone.", f"{name} is there no more.", f"the place of {name} is empty."]
        case ActKind.ENTER:
            where = f" at {place}" if place else ""
            return [f"{name} is here{where}.", f"{name} has come{where}."]
        case ActKind.GO:
            return [f"{name} goes to {place}.", f"{name} makes for {place}.", f"{name} walks over to {place}."]
    thing = after.call_prop(act.prop)
    match act.kind:
        case ActKind.TAKE:
            return [f"{name} has {thing} now.", f"{thing} is with {name}.", f"{name} holds {thing}."]
        case ActKind.GIVE:
            other = after.call(act.other)
            return [f"{other} has {thing} now.", f"{thing} is with {other}."]
        case ActKind.PUT:
            here = after.reader.prop_place(act.prop)
            where = after.call_place(here) if here is not None else "there"
            return [f"{thing} lies at {where} now.", f"{name} is without {thing} now."]
    state = after.reader.prop_state(act.prop)
    if state is None or (act.kind == ActKind.USE and len(after.props[act.prop].states) != 2):
        return ["nothing is different for it.", f"{thing} is as it was."]
    shown = state.replace("_", " ")
    return [f"{thing} is {shown}.", f"now {thing} is {shown}."]
