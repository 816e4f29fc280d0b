"""What a speaker said before is said again less often."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.request import Generate, Generated, Message, Sampling
from core.inference.sampling.penalties import repeat_lengths
from core.inference.sampling.said_again import SaidAgain
from core.inference.servers.kinds import TRAITS, ServerKind
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from tests.core.inference.conftest import MakeWorker

TOKENS = st.lists(st.integers(0, 3), max_size=12)
N_VOCAB = 4


@given(st.lists(TOKENS, max_size=5), TOKENS)
def test_it_is_dry_over_what_was_said_before(said: list[list[int]], written: list[int]) -> None:
    again = SaidAgain(0.8, said)
    for token in written:
        again.add(token)
    expected = np.zeros(N_VOCAB, np.float32)
    for token in range(N_VOCAB):
        longest = max((_lengths_in(tokens, written).get(token, 0) for tokens in said), default=0)
        expected[token] = -0.8 * 1.75 ** (longest - 2) if longest >= 2 else 0
    assert again.lessen(np.zeros(N_VOCAB, np.float32)) == pytest.approx(expected)


def _lengths_in(said: list[int], written: list[int]) -> dict[int, int]:
    """Token -> how many of the last tokens of an answer stand before it in what was said, place by place."""
    found: dict[int, int] = {}
    for place, token in enumerate(said):
        length = 0
        while length < min(place, len(written)) and said[place - 1 - length] == written[-1 - length]:
            length += 1
        found[token] = max(found.get(token, 0), length)
    return found


def test_nothing_is_copied_while_nothing_is_said_again() -> None:
    logits = np.zeros(N_VOCAB, np.float32)
    again = SaidAgain(0.8, [[1, 2, 3, 0]])
    for token in (1, 3, 2):
        again.add(token)
    assert again.lessen(logits) is logits
    again.add(3)  # `2 3` was said, and 0 behind it
    assert again.lessen(logits)[0] == pytest.approx(-0.8)
    assert not logits.any()


def test_the_penalty_stays_a_number() -> None:
    again = SaidAgain(10, [[1] * 3000])
    for _ in range(2000):
        again.add(1)
    assert math.isfinite(again.lessen(np.zeros(2, np.float32))[1])


def test_dry_itself_is_another_setting() -> None:
    assert repeat_lengths([1, 2, 1], 9) == {2: 1}
    assert not any("self_repeat_penalty" in traits.samplers for traits in TRAITS.values())
    assert "dry_multiplier" in TRAITS[ServerKind.LLAMA_SERVER].samplers


QUESTION = Message("user", "What are you afraid of?")
ASKED = (
    Message("system", "You are Mila.\nI am a baker.\nI am afraid of deep water.\nI have two goats."),
    Message("user", "What is your work?"),
    Message("assistant", "I am a baker."),
    QUESTION,
)


def write(worker: Worker, messages: tuple[Message, ...], penalty: float, opening: str = "", end: str = "") -> str:
    sampling = Sampling(temperature=0, repeat_penalty=1.0, self_repeat_penalty=penalty)
    result = worker.submit(Generate("mila", messages, 40, sampling, opening, thought_end=end)).result()
    assert isinstance(result, Generated)
    return result.text.removeprefix(opening)


def test_a_character_is_asked_twice(make_worker: MakeWorker) -> None:
    worker = make_worker(house_weights())
    once = write(worker, ASKED, 0)
    twice = (*ASKED, Message("assistant", once), QUESTION)
    assert write(worker, ASKED, 9) == once  # what she has not said yet, she may say
    assert write(worker, twice, 0) == once
    assert write(worker, twice, 9) != once


def test_what_was_thought_may_be_said(make_worker: MakeWorker) -> None:
    worker = make_worker(house_weights())
    closed, end = "<think></think>", "</think>"
    once = write(worker, ASKED, 0, closed)
    thinking = (*ASKED, Message("assistant", f"<think>{once}</think>Nothing."), QUESTION)
    plain = write(worker, thinking, 0, closed)
    assert write(worker, thinking, 9, closed, end) == plain
    assert write(worker, thinking, 9, closed) != plain


def test_a_thought_is_free(make_worker: MakeWorker) -> None:
    worker = make_worker(house_weights())
    thought = write(worker, ASKED, 0, "<think>").partition("</think>")[0]
    said = (*ASKED, Message("assistant", f"<think>So.</think>{thought}"), QUESTION)
    plain, kept, free = (
        write(worker, said, penalty, "<think>", end).partition("</think>")[0]
        for penalty, end in ((0, ""), (9, ""), (9, "</think>"))
    )
    assert free == plain != kept
