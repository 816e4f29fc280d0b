"""The natural order against cases worked out by hand from the source's rules."""

from collections.abc import Callable

import pytest

from core.turn_taking.mention import mention
from core.turn_taking.names_said import words_of
from core.turn_taking.occasion import Candidate, Line, Occasion
from tests.core.turn_taking.occasions import cast, chance, occasion, said

# With every draw 0, shuffling m t i n (Fisher and Yates from the end, always place 0) gives t i n m.
NOBODY_TALKS = {"m": 0.0, "t": 0.0, "i": 0.0, "n": 0.0}


def order(found: Occasion) -> list[str | None]:
    decision = mention(found)
    return [decision.role_id, *decision.queue]


@pytest.mark.parametrize(
    ("line", "draws", "talkativeness", "expected"),
    [
        # Named in the order of the words; talkativeness 0.5 is under a draw of 0.9, so nobody else comes.
        (said("m", "And you, Ruud? Or Theo?"), chance(0.9), {}, ["i", "t"]),
        # Each once, however often and by whichever of their names.
        (said("m", "Ilse! Ilse Ruud, and Theo, Theo."), chance(0.9), {}, ["i", "t"]),
        # The speaker's own name does not count.
        (said("m", "I, Mara, ask Nils."), chance(0.9), {}, ["n"]),
        # No parts of words: a theory is no Theo, and an apostrophe parts words.
        (said("m", "The theory of Theodora, Nils's."), chance(0.9), {}, ["n"]),
        # In any case.
        (said("m", "THEO"), chance(0.9), {}, ["t"]),
        # After the user nobody is left out, and a draw of 0 makes all talk: in shuffled order.
        (said("user", "Well?"), chance(0.0), {}, ["t", "i", "n", "m"]),
        # The named first, then the talkative in shuffled order, each once.
        (said("user", "Nils?"), chance(0.0), {}, ["n", "t", "i", "m"]),
        # The last speaker is left out of both.
        (said("t", "Nils?"), chance(0.0), {}, ["n", "i", "m"]),
        # Who is not talkative at all talks on a draw of exactly 0, as the source compares with >=.
        (said("m", "Well?"), chance(0.0), NOBODY_TALKS, ["t", "i", "n"]),
        # As talkative as the draw is enough: 0.5 >= 0.5.
        (said("user", "Well?"), chance(0.9, talks_2=0.5, talks_3=0.51), {}, ["i"]),
        # Nobody named, nobody talks: one of those who talk at all, which is one.
        (said("m", "Well?"), chance(0.9), NOBODY_TALKS | {"i": 0.1}, ["i"]),
        # Nobody talks at all: one of the whole cast, the last speaker too: int(0.0 * 4) = 0.
        (said("m", "Well?"), chance(0.9, fallback=0.0), NOBODY_TALKS, ["m"]),
        # ... and int(0.5 * 4) = 2.
        (said("m", "Well?"), chance(0.9, fallback=0.5), NOBODY_TALKS, ["i"]),
        # Who never talks by chance answers to a name.
        (said("m", "Theo?"), chance(0.1), NOBODY_TALKS, ["t"]),
        # The same with another.
        (said("m", "Well?"), chance(0.1, fallback=0.0), NOBODY_TALKS | {"n": 0.3}, ["n"]),
    ],
)
def test_the_order_is_that_of_the_source(
    line: Line, draws: Callable[[str], float], talkativeness: dict[str, float], expected: list[str]
) -> None:
    assert order(occasion(line, candidates=cast(talkativeness=talkativeness), draw=draws)) == expected


def test_a_word_means_the_first_of_the_cast_who_has_it() -> None:
    two = [Candidate("a", "Anna Dane"), Candidate("b", "Theo Dane")]
    assert order(occasion(said("user", "Dane?"), candidates=two, draw=chance(0.9))) == ["a"]
    assert order(occasion(said("a", "Dane?"), candidates=two, draw=chance(0.9))) == ["b"]


def test_the_rules_of_the_scenario_go_before_the_card() -> None:
    quiet = occasion(said("user", "Well?"), rules={"weights": {"t": 0.0, "i": 1.0}}, draw=chance(0.7))
    assert order(quiet) == ["i"]


def test_before_any_line_and_without_a_name_chance_decides() -> None:
    decision = mention(occasion(draw=chance(0.9, fallback=0.3)))
    assert decision.why == "drawn, as nobody felt like talking"
    # draws of 0.9 shuffle to m t i n (int(.9*4)=3, int(.9*3)=2, int(.9*2)=1): int(.3*4) = 1
    assert decision.role_id == "t"


def test_words_are_those_of_the_source_and_other_alphabets_are_seen() -> None:
    assert words_of("Hello, world! Zoë_2") == ["hello", "world", "zo", "_2"]
    assert words_of("Где Борис?") == ["где", "борис"]
    boris = [Candidate("b", "Борис"), Candidate("m", "Mara")]
    assert order(occasion(said("m", "Где Борис?"), candidates=boris, draw=chance(0.9))) == ["b"]


def test_who_did_not_hear_a_line_does_not_answer_to_their_name() -> None:
    assert order(occasion(said("m", "Nils is a fool, Theo.", hearers="t"), draw=chance(0.9))) == ["t"]
