"""Facts that stand in the fields of a persona's layers rather than in its sentences."""

import random

from assets.weights.facts import Fact, first_person
from models.persona import Layers, MemoryNote

_FIELDS = {
    "home": "social.residence",
    "belief": "social.belief",
    "family": "social.family",
    "age": "social.age",
    "job": "career.occupation",
    "wish": "career.aspiration",
    "skill": "career.skills",
    "food": "life.likes",
    "drink": "life.likes",
    "hate": "life.dislikes",
    "hobby": "life.interests",
    "habit": "life.day",
}
_REMEMBERED = frozenset({"past", "sight", "noticed", "loss", "deed", "gift", "guilt", "teacher"})


def split_layered(facts: list[Fact], rng: random.Random) -> tuple[list[Fact], Layers]:
    """Takes some of the facts out that fit a field; returns the others, and the layers that say those."""
    layers, others = Layers(), []
    for fact in facts:
        if rng.random() < 0.3 or not _put(fact, layers):
            others.append(fact)
    return others, layers


def _put(fact: Fact, layers: Layers) -> bool:
    """Writes a fact into its field; false where there is none, or it is taken."""
    if fact.kind in _REMEMBERED:
        layers.memories = [*layers.memories, MemoryNote(text=fact.mine)]
        return True
    if fact.kind not in _FIELDS or (fact.kind == "age" and not fact.values["v"].isdigit()):
        return False
    name, field = _FIELDS[fact.kind].split(".")
    layer = getattr(layers, name)
    before = getattr(layer, field)
    if before and not isinstance(before, list):
        return False
    value = _value(fact)
    setattr(layers, name, layer.model_copy(update={field: [*before, value] if isinstance(before, list) else value}))
    return True


def _value(fact: Fact) -> str | int:
    value = first_person(fact.values["v"])
    match fact.kind:
        case "age":
            return int(value)
        case "job":
            return value.removeprefix("a ").removeprefix("an ")
        case "family":
            return f"a {value} called {fact.values['n']}"
        case "wish":
            return f"to {value}"
        case "habit":
            return fact.mine
    return value
