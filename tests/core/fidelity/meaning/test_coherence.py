"""Whether a turn takes up the turn before it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.coherence import LOOK_BACK, MEASURE, METRIC, NEAR
from core.fidelity.measuring import WHOLE, Measured, measure

TALK = (
    ("Ann", "Do you have a dog?"),
    ("Ben", "Yes, my dog is a brown puppy."),
    ("Ann", "What do you like to eat?"),
    ("Ben", "I cook pasta and eat pizza for dinner."),
    ("Ann", "Do you play the piano or the violin?"),
    ("Ben", "I play the violin in an orchestra, music is my life."),
    ("Ann", "Where did you travel by train last summer?"),
    ("Ben", "We travelled to Spain by train last summer."),
)


def measured(talk: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> Measured:
    return measure(About(), [Line(*turn) for turn in talk], [MEASURE])


def value(found: Measured, whose: str) -> float:
    score = found.summaries[whose][METRIC.name].value
    assert score is not None
    return score


def test_an_answer_is_nearer_to_its_question_than_to_the_others() -> None:
    found = measured(TALK)
    assert found.by_line[0][0].reason == "Nobody else has spoken yet."
    assert found.by_line[1][0].reason == "Too little has been said before to compare with."
    for place in (3, 5, 7):
        score = found.by_line[place][0]
        assert score.value is not None
        assert score.value > 0.1
        assert score.evidence["turn"] == place
        assert score.value == pytest.approx(score.evidence["cosine"] - score.evidence["others"])


def test_answers_to_other_questions_score_lower() -> None:
    mixed = list(TALK)
    mixed[1], mixed[3], mixed[5], mixed[7] = TALK[5], TALK[7], TALK[1], TALK[3]
    assert value(measured(TALK), "Ben") > 0.1 > value(measured(mixed), "Ben")
    assert value(measured(TALK), WHOLE) > value(measured(mixed), WHOLE)


def test_a_copy_of_the_last_turn_is_no_answer() -> None:
    found = measured([*TALK, ("Ann", TALK[-1][1])])
    assert found.by_line[-1][0].reason == "The turn says the last one again: that is echo, and no answer."
    assert value(found, "Ann") == pytest.approx(value(measured(TALK), "Ann"), abs=0.2)


def test_turns_without_words_and_monologues_are_not_scored() -> None:
    found = measured([("Ann", "Hello there."), ("Ben", "..."), ("Ann", "Are you well?")])
    assert [scores[0].value for scores in found.by_line] == [None] * 3
    assert found.summaries[WHOLE][METRIC.name].value is None
    alone = measured([("Ann", text) for _, text in TALK])
    assert alone.summaries["Ann"][METRIC.name].value is None


@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(2, 4))
def test_the_summary_is_what_the_formula_says(seed: int, n_lines: int, n_speakers: int) -> None:
    from core.fidelity.meaning.vectors import vector_of

    rng = random.Random(seed)
    talk = [
        (f"S{rng.randrange(n_speakers)}", rng.choice(TALK)[1] + rng.choice(["", " Oh!", " Well."]))
        for _ in range(n_lines)
    ]
    vectors = [vector_of(text) for _, text in talk]
    cosines = [[float(a @ b) for b in vectors] for a in vectors]

    def chance(place: int, other: int) -> float | None:
        near = [
            cosines[place][one]
            for one in range(max(0, place - NEAR), min(n_lines, place + NEAR + 1))
            if one != other and talk[one][0] != talk[place][0]
        ]
        return sum(near) / len(near) if near else None

    contrasts = []
    for now in range(1, n_lines):
        back = range(now - 1, max(now - 1 - LOOK_BACK, -1), -1)
        last = next((one for one in back if talk[one][0] != talk[now][0]), None)
        if last is None or cosines[now][last] >= 0.97:
            continue
        chances = [chance(now, last), chance(last, now)]
        if None not in chances:
            contrasts.append(cosines[now][last] - sum(chances) / 2)  # type: ignore[arg-type]
    found = measured(talk).summaries[WHOLE][METRIC.name].value
    assert (found is None) == (not contrasts)
    if found is not None:
        assert found == pytest.approx(sum(contrasts) / len(contrasts), abs=1e-4)
        assert METRIC.low is not None
        assert METRIC.high is not None
        assert METRIC.low <= found <= METRIC.high
