"""Beats that wait for somebody to hear something: reachable where somebody who can know it can meet them."""

from typing import Any

import pytest

from core.world.checker import check_story
from core.world.findings import Rule
from core.world.graph import Story, StoryRole
from core.world.hearsay import Hearsay
from core.world.meaning import Test as MeaningTest
from core.world.packing import meanings_of, parts_of
from core.world.slots import KNOWN, SUSPECTED
from core.world.steps import Rules
from models.stage import HearingRules
from tests.core.world.stories import HEARING, make_story

ROLES = tuple(StoryRole(id=f"r{place}", names=(name,)) for place, name in enumerate(["Theo", "Mara", "Nils"], 1))
PLACES = [{"id": "p1", "name": "hall"}, {"id": "p2", "name": "attic"}, {"id": "p3", "name": "cellar"}]


def story(effects: str = "", hearing: HearingRules = HEARING, known: str = "r2", **world: Any) -> Story:
    """Theo's knowledge leads to a win; Mara, or whoever is named, knows the fact."""
    fact = {"id": "f1", "text": "The boat is sold.", "is_secret": True, "known_by": {known: "knows"} if known else {}}
    beats = [
        {"name": "in", "kind": "start"},
        {"name": "move", "effects": effects},
        {"name": "win", "kind": "win", "condition": "Theo knows f1"},
        {"name": "lose", "kind": "lose"},
    ]
    links = [
        {"from_id": "in", "to_id": "move", "trigger": {"kind": "choice"}},
        {"from_id": "in", "to_id": "win"},
        {"from_id": "move", "to_id": "win"},
        {"from_id": "move", "to_id": "lose", "trigger": {"kind": "choice"}},
    ]
    return make_story({"facts": [fact], "places": PLACES} | world, beats, links, ROLES, hearing)


APART = {"role_places": {"r1": "p1", "r2": "p2", "r3": "p3"}}


@pytest.mark.parametrize(
    ("tale", "is_reached"),
    [
        (story(), True),
        (story(known=""), False),
        (story(known="r1"), True),
        (story(hearing=HearingRules(learns=False)), False),
        (story(**APART), False),
        (story(hearing=HearingRules(by_place=False), **APART), True),
        (story("Mara moves to hall", **APART), True),
        (story("Mara moves to cellar", **APART), False),
        (story("Mara moves to cellar\nNils moves to hall", **APART), True),  # Nils may carry it
        (story("Theo learns f1", HearingRules(learns=False)), True),
        (story(role_places={"r1": "p1"}), True),
    ],
)
def test_a_beat_that_waits_for_hearing_is_reached_where_a_knower_can_come(tale: Story, is_reached: bool) -> None:
    assert ("win" not in check_story(tale).dead) == is_reached


@pytest.mark.parametrize(
    ("tale", "can_get_out"),
    [(story(), True), (story(**APART), False), (story(hearing=HearingRules(learns=False)), False)],
)
def test_a_secret_gets_out_where_somebody_can_be_told(tale: Story, can_get_out: bool) -> None:
    assert any(one.rule == Rule.SECRET for one in check_story(tale).findings) != can_get_out


def _hearsay(tale: Story) -> tuple[Rules, Hearsay]:
    rules = Rules(tale)
    reads = {one for meaning in meanings_of(rules) for one in parts_of(meaning) if isinstance(one, MeaningTest)}
    return rules, Hearsay(rules, reads)


def test_only_what_conditions_read_makes_states() -> None:
    rules, hearsay = _hearsay(story())
    assert [(rules.slots.all[one.slot].key, one.level) for one in hearsay.moves()] == [("r1", KNOWN)]
    assert check_story(story()).n_states == 7, "each beat with and without Theo's knowledge; the win only with it"


def test_suspicion_is_told_where_something_asks_for_it() -> None:
    tale = story()
    beats = [
        *tale.beats,
        tale.beats[3].model_copy(update={"id": "x", "kind": "event", "condition": "Nils suspects f1"}),
    ]
    rules, hearsay = _hearsay(tale.model_copy(update={"beats": tuple(beats)}))
    found = {(rules.slots.all[one.slot].key, one.level) for one in hearsay.moves()}
    assert found == {("r1", KNOWN), ("r3", KNOWN), ("r1", SUSPECTED), ("r3", SUSPECTED)}


def test_very_many_roles_are_taken_to_meet() -> None:
    roles = tuple(StoryRole(id=f"r{i}", names=(f"R{i}",)) for i in range(1, 501))
    facts = [{"id": f"f{i}", "text": f"Fact {i}.", "known_by": {"r1": "knows"}, "is_secret": True} for i in range(20)]
    places = {"role_places": {role.id: "p1" if place % 2 else "p2" for place, role in enumerate(roles)}}
    beats = [{"name": "in", "kind": "start"}, {"name": "win", "kind": "win", "condition": "R500 knows f3"}]
    tale = make_story({"facts": facts, "places": PLACES} | places, beats, [{"from_id": "in", "to_id": "win"}], roles)
    assert check_story(tale).dead == ()


def test_what_the_text_of_a_beat_tells_may_be_heard() -> None:
    tale = story(known="")
    assert "win" in check_story(tale).dead
    told = tale.beats[1].model_copy(update={"text": "They read it in the log: the boat is sold!"})
    better = tale.model_copy(update={"beats": (tale.beats[0], told, *tale.beats[2:])})
    report = check_story(better)
    assert "win" not in report.dead
    assert not any(one.rule == Rule.SECRET for one in report.findings)
