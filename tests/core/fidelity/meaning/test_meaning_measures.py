"""Measures by embeddings: what they find in small scenes, and laws that hold for all."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.meaning import adherence, contrast, drift, echo, separation, think_act
from core.fidelity.meaning.vectors import cosine, vector_of, vectors_of
from core.fidelity.measures import MEANING_MEASURES
from core.fidelity.measuring import WHOLE, measure

ABOUT = About(
    personas={
        "sam": ("I am a vegetarian and love to cook.", "My brother is a pilot.", "I play the violin."),
        "kim": ("I drive a truck for a living.", "I collect old coins.", "I am afraid of spiders."),
    },
    names={"sam": "Sam", "kim": "Kim"},
)
SCENE = (
    Line("sam", "I cooked a vegetarian soup for my brother, the pilot."),
    Line("kim", "I drove my truck all day to buy old coins."),
    Line("sam", "In the evening I played the violin."),
    Line("kim", "There was a spider in my truck, I was so afraid!"),
    Line("sam", "My brother says pilots are afraid of nothing when they fly."),
    Line("kim", "My oldest coin is worth more than the truck."),
)


def of_line(measured, place: int, metric: str):
    return next(score for score in measured.by_line[place] if score.metric == metric)


def test_a_text_is_embedded_once_and_cannot_be_changed():
    assert vector_of("I like tea.") is vector_of("I like tea.")
    with pytest.raises(ValueError, match="read-only"):
        vector_of("I like tea.")[0] = 1
    assert vectors_of([]).shape == (0, len(vector_of("a")))
    assert cosine(vector_of("…"), vector_of("I like tea.")) == 0


def test_adherence_names_the_statement_and_the_summary_its_best_turn():
    measured = measure(ABOUT, SCENE, [adherence.MEASURE])
    found = of_line(measured, 2, "meaning.adherence")
    assert (found.evidence["statement_number"], found.evidence["statement"]) == (3, "I play the violin.")
    summary = measured.summaries["kim"]["meaning.adherence"]
    best = {one["statement_number"]: one["turn"] for one in summary.evidence["statements"]}
    assert best[3] == 4
    cosines = [one["cosine"] for one in summary.evidence["statements"]]
    assert summary.value == pytest.approx(math.sqrt(sum(max(0, one) ** 2 for one in cosines) / 3), abs=1e-6)


def test_a_swapped_persona_shows():
    swapped = About({"sam": ABOUT.personas["kim"], "kim": ABOUT.personas["sam"]})
    own, other = (measure(about, SCENE, [adherence.MEASURE, contrast.MEASURE]).summaries for about in (ABOUT, swapped))
    for speaker in ABOUT.personas:
        assert own[speaker]["meaning.adherence"].value > other[speaker]["meaning.adherence"].value
        assert own[speaker]["meaning.contrast"].value > 0 > other[speaker]["meaning.contrast"].value
        assert own[speaker]["meaning.contrast"].value == pytest.approx(-other[speaker]["meaning.contrast"].value)


def test_a_line_of_another_is_found_and_named():
    measured = measure(ABOUT, [Line("sam", "My truck is full of old coins.")], [contrast.MEASURE])
    found = of_line(measured, 0, "meaning.contrast")
    assert found.value < 0
    assert (found.evidence["other"]["speaker"], found.evidence["other"]["name"]) == ("kim", "Kim")
    assert found.evidence["other"]["statement"] in ABOUT.personas["kim"]


def test_contrast_needs_another_persona():
    alone = About({"sam": ABOUT.personas["sam"]})
    measured = measure(alone, SCENE, [contrast.MEASURE])
    assert of_line(measured, 0, "meaning.contrast").reason == "Nothing is known of anybody else in the cast."
    assert "of this character" in (of_line(measured, 1, "meaning.contrast").reason or "")


def test_drift_rises_when_a_character_leaves_its_persona():
    said = [*ABOUT.personas["sam"], *ABOUT.personas["sam"], *(["The weather report promises rain and fog."] * 6)]
    measured = measure(ABOUT, [Line("sam", text) for text in said], [drift.MEASURE])
    summary = measured.summaries["sam"]
    assert summary["meaning.drift.slope"].value > 0
    assert summary["meaning.drift.delta"].value > 0.3
    last = of_line(measured, 11, "meaning.drift")
    assert last.evidence["turns"] == [9, 10, 11, 12]
    assert last.value == pytest.approx(
        1 - cosine(vector_of(" ".join(ABOUT.personas["sam"])), vector_of(said[-1])), abs=1e-5
    )


def test_a_trend_needs_turns():
    summary = measure(ABOUT, SCENE, [drift.MEASURE]).summaries["sam"]
    assert summary["meaning.drift.slope"].reason == "A trend needs 6 turns of the character."


def test_slope_thirds_and_cohens_d():
    assert drift.slope([1, 3, 5, 7]) == pytest.approx(2)
    assert drift.thirds([1, 1, 4, 4, 7, 8, 9]) == (1.0, 8.5)
    assert drift.cohens_d([3, 5], [1, 3]) == pytest.approx(math.sqrt(2))
    assert drift.cohens_d([3], [1, 3]) is None
    assert drift.cohens_d([3, 3], [1, 1]) is None


def test_echo_is_above_the_baseline_of_people_and_counts_the_turns_that_echo():
    lines = [Line("sam", "I lost my violin on the train."), Line("kim", "You lost your violin on the train.")]
    measured = measure(ABOUT, [*lines, Line("sam", "Pizza!")], [echo.MEASURE])
    found = of_line(measured, 1, "meaning.echo")
    assert found.value == pytest.approx(found.evidence["cosine"] - found.evidence["baseline"])
    assert (found.evidence["turn"], found.evidence["partner"]) == (1, "Sam")
    assert of_line(measured, 0, "meaning.echo").reason == "Nobody else has spoken yet."
    assert of_line(measured, 2, "meaning.echo").value == 0
    assert measured.summaries["kim"]["meaning.echo.rate"].evidence["turns"] == [2]
    assert measured.summaries["sam"]["meaning.echo.rate"].value == 0


def test_thoughts_go_with_words():
    lines = [
        Line("sam", "Let us cook a soup.", "I want to cook soup now."),
        Line("sam", "The plane lands at nine.", "When does his plane land?"),
        Line("sam", "I will play the violin."),
    ]
    measured = measure(ABOUT, lines, [think_act.MEASURE])
    assert of_line(measured, 0, "meaning.think_act").value is None
    assert of_line(measured, 1, "meaning.think_act").value > 0
    assert of_line(measured, 2, "meaning.think_act").reason == "The turn has no thought."
    summary = measured.summaries["sam"]["meaning.think_act"]
    matches = [float(vector_of(line.thought) @ vector_of(line.text)) for line in lines[:2]]
    others = [
        float(vector_of(one.thought) @ vector_of(other.text)) for one in lines[:2] for other in lines if other != one
    ]
    assert summary.value == pytest.approx(sum(matches) / 2 - sum(others) / 4, abs=1e-6)
    assert (summary.evidence["n_pairs"], summary.evidence["max"]) == (2, max(matches))


def test_speakers_of_different_matters_are_apart():
    found = measure(ABOUT, SCENE, [separation.MEASURE]).summaries[WHOLE]
    assert found["meaning.separation"].value > 0
    assert found["meaning.separation.found"].value == 1
    alike = [Line(line.speaker, "I drive a truck.") for line in SCENE]
    found = measure(ABOUT, alike, [separation.MEASURE]).summaries[WHOLE]
    assert found["meaning.separation"].value == pytest.approx(0, abs=1e-6)
    assert found["meaning.separation.found"].value == 0.5
    assert measure(ABOUT, SCENE[:2], [separation.MEASURE]).summaries[WHOLE]["meaning.separation"].value is None


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 4), st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_silhouettes_are_those_of_the_definition(n_owners: int, n_rows: int, seed: int):
    draw = np.random.default_rng(seed)
    vectors = draw.normal(size=(n_rows + n_owners, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = [*range(n_owners), *draw.integers(n_owners, size=n_rows).tolist()]
    distance = 1 - vectors.astype(float) @ vectors.T.astype(float)
    for row, value in enumerate(separation.silhouettes(vectors, owners)):
        own = [distance[row, other] for other in range(len(owners)) if owners[other] == owners[row] and other != row]
        if not own:
            assert value == 0
            continue
        a = np.mean(own)
        b = min(
            np.mean([distance[row, other] for other in range(len(owners)) if owners[other] == owner])
            for owner in set(owners) - {owners[row]}
        )
        assert value == pytest.approx((b - a) / max(a, b), abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sam", "kim", "x"]), st.sampled_from(["", "…", "Soup.", "I drive a truck.", "ß 雨"])
        ),
        max_size=9,
    )
)
def test_whatever_is_said_scores_are_whole(turns: list[tuple[str, str]]):
    lines = [Line(speaker, text, thought="I think so." if len(text) > 2 else "") for speaker, text in turns]
    measured = measure(ABOUT, lines, MEANING_MEASURES)
    metrics = {metric.name: metric for one in MEANING_MEASURES for metric in one.metrics}
    summed = [score for of_metric in measured.summaries.values() for score in of_metric.values()]
    for score in [*(score for scores in measured.by_line for score in scores), *summed]:
        metric = metrics[score.metric]
        json.dumps(score.evidence, allow_nan=False)
        if score.value is not None:
            assert metric.low is None or score.value >= metric.low - 1e-6
            assert metric.high is None or score.value <= metric.high + 1e-6
    turn_metrics = [metric.name for one in MEANING_MEASURES for metric in one.metrics if metric.scope == "turn"]
    assert all([score.metric for score in scores] == turn_metrics for scores in measured.by_line)
