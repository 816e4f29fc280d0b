"""Two branches side by side: aligned by number, the common beginning found, means of what follows."""

from hypothesis import given
from hypothesis import strategies as st

from core.playtest.looking_back.side_by_side import Side, SideTurn, compare_sides
from models.playtest import SpeakerKind


def make_side(name: str, texts: list[str], scores: list[float | None] | None = None) -> Side:
    values = scores or [None] * len(texts)
    return Side(
        name,
        [
            SideTurn(
                number,
                f"r{number % 2}",
                f"Speaker {number % 2}",
                SpeakerKind.CHARACTER,
                text,
                scores={} if value is None else {"grounding": value},
            )
            for number, (text, value) in enumerate(zip(texts, values, strict=True), 1)
        ],
    )


def test_the_same_number_stands_beside_the_same_number() -> None:
    comparison = compare_sides(make_side("A", ["x", "y", "z"]), make_side("B", ["x", "w", "z", "v"]))
    assert comparison.n_common == 1
    assert [pair.is_same for pair in comparison.pairs] == [True, False, True, False]
    assert [pair.number for pair in comparison.pairs] == [1, 2, 3, 4]
    assert comparison.pairs[3].left is None
    assert comparison.n_same_later == 1


def test_means_are_of_what_follows_the_common_beginning() -> None:
    left = make_side("A", ["x", "a", "b"], [9.0, 1.0, 3.0])
    right = make_side("B", ["x", "c", "d"], [9.0, None, 5.0])
    (means,) = compare_sides(left, right).means(["grounding", "drift"])
    assert (means.left, means.right, means.change) == (2.0, 5.0, 3.0)


def test_a_thought_makes_a_difference() -> None:
    one, other = (
        Side("A", [SideTurn(1, "r", "R", SpeakerKind.CHARACTER, "x", thought)]) for thought in ("I lie.", None)
    )
    assert compare_sides(one, other).n_common == 0
    assert compare_sides(one, one).n_common == 1


TEXTS = st.lists(st.sampled_from(["a", "b", ""]), max_size=8)


@given(TEXTS, TEXTS)
def test_all_turns_are_there_once_and_sides_can_be_swapped(left: list[str], right: list[str]) -> None:
    comparison = compare_sides(make_side("A", left), make_side("B", right))
    assert [pair.left.text for pair in comparison.pairs if pair.left] == left
    assert [pair.right.text for pair in comparison.pairs if pair.right] == right
    assert left[: comparison.n_common] == right[: comparison.n_common]
    swapped = compare_sides(make_side("B", right), make_side("A", left))
    assert swapped.n_common == comparison.n_common
    assert [pair.is_same for pair in swapped.pairs] == [pair.is_same for pair in comparison.pairs]
