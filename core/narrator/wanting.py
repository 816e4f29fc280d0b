"""Which act a character's own words and goal ask for: a rule, for weights that have no preference."""

import re
from collections.abc import Sequence

from core.narrator.acts import Act, ActKind
from core.narrator.affordances import describe_act
from core.narrator.situation import Situation

_NEED_VERBS = frozenset({ActKind.SET, ActKind.USE})
"""Acts that are wanted only where their verb is: whoever wants light does not put the lamp out."""
_WORD = re.compile(r"[^\W\d_]+")


def wanted_act(situation: Situation, acts: Sequence[Act], wants: str) -> Act | None:
    """Returns the act that is most about what is wanted, or None. Nobody gives away or puts down what they want."""
    words = _telling(wants)
    steps = _steps_towards(situation, acts[0].role_id, words) if acts else frozenset()
    found = []
    for place, act in enumerate(acts):
        verb = describe_act(situation, act).split()[0] in words
        is_named = act.prop.rpartition("_")[2].casefold() in words
        if act.place in steps or (is_named and (act.kind == ActKind.TAKE or (act.kind in _NEED_VERBS and verb))):
            found.append((verb + is_named, -place, act))
    return max(found, key=lambda one: one[:2])[2] if found else None


def _steps_towards(situation: Situation, role_id: str, words: set[str]) -> frozenset[str]:
    """Returns the places next to somebody that the shortest way to a place of these words goes through."""
    here = situation.place_of(role_id)
    wanted = {one for one in situation.places if words & _telling(situation.call_place(one))}
    if not wanted or here in wanted:
        return frozenset()
    edge = {one: one for one in situation.ways_from(role_id)}
    seen = set(edge) | {here}
    while edge:
        found = frozenset(first for at, first in edge.items() if at in wanted)
        if found:
            return found
        nexts = {other: first for at, first in edge.items() for other in situation.places[at].adjacent}
        edge = {other: first for other, first in nexts.items() if other in situation.places and other not in seen}
        seen |= set(edge)
    return frozenset()


def _telling(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text) if len(word) > 2} - {"the"}
