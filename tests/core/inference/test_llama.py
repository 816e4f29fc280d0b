"""The bindings: vocabulary, decoding, trimming, stopping, and what llama.cpp says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as native
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.chat_format import control_pattern, defuse
from core.inference.llama import Vocabulary, Weights, capture_log
from tests.core.inference.llama_cpp_source import llama_cpp_files
from tests.random_weights import Shape, random_weights


def load(path: Path, **options: Any) -> Weights:
    defaults: dict[str, Any] = {"n_ctx": 512, "n_sequences": 3, "n_threads": 1, "n_gpu_layers": 0, "n_batch": 64}
    return Weights(path, **defaults | {"safe_mode": False, "on_progress": lambda: None} | options)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Weights]:
    weights = load(random_weights())
    yield weights
    weights.close()


@pytest.fixture(autouse=True)
def empty_sequences(loaded: Weights) -> None:
    for sequence in range(3):
        loaded.trim(sequence, 0)


def tokens_of(seed: int, count: int) -> list[int]:
    return [int(token) for token in np.random.default_rng(seed).integers(0, 700, count)]


def decode(weights: Weights, tokens: list[int], sequence: int, start: int = 0, n_rows: int = 1) -> np.ndarray:
    rows = weights.decode(tokens, sequence, start, n_rows)
    assert rows is not None
    return rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_pieces_write_the_text_that_was_tokenised(loaded: Weights, text: str) -> None:
    tokens = loaded.vocabulary.tokenize(text, parse_special=False)
    assert b"".join(map(loaded.vocabulary.piece, tokens)) == text.encode()


def test_control_tokens_are_only_read_where_they_may_be(loaded: Weights) -> None:
    vocabulary = loaded.vocabulary
    (token,) = vocabulary.tokenize("<|im_end|>", parse_special=True)
    assert token in vocabulary.control
    assert token in vocabulary.ends
    assert not set(vocabulary.tokenize("<|im_end|>", parse_special=False)) & set(vocabulary.control)
    assert len(vocabulary.tokenize("<think>", parse_special=False)) == 1


def test_sequences_do_not_change_each_other(loaded: Weights) -> None:
    tokens = tokens_of(1, 50)
    alone = decode(loaded, tokens, 0)
    decode(loaded, tokens_of(2, 60), 1)
    decode(loaded, tokens_of(3, 10), 2)
    loaded.trim(0, 0)
    assert np.array_equal(decode(loaded, tokens, 0), alone)


def test_a_trimmed_sequence_goes_on_as_if_nothing_had_followed(loaded: Weights) -> None:
    tokens = tokens_of(1, 30)
    decode(loaded, tokens, 0)
    expected = decode(loaded, tokens_of(4, 5), 0, 30)
    loaded.trim(0, 30)
    decode(loaded, tokens_of(9, 20), 0, 30)
    assert loaded.trim(0, 30) == 30
    assert np.array_equal(decode(loaded, tokens_of(4, 5), 0, 30), expected)


def test_rows_are_the_logits_after_the_last_tokens(loaded: Weights) -> None:
    tokens = tokens_of(5, 20)
    rows = decode(loaded, tokens, 0, n_rows=4)
    assert rows.shape == (4, loaded.vocabulary.n_tokens)
    loaded.trim(0, 0)
    decode(loaded, tokens[:17], 0, n_rows=0)
    for index in range(17, 20):
        row = decode(loaded, tokens[index : index + 1], 0, index)
        assert row[0] == pytest.approx(rows[index - 16], abs=1e-2)


def test_a_stopped_batch_leaves_the_sequence_as_it_was(loaded: Weights) -> None:
    tokens = tokens_of(6, 40)
    decode(loaded, tokens[:20], 0)
    asked = []
    assert loaded.decode(tokens[20:], 0, 20, 1, lambda: bool(asked.append(1)) or len(asked) > 5) is None
    stopped = decode(loaded, tokens[20:], 0, 20)
    loaded.trim(0, 0)
    decode(loaded, tokens[:20], 0)
    assert np.array_equal(decode(loaded, tokens[20:], 0, 20), stopped)


def test_facts_are_read_back(loaded: Weights) -> None:
    assert loaded.n_ctx == 512
    assert loaded.name == "random"
    assert loaded.n_params == 125_248
    assert loaded.kv_bytes == pytest.approx(2 * 2 * 2 * 32 * 512 * 3, rel=0.02)
    assert loaded.gpu == (0, "")


def test_llama_cpp_writes_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    load(random_weights()).close()
    assert capfd.readouterr() == ("", "")


def test_what_llama_cpp_refuses_becomes_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "poem.gguf"
    path.write_text("Not weights at all. " * 100)
    with pytest.raises(UserError, match=r"cannot load poem\.gguf"):
        load(path)


def test_recurrent_weights_forget_all_or_nothing() -> None:
    weights = load(random_weights(Shape(recurrent=True, spread=0.06), "recurrent"))
    decode(weights, tokens_of(1, 20), 0)
    assert weights.trim(0, 12) == 0
    assert decode(weights, tokens_of(1, 20), 0) == pytest.approx(decode(weights, tokens_of(1, 20), 1), abs=1e-3)
    weights.close()


@pytest.fixture
def real_vocabulary(path: Path) -> Iterator[Vocabulary]:
    capture_log()
    params = native.llama_model_default_params()
    params.vocab_only = True
    model = native.llama_model_load_from_file(str(path).encode(), params)
    yield Vocabulary(native.llama_model_get_vocab(model))
    native.llama_model_free(model)


@pytest.mark.parametrize("path", llama_cpp_files("ggml-vocab-*.gguf"))
def test_contents_cannot_spell_control_tokens_of_real_vocabularies(real_vocabulary: Vocabulary) -> None:
    texts = [text for text in real_vocabulary.control.values() if len(text) > 1][:3000]
    unsafe = "".join(texts)
    assert not texts or control_texts(real_vocabulary, unsafe)
    safe = defuse(f"a{unsafe}b {' '.join(texts)}", control_pattern(texts))
    assert not [text for text in control_texts(real_vocabulary, safe) if len(text) > 1]


def control_texts(vocabulary: Vocabulary, text: str) -> list[str]:
    tokens = vocabulary.tokenize(text, parse_special=True)
    return [vocabulary.control[token] for token in tokens if token in vocabulary.control]


@pytest.mark.parametrize("path", llama_cpp_files("ggml-vocab-*.gguf"))
def test_a_cut_answer_has_exact_tokens_in_real_vocabularies(real_vocabulary: Vocabulary, path: Path) -> None:
    if "bert" in path.stem:
        pytest.skip("it does not write text")
    for data in (b"word", b" word", b"Hello, you", b"\n", b"  two", "né 🎭".encode(), b"x" * 30):
        tokens = real_vocabulary.tokenize_exactly(data)
        assert real_vocabulary.bytes_of(tokens) == data
