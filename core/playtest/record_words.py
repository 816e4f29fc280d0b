"""Words for what a turn's record keeps: names in the place of ids, and what its keys mean."""

from collections.abc import Mapping
from typing import Any

from core.playtest.script import Script

MAX_DEPTH = 12
KEY_WORDS = {
    "act": "act",
    "acts_on": "step acted on, counted from 0",
    "asked": "asked",
    "by": "because of turn",
    "cause": "because of turn",
    "confidence": "how sure the weights were (0 to 1)",
    "decided_by": "decided by (wants: a rule, from what the character wants)",
    "ece": "wrong events per event (0 to 1, lower is better)",
    "fallback": "why the rule decided",
    "for_waiting": "added for long silence",
    "gate": "needed to speak (0 to 1)",
    "importance": "importance (0 to 1)",
    "is_reached": "goal reached",
    "is_stable": "no mistake in any round",
    "kept": "looked at again, and kept as it was",
    "mec": "rounds without a mistake (0 to 1, higher is better)",
    "mode": "found by",
    "mood_of_last_lines": "mood of the last lines, by which it looks for memories",
    "n_candidates": "memories to choose from",
    "n_clean": "rounds without a mistake",
    "n_rounds": "rounds in which the weights were asked",
    "n_since": "own turns since it was looked at",
    "n_tries": "times tried",
    "named": "named by the last line",
    "nothing_because": "why nothing came back",
    "order": "order (1: own, 2: what another thinks)",
    "policy": "whose turn by",
    "query": "looked for",
    "recency": "recency (0 to 1)",
    "relevance": "nearness of meaning (0 to 1)",
    "retrieved": "came back",
    "revisions": "changes",
    "salience": "strength (0 to 1)",
    "talkative": "felt like talking",
    "session": "chance of 25 rounds without a mistake (0 to 1)",
    "told": "told of",
    "total": "sum of the parts",
    "vue": "wrong values per value (0 to 1, lower is better)",
    "written_by": "written by",
}
"""Key of a record -> words; any other key is said as it is."""


def names_in(script: Script) -> dict[str, str]:
    """Returns id -> name of all in a script that a record speaks of by id: roles, facts and beats."""
    facts = {fact.id: fact.text for fact in script.story.world.facts if fact.text.strip()}
    beats = {beat.id: beat.name for beat in script.beats if beat.name.strip()}
    return facts | beats | {part.role_id: part.character.name for part in script.parts}


def with_names(value: Any, names: Mapping[str, str], depth: int = 0) -> Any:
    """Returns a value of a record with names in the place of ids, as deep as `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        return value
    match value:
        case str():
            return names.get(value, value)
        case dict():
            return {names.get(str(key), key): with_names(one, names, depth + 1) for key, one in value.items()}
        case list() | tuple():
            return [with_names(one, names, depth + 1) for one in value]
        case _:
            return value
