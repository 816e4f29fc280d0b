"""Our samplers leave the same tokens with the same probabilities as llama.cpp's."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import llama_cpp.llama_cpp as native
import numpy as np
import pytest

from core.inference.llama import Vocabulary
from core.inference.request import Sampling
from core.inference.sampling.penalties import Breakers, find_breakers
from core.inference.sampling.token_sampler import TokenSampler
from core.inference.sampling.truncation import Candidates, exclude_top, likeliest, min_p, softmax, top_p, typical
from tests.core.inference.native_samplers import apply_natively, native_vocabulary
from tests.random_weights import random_weights

N_VOCAB = 800
OPEN = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)


def some_logits(seed: int, spread: float = 3.0, n_vocab: int = N_VOCAB) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, n_vocab).astype(np.float32)


def assert_same(candidates: Candidates, probabilities: np.ndarray, expected: dict[int, float]) -> None:
    pairs = zip(candidates.tokens.tolist(), probabilities.tolist(), strict=True)
    found = {token: p for token, p in pairs if p > 0}
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=2e-5, abs=1e-9)


def assert_cut_alike(ours: Callable[[Candidates], Candidates], theirs: Callable[[], Any], logits: np.ndarray) -> None:
    found = ours(likeliest(logits))
    assert_same(found, softmax(found.logits), apply_natively([theirs()], logits))


@pytest.mark.parametrize("spread", [0.3, 1, 4, 12])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.999])
def test_each_cut(spread: float, share: float) -> None:
    for seed in range(4):
        logits = some_logits(seed, spread, 60)  # llama.cpp sums in float32: among more, near ties fall otherwise
        assert_cut_alike(lambda c: typical(c, share), lambda: native.llama_sampler_init_typical(share, 0), logits)
        assert_cut_alike(lambda c: top_p(c, share), lambda: native.llama_sampler_init_top_p(share, 0), logits)
        assert_cut_alike(lambda c: min_p(c, share), lambda: native.llama_sampler_init_min_p(share, 0), logits)
        assert_cut_alike(
            lambda c: exclude_top(c, share / 4), lambda: native.llama_sampler_init_xtc(1.0, share / 4, 0, 1), logits
        )
        count = max(1, round(share * 70))
        found = likeliest(logits, count)
        assert_same(found, softmax(found.logits), apply_natively([native.llama_sampler_init_top_k(count)], logits))


@pytest.fixture(scope="module")
def vocabulary() -> Iterator[Any]:
    with native_vocabulary(random_weights()) as handle:
        yield handle


def breakers_of(sampling: Sampling, vocabulary: Vocabulary) -> Breakers:
    pieces = [vocabulary.piece(token) for token in range(vocabulary.n_tokens)]
    return find_breakers(sampling.dry_breakers, vocabulary, pieces)


def native_chain(sampling: Sampling, handle: Any, exclude: bool) -> list[Any]:
    """The samplers that llama.cpp's own programs build for these settings."""
    s = sampling
    biases = (native.llama_logit_bias * max(1, len(s.logit_bias)))(*s.logit_bias)
    texts = (ctypes.c_char_p * len(s.dry_breakers))(*(text.encode() for text in s.dry_breakers))
    last_n = 4096 if s.repeat_last_n < 0 else s.repeat_last_n
    penalties = native.llama_sampler_init_penalties(
        N_VOCAB, last_n, s.repeat_penalty, s.frequency_penalty, s.presence_penalty
    )
    dry = native.llama_sampler_init_dry(
        handle, s.dry_multiplier, s.dry_base, s.dry_allowed_length, last_n, texts, len(texts)
    )
    chain = [native.llama_sampler_init_logit_bias(N_VOCAB, len(s.logit_bias), biases), penalties, dry]
    temperature = native.llama_sampler_init_temp(s.temperature)
    if s.mirostat == 1:
        steered = native.llama_sampler_init_mirostat(N_VOCAB, 1, s.mirostat_tau, s.mirostat_eta, 100)
        return [*chain, temperature, steered]
    if s.mirostat == 2:
        return [*chain, temperature, native.llama_sampler_init_mirostat_v2(1, s.mirostat_tau, s.mirostat_eta)]
    return [
        *chain,
        native.llama_sampler_init_top_k(s.top_k),
        native.llama_sampler_init_typical(s.typical_p, 0),
        native.llama_sampler_init_top_p(s.top_p, 0),
        native.llama_sampler_init_min_p(s.min_p, 0),
        native.llama_sampler_init_xtc(1.0 if exclude else 0.0, s.xtc_threshold, 0, 1),
        temperature,
    ]


