"""What a judge reads is cut by rules that hold for any text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.judged.excerpt import (
    cut_text,
    estimate_tokens,
    excerpt_before,
    excerpt_speaker,
    excerpt_whole,
    number_facts,
    spread_evenly,
)
from tests.core.fidelity.judged.scenes import ABOUT, LINES
from tests.examples import n_examples

LINE = st.tuples(st.sampled_from(["m", "v"]), st.text(max_size=400)).map(lambda pair: Line(*pair))


@settings(max_examples=n_examples(60, 1_000), deadline=None)
@given(st.text(), st.integers(4, 60))
def test_a_cut_text_fits_and_begins_as_the_whole(text: str, n_tokens: int) -> None:
    cut = cut_text(text, n_tokens)
    assert estimate_tokens(cut) <= n_tokens
    whole = " ".join(text.split())
    assert cut == whole or whole.startswith(cut.removesuffix("…").rstrip())


@settings(max_examples=n_examples(40, 500), deadline=None)
@given(st.lists(LINE, min_size=1, max_size=40), st.integers(60, 400), st.data())
def test_excerpts_fit_and_show_what_is_judged(lines: list[Line], n_tokens: int, data: st.DataObject) -> None:
    about = About(names={"m": "Mila", "v": "Vera"})
    place = data.draw(st.integers(0, len(lines) - 1))
    before = excerpt_before(about, lines, place, n_tokens)
    whole = excerpt_whole(about, lines, n_tokens)
    own = excerpt_speaker(about, lines, "m", n_tokens, alone=True)
    for excerpt in (before, whole, own):
        assert estimate_tokens(excerpt.text) <= n_tokens + 12
        assert list(excerpt.places) == sorted(set(excerpt.places))
    assert before.places[-1] == place
    assert {lines[at].speaker for at in own.places} <= {"m"}
    assert bool(whole.places) == any(line.text.strip() for line in lines)


@given(st.integers(1, 300), st.integers(1, 300))
def test_what_is_spread_has_both_ends(n: int, n_wanted: int) -> None:
    places = spread_evenly(n, n_wanted)
    assert len(places) == min(n, n_wanted)
    assert places == sorted(set(places))
    assert places[-1] == n - 1
    assert n_wanted == 1 or places[0] == 0


def test_lines_keep_their_numbers_and_the_judged_one_its_thought() -> None:
    text = excerpt_before(ABOUT, LINES, 1).text
    assert text.splitlines()[0] == "[1] Vera: Did you see the ship?"
    assert "[2] Mila: (thinks: I am to blame.) I saw it" in text
    assert "oil" not in text


def test_a_speaker_is_shown_behind_what_it_answers_and_gaps_show() -> None:
    lines = [Line("v" if number % 2 else "m", f"{number} " + "word " * 30) for number in range(40)]
    text = excerpt_speaker(ABOUT, lines, "m", 300).text
    assert "[…]" in text
    assert text.splitlines()[-1].startswith("[39] Mila: 38")


def test_facts_that_do_not_fit_are_counted() -> None:
    text, n_shown = number_facts([f"Fact {number} of many that are told." for number in range(100)], 100)
    assert text.startswith("1. Fact 0")
    assert 5 < n_shown < 20
    assert number_facts(["One."]) == ("1. One.", 1)
