"""Groups, recursion, budget, and older messages: what entries do to each other."""

from typing import Any

import pytest

from core.lore.matcher import scan_books
from core.lore.occasion import Occasion
from core.lore.timed import ActiveEffects
from models.lore import BookSettings, LoreSettings
from tests.core.lore.books import PLAIN, fired, lines, make_book, rules, search

DEEP = LoreSettings(whole_words=False)
LAMP = {"keys": ["lamp"]}
GROUP = LAMP | {"group": "g"}


def test_one_entry_of_a_group_is_drawn_by_weight() -> None:
    book = make_book(GROUP | {"group_weight": 1}, GROUP | {"group_weight": 9})
    winners = [fired(search(book, "lamp", seed=seed)) for seed in range(300)]
    assert all(len(winner) == 1 for winner in winners)
    assert 240 < winners.count(["e1"]) < 295
    scan = search(book, "lamp", seed=1)
    loser = next(entry for entry in scan.entries if entry.id not in fired(scan))
    assert (scan.verdict(loser).rule, scan.verdict(loser).group) == ("group_draw", "g")
    assert scan.verdict(loser).rival == fired(scan)[0]


def test_an_override_wins_its_group_and_the_larger_order_among_them() -> None:
    book = make_book(GROUP, GROUP | {"group_override": True, "order": 1}, GROUP | {"group_override": True, "order": 2})
    assert rules(search(book, "lamp")) == {"e0": "group_override", "e1": "group_override", "e2": "key"}


def test_the_entry_with_most_keys_found_wins_where_keys_count() -> None:
    book = make_book(
        GROUP | {"keys": ["lamp", "oil"], "group_scoring": True},
        GROUP | {"group_scoring": True},
        GROUP | {"secondary_keys": ["oil"], "group_scoring": True, "group_weight": 0},
    )
    scan = search(book, "a lamp and oil", seed=3)
    assert rules(scan)["e1"] == "group_score"
    assert fired(scan) in (["e0"], ["e2"])


def test_keys_count_only_for_entries_that_say_so() -> None:
    book = make_book(GROUP | {"keys": ["lamp", "oil"], "group_scoring": True}, GROUP | {"group_weight": 0})
    assert rules(search(book, "a lamp and oil", seed=3)) == {"e0": "key", "e1": "group_draw"}


def test_secondary_keys_that_must_all_be_found_count_only_together() -> None:
    both = {"secondary_keys": ["oil", "ice"], "logic": "and_all", "selective": False}
    book = make_book(GROUP | both | {"group_scoring": True, "group_weight": 0}, GROUP | {"group_scoring": True})
    assert rules(search(book, "a lamp and oil", seed=3)) == {"e0": "group_draw", "e1": "key"}
    assert rules(search(book, "a lamp, oil, ice", seed=3)) == {"e0": "key", "e1": "group_score"}


def test_a_sticky_entry_keeps_its_group() -> None:
    book = make_book(GROUP, GROUP | {"keys": ["never"]})
    assert rules(search(book, "lamp", effects=ActiveEffects(sticky={"e1": 1}))) == {
        "e0": "group_sticky",
        "e1": "sticky",
    }


def test_a_group_that_is_used_stays_used_in_later_steps() -> None:
    book = make_book(GROUP | {"content": "oil"}, {"keys": ["oil"], "group": "g"}, settings=DEEP)
    assert rules(search(book, "lamp", settings=DEEP)) == {"e0": "key", "e1": "group_used"}


def test_several_groups_of_one_entry() -> None:
    book = make_book(LAMP | {"group": "a, b", "group_override": True}, LAMP | {"group": "b"}, LAMP | {"group": "c"})
    assert fired(search(book, "lamp")) == ["e0", "e2"]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({}, {}, True),
        ({"prevent_recursion": True}, {}, False),
        ({}, {"exclude_recursion": True}, False),
        ({}, {"recursion_level": 1}, True),
        ({}, {"recursion_level": 2}, True),
    ],
)
def test_what_entries_say_finds_others(first: dict[str, Any], second: dict[str, Any], found: bool) -> None:
    book = make_book(LAMP | {"content": "oil"} | first, {"keys": ["oil"]} | second, settings=DEEP)
    scan = search(book, "lamp", settings=DEEP)
    assert ("e1" in fired(scan)) is found
    if found:
        match = scan.fired[1].verdict.match
        assert match is not None
        assert (match.place, scan.said[match.number].id) == ("entry", "e0")