def some_sampling(random: np.random.Generator) -> Sampling:
    """Settings with each sampler on or off by chance."""

    def either(off: float, low: float, high: float) -> float:
        return off if random.random() < 0.5 else float(random.uniform(low, high))

    return Sampling(
        temperature=float(random.uniform(0.3, 2)),
        top_k=int(random.choice([0, 1, 5, 40, 300, 5000])),
        top_p=either(1, 0.05, 1),
        min_p=either(0, 0.001, 0.4),
        typical_p=either(1, 0.05, 1),
        repeat_penalty=either(1, 0.8, 1.6),
        repeat_last_n=int(random.choice([-1, 0, 1, 10, 64])),
        presence_penalty=either(0, -0.5, 1.5),
        frequency_penalty=either(0, -0.2, 0.5),
        dry_multiplier=either(0, 0.3, 1.5),
        dry_base=float(random.uniform(1, 2.5)),
        dry_allowed_length=int(random.integers(1, 4)),
        dry_breakers=("\n", ":", "ka", "tomi", ""),
        xtc_threshold=float(random.uniform(0.01, 0.6)),
        mirostat=int(random.choice([0, 0, 0, 1, 2])),
        mirostat_tau=float(random.uniform(0.5, 6)),
        logit_bias=tuple((int(random.integers(N_VOCAB)), float(random.uniform(-9, 4))) for _ in range(2)),
    )


def repeating_text(random: np.random.Generator) -> list[int]:
    """Tokens out of a few, in runs that come again."""
    words = [int(token) for token in random.integers(0, N_VOCAB, 6)]
    runs = [[words[int(index)] for index in random.integers(0, 6, random.integers(1, 6))] for _ in range(3)]
    return [token for index in random.integers(0, 3, 14) for token in runs[index]]


@pytest.mark.parametrize("seed", range(150))
def test_the_whole_chain(vocabulary: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    sampling = some_sampling(random)
    logits, written = some_logits(seed, float(random.uniform(0.5, 6))), repeating_text(random)
    exclude = bool(random.random() < 0.5)
    breakers = breakers_of(sampling, Vocabulary(vocabulary))
    found = TokenSampler(sampling, breakers=breakers).distribution(logits, written, exclude=exclude)
    assert_same(*found, apply_natively(native_chain(sampling, vocabulary, exclude), logits, written))


@pytest.mark.parametrize("n_vocab", [40, 700, 5000, 33_000])
def test_the_likeliest_are_found_in_vocabularies_of_every_size(n_vocab: int) -> None:
    logits = np.round(some_logits(3, 2, n_vocab), 1)
    order = np.lexsort((np.arange(n_vocab), -logits))
    for count in (1, 7, 40, 2000):
        assert np.array_equal(likeliest(logits, count).tokens, order[:count])
    assert np.array_equal(likeliest(logits).tokens, order)


def test_a_repetition_is_broken_where_its_text_ends(vocabulary: Any) -> None:
    ours = Vocabulary(vocabulary)
    sampling = Sampling(dry_multiplier=2.0, dry_breakers=("ka kato",), repeat_penalty=1.0, top_k=0, top_p=1, min_p=0)
    text = ours.tokenize(" ka kato", parse_special=False)
    assert len(text) > 1
    breakers = breakers_of(sampling, ours)
    for written in ([1, 2, 3, *text, 1, 2], [1, 2, 3, *text, 1, 2, 3, *text], [9, 8, 7, 9, 8], [5] * 40):
        check_alike(sampling, breakers, vocabulary, written)


def check_alike(sampling: Sampling, breakers: Any, vocabulary: Any, written: Sequence[int]) -> None:
    found = TokenSampler(sampling, breakers=breakers).distribution(some_logits(1), written)
    assert_same(*found, apply_natively(native_chain(sampling, vocabulary, False), some_logits(1), written))
