"""The fingerprint: figures of methods 3.2 and 3.11, and each feature by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import measure
from core.fidelity.reference import load_reference
from core.fidelity.words.coverage import coverage, mean_distance, standardise
from core.fidelity.words.fingerprint import (
    DIMENSIONS,
    FEATURES,
    FingerprintCounter,
    align,
    dice,
    fingerprint,
    mean_fingerprint,
)
from core.fidelity.words.fingerprints import MEASURE, METRICS
from core.fidelity.words.phrases import load_phrase_lists

turns = st.lists(st.text("abc please ?!#A7@.’", max_size=30), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "clariq",
            {
                "words_per_turn": 8.207,
                "short_utterance_rate": 0.1037,
                "opening_length": 6.050,
                "verbosity_cv": 0.4108,
                "front_loading_ratio": 0.4770,
            },
        ),
        ("chatbot_arena", {"words_per_turn": 30.910, "short_utterance_rate": 0.0179, "opening_length": 30.877}),
    ],
)
def test_acceptance_corpora(mirrorbench: Callable[[str], list[dict[str, Any]]], name: str, expected: dict[str, float]):
    said = [[turn["content"] for turn in row["turns"] if turn["role"] == "user"] for row in mirrorbench(name)]
    found = mean_fingerprint([fingerprint(texts) for texts in said])
    assert {feature: found[feature] for feature in expected} == pytest.approx(expected, abs=5e-4)


def test_the_reference_has_what_was_measured():
    norms = load_reference("clariq").fingerprint
    assert tuple(norms) == FEATURES
    assert norms["verbosity_cv"].mean == pytest.approx(0.4108, abs=5e-4)
    assert norms["front_loading_ratio"].mean == pytest.approx(0.4770, abs=5e-4)


def test_nineteen_features_in_four_dimensions():
    assert len(FEATURES) == len(set(FEATURES)) == 19
    assert [len(features) for features in DIMENSIONS.values()] == [8, 3, 5, 3]
    named = {f"{one.name}_rate" for one in load_phrase_lists("fingerprint-en")}
    assert named < set(FEATURES)
    assert len(named) == 12
    assert [metric.name for metric in METRICS[:19]] == [f"fingerprint.{feature}" for feature in FEATURES]


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("Could you wait, please?", "politeness_rate"),
        ("I must insist, sir.", "formality_rate"),
        ("How can I help you today?", "identity_confusion_rate"),
        ("Sounds good!", "acknowledgment_rate"),
        ("I’m not sure about it.", "uncertainty_rate"),
        ("Of course it is.", "certainty_rate"),
        ("That's wrong.", "pushback_rate"),
        ("What do you mean?", "clarification_rate"),
        ("Where is the key?", "information_seeking_rate"),
        ("I hate this house.", "emotion_rate"),
        ("You lied to me.", "accusation_rate"),
        ("What about the back door?", "strategy_pivot_rate"),
        ("It is AB12CD34.", "identifiers_per_turn"),
        ("Mail a.b@example.org then", "identifiers_per_turn"),
    ],
)
def test_what_counts(text: str, feature: str):
    counter = FingerprintCounter([text])
    assert counter.features()[feature] == 1
    assert counter.quotes[feature][0]["turn"] == 1


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("Sounds good to be true.", "acknowledgment_rate"),
        ("I know where the key is.", "information_seeking_rate"),
        ("Pleased to be here.", "politeness_rate"),
        ("The year 1926.", "identifiers_per_turn"),
    ],
)
def test_what_does_not_count(text: str, feature: str):
    assert fingerprint([text])[feature] == 0


def test_a_phrase_said_four_times_makes_its_turns_repeating():
    often = ["as I was saying", "as I was told", "no", "as I was there", "as I was here"]
    assert fingerprint(often)["repetition_rate"] == 0.8
    assert fingerprint(often[:4])["repetition_rate"] == 0


def test_one_turn():
    found = fingerprint(["Hello there you"])
    assert (found["verbosity_cv"], found["front_loading_ratio"]) == (0, 1)
    with pytest.raises(ValueError, match="needs a turn"):
        fingerprint([])


def test_dice():
    assert (dice(0, 0), dice(5, 5)) == (1, 1)
    assert dice(1, 2) == dice(2, 1) == pytest.approx(2 / 3)


def test_features_are_averaged_before_they_are_aligned():
    one, other = fingerprint(["a b"]), fingerprint(["a b c d e f"])
    human = fingerprint(["a b c d"])
    whole = align(mean_fingerprint([one, other]), human)
    assert whole.by_feature["words_per_turn"] == 1
    assert align(one, human).by_feature["words_per_turn"] < 1
    assert align(human, human).overall == 1


def test_coverage_by_hand():
    def points(*values: float) -> np.ndarray:
        return np.array(values, dtype=float).reshape(-1, 1)

    assert coverage(points(0), points(1), d_ref=2) == pytest.approx(0.5)
    assert coverage(points(0), points(1), d_ref=0.5) == 0
    assert mean_distance(points(0, 10)) == 10
    assert coverage(points(0, 10), points(1, 9)) == pytest.approx(0.9)
    assert coverage(points(), points(1)) == coverage(points(1), points()) == 0
    assert coverage(points(3), points(3)) == 0  # one person alone does not differ
    assert standardise(points(3, 5), points(1)[0], points(0)[0]).tolist() == [[0], [0]]


def test_scores_of_a_conversation():
    lines = [Line("a", "Please, what is it?"), Line("b", "No."), Line("a", "You lied to me!!")]
    found = measure(About(), lines, [MEASURE])
    assert found.by_line == ((), (), ())
    mine = found.summaries["a"]
    assert set(mine) == {metric.name for metric in METRICS}
    assert mine["fingerprint.politeness_rate"].evidence["places"] == [{"turn": 1, "words": "please"}]
    assert mine["fingerprint.accusation_rate"].evidence["places"] == [{"turn": 3, "words": "you lied"}]
    parts = [mine[f"fingerprint.d{number}"].value for number in (1, 2, 3, 4)]
    assert mine["fingerprint.alignment"].value == pytest.approx(sum(parts) / 4)
    assert mine["fingerprint.d2"].evidence["features"]["opening_length"][0] == 4


@pytest.mark.parametrize("texts", [["走吧。", "我们走吧，好吗？"], ["Привет, как дела?"], ["…"]])
def test_what_has_no_words_that_can_be_counted_is_not_scored(texts: list[str]):
    found = measure(About(), [Line("a", text) for text in texts], [MEASURE]).summaries["a"]
    assert set(found) == {metric.name for metric in METRICS}
    assert all(score.value is None and "can be counted" in score.reason for score in found.values())


@given(turns)
def test_every_feature_is_in_its_range(texts: list[str]):
    found = fingerprint(texts)
    assert all(value >= 0 for value in found.values())
    assert all(found[feature] <= 1 for feature in FEATURES if feature.endswith(("_rate", "_ratio")))
    human = {feature: norm.mean for feature, norm in load_reference().fingerprint.items()}
    assert 0 <= align(found, human).overall <= 1
