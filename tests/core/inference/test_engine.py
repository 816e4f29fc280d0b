"""The loop itself, step by step in this process: nothing hangs, nothing is lost, and what comes out is right."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from core.inference.batching.embedding import Embedder
from core.inference.batching.inbox import Inbox
from core.inference.batching.loop import BatchLoop
from core.inference.batching.parked import ParkingLot
from core.inference.chat_format import choose_format
from core.inference.llama import Context, Weights
from core.inference.messages import Cancel, Done, FromWorker, RequestFailed, Submit, Written
from core.inference.request import (
    HEARD,
    Generate,
    Generated,
    Layout,
    Listener,
    Message,
    Request,
    Sampling,
    Score,
    Scored,
    Shadow,
)
from tests.random_weights import Shape, random_weights

WORDS = "katomi bagu lodi ruza dego mila "


class Loop:
    """A loop that is driven by hand."""

    def __init__(self, layout: Layout = Layout.APART, *, n_sequences: int = 4, n_ctx: int = 2048) -> None:
        path = random_weights(Shape(ends=False, spread=0.3, n_vocab=16_000), "endless-sharp")
        self.weights = Weights(path, n_gpu_layers=0, safe_mode=False, on_progress=lambda: None)
        self.context = Context(
            self.weights, n_ctx=n_ctx, n_sequences=n_sequences, n_threads=1, n_batch=256, layout=layout
        )
        vocabulary = self.weights.vocabulary
        chat_format = choose_format(self.weights.chat_template, {}, vocabulary.control.values())
        self.inbox = Inbox()
        self.sent: list[FromWorker] = []
        self.batches = BatchLoop(
            self.weights, self.context, chat_format, Embedder(self.weights, 1), self.inbox, self.sent.append
        )
        self.n_submitted = 0

    def submit(
        self, request: Request, *, background: bool = False, written: tuple[int, ...] = (), n_shown: int = 0
    ) -> int:
        self.n_submitted += 1
        self.inbox.put(Submit(self.n_submitted, request, background, written, n_shown))
        return self.n_submitted

    def run(self, n_steps: int = 3000) -> bool:
        """Runs until there is nothing to do; False: there still was after so many steps."""
        for _ in range(n_steps):
            self.batches._take_messages(block=False)
            self.batches._start_background()
            busy = self.batches._run_batch()
            if not (self.batches._advance_resting(background=not busy) or busy):
                return True
        return False

    def result(self, number: int) -> object:
        return next(one.result for one in self.sent if isinstance(one, Done) and one.number == number)

    def failed(self) -> list[RequestFailed]:
        return [one for one in self.sent if isinstance(one, RequestFailed)]

    def close(self) -> None:
        self.batches._desks.close()
        self.weights.close()


@pytest.fixture(params=list(Layout))
def loop(request: pytest.FixtureRequest) -> Iterator[Loop]:
    loop = Loop(request.param)
    yield loop
    loop.close()


def chat(name: str, n_words: int = 5) -> tuple[Message, ...]:
    return (Message("system", f"You are {name}. " + WORDS * n_words), Message("user", "Vera: kato?"))


@pytest.mark.parametrize("n_words", [4, 120])
def test_scores_that_fight_for_a_sequence_do_not_hold_up_words(loop: Loop, n_words: int) -> None:
    for name in "abc":
        loop.submit(Generate(name, chat(name, n_words), max_tokens=2))
    assert loop.run()
    shadows = tuple(Shadow(name, chat(name, n_words)) for name in "xyz")
    number = loop.submit(Generate("a", chat("a", n_words), max_tokens=40, shadows=shadows))
    assert loop.run()
    assert isinstance(loop.result(number), Generated)


def test_who_hears_more_than_fits_is_left_in_peace() -> None:
    loop = Loop(n_sequences=6, n_ctx=256)
    heard = (*chat("b", 6), Message("assistant", "kato."), Message("user", f"Vera: {WORDS * 2}{HEARD}"))
    loop.submit(Generate("b", chat("b", 6), max_tokens=2))
    loop.submit(Generate("a", chat("a"), max_tokens=180, listeners=(Listener("b", heard),)))
    weighed = Shadow("g", (*chat("g", 6), Message("user", WORDS * 3)))
    loop.submit(Generate("c", chat("c"), max_tokens=180, shadows=(weighed,)))
    assert loop.run()
    assert not loop.failed()
    loop.close()


def test_many_requests_that_end_at_once(loop: Loop) -> None:
    for _ in range(1200):
        loop.submit(Score("s", chat("a"), (10**8,)), background=True)  # of other weights
    assert loop.run()
    assert len(loop.failed()) == 1200


def test_answers_leave_nothing_behind(loop: Loop) -> None:
    for number in range(30):
        shadows = (Shadow("bare", chat("b")),)
        loop.submit(Generate(f"{number}", chat("a"), 3, shadows=shadows, grammar="nothing (" if number % 2 else ""))
        assert loop.run()
    assert len(loop.failed()) == 15
    assert not loop.batches._answering
    assert not loop.batches._jobs


def test_words_are_told_once_after_a_crash(loop: Loop) -> None:
    """The process dies between the last words and the result: held-back words had been told already."""
    request = Generate("a", chat("a"), 12, Sampling(seed=2))
    number = loop.submit(request)
    assert loop.run()
    whole = loop.result(number)
    assert isinstance(whole, Generated)
    held_back = Generate("a", chat("a"), 12, Sampling(seed=2), stop=(whole.text[-3:] + "@@@",))
    number = loop.submit(held_back)
    assert loop.run()
    told = [one for one in loop.sent if isinstance(one, Written) and one.number == number]
    text = "".join(one.text for one in told)
    assert text == whole.text
    tokens = tuple(one.token for one in told if one.token is not None)
    for n_shown in (len(text) - 2, len(text)):
        number = loop.submit(held_back, written=tokens, n_shown=n_shown)
        assert loop.run()
        again = "".join(one.text for one in loop.sent if isinstance(one, Written) and one.number == number)
        assert text[:n_shown] + again == text


@pytest.mark.parametrize("seed", range(2))
def test_whatever_came_before_an_answer_is_weighed_as_if_read_afresh(loop: Loop, seed: int) -> None:
    """Lanes at random, with listeners, shadows, cancels and parking, against one fresh reading of each answer."""
    loop.batches._desks.plain.loaded.reader._parked = ParkingLot(250_000)
    fresh = Loop(n_sequences=2)
    draw = random.Random(seed)
    names = "ABCD"
    personas = {name: f"You are {name}. " + WORDS * draw.randint(3, 20) for name in names}
    said: list[tuple[str, str]] = []

    def view(me: str) -> tuple[Message, ...]:
        lines = (Message("assistant" if who == me else "user", text) for who, text in said)
        return (Message("system", "Scene. " + WORDS * 10 + personas[me]), *lines)

    n_checked = 0
    for _ in range(14):
        speaker = draw.choice(names)
        listeners = tuple(Listener(one, (*view(one), Message("user", HEARD))) for one in names if one != speaker)
        request = Generate(
            speaker,
            view(speaker),
            draw.choice((1, 9, 30)),
            Sampling(seed=draw.randrange(1000)),
            listeners=listeners,
            shadows=(Shadow("bare", view(speaker)[1:] or view(speaker)),),
        )
        number = loop.submit(request)
        if draw.random() < 0.2:
            loop.run(draw.randrange(6))
            loop.inbox.put(Cancel(number))
        assert loop.run()
        answer = loop.result(number)
        assert isinstance(answer, Generated)
        if answer.token_ids:
            asked = fresh.submit(Score(f"{number}", request.messages, answer.token_ids))
            assert fresh.run()
            expected = fresh.result(asked)
            assert isinstance(expected, Scored)
            assert np.abs(np.subtract(answer.logprobs, expected.logprobs)).max() < 0.2
            n_checked += 1
        said.append((speaker, answer.text or "kato"))
        if draw.random() < 0.2:
            del said[-2:]
    assert n_checked > 5
    assert not loop.failed()
    fresh.close()
