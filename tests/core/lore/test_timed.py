"""What lasts: counted in messages along one branch."""

from hypothesis import given
from hypothesis import strategies as st

from core.lore.occasion import Occasion
from core.lore.rehearsal import rehearse
from core.lore.timed import Firing, fold_effects
from models.lore import LoreEntryBase
from tests.core.lore.books import PLAIN, fired, lines, make_book, rules


def effects(firings: list[tuple[int, list[str]]], n_lines: int, **entry: int):
    return fold_effects([Firing(*one) for one in firings], n_lines, {"e": LoreEntryBase(**entry)})


def test_sticky_counts_from_the_turn_that_fired() -> None:
    assert [effects([(4, ["e"])], n, sticky=3).sticky for n in (5, 6, 7, 8)] == [{"e": 2}, {"e": 1}, {}, {}]


def test_cooldown_counts_from_the_turn_that_fired() -> None:
    assert [effects([(4, ["e"])], n, cooldown=2).cooldown for n in (5, 6)] == [{"e": 1}, {}]


def test_after_sticky_comes_a_whole_cooldown() -> None:
    def at(n_lines: int) -> tuple[dict[str, int], dict[str, int]]:
        searched = [(n, ["e"] if n == 1 else []) for n in range(1, n_lines)]
        found = effects(searched, n_lines, sticky=2, cooldown=3)
        return dict(found.sticky), dict(found.cooldown)

    assert [at(n) for n in (2, 3, 4, 5, 6)] == [
        ({"e": 1}, {"e": 2}),
        ({}, {"e": 3}),
        ({}, {"e": 2}),
        ({}, {"e": 1}),
        ({}, {}),
    ]


def test_firing_again_does_not_prolong() -> None:
    assert effects([(1, ["e"]), (2, ["e"])], 4, sticky=3).sticky == {}


def test_a_branch_knows_only_its_own_path() -> None:
    assert effects([], 5, sticky=9).sticky == {}
    assert effects([(4, ["other"])], 5, sticky=9).fired_before == frozenset()


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=20), st.integers(0, 6), st.integers(0, 6))
def test_nothing_lasts_longer_than_it_says(searches: list[tuple[int, bool]], sticky: int, cooldown: int) -> None:
    ordered = sorted(dict(searches).items())
    n_lines = ordered[-1][0] + 1 if ordered else 0
    found = effects([(n, ["e"] if fires else []) for n, fires in ordered], n_lines, sticky=sticky, cooldown=cooldown)
    assert all(0 < left <= max(sticky, 1) for left in found.sticky.values())
    assert all(0 < left <= max(cooldown, 1) for left in found.cooldown.values())
    assert found.fired_before == (frozenset({"e"}) if any(fires for _, fires in ordered) else frozenset())


def test_a_rehearsal_goes_through_the_chat() -> None:
    book = make_book({"keys": ["lamp"], "sticky": 4, "cooldown": 3}, {"keys": ["lamp"], "scan_depth": 1})
    chat = lines("a lamp", "b", "c", "d", "e", "f", "lamp", "g")

    def at(n_lines: int) -> dict[str, str]:
        return rules(rehearse([book], Occasion(chat[:n_lines]), PLAIN))

    assert [at(n)["e0"] for n in range(1, 9)] == [
        "key", "sticky", "sticky", "sticky", "no_key", "no_key", "cooldown", "key",
    ]  # fmt: skip
    assert fired(rehearse([book], Occasion(chat[:7]), PLAIN)) == ["e1"]
