"""The human anchors: what the files say, and how norms are read off between lengths."""

import importlib
import json
from pathlib import Path

import pytest

from core.errors import UserError
from core.fidelity.catalogue import METRICS
from core.fidelity.reference import (
    DEFAULT_REFERENCE,
    LengthNorms,
    Norm,
    Reference,
    load_reference,
    parse_reference,
    reference_names,
)
from core.fidelity.words.voice import VOICE_METRICS


def test_published_anchors_are_those_of_the_table():
    clariq, arena = load_reference("clariq"), load_reference("chatbot-arena")
    assert (clariq.n_texts, arena.n_texts) == (200, 195)
    assert clariq.norms["voice.mattr"].mean == pytest.approx(0.7172, abs=5e-4)
    assert clariq.norms["voice.hdd"].sd == pytest.approx(0.0908, abs=5e-4)
    assert arena.norms["voice.yule_k"].mean == pytest.approx(104.53, abs=5e-3)
    assert arena.norms["voice.yule_k"].sd == pytest.approx(168.66, abs=5e-3)
    assert clariq.norm("voice.mattr", 7) == clariq.norms["voice.mattr"]


@pytest.mark.parametrize("name", ["clariq", "chatbot-arena"])
def test_script_measures_what_the_files_say(shared: Path, name: str):
    make = importlib.import_module("assets.references.make")
    corpus = next(corpus for corpus in make.CORPORA if corpus.name == name)
    file = Path(make.__file__).with_name(f"{name}.json")
    assert make.measure(corpus, shared) == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["topical-chat", "self-dialogue", "clariq", "chatbot-arena"])
def test_every_reference_says_where_it_is_from(name: str):
    reference = load_reference(name)
    assert reference.name == name
    assert all((reference.title, reference.source, reference.licence, reference.attribution, reference.how_measured))
    assert set(reference.norms) == {*VOICE_METRICS, "voice.z", "echo", "echo.rouge", "repetition", "talk.words"}
    assert set(reference.norms) <= set(METRICS)
    assert {f"fingerprint.{feature}" for feature in reference.fingerprint} <= set(METRICS)
    assert len(reference.fingerprint) == 19
    for norm in reference.norms.values():
        assert norm.sd > 0
        assert norm.p05 <= norm.mean <= norm.p95


def test_default_has_texts_as_long_as_a_speaker_of_a_scene_says():
    reference = load_reference()
    assert reference.name == DEFAULT_REFERENCE
    assert 150 < reference.mean_tokens < 400
    assert reference.by_length[0].n_tokens <= 10
    assert reference.by_length[-1].n_tokens >= 300


def test_names_are_the_files():
    assert reference_names() == ("chatbot-arena", "clariq", "self-dialogue", "topical-chat")


@pytest.mark.parametrize("name", ["", "nobody", "../themes/dark", "make"])
def test_unknown_name_lists_the_known_ones(name: str):
    with pytest.raises(UserError, match="topical-chat"):
        load_reference(name)


def test_norms_lie_on_the_line_between_lengths():
    def at(n_tokens: int, mean: float) -> LengthNorms:
        return LengthNorms(n_tokens, 500, {"voice.hdd": Norm(mean, mean / 10, mean - 1, mean + 1)})

    reference = Reference("", "", "", "", "", "", 0, 0.0, {}, {}, (at(10, 1.0), at(20, 2.0), at(40, 8.0)))
    expected = {0: 1.0, 10: 1.0, 15: 1.5, 20: 2.0, 30: 5.0, 40: 8.0, 1000: 8.0}
    for n_tokens, mean in expected.items():
        norm = reference.norm("voice.hdd", n_tokens)
        assert (norm.mean, norm.sd) == (pytest.approx(mean), pytest.approx(mean / 10))
        assert (norm.p05, norm.p95) == (pytest.approx(mean - 1), pytest.approx(mean + 1))


def test_missing_field_is_a_bug_that_shows():
    with pytest.raises(KeyError):
        parse_reference({"name": "x"})
