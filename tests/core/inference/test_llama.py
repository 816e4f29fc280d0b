"""The bindings: vocabulary, decoding, trimming, stopping, and what llama.cpp says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import llama_cpp.llama_cpp as native
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.chat_format import control_pattern, defuse
from core.inference.llama import Chunk, Context, Stop, Vocabulary, Weights, capture_log
from core.inference.request import Layout
from tests.core.inference.llama_cpp_source import llama_cpp_files
from tests.random_weights import Shape, random_weights


@dataclass
class Open:
    """Weights with one context."""

    weights: Weights
    context: Context

    @property
    def vocabulary(self) -> Vocabulary:
        return self.weights.vocabulary

    def close(self) -> None:
        self.context.close()
        self.weights.close()


def load(path: Path, layout: Layout = Layout.APART) -> Open:
    weights = Weights(path, n_gpu_layers=0, safe_mode=False, on_progress=lambda: None)
    return Open(weights, Context(weights, n_ctx=512, n_sequences=3, n_threads=1, n_batch=64, layout=layout))


@pytest.fixture(scope="module")
def loaded() -> Iterator[Open]:
    opened = load(random_weights())
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def empty_sequences(loaded: Open) -> None:
    for sequence in range(3):
        loaded.context.trim(sequence, 0)


def tokens_of(seed: int, count: int) -> list[int]:
    return [int(token) for token in np.random.default_rng(seed).integers(0, 700, count)]


def decode(opened: Open, tokens: list[int], sequence: int, start: int = 0, n_rows: int = 1) -> np.ndarray:
    found = opened.context.decode([Chunk(tokens, sequence, start, n_rows)])
    assert not isinstance(found, Stop)
    return found[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_pieces_write_the_text_that_was_tokenised(loaded: Open, text: str) -> None:
    tokens = loaded.vocabulary.tokenize(text, parse_special=False)
    assert b"".join(map(loaded.vocabulary.piece, tokens)) == text.encode()


def test_control_tokens_are_only_read_where_they_may_be(loaded: Open) -> None:
    vocabulary = loaded.vocabulary
    (token,) = vocabulary.tokenize("<|im_end|>", parse_special=True)
    assert token in vocabulary.control
    assert token in vocabulary.ends
    assert not set(vocabulary.tokenize("<|im_end|>", parse_special=False)) & set(vocabulary.control)
    assert len(vocabulary.tokenize("<think>", parse_special=False)) == 1


def test_sequences_do_not_change_each_other(loaded: Open) -> None:
    tokens = tokens_of(1, 50)
    alone = decode(loaded, tokens, 0)
    decode(loaded, tokens_of(2, 60), 1)
    decode(loaded, tokens_of(3, 10), 2)
    loaded.context.trim(0, 0)
    assert np.array_equal(decode(loaded, tokens, 0), alone)


def test_a_trimmed_sequence_goes_on_as_if_nothing_had_followed(loaded: Open) -> None:
    tokens = tokens_of(1, 30)
    decode(loaded, tokens, 0)
    expected = decode(loaded, tokens_of(4, 5), 0, 30)
    loaded.context.trim(0, 30)
    decode(loaded, tokens_of(9, 20), 0, 30)
    assert loaded.context.trim(0, 30) == 30
    assert np.array_equal(decode(loaded, tokens_of(4, 5), 0, 30), expected)


def test_rows_are_the_logits_after_the_last_tokens(loaded: Open) -> None:
    tokens = tokens_of(5, 20)
    rows = decode(loaded, tokens, 0, n_rows=4)
    assert rows.shape == (4, loaded.vocabulary.n_tokens)
    loaded.context.trim(0, 0)
    decode(loaded, tokens[:17], 0, n_rows=0)
    for index in range(17, 20):
        row = decode(loaded, tokens[index : index + 1], 0, index)
        assert row[0] == pytest.approx(rows[index - 16], abs=1e-2)


def test_a_stopped_batch_leaves_the_sequence_as_it_was(loaded: Open) -> None:
    tokens = tokens_of(6, 40)
    decode(loaded, tokens[:20], 0)
    asked = []
    chunk = Chunk(tokens[20:], 0, 20, 1)
    assert loaded.context.decode([chunk], lambda: bool(asked.append(1)) or len(asked) > 5) is Stop.ASKED
    stopped = decode(loaded, tokens[20:], 0, 20)
    loaded.context.trim(0, 0)
    decode(loaded, tokens[:20], 0)
    assert np.array_equal(decode(loaded, tokens[20:], 0, 20), stopped)


@pytest.mark.parametrize("layout", Layout)
def test_a_copy_goes_on_as_its_source_does(layout: Layout) -> None:
    opened = load(random_weights(), layout)
    tokens, more = tokens_of(1, 40), tokens_of(2, 5)
    decode(opened, tokens, 0)
    assert opened.context.copy(0, 1, 30) == 30
    copied = decode(opened, more, 1, 30)
    assert decode(opened, more, 0, 40).shape == copied.shape, "the source is as it was"
    opened.context.trim(0, 30)
    assert copied == pytest.approx(decode(opened, more, 0, 30), abs=1e-2)
    opened.close()


@pytest.mark.parametrize("layout", Layout)
def test_a_saved_sequence_comes_back_elsewhere(layout: Layout) -> None:
    opened = load(random_weights(), layout)
    tokens, more = tokens_of(1, 40), tokens_of(2, 5)
    decode(opened, tokens, 0)
    state = opened.context.save(0)
    expected = decode(opened, more, 0, 40)
    decode(opened, tokens_of(3, 20), 2)
    assert opened.context.restore(2, state)
    assert decode(opened, more, 2, 40) == pytest.approx(expected, abs=1e-2)
    assert not opened.context.restore(1, b"not a state")
    opened.close()


def test_sequences_in_one_batch_get_their_own_logits(loaded: Open) -> None:
    alone = [decode(loaded, tokens_of(seed, 6), seed) for seed in range(3)]
    for sequence in range(3):
        loaded.context.trim(sequence, 0)
    together = loaded.context.decode([Chunk(tokens_of(seed, 6), seed, 0, 1) for seed in (2, 0, 1)])
    assert not isinstance(together, Stop)
    for seed, rows in zip((2, 0, 1), together, strict=True):
        assert rows == pytest.approx(alone[seed], abs=1e-2)


def test_a_shared_context_says_when_its_cells_are_taken() -> None:
    opened = load(random_weights(), Layout.SHARED)
    for sequence in range(3):
        for start in range(0, 512, 64):
            decode(opened, tokens_of(sequence, 64), sequence, start, 0)
    opened.context.trim(2, 500)
    assert opened.context.decode([Chunk(tokens_of(1, 30), 2, 500, 1)]) is Stop.NO_ROOM
    assert decode(opened, tokens_of(1, 12), 2, 500).shape[0] == 1
    opened.close()


def test_facts_are_read_back(loaded: Open) -> None:
    assert loaded.context.n_ctx == 512
    assert loaded.weights.name == "random"
    assert loaded.weights.n_params == 125_248
    assert loaded.context.kv_bytes == pytest.approx(2 * 2 * 2 * 32 * 512 * 3, rel=0.02)
    assert loaded.weights.gpu == (0, "")


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
    assert weights.context.trim(0, 12) == 0
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
