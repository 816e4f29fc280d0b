"""What stands out is found, chance is not, and each sentence shows its turn."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity import findings
from core.fidelity.catalogue import METRICS
from core.fidelity.findings import MAX_HELD, MIN_TURNS, Scored, count_questions, find, is_family_wise, trend_of

LIVE = {name: METRICS[name] for name in ("grounding", "echo", "voice.z")}


def turns(values: list[float]) -> list[Scored]:
    return [Scored(number, float(value), f"words {number}") for number, value in enumerate(values, start=1)]


def noise(seed: int, n_turns: int = 20) -> list[float]:
    return list(np.random.default_rng(seed).normal(0.5, 0.1, n_turns))


def test_a_fall_is_said_with_the_turn_that_shows_it() -> None:
    values = [1.0 - 0.04 * number + wobble for number, wobble in enumerate(noise(1))]
    [finding] = find({"grounding": {"Mila": turns(values)}}, LIVE)
    assert finding.sentence.startswith("Grounding of Mila falls over the scene: ")
    assert finding.sentence.endswith("that is for the worse.")
    [quote] = finding.quotes
    assert quote.number > 14
    assert quote.value == min(values[-6:])


def test_speakers_that_differ_are_told_apart() -> None:
    series = {"echo": {"Mila": turns(noise(1)), "Vera": turns([value + 0.5 for value in noise(2)])}}
    [finding] = find(series, LIVE)
    assert finding.sentence.startswith("Echo of Vera is higher than that of Mila: ")
    assert "Mila does better" in finding.sentence
    assert [quote.speaker for quote in finding.quotes] == ["Vera", "Mila"]


@pytest.mark.parametrize(("metric", "value", "is_found"), [("echo", 3.0, True), ("echo", -3.0, False)])
def test_a_turn_that_stands_apart_for_the_worse(metric: str, value: float, is_found: bool) -> None:
    values = noise(3)
    values[7] = value
    found = find({metric: {"Mila": turns(values)}}, LIVE)
    assert [finding.quotes[0].number for finding in found] == ([8] if is_found else [])


def test_chance_is_seldom_taken_for_more() -> None:
    n_runs = 60
    n_false = sum(
        bool(
            find(
                {
                    name: {who: turns(noise(100 * run + 10 * a + b)) for b, who in enumerate("AB")}
                    for a, name in enumerate(LIVE)
                },
                LIVE,
            )
        )
        for run in range(n_runs)
    )
    assert n_false <= 4


@given(st.lists(st.floats(-1e6, 1e6), max_size=30), st.lists(st.sampled_from([0.0, 1.0]), max_size=30))
def test_any_values_give_sentences_that_show_their_turns(one: list[float], other: list[float]) -> None:
    found = find({"echo": {"A": turns(one), "B": turns(other)}}, LIVE)
    assert found == find({"echo": {"A": turns(one), "B": turns(other)}}, LIVE)
    said = {(turn.number, turn.words) for turn in [*turns(one), *turns(other)]}
    for finding in found:
        assert "nan" not in finding.sentence
        assert finding.quotes
        assert all((quote.number, quote.words) in said for quote in finding.quotes)


def test_of_what_grows_with_the_scene_only_the_end_counts() -> None:
    series = {"voice.z": {"Mila": turns([0.1 * number for number in range(40)]), "Vera": turns([1.0] * 40)}}
    assert find(series, LIVE) == []
    [finding] = find(series, LIVE, {"voice.z": 2.0})
    assert finding.sentence.startswith("Over all that Mila said, distance from human voice is 3.90")
    assert finding.quotes[0].number == 40


def test_few_turns_say_nothing() -> None:
    rising = [float(number) for number in range(MIN_TURNS - 1)]
    assert find({"echo": {"A": turns(rising), "B": turns(rising)}}, LIVE) == []


def test_a_trend_by_hand() -> None:
    assert trend_of([1, 2, 3]) == pytest.approx(1)
    assert trend_of([3, 1, 2]) == pytest.approx(-0.5)
    assert trend_of([2, 2, 2]) == 0


def test_many_turns_cost_neither_memory_nor_time() -> None:
    values = noise(5, 20_000)
    tracemalloc.start()
    found = find({"grounding": {"A": turns(values), "B": turns([value + 0.1 for value in values])}}, LIVE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [finding.sentence[:22] for finding in found] == ["Grounding of B is high"]
    assert peak < 100e6


@pytest.mark.parametrize("shift", [0.0, 0.02, 0.04])
def test_the_limit_is_what_shuffling_comes_to(shift: float, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = noise(6, 120), [value + shift for value in noise(7, 120)]
    random = np.random.default_rng(0)
    shuffled = findings._difference_chance(first, second, random), findings._trend_chance(first, random)
    monkeypatch.setattr(findings, "_MAX_SHUFFLED", 10)
    limit = findings._difference_chance(first, second, random), findings._trend_chance(first, random)
    assert limit == pytest.approx(shuffled, abs=0.02)


def test_as_many_questions_as_shuffling_can_hold_are_held_together() -> None:
    assert MAX_HELD == 40
    assert is_family_wise(40)
    assert not is_family_wise(41)
    series = {"echo": {name: turns(noise(8)) for name in "ABC"} | {"D": turns(noise(9, 3))}}
    assert count_questions(series, LIVE) == 3 + 3
    assert count_questions(series | {"voice.z": series["echo"]}, LIVE) == 6  # its values are of all that was said


@pytest.mark.parametrize("draw", ["normal", "exponential", "gamma", "poisson"])
@pytest.mark.parametrize("n_turns", [9, 20, 100])
def test_of_plain_noise_no_turn_stands_apart(draw: str, n_turns: int) -> None:
    random = np.random.default_rng(11)
    n_found = 0
    for _ in range(60):
        drawn = {
            "normal": random.normal(0.5, 0.1, n_turns),
            "exponential": random.exponential(1, n_turns),
            "gamma": random.gamma(2, 1, n_turns),
            "poisson": random.poisson(1, n_turns),
        }[draw]
        n_found += len(list(findings._find_apart({"A": turns(list(map(float, drawn)))}, LIVE["echo"])))
    assert n_found <= 1


def test_two_turns_that_stand_apart_do_not_hide_each_other() -> None:
    values = noise(12, 40)
    values[5], values[9] = 4.0, 4.5
    found = find({"echo": {"Mila": turns(values)}}, LIVE)
    assert {finding.quotes[0].number for finding in found} == {6, 10}
