"""The licence: exact figures of guesses, sure hits and sure misses; and the items that ship."""

import re
from collections import Counter
from concurrent.futures import CancelledError
from dataclasses import replace

import pytest

from assets.judging.also_called import ALSO_CALLED
from core.fidelity.judging.licence import (
    Item,
    badge_of,
    brier,
    calibration_error,
    current_items,
    examine,
    licence_items,
    licence_of,
    rank_of,
    read_licence,
    wilson_interval,
)
from core.fidelity.judging.verdicts import Choice, NotJudged
from tests.scripted_judge import scripted_judge

PLAIN_WORDS = {"Mr", "Bill", "Mill", "Hand", "Will"}
OPTIONS = ("Person A", "Person B", "Person C", "Person D")


def item(answer: int) -> Item:
    return Item(f"k{answer}", (("Voice 1", "Well?"),), "Voice 1", tuple((one, ("Ah.",)) for one in OPTIONS), answer)


def choice(*probabilities: float) -> Choice:
    return Choice(OPTIONS, probabilities, "probabilities", votes=(0, 0))


def test_brier_of_a_guess_a_hit_and_a_miss() -> None:
    assert brier((0.25,) * 4, 2) == 0.1875
    assert brier((0.0, 1.0, 0.0, 0.0), 1) == 0.0
    assert brier((0.0, 1.0, 0.0, 0.0), 0) == 0.5
    assert brier((0.2,) * 5, 0) == pytest.approx((0.64 + 4 * 0.04) / 5)


def test_ranks_of_equals_go_by_their_order() -> None:
    assert [rank_of((0.25,) * 4, answer) for answer in range(4)] == [1, 2, 3, 4]
    assert rank_of((0.1, 0.2, 0.3, 0.4), 1) == 3


def test_calibration_error_has_bins_closed_on_the_right() -> None:
    assert calibration_error([1.0, 1.0], [True, True]) == 0.0
    assert calibration_error([1.0, 1.0], [True, False]) == 0.5
    assert calibration_error([], []) is None
    # 0.3 ends the bin (0.25, 0.3], so it is not with 0.301: else 0.101 and 0.5 would be averaged to 0.1995
    assert calibration_error([0.3, 0.301], [True, False]) == pytest.approx((0.7 + 0.301) / 2)
    assert calibration_error([0.29, 0.3], [True, False]) == pytest.approx(abs(1 - 0.59) / 2)


@pytest.mark.parametrize(
    ("share", "badge"), [(0.0, "red"), (0.399, "red"), (0.4, "amber"), (0.599, "amber"), (0.6, "green")]
)
def test_badges(share: float, badge: str) -> None:
    assert badge_of(share) == badge


def test_wilson_interval_as_in_tables() -> None:
    low, high = wilson_interval(0.5, 10)
    assert (low, high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))


def test_a_sure_and_right_judge_is_green_and_kept() -> None:
    items = [item(place % 4) for place in range(8)]
    verdicts = [choice(*(float(place == one.answer) for place in range(4))) for one in items]
    licence = licence_of(items, verdicts)
    assert (licence.top1, licence.top2, licence.mean_rank, licence.brier, licence.ece) == (1.0, 1.0, 1.0, 0.0, 0.0)
    assert licence.badge == "green"
    assert read_licence(licence.record()) is None  # of other items than those that ship
    kept = replace(licence, items=current_items())
    assert read_licence(kept.record()) == kept


def test_what_could_not_be_judged_counts_as_wrong() -> None:
    licence = licence_of([item(0), item(1)], [choice(1.0, 0.0, 0.0, 0.0), NotJudged("It said nothing.")])
    assert (licence.top1, licence.n_failed, licence.brier) == (0.5, 1, 0.0)
    nothing = licence_of([item(0)], [NotJudged("It said nothing.")])
    assert (nothing.top1, nothing.badge, nothing.brier, nothing.ece, nothing.how) == (0.0, "red", None, None, "")


@pytest.mark.parametrize("record", [{}, {"top1": 1}, {"badge": "green"}])
def test_no_licence_can_be_read_from_anything_else(record: dict) -> None:
    assert read_licence(record) is None


def test_a_judge_that_guesses_is_red_and_reports_its_way() -> None:
    steps: list[tuple[int, int]] = []
    items = licence_items()
    judge = scripted_judge(lambda _chat, options: [1.0] * len(options))
    licence = examine(judge, items, lambda done, n: steps.append((done, n)))
    assert (licence.top1, licence.brier, licence.badge, licence.n) == (0.25, 0.1875, "red", 60)
    assert steps == [(done, 60) for done in range(1, 61)]


def test_a_judge_that_reads_the_answers_is_green() -> None:
    right = {one.question.text: one.options[one.answer] for one in licence_items()}

    def weigh(chat: str, options: list[str]) -> list[float]:
        answer = next(name for text, name in right.items() if text in chat)
        return [1.0 if option == answer else 0.0 for option in options]

    licence = examine(scripted_judge(weigh), licence_items())
    assert (licence.top1, licence.badge, licence.brier) == (1.0, "green", 0.0)


def test_an_examination_can_be_stopped() -> None:
    with pytest.raises(CancelledError):
        examine(scripted_judge(), licence_items(), stop=lambda: True)


def test_items_are_balanced_masked_and_fit_small_weights() -> None:
    items = licence_items()
    assert Counter(one.answer for one in items) == dict.fromkeys(range(4), 15)
    assert max(Counter(one.play for one in items).values()) <= 2
    assert len({one.key for one in items}) == 60
    for one in items:
        assert one.options == OPTIONS
        assert {len(lines) for _, lines in one.candidates} == {3}
        assert len(one.question.text.split()) < 600


def test_nobody_of_a_play_is_named() -> None:
    """Held against the lists of names, not against masks."""
    for one in licence_items():
        names = [name for play, cast in ALSO_CALLED.items() if one.play.startswith(play) for name in cast.items()]
        called = {name for label, others in names for name in (label, *others) if name.count(" ") == 0}
        said = [text for _, text in one.excerpt] + [text for _, lines in one.candidates for text in lines]
        words = {word for text in said for word in re.findall(r"(?<=[a-z,;] )[A-Z][\w’'-]*", text)}
        assert not (words & called) - PLAIN_WORDS