def test_without_recursion_nothing_is_searched_but_the_scene() -> None:
    book = make_book(LAMP | {"content": "oil"}, {"keys": ["oil"]})
    assert fired(search(book, "lamp")) == ["e0"]
    off = BookSettings(recursive=False).to_document()
    closed = make_book(LAMP | {"content": "oil"}, {"keys": ["oil"]}, settings=DEEP, book_settings=off)
    assert fired(search(closed, "lamp", settings=DEEP)) == ["e0"]
    waiting = make_book({"id": "w", "keys": ["oil"], "recursion_level": 1}, settings=DEEP, book_settings=off, id="two")
    open_book = make_book(LAMP | {"content": "oil"}, settings=DEEP)
    assert fired(search([open_book, waiting], "lamp", settings=DEEP)) == ["e0"]


def test_an_entry_that_is_not_searched_makes_no_further_step() -> None:
    book = make_book(LAMP | {"content": "oil", "prevent_recursion": True}, settings=DEEP)
    assert search(book, "lamp", settings=DEEP).n_steps == 1


def test_levels_open_one_after_the_other() -> None:
    book = make_book(
        LAMP | {"content": "one"},
        {"keys": ["one"], "recursion_level": 2, "content": "two"},
        {"keys": ["lamp"], "recursion_level": 1, "content": "three"},
        {"keys": ["three"], "content": "four"},
        settings=DEEP,
    )
    assert fired(search(book, "lamp", settings=DEEP)) == ["e0", "e2", "e3", "e1"]


def test_a_circle_of_entries_ends() -> None:
    book = make_book(
        {"keys": ["a1"], "content": "a2"},
        {"keys": ["a2"], "content": "a3"},
        {"keys": ["a3"], "content": "a1"},
        settings=DEEP,
    )
    assert fired(search(book, "a1", settings=DEEP)) == ["e0", "e1", "e2"]
    short = DEEP.model_copy(update={"max_recursion_steps": 2})
    assert fired(search(book, "a1", settings=short)) == ["e0", "e1"]


def test_older_messages_are_searched_until_enough_fire() -> None:
    wanted = PLAIN.model_copy(update={"min_activations": 2, "scan_depth": 1})
    book = make_book({"keys": ["one"]}, {"keys": ["two"]}, {"keys": ["three"]}, settings=wanted)
    chat = ("one", "x", "two", "y", "three")
    scan = search(book, *chat, settings=wanted)
    assert (fired(scan), scan.n_messages) == (["e2", "e1"], 3)
    near = wanted.model_copy(update={"max_depth": 1})
    scan = search(book, *chat, settings=near)
    assert (fired(scan), scan.n_messages) == (["e2"], 2)


def test_the_first_that_does_not_fit_ends_the_pass() -> None:
    book = make_book(
        LAMP | {"content": "x" * 40, "order": 3},
        LAMP | {"content": "x" * 400, "order": 2},
        LAMP | {"content": "x", "order": 1},
        LAMP | {"content": "x" * 4000, "order": 0, "ignore_budget": True},
    )
    scan = search(book, "lamp", budget_tokens=50)
    assert rules(scan) == {"e0": "key", "e1": "budget", "e2": "budget", "e3": "key"}
    assert scan.n_tokens == 1010


def test_priority_comes_before_order_and_max_context_last() -> None:
    book = make_book(
        LAMP | {"content": "x" * 40, "order": 9},
        LAMP | {"content": "x" * 40, "order": 1, "priority": 5},
        LAMP | {"content": "@@ignore_on_max_context\n" + "x" * 40, "order": 99, "priority": 99},
    )
    scan = search(book, "lamp", budget_tokens=20)
    assert (fired(scan), rules(scan)["e2"]) == (["e1"], "budget")


def test_a_book_has_a_budget_of_its_own() -> None:
    small = BookSettings(token_budget=10).to_document()
    one = make_book(LAMP | {"content": "x" * 40}, LAMP | {"content": "x" * 40}, id="one", book_settings=small)
    two = make_book({"id": "other"} | LAMP, id="two")
    scan = search([one, two], "lamp")
    assert rules(scan) == {"e0": "key", "e1": "book_budget", "other": "key"}


def test_the_first_book_goes_first() -> None:
    one = make_book({"id": "a", "order": 1} | LAMP, {"id": "b", "order": 2} | LAMP, id="one")
    two = make_book({"id": "c", "order": 3} | LAMP, id="two")
    assert fired(search([one, two], "lamp")) == ["b", "a", "c"]


def test_macros_and_decorators_leave_the_text() -> None:
    book = make_book(LAMP | {"content": "@@depth 2\n\n{{char}} lit it, {{user}}. {{// note}}"})
    assert (
        scan_books([book], Occasion(lines("lamp"), char="Mara", user="Tom"), PLAIN).fired[0].text == "Mara lit it, Tom."
    )
