"""The voice of each speaker, turn by turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import measure
from core.fidelity.reference import load_reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import read_words
from core.fidelity.words.voice import VoiceCounter, hdd, mattr, voice_z, yule_k
from core.fidelity.words.voices import MEASURE, score_voice

NAMES = ["voice.mattr", "voice.hdd", "voice.yule_k", "voice.z"]
SCENE = [
    Line("Theo", "The lamp had been dark for an hour by then."),
    Line("Mara", "The lamp was lit."),
    Line("Mara", "I kept that light eleven winters. Eleven, I say!"),
]

turns = st.lists(
    st.tuples(st.sampled_from("abc"), st.text("abcde '’我", max_size=20)).map(lambda said: Line(*said)),
    min_size=1,
    max_size=12,
)


def scores_of(lines: list[Line]) -> list[dict[str, ScoreValue]]:
    return [{score.metric: score for score in scores} for scores in measure(About(), lines, [MEASURE]).by_line]


def test_voice_is_all_that_the_speaker_said_so_far():
    reference = load_reference()
    said = [token for line in SCENE[1:] for token in read_words(line.text).tokens]
    first, second, third = scores_of(SCENE)
    assert first["voice.mattr"].value == 1
    assert second["voice.hdd"].evidence["short"] is True
    assert third["voice.hdd"].evidence["short"] is False
    assert third["voice.mattr"].value == mattr(said)
    assert third["voice.hdd"].value == pytest.approx(hdd(said))
    assert third["voice.yule_k"].value == yule_k(said)
    assert third["voice.z"].value == pytest.approx(voice_z(said, reference).value)
    assert third["voice.z"].evidence["reference"] == reference.name
    assert third["voice.yule_k"].evidence["most_repeated"] == [{"word": "eleven", "count": 2}]
    assert all(third[name].evidence["n_tokens"] == len(said) for name in NAMES)


def test_without_a_reference_only_z_is_missing():
    scores = score_voice(VoiceCounter(["lamp", "lit"]), None)
    assert [score.metric for score in scores if score.value is None] == ["voice.z"]


def test_no_words_no_voice():
    (scores,) = scores_of([Line("A", "走吧")])
    assert all(score.value is None and score.reason for score in scores.values())


@given(turns)
def test_turn_by_turn_is_the_same_as_each_alone(scene: list[Line]):
    reference = load_reference()
    for index, (line, scores) in enumerate(zip(scene, scores_of(scene), strict=True)):
        texts = [one.text for one in scene[: index + 1] if one.speaker == line.speaker]
        voice = VoiceCounter(token for text in texts for token in read_words(text).tokens)
        assert list(scores.values()) == score_voice(voice, reference)
