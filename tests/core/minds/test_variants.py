"""Sides of a persona: labelled situations go to the side that is meant, and nothing is chosen where none is near."""

from core.minds.variants import THRESHOLD, bring_out, choose_variant
from models.persona import Variant
from tests.core.minds.moments import moment, rules, text_of, turn
from tests.core.minds.situations import HELD, TUNED, Sides

LAYERS = {
    "variants": [
        {"name": "fierce", "situations": ["somebody threatens a child"], "text": "You shout and you strike first"},
        {"name": "merry", "situations": ["there is a feast or a dance"], "text": "You laugh, {{char}}."},
    ]
}


def route(sides: Sides, line: str) -> str:
    variants = [Variant(name=name, situations=found, text="x") for name, (found, _) in sides.items() if name]
    choice = choose_variant(variants, [(1, line)])
    assert choice is not None
    return choice.name if choice.is_near else ""


def share_right(sets: list[Sides]) -> tuple[int, int]:
    cases = [(sides, name, line) for sides in sets for name, (_, lines) in sides.items() for line in lines]
    return sum(route(sides, line) == name for sides, name, line in cases), len(cases)


def test_situations_go_to_the_side_that_is_meant() -> None:
    n_right, n = share_right(HELD)
    assert len(HELD) >= 5
    assert n >= 50
    assert n_right >= 0.9 * n, (n_right, n)


def test_the_threshold_is_the_one_that_was_fitted() -> None:
    assert THRESHOLD == 0.17
    assert share_right(TUNED) == (45, 49)


def test_the_side_is_told_with_its_reason() -> None:
    heard = [turn(1, "r1", "Good morning."), turn(2, "r1", "I will hit that child!")]
    found = bring_out(moment(heard, layers=LAYERS), {})
    assert text_of(found) == "You shout and you strike first."
    assert found is not None
    assert found.record["name"] == "fierce"
    assert found.record["turn"] == 2
    assert found.record["situation"] == "somebody threatens a child"
    assert found.record["score"] >= THRESHOLD
    assert set(found.record["scores"]) == {"fierce", "merry"}


def test_the_setting_counts_where_nothing_was_said() -> None:
    found = bring_out(moment(layers=LAYERS, setting="A village feast with a dance in the barn."), {})
    assert text_of(found) == "You laugh, Mara."
    assert found is not None
    assert found.record["turn"] is None


def test_nothing_near_says_nothing_and_keeps_why() -> None:
    found = bring_out(moment([turn(1, "r1", "The tide is at nine.")], layers=LAYERS), {})
    assert text_of(found) == ""
    assert found is not None
    assert found.record["name"] == ""
    assert bring_out(moment(), {}) is None
    heard = [turn(1, "r1", "I will hit that child!")]
    assert bring_out(moment(heard, rules(mind__variants=False), layers=LAYERS), {}) is None
