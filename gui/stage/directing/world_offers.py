"""What of a scene's world can be set by hand, with the values that are offered. Knows no Qt."""

from dataclasses import dataclass

from core.playtest.script import Script
from core.world.effects import Appear, Effect, Learn, Move, Put, format_effects
from core.world.scope import NOBODY, NOWHERE
from core.world.slots import Slots
from core.world.state import StateReader, WorldState
from models.world import Prop, Variable, VariableKind

MAX_LISTED = 40
"""Numbers that are offered one by one; more are typed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be set."""

    title: str
    values: tuple[tuple[str, str], ...] = ()
    """What is shown, and the effect that sets it."""
    present: str = ""
    """The value that it has now, as it is shown; empty where that is not known."""
    bounds: tuple[int, int] | None = None
    """Of a number with too many values to list: `effect_of` makes the effect."""
    name: str = ""

    def effect_of(self, number: int) -> str:
        """Returns the effect that sets a number."""
        return format_effects((Put(self.name, "", number),))


def list_offers(script: Script, state: WorldState | None) -> list[Offer]:
    """Returns everything that has a value: variables, then props."""
    story = script.story
    reader = StateReader(Slots(story), state) if state is not None else None
    offers = [_of_variable(one, reader) for one in story.world.variables]
    for prop in story.world.props:
        offers += _of_prop(script, prop, reader)
    return offers


def list_presence(script: Script, role_id: str, state: WorldState | None) -> Offer | None:
    """Returns where a role can be: away, there, or at one of the places; None for a role that the world lacks."""
    role = next((one for one in script.roles if one.id == role_id), None)
    if role is None:
        return None
    values = [("enters", Appear(role.name, True)), ("leaves", Appear(role.name, False))]
    shown: list[tuple[str, Effect]] = [*values]
    shown += [(place.name, Move(role.name, place.name)) for place in script.story.world.places]
    present = ""
    if state is not None:
        reader = StateReader(Slots(script.story), state)
        place_id = reader.role_place(role_id)
        names = {place.id: place.name for place in script.story.world.places}
        present = names.get(place_id or "", "") if reader.is_present(role_id) else "leaves"
    return Offer(role.name, tuple((text, format_effects((effect,))) for text, effect in shown), present)


def list_facts(script: Script, role_id: str) -> Offer | None:
    """Returns what a role can come to know; None where there is nothing."""
    role = next((one for one in script.roles if one.id == role_id), None)
    facts = script.story.world.facts
    if role is None or not facts:
        return None
    return Offer(role.name, tuple((fact.text, format_effects((Learn(role.name, fact.id),))) for fact in facts))


def _of_variable(variable: Variable, reader: StateReader | None) -> Offer:
    now = reader.variables().get(variable.name) if reader is not None else None
    present = "" if now is None else {True: "yes", False: "no"}[now] if isinstance(now, bool) else str(now)
    name = variable.name
    match variable.kind:
        case VariableKind.FLAG:
            values: tuple[int | str, ...] = ("yes", "no")
        case VariableKind.CHOICE:
            values = tuple(variable.choices)
        case _:
            if variable.high - variable.low > MAX_LISTED:
                return Offer(name, (), present, (variable.low, variable.high), name)
            values = tuple(range(variable.low, variable.high + 1))
    return Offer(name, tuple((str(value), format_effects((Put(name, "", value),))) for value in values), present)


def _of_prop(script: Script, prop: Prop, reader: StateReader | None) -> list[Offer]:
    names = {role.id: role.name for role in script.roles}
    places = {place.id: place.name for place in script.story.world.places}
    found = [
        ("holder", (*names.values(), NOBODY), names.get(_of(reader, "holder", prop) or "", NOBODY)),
        ("place", (*places.values(), NOWHERE), places.get(_of(reader, "prop_place", prop) or "", NOWHERE)),
        ("state", tuple(prop.states), _of(reader, "prop_state", prop) or ""),
    ]
    return [
        Offer(
            f"{prop.name}: {attribute}",
            tuple((value, format_effects((Put(prop.name, attribute, value),))) for value in values),
            present if reader is not None else "",
        )
        for attribute, values, present in found
        if len(values) > 1
    ]


def _of(reader: StateReader | None, what: str, prop: Prop) -> str | None:
    found: str | None = getattr(reader, what)(prop.name) if reader is not None else None
    return found
