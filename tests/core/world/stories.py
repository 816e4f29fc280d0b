"""Stories for tests: written by hand, or drawn."""

from typing import Any

from hypothesis import strategies as st

from core.world.graph import Story, StoryBeat, StoryLink, StoryRole
from models.stage import HearingRules
from models.world import World

HEARING = HearingRules()
ROLES = (
    StoryRole(id="r1", names=("Theo", "Theodor Brand")),
    StoryRole(id="r2", names=("Old Mara",)),
)


def make_story(
    world: dict[str, Any],
    beats: list[dict[str, Any]],
    links: list[dict[str, Any]] = (),
    roles: Any = ROLES,
    hearing: HearingRules = HEARING,
) -> Story:
    """Makes a story; links are tried in the order of the list."""
    return Story(
        hearing=hearing,
        world=World.model_validate(world),
        roles=tuple(roles),
        beats=tuple(StoryBeat(**({"id": beat["name"]} | beat)) for beat in beats),
        links=tuple(StoryLink(**({"id": f"l{i}", "position": i} | link)) for i, link in enumerate(links)),
    )


def number(name: str, start: int = 0, high: int = 3) -> dict[str, Any]:
    """A number from 0 to `high`."""
    return {"name": name, "low": 0, "high": high, "start": start}


def flag(name: str) -> dict[str, Any]:
    """A flag that is not set."""
    return {"name": name, "kind": "flag", "start": False}


def game(wanted_key: int = 1) -> Story:
    """Game V1 of methods 3.14; V2 wants a key that cannot be."""
    return make_story(
        {"variables": [number("hp", 2), flag("key"), flag("won")], "win": "won", "lose": "hp = 0"},
        [
            {"name": "find", "kind": "event", "condition": "key = 0", "effects": "key = 1"},
            {
                "name": "fight",
                "kind": "event",
                "condition": "hp > 0",
                "effects": "hp - 0",
                "failure_effects": "hp - 1",
                "is_repeatable": True,
            },
            {"name": "open", "kind": "event", "condition": f"key = {wanted_key}", "effects": "won = yes"},
        ],
    )


_CONDITIONS = [
    "", "a >= 1", "a < 3", "not f", "f and a = 2", "a = 1 or f", "visited b1", "not visited e0", "turns >= 4",
    "Theo knows f1", "Theo has key", "key.place = hall", "Old Mara at hall", "Old Mara is away", "turns here < 2 and f",
    "anyone suspects f1",
]  # fmt: skip
_EFFECTS = [
    "", "a + 1", "a - 2", "f = yes", "f = no\na + 1", "Theo learns f1", "Theo takes key", "key.place = hall",
    "Old Mara leaves", "Old Mara moves to hall", "Theo leaves",
    "Old Mara enters", "everyone forgets f1", "Old Mara suspects f1", "a = 3\na - 1",
]  # fmt: skip
_TRIGGERS = [{}, {"kind": "turns", "n_turns": 3}, {"kind": "turns", "n_turns": 1}, {"kind": "choice"}]
_TRIGGERS += [{"kind": "phrase", "text": "go on"}, {"kind": "phrase", "text": "?"}]
_KINDS = ["start", "step", "step", "step", "win", "lose", "ending"]
_WORLD = {
    "variables": [number("a"), flag("f")],
    "places": [{"id": "p1", "name": "hall"}, {"id": "p2", "name": "Back room"}],
    "props": [{"name": "key", "place": "p2"}],
    "facts": [{"id": "f1", "text": "Theo sold the boat.", "known_by": {"r2": "knows"}}],
}


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draws a small story that uses all of both languages."""
    conditions, effects = st.sampled_from(_CONDITIONS), st.sampled_from(_EFFECTS)
    n_beats, n_events = draw(st.integers(2, 5)), draw(st.integers(0, 2))
    beats = []
    for place in range(n_beats + n_events):
        is_event = place >= n_beats
        beats.append(
            {
                "name": f"e{place - n_beats}" if is_event else f"b{place}",
                "kind": "event" if is_event else "start" if place == 0 else draw(st.sampled_from(_KINDS)),
                "condition": draw(conditions) if place else "",
                "effects": draw(effects),
                "failure_effects": draw(st.one_of(st.just(""), effects)),
                "success": draw(st.one_of(st.just(""), conditions)),
                "is_repeatable": draw(st.booleans()),
            }
        )
    ends = st.integers(0, n_beats - 1)
    links = [
        {
            "from_id": f"b{draw(ends)}",
            "to_id": draw(st.one_of(ends.map(lambda i: f"b{i}"), st.just("e0") if n_events else st.just("b0"))),
            "condition": draw(conditions),
            "trigger": draw(st.sampled_from(_TRIGGERS)),
        }
        for _ in range(draw(st.integers(1, 7)))
    ]
    world = _WORLD | {"win": draw(st.sampled_from(["", "a = 3 and f"])), "lose": draw(st.sampled_from(["", "a = 3"]))}
    world["role_places"] = draw(st.sampled_from([{}, {}, {"r1": "p1"}, {"r1": "p1", "r2": "p2"}]))
    hearing = HearingRules(learns=draw(st.booleans()), by_place=draw(st.booleans()))
    return make_story(world, beats, links, hearing=hearing)
