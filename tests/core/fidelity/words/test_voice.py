"""MATTR, HD-D and Yule's K: acceptance numbers of methods 3.1 and 3.2, an independent witness, and their laws."""

import math
import random
import statistics
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lexicalrichness import LexicalRichness

from core.fidelity.reference import Norm, Reference, load_reference
from core.fidelity.words.tokens import tokenise
from core.fidelity.words.voice import (
    N_MOST_REPEATED,
    VOICE_METRICS,
    VoiceCounter,
    hdd,
    mattr,
    voice_z,
    yule_k,
)

CAT = tokenise("the cat sat on the mat the dog sat")
AABB = list("aabb")

words = st.lists(st.sampled_from([f"w{n}" for n in range(30)]), max_size=150)
some_words = words.filter(len)


def test_acceptance_cat():
    assert (len(CAT), len(set(CAT))) == (9, 6)
    assert mattr(CAT) == pytest.approx(0.6667, abs=1e-4)
    assert mattr(CAT, window=4) == pytest.approx(0.9167, abs=1e-4)
    assert hdd(CAT, sample=5) == pytest.approx(0.80159, abs=1e-5)
    assert hdd(CAT, sample=42) == pytest.approx(6 / 9, abs=1e-12)
    assert yule_k(CAT) == pytest.approx(987.6543, abs=1e-4)


def test_acceptance_aabb():
    assert mattr(AABB) == 0.5
    assert mattr(AABB, window=2) == pytest.approx(2 / 3, abs=1e-12)
    assert hdd(AABB, sample=2) == pytest.approx(5 / 6, abs=1e-12)
    assert yule_k(AABB) == 2500


def test_acceptance_all_distinct_and_all_the_same():
    assert (mattr("1234"), yule_k("1234")) == (1, 0)
    assert (mattr("1111"), yule_k("1111")) == (0.25, 7500)


def test_without_words_all_are_zero():
    assert (mattr([]), hdd([]), yule_k([])) == (0, 0, 0)


@pytest.mark.parametrize(
    ("corpus", "n_conversations", "n_tokens", "expected"),
    [
        ("chatbot_arena", 195, 6723, [(0.9012, 0.1201), (0.9071, 0.1117), (104.53, 168.66)]),
        ("clariq", 200, 6442, [(0.7172, 0.0944), (0.7210, 0.0908), (223.77, 82.44)]),
    ],
)
def test_acceptance_mirrorbench(
    mirrorbench: Callable[[str], list[dict[str, Any]]],
    corpus: str,
    n_conversations: int,
    n_tokens: int,
    expected: list[tuple[float, float]],
):
    texts = [
        tokenise(" ".join(turn["content"] for turn in row["turns"] if turn["role"] == "user"))
        for row in mirrorbench(corpus)
    ]
    assert (len(texts), sum(map(len, texts))) == (n_conversations, n_tokens)
    tolerances = (5e-4, 5e-4, 5e-3)  # Yule's K is published to two decimals
    for measure, (mean, sd), tolerance in zip((mattr, hdd, yule_k), expected, tolerances, strict=True):
        values = [measure(text) for text in texts]
        assert statistics.fmean(values) == pytest.approx(mean, abs=tolerance)
        assert statistics.stdev(values) == pytest.approx(sd, abs=tolerance)


def test_acceptance_mirrorbench_behaviour(mirrorbench: Callable[[str], list[dict[str, Any]]]):
    """The table's counts of turns, so that the texts above are the table's texts."""
    counts = {name: [row["turns"] for row in mirrorbench(name)] for name in ("chatbot_arena", "clariq")}
    turns = {name: sum(map(len, rows)) for name, rows in counts.items()}
    user_turns = {name: sum(turn["role"] == "user" for row in rows for turn in row) for name, rows in counts.items()}
    assert turns == {"chatbot_arena": 480, "clariq": 1400}
    assert user_turns == {"chatbot_arena": 240, "clariq": 800}


@settings(deadline=None)  # the witness imports pandas and scipy on its first use
@given(st.lists(st.sampled_from([f"w{n}" for n in range(30)]), min_size=60, max_size=150))
def test_lexicalrichness_agrees(tokens: list[str]):
    witness = LexicalRichness(tokens, preprocessor=None, tokenizer=None)
    assert mattr(tokens) == pytest.approx(witness.mattr(window_size=50), abs=1e-12)
    assert hdd(tokens) == pytest.approx(witness.hdd(draws=42), abs=1e-9)
    assert yule_k(tokens) == pytest.approx(witness.yulek, abs=1e-8)


@given(some_words)
def test_ranges(tokens: list[str]):
    assert 0 < mattr(tokens) <= 1
    assert 0 < hdd(tokens) <= 1
    assert 0 <= yule_k(tokens) < 1e4


