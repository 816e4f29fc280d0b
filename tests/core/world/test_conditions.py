"""Both languages: what can be written, where a fault is, and that writing is the other half of reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.world.conditions import (
    COMPARISONS,
    Always,
    And,
    Compare,
    Condition,
    Flag,
    Knows,
    Located,
    Not,
    Or,
    Present,
    Turns,
    Visited,
    format_condition,
    parse_condition,
)
from core.world.effects import Add, Appear, Learn, Move, Put, format_effects, parse_effects
from core.world.lexer import Misread

NAMES = st.one_of(
    st.sampled_from(
        ["Theo", "Old Tom", "the boathouse", "Room 3", "is", "not at all", "a-b", "12-b", "3", "l’eau", ""]
    ),
    st.text(min_size=1, max_size=12).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)),
)
VALUES = st.one_of(st.integers(-(10**9), 10**9), NAMES)
ATOMS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, NAMES, st.just(""), st.sampled_from(COMPARISONS), VALUES),
    st.builds(Compare, NAMES, st.sampled_from(["holder", "place", "state"]), st.sampled_from(["=", "!="]), NAMES),
    st.builds(Flag, NAMES),
    st.builds(Knows, NAMES, NAMES, st.sampled_from(["knows", "suspects"])),
    st.builds(Located, NAMES, NAMES),
    st.builds(Present, NAMES, st.booleans()),
    st.builds(Visited, NAMES),
    st.builds(Turns, st.sampled_from(COMPARISONS), st.integers(0, 10**6), st.booleans()),
)


def _joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(inner.map(Not), parts.map(And), parts.map(Or))


CONDITIONS = st.recursive(ATOMS, _joined, max_leaves=8)
EFFECTS = st.one_of(
    st.builds(Add, NAMES, st.integers(-(10**9), 10**9)),
    st.builds(Put, NAMES, st.just(""), VALUES),
    st.builds(Put, NAMES, st.sampled_from(["holder", "place", "state"]), NAMES),
    st.builds(Learn, NAMES, NAMES, st.sampled_from(["learns", "suspects", "forgets"])),
    st.builds(Move, NAMES, NAMES),
    st.builds(Appear, NAMES, st.booleans()),
)


@given(CONDITIONS)
def test_a_written_condition_reads_as_what_it_was(condition: Condition) -> None:
    assert parse_condition(format_condition(condition)) == condition


@given(st.lists(EFFECTS, max_size=6).map(tuple))
def test_written_effects_read_as_what_they_were(effects: tuple) -> None:
    assert parse_effects(format_effects(effects)) == effects


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    for parse in (parse_condition, parse_effects):
        fault = None
        try:
            parse(text)
        except Misread as error:
            fault = error
        if fault is not None:
            assert 0 <= fault.span[0] <= fault.span[1] <= len(text)
            assert fault.message


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Always()),
        ("tension >= 2 and not door_open", And((Compare("tension", "", ">=", 2), Not(Flag("door_open"))))),
        ("mood = angry", Compare("mood", "", "=", "angry")),
        ("mood is not sad", Compare("mood", "", "!=", "sad")),
        ("a or b and c", Or((Flag("a"), And((Flag("b"), Flag("c")))))),
        ("key.holder = Theo", Compare("key", "holder", "=", "Theo")),
        ("Theo has key", Compare("key", "holder", "=", "Theo")),
        ("lamp.state is lit", Compare("lamp", "state", "=", "lit")),
        ("Theo knows f1", Knows("Theo", "f1")),
        ('Old Tom does not know "sold the boat"', Not(Knows("Old Tom", "sold the boat"))),
        ("Theo at the boathouse", Located("Theo", "the boathouse")),
        ("Theo is not at Room 3", Not(Located("Theo", "Room 3"))),
        ("Mara is away", Present("Mara", False)),
        ("visited The quarrel AND turns >= 10", And((Visited("The quarrel"), Turns(">=", 10)))),
        ("turns here ≥ 3", Turns(">=", 3, True)),
        ("depth > -2", Compare("depth", "", ">", -2)),
    ],
)
def test_conditions_are_read_as_people_write_them(text: str, meaning: Condition) -> None:
    assert parse_condition(text) == meaning


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ("tension >= ", "", "a value"),
        ("tension >= 2 and", "", "the text ends"),
        ("(a or b", "(", "not closed"),
        ("a or b)", ")", "not opened"),
        ("a & b", "&", "means nothing"),
        ('Theo knows "sold', '"sold', "not closed"),
        ("lamp.colour = red", "colour", "holder, place or state"),
        ("lamp.state > lit", ">", "= or !="),
        ("turns many", "many", "comparison"),
        ("a = 1 b", "b", "joined with"),
        ("tension >= " + "9" * 25, "9" * 25, "too large"),
        ("tension >= -" + "9" * 19, "9" * 19, "too large"),
    ],
)
def test_faults_have_a_place_and_a_sentence(text: str, marked: str, words: str) -> None:
    with pytest.raises(Misread) as caught:
        parse_condition(text)
    first, last = caught.value.span
    assert text[first:last].startswith(marked)
    assert words in caught.value.message


def test_a_fault_in_the_third_effect_is_found_there() -> None:
    text = "tension + 1\n\ndoor = open\nMara moves boathouse"
    with pytest.raises(Misread) as caught:
        parse_effects(text)
    first, _ = caught.value.span
    assert text[first:] == "boathouse"


def test_depth_and_length_have_bounds() -> None:
    for text in ("(" * 500 + "a" + ")" * 500, "not " * 500 + "a", " and ".join(["a"] * 50_000)):
        with pytest.raises(Misread):
            parse_condition(text)
