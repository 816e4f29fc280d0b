"""What those who hear a line learn from it: facts are known by hearing them.

What is heard is known as well as its teller knows it: from somebody who knows it, it is known; from somebody who only
suspects it, it is suspected. Somebody who cannot know it and says it all the same is believed that far too: it is
suspected, and the line is marked (`core.hearing.leaks`). A guess passes a suspicion on but makes none, and what is
asked or denied teaches nobody anything. The narrator, the user and the director know everything.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from core.hearing.telling import People, Said, Sayable, Spoken, how_said
from models.world import Fact

LEARNED_KEY = "learned"
"""Where a turn's record keeps role id -> ids of the facts that it knows from now on. Missing: an older version played
the turn, and nobody learnt anything by hearing."""
SUSPECTED_KEY = "suspected"
"""The same for facts that it suspects from now on."""


class Knowing(IntEnum):
    """What somebody has to do with a fact; the numbers are those of `core.world.slots`."""

    UNKNOWN = 0
    SUSPECTS = 1
    KNOWS = 2


@dataclass(frozen=True, slots=True)
class Minds:
    """Who knows what at a moment."""

    role_ids: Collection[str]
    knowing: Callable[[str, str], int]
    """Role id, fact id -> what the role has to do with it."""

    def of(self, role_id: str, fact_id: str) -> Knowing:
        """Returns what somebody has to do with a fact; whoever is not in the cast knows it."""
        return Knowing(self.knowing(role_id, fact_id)) if role_id in self.role_ids else Knowing.KNOWS


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of a line."""

    told: Mapping[str, Said] = field(default_factory=dict)
    """Fact id -> how it was said, of all that were."""
    learned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    suspected: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def record(self) -> dict[str, Any]:
        """Returns what the turn keeps of it."""
        record: dict[str, Any] = {LEARNED_KEY: {role_id: list(ids) for role_id, ids in self.learned.items()}}
        if self.suspected:
            record[SUSPECTED_KEY] = {role_id: list(ids) for role_id, ids in self.suspected.items()}
        return record


def learn(spoken: Spoken, facts: Sequence[Fact], minds: Minds, people: People) -> Learnt:
    """Returns what those who hear a line learn from it."""
    told: dict[str, Said] = {}
    learned: dict[str, list[str]] = {}
    suspected: dict[str, list[str]] = {}
    for fact in facts:
        if not people.may_say(spoken.text, fact.text):
            continue
        said = how_said(spoken, Sayable(fact.text, people.named_in(fact.text)), people)
        if said is None:
            continue
        told[fact.id] = said
        spread = _spread(said, minds.of(spoken.speaker_id, fact.id))
        for role_id in spoken.hearers:
            if minds.of(role_id, fact.id) < spread:
                (learned if spread == Knowing.KNOWS else suspected).setdefault(role_id, []).append(fact.id)
    return Learnt(told, learned, suspected)


def _spread(said: Said, teller: Knowing) -> Knowing:
    match said:
        case Said.TOLD:
            return max(teller, Knowing.SUSPECTS)
        case Said.GUESSED:
            return min(teller, Knowing.SUSPECTS)
    return Knowing.UNKNOWN


def read_learned(record: Mapping[str, Any], role_ids: Collection[str]) -> dict[str, dict[str, Knowing]]:
    """Returns what a turn's record says was learnt: role id -> fact id -> what it is from then on.

    The record may come from a stranger's pack: roles that are not there are left out, and so is what is no list.
    """
    found: dict[str, dict[str, Knowing]] = {}
    for key, knowing in ((SUSPECTED_KEY, Knowing.SUSPECTS), (LEARNED_KEY, Knowing.KNOWS)):
        listed = record.get(key)
        for role_id, ids in listed.items() if isinstance(listed, dict) else ():
            if role_id in role_ids and isinstance(ids, list):
                found.setdefault(role_id, {}).update({one: knowing for one in ids if isinstance(one, str)})
    return found