@given(words, st.randoms(use_true_random=False))
def test_order_does_not_matter_to_hdd_and_yule_k(tokens: list[str], rng: random.Random):
    shuffled = rng.sample(tokens, len(tokens))
    assert hdd(shuffled) == pytest.approx(hdd(tokens), abs=1e-12)
    assert yule_k(shuffled) == yule_k(tokens)


def test_order_matters_to_mattr():
    assert mattr("ababab", window=3) == pytest.approx(2 / 3)
    assert mattr("aaabbb", window=3) == 0.5


@given(some_words)
def test_hdd_is_what_drawing_samples_gives(tokens: list[str]):
    """A sample of one word has one type; a sample of all words has them all."""
    assert hdd(tokens, sample=1) == pytest.approx(1, abs=1e-9)
    assert hdd(tokens, sample=len(tokens)) == pytest.approx(len(set(tokens)) / len(tokens), abs=1e-12)


@pytest.mark.parametrize("n", [1_000, 100_000])
def test_hdd_of_long_texts_is_exact(n: int):
    """Against the product of (1 - f/(n-i)), which needs no gamma function."""
    tokens = [f"w{place % 1000}" for place in range(n)]
    frequency = n // 1000
    missing = math.prod(1 - frequency / (n - drawn) for drawn in range(42))
    assert hdd(tokens) == pytest.approx(1000 * (1 - missing) / 42, abs=1e-8)


@given(st.lists(words, max_size=5), st.integers(1, 60))
def test_a_text_that_grows_measures_like_a_whole_one(parts: list[list[str]], window: int):
    grown = VoiceCounter(window=window)
    for part in parts:
        grown.add(part)
    whole = [token for part in parts for token in part]
    windows = [whole[start : start + window] for start in range(len(whole) - window + 1)] or [whole]
    shares = [len(set(seen)) / len(seen) for seen in windows if seen]
    assert grown.mattr == pytest.approx(statistics.fmean(shares) if shares else 0, abs=1e-12)
    assert grown.hdd() == pytest.approx(hdd(whole), abs=1e-12)
    assert grown.yule_k == yule_k(whole)
    assert (grown.n_tokens, grown.n_types) == (len(whole), len(set(whole)))


def _reference(mean: float, sd: float) -> Reference:
    norms = {metric: Norm(mean, sd, mean - sd, mean + sd) for metric in VOICE_METRICS}
    return Reference("test", "", "", "", "", "", 2, 10.0, norms)


def test_z_is_zero_where_people_do_not_vary():
    assert voice_z(CAT, _reference(mean=5, sd=0)).value == 0


def test_an_empty_text_counts_as_raw_zero():
    result = voice_z([], _reference(mean=0.5, sd=0.25))
    assert dict(result.z) == dict.fromkeys(VOICE_METRICS, -2.0)
    assert result.value == 2


def test_z_is_the_mean_of_absolute_distances():
    result = voice_z(AABB, _reference(mean=1, sd=0.5))
    assert result.z["voice.mattr"] == pytest.approx(-1)
    assert result.z["voice.hdd"] == pytest.approx(-1)
    assert result.z["voice.yule_k"] == pytest.approx(4998)
    assert result.value == pytest.approx((1 + 1 + 4998) / 3)


@example(tokens=[])
@given(tokens=words)
def test_z_is_finite_and_not_negative_against_every_bundled_reference(tokens: list[str]):
    for name in ("topical-chat", "self-dialogue", "clariq", "chatbot-arena"):
        result = voice_z(tokens, load_reference(name))
        assert math.isfinite(result.value)
        assert result.value >= 0


def test_people_stay_at_their_usual_distance_whatever_the_length(mirrorbench: Callable[[str], list[dict[str, Any]]]):
    """What the norms by length are for: without them these short human texts would seem far off."""
    reference = load_reference("topical-chat")
    whole_only = Reference("", "", "", "", "", "", 0, 0.0, reference.norms)
    rows = mirrorbench("chatbot_arena")
    texts = [tokenise(turn["content"]) for row in rows for turn in row["turns"] if turn["role"] == "user"]
    short = [text for text in texts if 10 <= len(text) <= 30]
    assert len(short) > 50
    assert statistics.fmean(voice_z(text, reference).value for text in short) < 1.2
    assert statistics.fmean(voice_z(text, whole_only).value for text in short) > 2


@given(st.lists(st.sampled_from(["the", *"bcdefghj"]), max_size=60))
def test_the_words_said_most_are_kept_while_a_text_grows(tokens: list[str]):
    voice = VoiceCounter(tokens)
    counts = ((count, word) for word, count in Counter(tokens).items() if count > 1 and word != "the")
    assert voice.most_repeated == [(word, count) for count, word in sorted(counts, reverse=True)[:N_MOST_REPEATED]]
