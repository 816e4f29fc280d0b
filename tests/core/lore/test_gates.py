"""Each gate, alone and in its place among the others."""

from typing import Any

import pytest

from core.lore.occasion import Line
from core.lore.timed import ActiveEffects
from core.lore.verdicts import Match
from models.lore import BookSettings, LoreSettings
from tests.core.lore.books import PLAIN, fired, make_book, rules, search

LAMP = {"keys": ["lamp"]}


def test_a_key_in_the_last_messages_fires_and_says_where() -> None:
    scan = search(make_book(LAMP), "the lamp", "yes")
    assert fired(scan) == ["e0"]
    assert scan.fired[0].verdict.match == Match("lamp", "message", 1, 9, 13)
    assert rules(search(make_book(LAMP), "the lamp", "yes", "no")) == {"e0": "no_key"}


@pytest.mark.parametrize(
    ("depth", "own", "found"), [(1, None, False), (2, None, True), (0, None, False), (1, 3, True), (5, 1, False)]
)
def test_how_deep_is_searched(depth: int, own: int | None, found: bool) -> None:
    settings = PLAIN.model_copy(update={"scan_depth": depth})
    book = make_book(LAMP | {"scan_depth": own}, settings=settings)
    assert bool(fired(search(book, "old", "a lamp", "new", settings=settings))) is found


@pytest.mark.parametrize(
    ("logic", "secondary", "fires"),
    [
        ("and_any", ["sea", "ice"], True),
        ("and_any", ["ice", "fog"], False),
        ("and_all", ["sea", "wind"], True),
        ("and_all", ["sea", "ice"], False),
        ("not_any", ["ice", "fog"], True),
        ("not_any", ["ice", "sea"], False),
        ("not_all", ["ice", "sea"], True),
        ("not_all", ["wind", "sea"], False),
    ],
)
def test_secondary_keys(logic: str, secondary: list[str], fires: bool) -> None:
    entry = LAMP | {"secondary_keys": secondary, "logic": logic}
    scan = search(make_book(entry), "lamp, sea, wind")
    assert rules(scan) == {"e0": "key" if fires else "secondary"}
    assert rules(search(make_book(entry | {"selective": False}), "lamp"))["e0"] == "key"


@pytest.mark.parametrize(
    ("key", "text", "whole", "case", "found"),
    [
        ("lamp", "clamps", False, False, True),
        ("lamp", "clamps", True, False, False),
        ("lamp", "(lamp)", True, False, True),
        ("lamp", "clamps and a lamp", True, False, True),
        ("lamp", "a lamp_2", True, False, False),
        ("the lamp", "lathe lamps", True, False, True),
        ("Lamp", "LAMP", False, False, True),
        ("Lamp", "lamp", False, True, False),
        ("Lamp", "a Lamp", True, True, True),
        ("ランプ", "青いランプです", True, False, True),
        ("É", "caf\u00e9", False, False, True),
        ("  lamp ", "lamp", True, False, True),
        ("   ", "a b", False, False, False),
        ("a", "b a c", True, False, True),
        ("ab", "cab ab", True, False, True),
        ("C++", "I write C++.", True, False, True),
    ],
)
def test_words_and_case(key: str, text: str, whole: bool, case: bool, found: bool) -> None:
    book = make_book({"keys": [key], "whole_words": whole, "case_sensitive": case})
    assert bool(fired(search(book, text))) is found


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("/l[ae]mp/", "a lemp", True),
        ("/LAMP/", "lamp", False),
        ("/LAMP/i", "lamp", True),
        ("/^lamp/", "lamp", False),
        ("/^\x01?Ann: lamp/", "lamp", True),
        ("/one.*two/s", "one\ntwo", True),
        ("/one.*two/", "one\ntwo", False),
        ("/a\\/b/", "a/b", True),
        ("/[/", "see /[/ there", True),
        ("/lamp/x", "the /lamp/x key", True),
        ("//", "a // b", True),
    ],
)
def test_expressions_and_what_only_looks_like_one(key: str, text: str, found: bool) -> None:
    assert bool(fired(search(make_book({"keys": [key], "whole_words": True}), text))) is found


def test_an_expression_reaches_over_several_messages() -> None:
    scan = search(make_book({"keys": ["/two[^]*one/"]}), "one", "two")
    assert fired(scan) == ["e0"]
    assert scan.fired[0].verdict.match is not None
    assert scan.fired[0].verdict.match.number == 0


def test_an_expression_that_takes_too_long_is_given_up_and_named() -> None:
    scan = search(make_book({"keys": ["/(x+x+)+y/"]}, LAMP), "x" * 200 + " lamp")
    assert rules(scan) == {"e0": "slow_regex", "e1": "key"}


def test_keys_of_v3_that_are_expressions() -> None:
    book = make_book(
        {"keys": ["l.mp"], "use_regex": True, "secondary_keys": ["never"], "selective": True},
        {"keys": ["["], "use_regex": True},
        {"keys": ["never"], "use_regex": True, "constant": True},
    )
    assert rules(search(book, "a LIMP")) == {"e0": "key", "e1": "bad_regex", "e2": "no_key"}


def test_macros_in_keys_stand_for_who_reads() -> None:
    book = make_book({"keys": ["{{char}} sleeps"]}, {"keys": ["/<user> wakes/i"]})
    assert fired(search(book, "mara sleeps, you wakes", char="Mara", user="You")) == ["e0", "e1"]
    assert fired(search(book, "mara sleeps", char="Tom")) == []


