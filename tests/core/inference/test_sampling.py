"""Drawing tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.request import Sampling
from core.inference.sampling.token_sampler import TokenSampler

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


@pytest.mark.parametrize("xtc", [0.0, 0.5])
def test_an_answer_goes_on_where_it_stopped(xtc: float) -> None:
    sampling = Sampling(seed=3, xtc_probability=xtc, xtc_threshold=0.02)
    assert draws(sampling, 20)[12:] == draws(sampling, 8, n_drawn=12)


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


def test_xtc_acts_as_often_as_it_is_asked_to() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
    sampling = Sampling(temperature=0, xtc_probability=0.25, xtc_threshold=0.1, top_k=0, top_p=1, min_p=0)
    sampler = TokenSampler(sampling)
    drawn = np.bincount([sampler.draw(logits, []) for _ in range(2000)], minlength=4) / 2000
    assert drawn == pytest.approx([0.75, 0, 0.25, 0], abs=0.04)


def test_a_bias_of_minus_infinity_forbids() -> None:
    logits = np.array([3.0, 2.0, 1.0], np.float32)
    forbidding = Sampling(temperature=2.0, logit_bias=((0, -np.inf), (7, 1.0)), top_k=0)
    sampler = TokenSampler(forbidding)
    assert {sampler.draw(logits, []) for _ in range(100)} == {1, 2}
    with pytest.raises(UserError, match="No token is left"):
        TokenSampler(Sampling(logit_bias=tuple((token, -np.inf) for token in range(3)))).draw(logits, [])


def test_a_token_drawn_again_is_allowed_and_changes_no_other() -> None:
    allowed = np.zeros(len(LOGITS), np.bool_)
    allowed[100:200] = True
    sampler = TokenSampler(Sampling(seed=5))
    undisturbed = draws(Sampling(seed=5), 6)
    found = []
    for place in range(6):
        found.append(sampler.draw(LOGITS, [0] * place))
        again = sampler.draw_again(LOGITS, [0] * place, allowed)
        assert 100 <= again < 200
        assert again == TokenSampler(Sampling(seed=5)).draw_again(LOGITS, [0] * place, allowed)
    assert found[0] == undisturbed[0]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("tau", [2.0, 4.0])
def test_mirostat_keeps_the_mean_surprise_at_its_target(version: int, tau: float) -> None:
    logits = LOGITS
    sampler = TokenSampler(Sampling(temperature=1.0, mirostat=version, mirostat_tau=tau, mirostat_eta=0.1))
    surprises = []
    for _ in range(600):
        left, probabilities = sampler.distribution(logits, [])
        token = sampler.draw(logits, [])
        surprises.append(-np.log2(probabilities[left.tokens.tolist().index(token)]))
    assert np.mean(surprises[200:]) == pytest.approx(tau, abs=0.25)


def test_mirostat_takes_back_what_a_refused_token_taught() -> None:
    sampling = Sampling(mirostat=2, mirostat_tau=3.0)
    refused, plain = TokenSampler(sampling), TokenSampler(sampling)
    token = refused.draw(LOGITS, [])
    allowed = np.ones(len(LOGITS), np.bool_)
    allowed[token] = False
    refused.draw_again(LOGITS, [], allowed)
    plain.draw_again(LOGITS, [], allowed)
    assert np.array_equal(refused.distribution(LOGITS, [])[1], plain.distribution(LOGITS, [])[1])
