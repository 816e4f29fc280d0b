"""Where everybody is at one moment of a scene, what they see, and what things are called. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from core.world.scope import NOBODY
from core.world.state import StateReader, WorldState
from core.world.steps import Rules
from models.world import Place, Prop

MAX_SEEN = 200
"""Props that one role takes notice of at a time."""
_ARTICLES = ("the ", "a ", "an ")


class Situation:
    """A state of the world as those in it find it.

    As in conditions, a role without a place of its own is where the present beat happens, else wherever it is needed.
    """

    def __init__(self, rules: Rules, state: WorldState, names: Mapping[str, str]) -> None:
        """Takes what the others call each role, by its id."""
        self.rules = rules
        self.state = state
        self.reader = StateReader(rules.slots, state)
        self.names = names
        self.world = rules.story.world
        self.places: dict[str, Place] = {place.id: place for place in self.world.places}
        self.props: dict[str, Prop] = {prop.name: prop for prop in self.world.props}
        beat = rules.beats.get(state.beat_id or "")
        self._beat_place = beat.beat.place_id if beat is not None and beat.beat.place_id in self.places else None
        self._role_ids = tuple(role.id for role in rules.story.roles)
        self._has_ways = any(place.adjacent for place in self.world.places)

    @property
    def role_ids(self) -> Sequence[str]:
        """All roles, in order."""
        return self._role_ids

    def knows(self, role_id: str) -> bool:
        """Whether the world has this role; the scripts of old playtests have none."""
        return role_id in self._role_ids

    def place_of(self, role_id: str) -> str | None:
        """Returns the id of the place where somebody is; None: wherever it is needed, or away."""
        if not self.knows(role_id):
            return None
        return self.reader.role_place(role_id) or (self._beat_place if self.reader.is_present(role_id) else None)

    def is_present(self, role_id: str) -> bool:
        """Whether somebody is in the scene."""
        return not self.knows(role_id) or self.reader.is_present(role_id)

    def is_dead(self, role_id: str) -> bool:
        """Whether a variable that is named for the role says so: a flag such as `mara_dead`, or `mara = dead`."""
        names = {self._key(name) for role in self.rules.story.roles if role.id == role_id for name in role.names}
        names |= {name.split("_")[0] for name in names}
        values = self.reader.variables()
        return any(
            (self._key(name).removesuffix("_dead") in names and self._key(name).endswith("_dead") and value is True)
            or (self._key(name) in names and value == "dead")
            for name, value in values.items()
        )

    def can_act(self, role_id: str) -> bool:
        """Whether somebody is in the scene and alive."""
        return self.knows(role_id) and self.is_present(role_id) and not self.is_dead(role_id)

    def is_at(self, role_id: str, place_id: str | None) -> bool:
        """Whether somebody is at a place, or may be."""
        mine = self.place_of(role_id)
        return self.is_present(role_id) and (mine is None or place_id is None or mine == place_id)

    def are_together(self, role_id: str, other_id: str) -> bool:
        """Whether two are in the scene and at one place."""
        return self.is_present(role_id) and self.is_at(other_id, self.place_of(role_id))

    def others_with(self, role_id: str) -> list[str]:
        """Returns who else is where somebody is, in the order of the roles."""
        return [other for other in self._role_ids if other != role_id and self.are_together(role_id, other)]

    def sees(self, role_id: str, prop: Prop) -> bool:
        """Whether somebody has a prop or sees it."""
        holder = self.reader.holder(prop.name)
        if holder == role_id:
            return True
        if not prop.is_visible or not self.is_present(role_id):
            return False
        if holder is not None:
            return self.are_together(role_id, holder)
        place = self.reader.prop_place(prop.name)
        return place is not None and self.is_at(role_id, place)

    def seen_by(self, role_id: str) -> list[Prop]:
        """Returns the props that somebody has or sees, in the order of the world."""
        found: list[Prop] = []
        for prop in self.world.props:
            if len(found) == MAX_SEEN:
                break
            if self.sees(role_id, prop):
                found.append(prop)
        return found

    def lies_with(self, role_id: str, prop: Prop) -> bool:
        """Whether a prop lies where somebody is, seen or not."""
        place = self.reader.prop_place(prop.name)
        return self.reader.holder(prop.name) is None and place is not None and self.is_at(role_id, place)

    def ways_from(self, role_id: str) -> Iterator[str]:
        """Yields the ids of the places that somebody can go to: all others where the world has no ways at all."""
        mine = self.place_of(role_id)
        place = self.places.get(mine or "")
        for other in self.world.places:
            if other.id != mine and (place is None or not self._has_ways or other.id in place.adjacent):
                yield other.id

    def call(self, role_id: str) -> str:
        """Returns what somebody is called."""
        return self.names.get(role_id) or next(
            (role.name for role in self.rules.story.roles if role.id == role_id), "somebody"
        )

    def call_prop(self, name: str) -> str:
        """Returns what a prop is called, such as `the cellar key`."""
        words = name.replace("_", " ").strip()
        return words if words.casefold().startswith(_ARTICLES) else f"the {words}"

    def call_place(self, place_id: str) -> str:
        """Returns what a place is called; a name in small letters gets an article."""
        place = self.places[place_id]
        name = " ".join((place.name or place.id.replace("_", " ")).split())
        if name.casefold().startswith(_ARTICLES):
            return name
        first, _, rest = name.partition(" ")
        if rest and rest == rest.casefold():  # `Lamp room` is no name of its own, `Finch House` is
            return f"the {first.casefold()} {rest}"
        return name if name[:1].isupper() else f"the {name}"

    def write_role(self, role_id: str) -> str:
        """Returns what effects call a role: what the others call it, or its name, where that means nobody else."""
        role = next(one for one in self.rules.story.roles if one.id == role_id)
        for name in (self.names.get(role_id, ""), role.name):
            found = self.rules.scope.role(name) if name.casefold() != NOBODY else None
            if found is not None and found.id == role_id:
                return name
        return role_id

    def write_place(self, place_id: str) -> str:
        """Returns what effects call a place: its name where that means no other."""
        name = self.places[place_id].name
        found = self.rules.scope.place(name) if name else None
        return name if found is not None and found.id == place_id else place_id

    def _key(self, name: str) -> str:
        return "_".join(name.replace("_", " ").casefold().split())
