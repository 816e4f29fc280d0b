"""What the world tells one role at a moment: what it knows, where it is, what it sees, and what all know.

Never anything that only another role knows.
"""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict

from core.world.slots import Slots
from core.world.state import StateReader, WorldState
from models.world import FactStatus, Prop

_STOPS = (".", "!", "?", "…", "”", '"')


class Told(BaseModel):
    """Sentences in the second person; empty where there is nothing to tell."""

    model_config = ConfigDict(frozen=True)

    facts: str = ""
    """What the role knows, suspects and denies, a line each."""
    world: str = ""
    """Where it is, what it has and sees, and values that everybody knows."""


def tell_role(
    slots: Slots, state: WorldState, role_id: str, names: Mapping[str, str], beat_place_id: str | None = None
) -> Told:
    """Returns what a role is told.

    Args:
        names: Role id -> what the others call it.
        beat_place_id: Where the present beat happens: those who have no place of their own are there.
    """
    teller = _Teller(slots, state, role_id, names, beat_place_id)
    return Told(facts="\n".join(teller.facts()), world="\n".join(teller.world()))


class _Teller:
    def __init__(
        self, slots: Slots, state: WorldState, role_id: str, names: Mapping[str, str], beat_place_id: str | None
    ) -> None:
        self._world = slots.story.world
        self._state = StateReader(slots, state)
        self._me = role_id
        self._names = names
        self._beat_place_id = beat_place_id
        self._places = {place.id: place for place in self._world.places}

    def facts(self) -> Iterator[str]:
        known = self._state.known_facts(self._me)
        suspected = self._state.suspected_facts(self._me)
        denied = {fact.id for fact in self._world.facts if fact.known_by.get(self._me) == FactStatus.DENIES}
        for label, ids in (
            ("You know", known - denied),
            ("You suspect", suspected),
            ("You know this and deny it", known & denied),
        ):
            told = [_sentence(fact.text) for fact in self._world.facts if fact.id in ids and fact.text.strip()]
            if told:
                yield f"{label}: {' '.join(told)}"

    def world(self) -> Iterator[str]:
        if self._state.is_present(self._me):
            place = self._places.get(self._place_of(self._me) or "")
            if place is not None:
                yield " ".join(filter(None, (f"You are at {place.name or place.id}.", _sentence(place.description))))
            yield from self._props()
        public = [variable.name for variable in self._world.variables if variable.is_public]
        if public:
            values = self._state.variables()
            yield f"Everybody knows: {_join([_value_text(name, values[name]) for name in public])}."

    def _props(self) -> Iterator[str]:
        held: dict[str, list[str]] = {}
        seen: list[str] = []
        for prop in self._world.props:
            holder, place_id = self._state.holder(prop.name), self._state.prop_place(prop.name)
            if holder == self._me or (holder is not None and prop.is_visible and self._is_with_me(holder)):
                held.setdefault(holder, []).append(self._prop_text(prop))
            elif holder is None and place_id is not None and prop.is_visible and self._is_here(place_id):
                place = self._places[place_id]
                at = "" if place_id == self._place_of(self._me) else f" at {place.name or place.id}"
                seen.append(f"{self._prop_text(prop)}{at}")
        if self._me in held:
            yield f"You have: {_join(held.pop(self._me))}."
        for role_id, things in held.items():
            yield f"{self._names.get(role_id, 'Somebody')} has: {_join(things)}."
        if seen:
            yield f"You see: {_join(seen)}."

    def _is_with_me(self, role_id: str) -> bool:
        """Whether somebody is in the scene, and not elsewhere."""
        mine, theirs = self._place_of(self._me), self._place_of(role_id)
        return self._state.is_present(role_id) and (mine is None or theirs is None or mine == theirs)

    def _is_here(self, place_id: str) -> bool:
        """As in conditions, a role without a place is wherever it is needed."""
        return self._place_of(self._me) in (None, place_id)

    def _place_of(self, role_id: str) -> str | None:
        return self._state.role_place(role_id) or (self._beat_place_id if self._beat_place_id in self._places else None)

    def _prop_text(self, prop: Prop) -> str:
        more = [
            one for one in (self._state.prop_state(prop.name), " ".join(prop.description.split()).rstrip(".")) if one
        ]
        name = prop.name.replace("_", " ")
        return f"{name} ({'; '.join(more)})" if more else name


def _join(texts: list[str]) -> str:
    """Joins texts as in a sentence; none is left out."""
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else "".join(texts)


def _value_text(name: str, value: int | str | bool) -> str:
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")
    return f"{name.replace('_', ' ')} is {shown}"


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if not line or line.endswith(_STOPS) else f"{line}."
