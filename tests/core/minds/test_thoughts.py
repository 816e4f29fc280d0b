"""Which state and order a thought has, whom it is about, and how long it may be."""

from core.minds.aftermath import look_back
from core.minds.thoughts import think
from models.playtest import Turn
from models.stage import ThoughtState
from tests.core.minds.moments import moment, rules, turn

ALL = tuple(ThoughtState)


def own(n: int) -> list[Turn]:
    """So many own turns, each after one of Ilse."""
    return [turn(at, "r2" if at % 2 else "r0", "Well.") for at in range(1, 2 * n + 1)]


def openings(n: int, stage: object) -> list[str | None]:
    return [found.opening if (found := think(moment(own(at), stage, thinks=True), {})) else None for at in range(n)]


def test_the_states_come_one_after_the_other() -> None:
    assert openings(6, rules(thought__states=ALL)) == [
        "<think>I think",
        "<think>I will",
        "<think>I want",
        "<think>I feel",
        "<think>I know",
        "<think>I think",
    ]


def test_every_other_thought_is_about_whoever_spoke_last() -> None:
    stage = rules(thought__states=("emotion", "desire"), thought__about_others=True)
    assert openings(5, stage) == [
        "<think>I feel",
        "<think>I think that Ilse feels",
        "<think>I want",
        "<think>I think that Ilse wants",
        "<think>I feel",
    ]
    found = think(moment(own(1), stage, thinks=True), {})
    assert found is not None
    assert found.record["state"] == "emotion"
    assert found.record["order"] == 2
    assert found.record["about"] == "r2"


def test_budgets() -> None:
    assert think(moment(thinks=True), {}) is None, "free thought of any kind is what there was before"
    none = think(moment(thinks=False, stage=rules(thought__reasoning="none")), {})
    assert none is not None
    assert none.opening == ""
    bounded = think(moment(thinks=True, stage=rules(thought__reasoning="bounded", thought__max_tokens=12)), {})
    assert bounded is not None
    assert bounded.think_tokens == 12
    assert bounded.opening is None
    assert think(moment(thinks=False, stage=rules(thought__states=ALL)), {}) is None


def test_a_thought_that_is_spoken_is_recorded() -> None:
    mind = {"thought": {"state": "emotion"}}
    leaked = look_back(mind, "r0", "I feel so tired of this boat.", "I feel so tired of this boat")
    assert leaked["mind"]["thought"] == {"state": "emotion", "leak": 1.0}
    assert look_back(mind, "r0", "Good morning.", "I feel so tired of this boat") == {"mind": mind}
    assert look_back({}, "r0", "Good morning.", None) == {}
    assert mind == {"thought": {"state": "emotion"}}
