"""Drawing tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.request import Sampling
from core.inference.sampling import TokenSampler

LOGITS = np.random.default_rng(7).normal(0, 2, 5000).astype(np.float32)
PLAIN = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)


def draws(sampling: Sampling, count: int = 50, n_drawn: int = 0) -> list[int]:
    sampler = TokenSampler(sampling, n_drawn)
    return [sampler.draw(LOGITS, []) for _ in range(count)]


@given(st.integers(0, 2**32 - 2))
def test_the_same_seed_draws_the_same_tokens(seed: int) -> None:
    assert draws(Sampling(seed=seed), 10) == draws(Sampling(seed=seed), 10)


def test_other_seeds_draw_other_tokens() -> None:
    assert len({tuple(draws(Sampling(seed=seed), 10)) for seed in range(20)}) == 20


def test_an_answer_goes_on_where_it_stopped() -> None:
    assert draws(Sampling(seed=3), 20)[12:] == draws(Sampling(seed=3), 8, n_drawn=12)


def test_temperature_zero_takes_the_likeliest() -> None:
    assert set(draws(Sampling(temperature=0))) == {int(LOGITS.argmax())}


def test_top_k_keeps_the_k_likeliest() -> None:
    likeliest = set(np.argsort(-LOGITS)[:5].tolist())
    drawn = set(draws(Sampling(temperature=2.0, top_k=5, top_p=1.0, min_p=0.0), 400))
    assert drawn == likeliest


def test_min_p_leaves_out_what_is_far_behind() -> None:
    allowed = set(np.flatnonzero(LOGITS.max() + np.log(0.5) <= LOGITS).tolist())
    assert set(draws(Sampling(top_k=0, top_p=1.0, min_p=0.5), 200)) <= allowed


def test_top_p_keeps_the_smallest_set_that_reaches_it() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
    sampler = TokenSampler(Sampling(temperature=1.0, top_k=0, top_p=0.7, min_p=0.0))
    assert {sampler.draw(logits, []) for _ in range(200)} == {0, 1}


def test_drawn_shares_follow_the_probabilities() -> None:
    logits = np.log(np.array([0.6, 0.3, 0.1], np.float32))
    sampler = TokenSampler(PLAIN)
    shares = np.bincount([sampler.draw(logits, []) for _ in range(4000)], minlength=3) / 4000
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.03)


def test_written_tokens_become_less_likely() -> None:
    logits = np.array([2.0, 1.9, -5.0], np.float32)
    greedy = TokenSampler(Sampling(temperature=0, repeat_penalty=1.2))
    assert greedy.draw(logits, []) == 0
    assert greedy.draw(logits, [0]) == 1
    assert logits[0] == 2.0
    assert TokenSampler(Sampling(temperature=0, repeat_last_n=1)).draw(logits, [0, 2]) == 0
