"""Who perceives a turn."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hearing.audience import Audience, Presence, find_audience
from models.stage import HearingRules

CAST = ("a", "b", "c", "d")
RULES = HearingRules()
KITCHEN = Presence(CAST, {"d"}, {"a": "kitchen", "b": "kitchen", "c": "hall"}, {"kitchen": {"hall"}})


def never(_what: str) -> float:
    return 0.999


def always(_what: str) -> float:
    return 0.0


def find(
    speaker: str, meant: object, presence: Presence = KITCHEN, overhears: float = 0.0, draw: Callable = never, **more
) -> Audience:
    return find_audience(speaker, meant, presence, HearingRules(overhears=overhears), draw, **more)


def test_everybody_there_hears_and_the_whole_cast_is_none() -> None:
    assert find("a", None, Presence(CAST)).hearers is None
    assert find("a", None).hearers == ["b"]
    assert find("c", None).hearers == []
    assert find("d", None).hearers == [], "whoever has left is not heard"
    assert find("user", None).hearers == ["a", "b", "c"]
    assert find("", None, place_id="hall").hearers == ["c"]


def test_a_role_without_a_place_is_wherever_it_is_needed() -> None:
    presence = Presence(CAST, frozenset(), {"a": "kitchen", "c": "hall"})
    assert find("b", None, presence).hearers is None
    assert find("a", None, presence).hearers == ["b", "d"]


def test_places_can_be_taken_for_nothing() -> None:
    found = find_audience("a", None, KITCHEN, HearingRules(by_place=False), never)
    assert found.hearers == ["b", "c"]


@pytest.mark.parametrize(
    ("meant", "hearers", "overheard"),
    [
        (["b"], ["b"], ()),
        (["c"], ["b"], ("b",)),
        (["d", "gone"], ["b"], ("b",)),
        ([], [], ()),
        (None, ["b", "c"], ("c",)),
    ],
)
def test_whispers_are_overheard_where_they_are_said_and_loud_words_next_door(
    meant: list[str] | None, hearers: list[str], overheard: tuple[str, ...]
) -> None:
    assert find("a", meant, KITCHEN, 0.5, always) == Audience(hearers, overheard)


def test_what_is_meant_for_some_but_not_whispered_is_not_overheard() -> None:
    assert find("", ["b"], KITCHEN, 1.0, always, is_quiet=False) == Audience(["b"])


ids = st.sampled_from(CAST)
places = st.dictionaries(ids, st.sampled_from(["x", "y", "z"]))


@given(
    ids,
    st.none() | st.sets(ids),
    st.sets(ids),
    places,
    st.dictionaries(st.sampled_from("xyz"), st.sets(st.sampled_from("xyz"))),
    st.booleans(),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.floats(0, 0.999),
)
def test_laws_of_audiences(speaker, meant, away, at, adjacent, by_place, overhears, luck) -> None:
    rules = HearingRules(by_place=by_place, overhears=overhears)
    presence = Presence(CAST, away, at, adjacent)
    found = find_audience(speaker, meant, presence, rules, lambda _: luck)
    hearers = set(CAST) - {speaker} if found.hearers is None else set(found.hearers)
    assert speaker not in hearers
    assert not hearers & away
    assert not hearers or speaker not in away
    assert set(found.overheard) <= hearers
    intended = hearers - set(found.overheard)
    assert meant is None or intended <= meant
    if by_place:
        assert all(at.get(one) in (None, at.get(speaker)) or at.get(speaker) is None for one in intended)
    assert not found.overheard or luck < overhears
    assert meant != set() or not hearers


def test_what_chance_says_decides_for_each_alone() -> None:
    presence = Presence(CAST)
    for wanted in product([False, True], repeat=2):
        lucky = {f"overhears {one}": 0.0 if is_lucky else 0.9 for one, is_lucky in zip("cd", wanted, strict=True)}
        found = find("a", ["b"], presence, 0.5, lucky.__getitem__)
        assert found.overheard == tuple(one for one, is_lucky in zip("cd", wanted, strict=True) if is_lucky)
