"""Control vectors: the arithmetic, their files, and what they do to the house weights."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.cli import main
from core.errors import UserError
from core.inference.catalog import house_weights
from core.inference.contrast import Contrast, Pair, build_control_vector, format_pairs, parse_pairs, steadiness
from core.inference.control_vector import (
    ControlVector,
    check_pairs,
    find_directions,
    half_sample_cosine,
    project,
)
from core.inference.control_vector_file import load_control_vector, save_control_vector
from core.inference.gguf_header import WeightsKind, inspect_gguf
from core.inference.request import (
    Adapter,
    AdapterKind,
    Message,
    Passage,
    ReadResiduals,
    Residuals,
    Score,
    Scored,
    WeightsSettings,
)
from core.inference.worker import Worker

GLAD = ("I am so glad!", "What a lovely day!", "I love this song!", "How wonderful to see you!", "We won, we won!")
SAD = ("I am so tired.", "What a grey day.", "I hate this song.", "How awful to see you.", "We lost, all of it.")
ASKED = ("How are you?", "What do you say?", "Well?", "Tell me.")


def pair(question: str, glad: str, sad: str) -> Pair:
    messages = (Message("system", "You are Mila."), Message("user", f"Vera: {question}"))
    return Pair(Passage(messages, glad), Passage(messages, sad))


PAIRS = [pair(question, glad, sad) for question in ASKED for glad, sad in zip(GLAD, SAD, strict=True)]


@pytest.fixture(scope="module")
def house() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=512, n_sequences=4))) as worker:
        yield worker


@pytest.fixture(autouse=True)
def no_process_left() -> None:
    """One process serves the whole module."""


@pytest.fixture(scope="module")
def contrast(house: Worker) -> Contrast:
    return build_control_vector(house, PAIRS)


def residuals(worker: Worker, *adapters: Adapter) -> np.ndarray:
    passages = tuple(Passage(one.trait.messages, "I see. Go on.") for one in PAIRS[::5])
    found = worker.submit(ReadResiduals(passages, adapters)).result(60)
    assert isinstance(found, Residuals)
    assert found.n_tokens[0] > 1
    return found.vectors


numbers = st.floats(-100, 100, width=32)


@given(st.integers(0, 1000), st.floats(0.5, 5))
def test_the_direction_that_pairs_share_is_found(seed: int, gap: float) -> None:
    random = np.random.default_rng(seed)
    truth = random.standard_normal((3, 16))
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    without = random.standard_normal((40, 3, 16)).astype(np.float32)
    noise = random.standard_normal(without.shape) * 0.05
    found = find_directions((without + gap * truth + noise).astype(np.float32), without)
    assert not found[0].any()
    assert np.einsum("le,le->l", found, truth)[1:] == pytest.approx(1, abs=0.05)
    assert np.linalg.norm(found[1:], axis=1) == pytest.approx(1, abs=1e-5)


@given(arrays(np.float32, (5, 3, 4), elements=numbers), arrays(np.float32, (5, 3, 4), elements=numbers))
def test_most_pairs_point_along_the_direction_and_the_opposite_trait_has_the_opposite(
    with_trait: np.ndarray, without: np.ndarray
) -> None:
    there, back = find_directions(with_trait, without), find_directions(without, with_trait)
    assert np.isfinite(there).all()
    assert there == pytest.approx(-back, abs=1e-6)
    along = (project(with_trait, there) - project(without, there))[:, 1:]
    assert (np.sign(np.round(along, 3)).sum(axis=0) >= -1).all()


def test_halves_agree_when_there_is_a_trait_and_not_when_there_is_noise() -> None:
    random = np.random.default_rng(0)
    without, noise = random.standard_normal((2, 24, 2, 64)).astype(np.float32)
    agreed = half_sample_cosine(without + 3 + noise * 0.1, without)
    unagreed = half_sample_cosine(noise, without)
    assert agreed is not None
    assert unagreed is not None
    assert agreed[1] > 0.99
    assert abs(unagreed[1]) < 0.6
    assert half_sample_cosine(noise[:3], without[:3]) is None


def test_pairs_that_say_nothing_are_refused() -> None:
    same = np.ones((3, 2, 4), np.float32)
    for trait, opposite in ((same[:0], same[:0]), (same, same), (same * np.nan, same)):
        with pytest.raises(UserError):
            check_pairs(trait, opposite)


@settings(max_examples=40)
@given(st.integers(2, 6).flatmap(lambda n: arrays(np.float32, (n, 5), elements=numbers)), st.text("abcé-2", max_size=8))
def test_a_saved_vector_is_loaded_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, directions: np.ndarray, architecture: str
) -> None:
    directions[0] = 0
    path = tmp_path_factory.mktemp("vectors") / "vector.gguf"
    save_control_vector(ControlVector(directions, architecture), path)
    loaded = load_control_vector(path)
    assert np.array_equal(loaded.directions, directions)
    assert loaded.architecture == architecture
    assert inspect_gguf(path).kind is WeightsKind.CONTROL


@given(st.integers(0, 2000), st.integers(0, 255))
@settings(max_examples=150)
def test_a_damaged_file_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, place: int, byte: int) -> None:
    folder = tmp_path_factory.getbasetemp()
    good = folder / "good.gguf"
    if not good.exists():
        save_control_vector(ControlVector(np.ones((3, 8), np.float32), "llama"), good)
    data = bytearray(good.read_bytes())
    data[place % len(data)] = byte
    broken = folder / "broken.gguf"
    for damaged in (bytes(data), bytes(data[: place % len(data)])):
        broken.write_bytes(damaged)
        try:
            assert np.isfinite(load_control_vector(broken).directions).all()
        except UserError as error:
            assert error.hint


def test_layers_outside_the_range_are_left_alone() -> None:
    vector = ControlVector(np.ones((5, 2), np.float32), "")
    assert vector.added(2.0, 2, 3)[:, 0].tolist() == [0, 0, 2, 2, 0]
    assert vector.added(-1.0, 1, -1)[:, 0].tolist() == [0, -1, -1, -1, -1]


passages = st.builds(
    Passage,
    st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=9)), max_size=3).map(
        lambda messages: (*messages, Message("user", "?")) if messages else ()
    ),
    st.text(max_size=9),
)


@given(st.lists(st.builds(Pair, passages, passages), min_size=1, max_size=3))
@settings(max_examples=50)
def test_pairs_that_were_written_are_read_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[Pair]
) -> None:
    path = tmp_path_factory.getbasetemp() / "pairs.json"
    path.write_text(format_pairs(pairs), encoding="utf-8", newline="")
    assert parse_pairs(path) == pairs


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[1]", '[{"trait": 1, "opposite": ""}]', '[{"trait": [], "opposite": []}]']
)
def test_files_that_hold_no_pairs_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pairs.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"pairs\.json"):
        parse_pairs(path)
    with pytest.raises(UserError, match="cannot be read"):
        parse_pairs(tmp_path / "nowhere.json")


def test_residuals_are_read_as_often_as_one_likes(house: Worker) -> None:
    first, second = residuals(house), residuals(house)
    assert np.array_equal(first, second)
    assert first.shape[1:] == (6, 320)
    assert np.isfinite(first).all()


def test_passages_that_cannot_be_read_are_said(house: Worker) -> None:
    for passage, says in ((Passage((), ""), "no words"), (Passage((), "long " * 9000), "tokens long")):
        with pytest.raises(UserError, match=says):
            house.submit(ReadResiduals((passage,))).result(60)


def test_more_of_a_trait_is_further_along_it_and_less_is_not(house: Worker, contrast: Contrast, tmp_path: Path) -> None:
    """Steered in the middle, looked at behind all layers after it: what is added there is carried on."""
    path = tmp_path / "glad.gguf"
    save_control_vector(contrast.vector, path)
    loaded = load_control_vector(path)
    adapter = Adapter(AdapterKind.CONTROL, path, first_layer=2, last_layer=3)
    scale = contrast.layers[1].gap
    means = [
        project(residuals(house, *adapters), loaded.directions).mean(axis=0)
        for adapters in ((replace(adapter, scale=-scale),), (), (replace(adapter, scale=scale),))
    ]
    assert np.array_equal(means[0][:2], means[1][:2]), "layers before it stay as they were"
    assert (means[0][2:] < means[1][2:]).all()
    assert (means[1][2:] < means[2][2:]).all()


def test_more_of_a_trait_makes_its_words_likelier(house: Worker, contrast: Contrast, tmp_path: Path) -> None:
    path = tmp_path / "glad.gguf"
    save_control_vector(contrast.vector, path)
    layer = contrast.layers[2]

    def leaning(scale: float) -> float:
        adapters = (Adapter(AdapterKind.CONTROL, path, scale, layer.layer, layer.layer),)
        logprobs = []
        for passage in (PAIRS[3].trait, PAIRS[3].opposite):
            found = house.submit(Score("mila", passage.messages, passage.answer, adapters)).result(60)
            assert isinstance(found, Scored)
            logprobs.append(sum(found.logprobs))
        return logprobs[0] - logprobs[1]

    assert leaning(-layer.gap) < leaning(0) < leaning(layer.gap)


def test_pairs_agree_on_the_house_weights(contrast: Contrast) -> None:
    steady = steadiness(contrast.layers)
    assert steady is not None
    assert steady > 0.5
    assert all(report.share > 0.5 and report.gap > 0 for report in contrast.layers)


def test_the_command_line_makes_a_vector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, out = tmp_path / "pairs.json", tmp_path / "glad.gguf"
    pairs.write_text(format_pairs(PAIRS), encoding="utf-8")
    assert main(["steer", "build", "--pairs", str(pairs), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["n_pairs"] == len(PAIRS)
    assert [layer["layer"] for layer in said["layers"]] == [1, 2, 3, 4, 5]
    assert load_control_vector(out).n_layers == said["n_layers"] == 6
    assert main(["steer", "build", "--pairs", str(out), "--out", str(out)]) == 1
    assert main(["steer", "build", "--pairs", str(pairs)]) == 2
