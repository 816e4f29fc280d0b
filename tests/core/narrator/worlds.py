"""Worlds for tests of the narrator: a small mystery, and drawn ones."""

from typing import Any

from hypothesis import strategies as st

from core.narrator.situation import Situation
from core.world.graph import Story, StoryBeat, StoryLink, StoryRole
from core.world.state import WorldState
from core.world.steps import Rules
from models.world import World

NAMES = {"mara": "Mara Voss", "theo": "Theo Brand", "ida": "Ida Quill"}
ROLES = tuple(StoryRole(id=role_id, names=(name,)) for role_id, name in NAMES.items())
MYSTERY: dict[str, Any] = {
    "variables": [
        {"name": "tension", "low": 0, "high": 3, "start": 2, "is_public": True},
        {"name": "found", "kind": "flag", "start": False},
    ],
    "places": [
        {"id": "hall", "name": "the hall", "adjacent": ["jetty", "attic"]},
        {"id": "jetty", "name": "the jetty", "adjacent": ["hall", "boathouse"]},
        {"id": "boathouse", "name": "the boathouse", "adjacent": ["jetty"]},
        {"id": "attic", "name": "Upper Attic", "adjacent": ["hall"]},
    ],
    "props": [
        {"name": "lamp", "place": "hall", "states": ["dark", "lit"]},
        {"name": "boathouse_key", "place": "hall"},
        {"name": "chest", "place": "boathouse", "states": ["locked", "closed", "open"]},
        {"name": "letter", "holder": "theo"},
        {"name": "knife", "holder": "mara", "is_visible": False},
        {"name": "ledger", "place": "hall", "is_visible": False},
    ],
    "facts": [{"id": "f1", "text": "Theo sold the boat.", "known_by": {"theo": "knows"}}],
    "role_places": {"mara": "hall", "theo": "hall", "ida": "boathouse"},
}


def make_situation(changes: str = "", world: dict[str, Any] | None = None) -> Situation:
    """The mystery, or another world, after changes by hand."""
    rules = Rules(Story(world=World.model_validate(world or MYSTERY), roles=ROLES))
    state = WorldState(rules.slots.start)
    return Situation(rules, state.with_acts(rules.read_changes(changes), rules.slots), NAMES)


def make_story(beats: list[dict[str, Any]], links: list[dict[str, Any]], world: dict[str, Any] | None = None) -> Story:
    """Beats are called by their names; links are tried in the order of the list."""
    return Story(
        world=World.model_validate(world or MYSTERY),
        roles=ROLES,
        beats=tuple(StoryBeat(**({"id": beat["name"]} | beat)) for beat in beats),
        links=tuple(StoryLink(**({"id": f"l{place}", "position": place} | link)) for place, link in enumerate(links)),
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draws a world of up to four places and five props, with everybody and everything anywhere."""
    n_places = draw(st.integers(0, 4))
    ids = [f"p{place}" for place in range(n_places)]
    some = st.sampled_from(ids) if ids else st.none()
    world: dict[str, Any] = {
        "variables": [
            {"name": "calm", "low": draw(st.integers(-3, 0)), "high": draw(st.integers(0, 3)), "is_public": True},
            {"name": "mara_dead", "kind": "flag", "start": draw(st.booleans())},
        ],
        "places": [
            {"id": one, "name": draw(st.sampled_from(["", f"room {one}", f"Hall “{one}”", one])), "adjacent": draw(
                st.lists(st.sampled_from(ids), max_size=4)
            )}
            for one in ids
        ],
        "props": [
            {
                "name": name,
                "holder": draw(st.none() | st.sampled_from(sorted(NAMES))),
                "place": draw(st.none() | some),
                "states": draw(st.sampled_from([[], ["on", "off"], ["a", "b", "c"]])),
                "is_visible": draw(st.booleans()),
            }
            for name in draw(st.sampled_from([[], ["key"], ["key", "takes", "nobody_s", "lamp_2", "and"]]))
        ],
        "role_places": draw(st.dictionaries(st.sampled_from(sorted(NAMES)), some)) if ids else {},
    }  # fmt: skip
    away = draw(st.lists(st.sampled_from(sorted(NAMES)), unique=True))
    return make_situation("\n".join(f"{one} leaves" for one in away), world)
