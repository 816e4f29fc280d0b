"""What the world tells a role: its own knowledge and surroundings, and never what only another knows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.world.graph import Story, StoryRole
from core.world.meaning import Reader
from core.world.state import WorldState
from core.world.telling import Told, tell_role
from models.world import World

ROLES = tuple(StoryRole(id=f"r{number}", names=(f"Role {number}",)) for number in range(3))
NAMES = {"r0": "Mara", "r1": "Theo", "r2": "Ruud"}


def told_of(role_id: str, world: dict[str, Any], effects: str = "", place_id: str | None = None) -> Told:
    """What a role is told after some effects."""
    reader = Reader(Story(world=World.model_validate(world), roles=ROLES))
    state = WorldState(reader.slots.start).with_acts(reader.read_effects(effects), reader.slots)
    assert not reader.faults
    return tell_role(reader.slots, state, role_id, NAMES, place_id)


FACTS = [
    {"id": "f0", "text": "The boat is sold", "known_by": {"r0": "knows", "r1": "suspects", "r2": "denies"}},
    {"id": "f1", "text": "The lamp broke.", "known_by": {"r0": "knows"}},
]


def test_knowledge_is_said_by_its_kind_and_follows_the_state() -> None:
    assert told_of("r0", {"facts": FACTS}).facts == "You know: The boat is sold. The lamp broke."
    assert told_of("r1", {"facts": FACTS}).facts == "You suspect: The boat is sold."
    assert told_of("r2", {"facts": FACTS}).facts == "You know this and deny it: The boat is sold."
    after = told_of("r1", {"facts": FACTS}, "Role 1 learns f0\nRole 1 suspects f1")
    assert after.facts == "You know: The boat is sold.\nYou suspect: The lamp broke."
    assert told_of("r0", {"facts": FACTS}, "Role 0 forgets f0\nRole 0 forgets f1") == Told()


def test_places_props_and_public_values_are_told() -> None:
    world = {
        "variables": [
            {"name": "tension", "start": 3, "is_public": True},
            {"name": "door_open", "kind": "flag", "start": False, "is_public": True},
            {"name": "hidden_count", "start": 7},
        ],
        "places": [{"id": "p1", "name": "the hall", "description": "Cold"}, {"id": "p2", "name": "the attic"}],
        "props": [
            {"name": "iron_key", "holder": "r0"},
            {"name": "knife", "holder": "r1"},
            {"name": "lamp", "place": "p1", "states": ["lit", "dark"], "description": "Brass."},
            {"name": "chest", "place": "p2"},
            {"name": "needle", "place": "p1", "is_visible": False},
            {"name": "letter", "holder": "r1", "is_visible": False},
        ],
        "role_places": {"r0": "p1", "r1": "p1", "r2": "p2"},
    }
    public = "Everybody knows: tension is 3 and door open is no."
    assert told_of("r0", world).world.split("\n") == [
        "You are at the hall. Cold.",
        "You have: iron key.",
        "Theo has: knife.",
        "You see: lamp (lit; Brass).",
        public,
    ]
    assert told_of("r2", world).world.split("\n") == ["You are at the attic.", "You see: chest.", public]
    moved = told_of("r0", world, "Role 0 moves to the attic\nlamp.state = dark").world
    assert "You are at the attic." in moved
    assert "chest" in moved
    assert not any(word in moved for word in ("lamp", "knife", "needle", "letter", "hidden"))
    assert "knife" not in told_of("r0", world, "Role 1 leaves").world
    assert told_of("r0", world, "Role 0 leaves").world == public


def test_those_without_a_place_are_where_the_beat_is() -> None:
    world = {"places": [{"id": "p1", "name": "the hall"}], "props": [{"name": "lamp", "place": "p1"}]}
    assert told_of("r0", world, place_id="p1").world == "You are at the hall.\nYou see: lamp."
    assert told_of("r0", world).world == "You see: lamp at the hall."


def test_a_world_without_such_things_tells_nothing() -> None:
    assert told_of("r0", {"variables": [{"name": "tension"}], "places": [{"id": "p1", "name": "x"}]}) == Told()


STATUSES = st.dictionaries(st.sampled_from(["r0", "r1", "r2"]), st.sampled_from(["knows", "suspects", "denies"]))
ACTS = st.tuples(
    st.sampled_from(["Role 0", "Role 1", "Role 2"]),
    st.sampled_from(["learns", "forgets", "suspects"]),
    st.integers(0, 3),
)


@given(st.lists(STATUSES, min_size=4, max_size=4), st.lists(ACTS, max_size=6))
def test_no_role_is_told_what_it_does_not_know(known: list[dict], acts: list[tuple[str, str, int]]) -> None:
    facts = [{"id": f"f{i}", "text": f"Secret number {i}.", "known_by": one} for i, one in enumerate(known)]
    knows = {(role, i) for i, one in enumerate(known) for role in one}
    for role, verb, fact in acts:
        pair = (f"r{role[-1]}", fact)
        knows = knows - {pair} if verb == "forgets" else knows | {pair}
    effects = "\n".join(f"{role} {verb} f{fact}" for role, verb, fact in acts)
    for role_id in NAMES:
        told = told_of(role_id, {"facts": facts}, effects)
        for number in range(4):
            assert (f"Secret number {number}." in told.facts + told.world) == ((role_id, number) in knows)
