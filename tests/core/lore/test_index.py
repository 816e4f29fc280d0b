"""The index finds what a search key by key finds; the expressions find what JavaScript's do."""

import gc
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.lore.javascript_regex import BadPattern, compile_pattern, parse_literal
from core.lore.key_index import KeyIndex, fold, stands_alone
from core.lore.scan_text import find_plain
from models.lore import LoreSettings
from tests.core.lore.books import fired, make_book, search

texts = st.text(alphabet="ab c-_é", max_size=40)
keys = st.text(alphabet="ab c-_é", min_size=1, max_size=6)


@given(st.lists(keys, max_size=12), texts)
@example(["abc"], "abc abc")
def test_the_index_finds_what_a_plain_search_finds(some: list[str], text: str) -> None:
    hits = KeyIndex(some).search(text)
    for key in some:
        hit = hits.get(key)
        assert (hit[0] if hit else -1) == find_plain(text, key, is_word=False)
        assert (hit[1] if hit else -1) == find_plain(text, key, is_word=True)
    assert set(hits) <= set(some)


@given(st.text(max_size=40))
def test_folding_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    assert stands_alone(text, 0, len(text))


words = st.sampled_from(["lamp", "Lamp", "clamp", "sea", "the sea", "ship", "/sh[ai]p/", "{{user}}", "oil", "x"])
entries = st.fixed_dictionaries(
    {"keys": st.lists(words, max_size=3), "content": st.sampled_from(["oil lamp", "the sea", "ship", ""])},
    optional={
        "secondary_keys": st.lists(words, max_size=2),
        "logic": st.sampled_from(["and_any", "and_all", "not_any", "not_all"]),
        "constant": st.booleans(),
        "case_sensitive": st.booleans(),
        "whole_words": st.booleans(),
        "scan_depth": st.integers(0, 4),
        "recursion_level": st.integers(0, 2),
        "exclude_recursion": st.booleans(),
        "prevent_recursion": st.booleans(),
        "group": st.sampled_from(["", "g", "g, h"]),
        "probability": st.integers(0, 100),
        "order": st.integers(0, 3),
        "ignore_budget": st.booleans(),
    },
)
chats = st.lists(st.lists(words, max_size=4).map(" ".join), max_size=5)


@given(st.lists(entries, max_size=6), chats, st.integers(0, 5), st.integers(1, 30))
@settings(max_examples=80, deadline=None)
def test_looking_only_at_candidates_changes_nothing(rows, chat, seed, budget) -> None:
    """Every entry put into question in every step: the same fire, in the same order, for the same reasons."""
    ready = LoreSettings()
    quick = search(make_book(*rows, settings=ready), *chat, settings=ready, seed=seed, budget_tokens=budget)
    slow_book = make_book(*rows, settings=ready)
    slow_book.always = list(slow_book.entries)  # type: ignore[misc]
    slow = search(slow_book, *chat, settings=ready, seed=seed, budget_tokens=budget)
    assert fired(quick) == fired(slow)
    for one, other in zip(quick.entries, slow.entries, strict=True):
        assert slow.verdict(other) == quick.verdict(one) if one in quick.verdicts else not slow.verdict(other).fired


def test_a_large_book_finds_its_needles() -> None:
    drawn = random.Random(4)
    rows = [{"keys": ["".join(drawn.choices("abcdefgh", k=5))]} for _ in range(3000)]
    book = make_book(*rows)
    scan = search(book, f"so {rows[7]['keys'][0]} and {rows[2999]['keys'][0]}", budget_tokens=10**6)
    assert {"e7", "e2999"} <= set(fired(scan))
    again = search(book, f"so {rows[7]['keys'][0]} and {rows[2999]['keys'][0]}", budget_tokens=10**6)
    assert fired(again) == fired(scan)


_PIECES = r"a b é . \w \W \d \s \b \B ^ $ ( ) (?: (?= (?! | * + ? {2} {1,} { } [ ] [^ - \n \x61 \u0062 \1 \/ \] \-"
patterns = st.lists(st.sampled_from([*_PIECES.split(" "), "\n"]), max_size=7).map("".join)


@given(patterns, st.sampled_from(["", "i", "m", "im"]), st.text(alphabet="abAé1 \n-", max_size=8))
@settings(max_examples=300, deadline=None)
def test_expressions_find_what_javascript_finds(javascript, pattern: str, flags: str, text: str) -> None:
    try:
        span = compile_pattern(pattern, flags).find(text, 1.0)
        ours = "none" if span is None else f"{span[0]},{span[1]}"
    except BadPattern:
        ours = "bad"
    assert ours == javascript(pattern, flags, text)


@pytest.fixture(scope="module")
def javascript(request: pytest.FixtureRequest):
    """Runs an expression in Qt's JavaScript; says where it was found, or that it is none."""
    qml = pytest.importorskip("PySide6.QtQml")
    request.getfixturevalue("qapp")  # the one application that the tests of the window share
    engine = qml.QJSEngine()
    run = engine.evaluate(
        "(function(p, f, t) { try { var m = new RegExp(p, f).exec(t); "
        "return m === null ? 'none' : m.index + ',' + (m.index + m[0].length) } catch (e) { return 'bad' } })"
    )

    def find(pattern: str, flags: str, text: str) -> str:
        return str(run.call([engine.toScriptValue(value) for value in (pattern, flags, text)]).toString())

    return find


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "found"),
    [
        ("a.b", "s", "a\nb", True),
        ("(?<=a)b", "", "ab", True),
        ("(?<name>a)\\k<name>", "", "aa", True),
        ("\\p{L}", "u", "é", True),
        ("\\u{1F600}", "u", "😀", True),
        ("b", "y", "ab", False),
        ("\\s", "", "\ufeff", True),
        ("a(?#x)", "", "a", None),
        ("(?i)a", "", "A", None),
        ("a++", "", "a", None),
        ("[[:alpha:]]", "", "b", False),
        ("(?P<n>a)", "", "a", None),
        ("(a){e<=1}", "", "a{e<=1}", True),
    ],
)
def test_what_qt_does_not_know(pattern: str, flags: str, text: str, found: bool | None) -> None:
    if found is None:
        with pytest.raises(BadPattern):
            compile_pattern(pattern, flags)
    else:
        assert (compile_pattern(pattern, flags).find(text, 1.0) is not None) is found


@pytest.mark.parametrize("pattern", ["(ab|c){1000000}", "((a{99}){99}){99}", "a{99}b{99}c{99}"])
def test_what_would_be_unrolled_without_end_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern, match="repeats"):
        compile_pattern(pattern, "")


def test_literals() -> None:
    assert parse_literal("/a\\/b/gi") == ("a/b", "gi")
    for key in ("a", "/a", "//", "/a/b/", "/a/x", "/a/ii", ""):
        assert parse_literal(key) is None


def test_what_is_remembered_is_nothing_for_the_collector_of_garbage() -> None:
    hits = KeyIndex(["lamp", "sea"]).search("a lamp by the sea")
    gc.collect()
    assert len(hits) == 2
    assert not any(map(gc.is_tracked, hits.values()))
