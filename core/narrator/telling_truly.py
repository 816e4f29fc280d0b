"""Whether a sentence of the weights may be told: it says what happened, and nothing that its hearers cannot see."""

import re
from collections.abc import Sequence

from core.narrator.acts import Act
from core.narrator.feasibility import Verdict
from core.narrator.situation import Situation
from core.narrator.telling import repeats
from core.narrator.voice import Said

_WORD = re.compile(r"[^\W\d_]+")


def why_not_told(
    said: Said,
    situation: Situation,
    after: Situation,
    act: Act,
    verdict: Verdict,
    line: str,
    seen_by: Sequence[str],
) -> str:
    """Returns why the sentence of the weights is not told; empty: it is."""
    if said.why_not:
        return said.why_not
    if said.feasible is not None and said.feasible is not verdict.feasible:
        return "it tells of what the rules do not allow" if said.feasible else "it denies what the rules allow"
    words = {word.casefold() for word in _WORD.findall(said.sentence)}
    if len(words) < 3:
        return "it says nothing"
    if repeats(said.sentence, line):
        return "it says the act again"
    hidden = _hidden_words(situation, after, act, seen_by)
    if words & hidden:
        return "it names what those who are there cannot see"
    if not words & _words_of(situation, act):
        return "it is about something else"
    return ""


def _words_of(situation: Situation, act: Act) -> set[str]:
    """Returns the words of what an act is about: who, what, where."""
    names = [situation.call(act.role_id), act.prop.replace("_", " "), act.state.replace("_", " ")]
    names += [situation.call(act.other)] if act.other else []
    names += [situation.call_place(act.place)] if act.place in situation.places else []
    return {word.casefold() for name in names for word in _WORD.findall(name) if len(word) > 2} - {"the"}


def _hidden_words(situation: Situation, after: Situation, act: Act, seen_by: Sequence[str]) -> set[str]:
    """Returns words that name props which not all who hear the sentence can see, and that name nothing else."""
    unseen: set[str] = set()
    seen = _words_of(situation, act)
    for prop in situation.world.props:
        words = {word.casefold() for word in _WORD.findall(prop.name.replace("_", " "))}
        shown = all(situation.sees(role_id, prop) or after.sees(role_id, prop) for role_id in seen_by)
        if shown:
            seen |= words
        else:
            unseen |= words
    return unseen - seen
