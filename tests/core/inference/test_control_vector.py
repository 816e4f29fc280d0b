"""Control vectors: the arithmetic, their files, and what they do to the house weights."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.cli import main
from core.errors import UserError
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
from core.inference.steering.contrast import Contrast, Pair, build_control_vector, format_pairs, parse_pairs, steadiness
from core.inference.steering.control_vector import (
    ControlVector,
    Method,
    check_pairs,
    find_directions,
    half_sample_cosine,
    project,
)
from core.inference.steering.control_vector_file import load_control_vector, save_control_vector
from core.inference.weights.catalog import house_weights
from core.inference.weights.gguf_header import WeightsKind, inspect_gguf
from core.inference.worker import Worker
from tests.core.inference.conftest import CHAT, MakeWorker
from tests.random_weights import Shape, random_weights

GLAD = "You are Mila. You are happy and cheerful. You love everybody."
SAD = "You are Mila. You are sad and bitter. You hate everybody."
ASKED = ("How are you?", "What do you say?", "Tell me about the sea.", "Who took the money?", "Shall we go?")
SAID = ("I do not know.", "Well, let me see.", "Come here and look.", "Yes.", "No, not today.", "The", "I am")


def pair(question: str, answer: str) -> Pair:
    chats = ((Message("system", persona), Message("user", f"Vera: {question}")) for persona in (GLAD, SAD))
    return Pair(*(Passage(chat, answer) for chat in chats))


PAIRS = [pair(question, answer) for question in ASKED for answer in SAID]


@pytest.fixture(scope="module")
def house() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=512, n_sequences=4))) as worker:
        yield worker


@pytest.fixture(autouse=True)
def no_process_left() -> None:
    """One process serves the whole module."""


@pytest.fixture(scope="module")
def contrast(house: Worker) -> Contrast:
    return build_control_vector(house, PAIRS, Method.MEAN)


def residuals(worker: Worker, *adapters: Adapter) -> np.ndarray:
    passages = tuple(Passage(one.trait.messages, "I see. Go on.") for one in PAIRS[:: len(SAID)])
    found = worker.submit(ReadResiduals(passages, adapters)).result(60)
    assert isinstance(found, Residuals)
    assert found.n_tokens[0] > 1
    return found.vectors


numbers = st.floats(-100, 100, width=32)
differing = arrays(np.float32, (5, 3, 4), elements=st.integers(-9, 9))


@pytest.mark.parametrize("method", Method)
@given(st.integers(0, 1000), st.floats(0.5, 5))
@settings(deadline=None, max_examples=30)
def test_the_direction_that_pairs_share_is_found(method: Method, seed: int, gap: float) -> None:
    random = np.random.default_rng(seed)
    truth = random.standard_normal((3, 16))
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    without = random.standard_normal((40, 3, 16)).astype(np.float32)
    noise = random.standard_normal(without.shape) * 0.05
    found = find_directions((without + gap * truth + noise).astype(np.float32), without, method)
    assert not found[0].any()
    assert np.einsum("le,le->l", found, truth)[1:] == pytest.approx(1, abs=0.05)
    assert np.linalg.norm(found[1:], axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("method", Method)
@settings(deadline=None, max_examples=50)
@given(differing, differing)
def test_most_pairs_point_along_the_direction_and_the_opposite_trait_has_the_opposite(
    method: Method, with_trait: np.ndarray, without: np.ndarray
) -> None:
    there, back = find_directions(with_trait, without, method), find_directions(without, with_trait, method)
    assert np.isfinite(there).all()
    assert there == pytest.approx(-back, abs=1e-6)
    along = (project(with_trait, there) - project(without, there))[:, 1:]
    if method is Method.MEAN:
        assert (along.sum(axis=0) >= -1e-3).all()
    else:
        assert (np.sign(np.round(along, 3)).sum(axis=0) >= 0).all()


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


@settings(max_examples=40, deadline=None)
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
@settings(max_examples=80, deadline=None)
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
        with suppress(UserError):
            assert np.isfinite(load_control_vector(broken).directions).all()


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
@settings(max_examples=50, deadline=None)
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
    _, n_layers, width = first.shape
    assert n_layers > 1
    assert width > n_layers
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


def test_halves_of_the_pairs_agree_on_the_house_weights(contrast: Contrast) -> None:
    steady = steadiness(contrast.layers)
    assert steady is not None
    assert steady > 0.5
    assert all(report.share > 0.5 and report.gap > 0 for report in contrast.layers)


def test_residuals_are_what_the_logits_are_made_of(make_worker: MakeWorker) -> None:
    """Behind the last layer: normed and multiplied with the embeddings they are the logits."""
    worker, shape = make_worker(), Shape()
    tensors = {tensor.name: tensor.data for tensor in GGUFReader(random_weights()).tensors}
    found = worker.submit(ReadResiduals((Passage(CHAT, ""),))).result(60)
    assert isinstance(found, Residuals)
    last = found.vectors[0, -1].astype(np.float64)
    assert found.vectors.shape == (1, shape.n_layers, shape.n_embd)
    normed = last / np.sqrt(np.mean(last**2) + 1e-5) * tensors["output_norm.weight"]
    logits = tensors["token_embd.weight"].reshape(shape.n_vocab, -1).astype(np.float64) @ normed
    logprobs = logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())
    for token in (5, 300, 600):
        result = worker.submit(Score("mila", CHAT, (token,))).result(60)
        assert isinstance(result, Scored)
        assert logprobs[token] == pytest.approx(result.logprobs[0], abs=0.05)


def test_the_command_line_makes_a_vector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, out = tmp_path / "pairs.json", tmp_path / "glad.gguf"
    pairs.write_text(format_pairs(PAIRS[:6]), encoding="utf-8")
    assert main(["steer", "build", "--pairs", str(pairs), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["n_pairs"], said["by"]) == (6, "component")
    assert [layer["layer"] for layer in said["layers"]] == [1, 2, 3, 4, 5]
    assert load_control_vector(out).n_layers == said["n_layers"] == 6
    assert main(["steer", "build", "--pairs", str(out), "--out", str(out)]) == 1
    assert main(["steer", "build", "--pairs", str(pairs)]) == 2