@pytest.mark.parametrize(
    ("entry", "occasion", "rule"),
    [
        ({"enabled": False, "constant": True}, {}, "disabled"),
        ({"triggers": ["swipe"]}, {}, "trigger"),
        ({"triggers": ["swipe"]}, {"trigger": "swipe"}, "key"),
        ({"filter_names": ["Mara"]}, {"names": frozenset({"mara"})}, "key"),
        ({"filter_names": ["Mara"]}, {"names": frozenset({"tom"})}, "character"),
        ({"filter_names": ["Mara"], "filter_excludes": True}, {"names": frozenset({"mara"})}, "character"),
        ({"filter_tags": ["sea"]}, {"tags": frozenset({"sea"})}, "key"),
        ({"filter_tags": ["sea"]}, {}, "character"),
        ({"delay": 3}, {}, "delay"),
        ({"delay": 2}, {}, "key"),
        ({}, {"effects": ActiveEffects(cooldown={"e0": 2})}, "cooldown"),
        ({}, {"effects": ActiveEffects(cooldown={"e0": 2}, sticky={"e0": 1})}, "sticky"),
        ({"recursion_level": 1}, {}, "recursion_only"),
        ({"recursion_level": 1, "keys": ["never"]}, {"effects": ActiveEffects(sticky={"e0": 1})}, "sticky"),
        ({"content": "@@dont_activate\nx", "constant": True}, {}, "deactivated"),
        ({"content": "@@activate\n@@dont_activate\nx", "keys": []}, {}, "activated"),
        ({"content": "@@activate\nx", "enabled": False}, {}, "disabled"),
        ({"constant": True, "keys": ["never"]}, {}, "constant"),
        ({"keys": []}, {}, "no_keys"),
        ({"keys": ["never"]}, {}, "no_key"),
        ({"content": "@@activate_only_after 2\nx"}, {"n_own_lines": 1}, "too_early"),
        ({"content": "@@activate_only_after 2\nx"}, {"n_own_lines": 2}, "key"),
        ({"content": "@@activate_only_every 2\nx"}, {"n_own_lines": 3}, "not_this_turn"),
        ({"content": "@@activate_only_every 2\nx"}, {"n_own_lines": 4}, "key"),
        ({"content": "@@is_greeting 1\nx"}, {"greeting": 0}, "greeting"),
        ({"content": "@@is_greeting 1\nx"}, {"greeting": None}, "key"),
        ({"content": "@@additional_keys ice,sea\nx"}, {}, "key"),
        ({"content": "@@additional_keys ice,fog\nx"}, {}, "additional"),
        ({"content": "@@exclude_keys ice,sea\nx"}, {}, "excluded"),
        ({"content": "@@scan_depth 1\nx", "keys": ["old"], "scan_depth": 9}, {}, "no_key"),
        (
            {"content": "@@keep_activate_after_match\nx", "keys": ["never"]},
            {"effects": ActiveEffects(fired_before=frozenset({"e0"}))},
            "kept",
        ),
        (
            {"content": "@@dont_activate_after_match\nx"},
            {"effects": ActiveEffects(fired_before=frozenset({"e0"}))},
            "matched_before",
        ),
        ({"probability": 0}, {}, "probability"),
        ({"probability": 0, "use_probability": False}, {}, "key"),
        ({"probability": 0, "keys": ["never"]}, {"effects": ActiveEffects(sticky={"e0": 1})}, "sticky"),
    ],
)
def test_one_gate(entry: dict[str, Any], occasion: dict[str, Any], rule: str) -> None:
    assert rules(search(make_book(LAMP | entry), "an old one", "lamp and sea", **occasion)) == {"e0": rule}


def test_chance_depends_on_the_seed_and_the_entry_alone() -> None:
    book = make_book(*[LAMP | {"probability": 50} for _ in range(200)])
    first, again, other = (fired(search(book, "lamp", seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert 60 < len(first) < 140
    fewer = make_book(*[LAMP | {"probability": 50} for _ in range(100)])
    assert fired(search(fewer, "lamp", seed=1)) == [entry for entry in first if int(entry[1:]) < 100]


def test_fields_are_searched_only_for_entries_that_ask() -> None:
    book = make_book({"keys": ["red"]}, {"keys": ["red"], "match_character_description": True})
    scan = search(book, "hello", fields={"character_description": "A red coat."})
    assert rules(scan) == {"e0": "no_key", "e1": "key"}
    assert scan.fired[0].verdict.match == Match("red", "character_description", 0, 2, 5)


def test_names_of_speakers_are_searched_where_wanted() -> None:
    book = make_book({"keys": ["ann"]})
    assert fired(search(book, "hi")) == ["e0"]
    without = PLAIN.model_copy(update={"include_names": False})
    assert fired(search(book, "hi", settings=without)) == []


def test_a_book_says_how_it_is_searched_unless_the_entry_does() -> None:
    strict = BookSettings(scan_depth=3, whole_words=True, case_sensitive=True).to_document()
    book = make_book(
        {"keys": ["amp"]},
        {"keys": ["amp"], "whole_words": False},
        {"keys": ["LAMP"], "whole_words": False},
        {"keys": ["LAMP"], "whole_words": False, "case_sensitive": False},
        {"keys": ["old"]},
        {"keys": ["old"], "scan_depth": 2},
        book_settings=strict,
    )
    found = {"e0": "no_key", "e1": "key", "e2": "no_key", "e3": "key", "e4": "key", "e5": "no_key"}
    assert rules(search(book, "old", "a", "lamps")) == found


def test_hostile_lines_do_no_harm() -> None:
    book = make_book(LAMP, {"keys": ["\x01", "{{", "{{char", "/(/", "\ud800"]})
    scan = search(book, lines=[Line("", ""), Line("x\n", "\x00lamp\ud800")])
    assert rules(scan)["e0"] == "key"


def test_settings_have_the_defaults_of_sillytavern() -> None:
    settings = LoreSettings()
    assert (settings.scan_depth, settings.budget_percent, settings.case_sensitive) == (2, 25, False)
