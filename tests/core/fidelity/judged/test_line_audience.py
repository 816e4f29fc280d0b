"""An audience chooses among lines before one is written in; its candidates come of advice."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About
from core.fidelity.judged.line_audience import AUDIENCE, Candidate, simulate_audience
from core.fidelity.judged.line_writing import draw_subsets, explore_advice, write_candidates
from core.fidelity.judging.verdicts import NotJudged
from core.inference.request import Request
from tests.core.fidelity.judged.scenes import ABOUT, LINES
from tests.scripted_judge import scripted_judge

TEXTS = ("I, Mila, have said all that there is to say.", "Go.", "Leave me alone now, please.")
CANDIDATES = tuple(Candidate(text, advice) for text, advice in zip(TEXTS, ((0, 1), (1,), ()), strict=True))


def prefers_shortest(chat: str, options: tuple[str, ...]) -> list[float]:
    first = chat.split("Line A: ")[1].split("\n", maxsplit=1)[0]
    second = chat.split("Line B: ")[1].split("\n", maxsplit=1)[0]
    winner = "A" if len(first) < len(second) else "B" if len(second) < len(first) else "Tie"
    return [float(option == winner) for option in options]


def test_an_audience_that_likes_it_short_lets_the_shortest_always_win() -> None:
    told: list[tuple[int, int]] = []
    asked: list[Request] = []
    judge = scripted_judge(prefers_shortest, asked=asked)
    found = simulate_audience(judge, ABOUT, LINES, "m", CANDIDATES, on_pair=lambda *pair: told.append(pair))
    assert [one.candidate.text for one in found.standings] == sorted(TEXTS, key=len)
    best, middle, last = found.standings
    assert best.win_rate[:3] == pytest.approx((1.0, 1.0, 1.0))
    assert (middle.win_rate.mean, last.win_rate.mean) == pytest.approx((0.5, 0.0))
    assert [one.copeland for one in found.standings] == [2, 0, -2]
    assert best.by_profile == pytest.approx({profile.name: 1.0 for profile in AUDIENCE})
    assert [one.advice for one in found.advice] == [1, 0]
    assert found.consistent == 1.0
    assert told[-1] == (15, 15)
    assert len(asked) == 30
    assert not any("Mila" in message.content for request in asked for message in request.messages)  # type: ignore[union-attr]


def test_profiles_can_disagree() -> None:
    def weigh(chat: str, options: tuple[str, ...]) -> list[float]:
        weights = prefers_shortest(chat, options)
        return weights if AUDIENCE[1].who in chat else [weights[1], weights[0], weights[2]]

    found = simulate_audience(scripted_judge(weigh), ABOUT, LINES, "m", CANDIDATES)
    assert found.standings[0].candidate.text == TEXTS[0]
    assert found.standings[0].by_profile["Back row"] == pytest.approx(0.0)
    assert found.standings[0].win_rate.mean == pytest.approx(0.8)


def test_a_judge_that_always_says_a_gives_everybody_half() -> None:
    judge = scripted_judge(lambda *_: [1.0, 0.0, 0.0])
    found = simulate_audience(judge, ABOUT, LINES, "m", CANDIDATES)
    assert {round(one.win_rate.mean, 9) for one in found.standings} == {0.5}
    assert {one.copeland for one in found.standings} == {0}
    assert found.consistent == 0.0


def test_failures_have_a_reason() -> None:
    unreadable = simulate_audience(scripted_judge(write=lambda *_: "x"), ABOUT, LINES, "m", CANDIDATES)
    assert (unreadable.standings, unreadable.n_failed) == ((), 15)
    assert unreadable.reason.endswith(".")
    alone = simulate_audience(scripted_judge(prefers_shortest), ABOUT, LINES, "m", CANDIDATES[:1])
    assert alone.reason.endswith(".")


def test_a_scene_that_has_not_begun_can_be_asked_about() -> None:
    found = simulate_audience(scripted_judge(prefers_shortest), About(), (), "Mila", CANDIDATES)
    assert found.standings[0].candidate.text == "Go."


def test_candidates_are_written_by_advice_and_the_same_line_stands_once() -> None:
    def write(chat: str, _seed: int) -> str:
        if "pieces of advice" in chat:
            return json.dumps({"advice": ["Be brief.", "Lie.", "Sing."]})
        return (
            "no" if "- Sing." in chat else json.dumps({"line": "Go." if "- Be brief." in chat else "I was not there."})
        )

    author = scripted_judge(write=write)
    advice = explore_advice(author, ABOUT, LINES, "m", 3)
    assert advice == ("Be brief.", "Lie.", "Sing.")
    candidates = write_candidates(author, ABOUT, LINES, "m", advice, draw_subsets(3))
    assert candidates == [Candidate("Go.", (0,)), Candidate("I was not there.", (1,))]
    assert isinstance(explore_advice(author, ABOUT, LINES, "m", 4), NotJudged)


@given(st.integers(1, 8), st.integers(1, 4), st.integers(1, 20), st.integers(0, 9))
def test_subsets_differ_and_are_drawn_alike(k: int, max_size: int, n_wanted: int, seed: int) -> None:
    subsets = draw_subsets(k, max_size=max_size, n_wanted=n_wanted, seed=seed)
    assert len(set(subsets)) == len(subsets) <= n_wanted
    assert all(1 <= len(one) <= max_size and set(one) <= set(range(k)) for one in subsets)
    assert n_wanted < k or {place for one in subsets for place in one} == set(range(k))
    assert subsets == draw_subsets(k, max_size=max_size, n_wanted=n_wanted, seed=seed)
