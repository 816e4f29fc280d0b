"""Choosing between options: the arithmetic, and what real weights answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.batching.choice_orders import listed, summarise
from core.inference.request import (
    OPTIONS,
    Choose,
    Chosen,
    Generate,
    Layout,
    Message,
    OrderedChoice,
    Score,
    Scored,
    Tokenize,
    Usage,
)
from core.inference.worker import Worker
from tests.core.inference.conftest import CHAT, MakeWorker

NO_USAGE = Usage(0, 0, 0, 0.0, 0.0)
ANSWERS = ("katomi bagu", "lodi", "dego ruza kato")


def chosen(worker: Worker, request: Choose) -> Chosen:
    found = worker.submit(request).result(60)
    assert isinstance(found, Chosen)
    return found


def read_by_place(n_options: int, liking: list[float], pull: list[float]) -> list[OrderedChoice]:
    """A reader that likes options so much, and places so much."""
    orders = []
    for turn in range(n_options):
        places = tuple((option - turn) % n_options for option in range(n_options))
        weights = np.array([liking[option] * pull[places[option]] for option in range(n_options)])
        orders.append(OrderedChoice(places, tuple(weights), tuple(np.log(weights))))
    return orders


shares = st.lists(st.floats(0.01, 1), min_size=2, max_size=6)


@given(shares)
def test_a_reader_of_places_alone_is_found_out(pull: list[float]) -> None:
    found = summarise(read_by_place(len(pull), [1.0] * len(pull), pull), (1,) * len(pull), NO_USAGE)
    equal = 1 / len(pull)
    assert found.by_label == pytest.approx([equal] * len(pull))
    assert found.by_likelihood == pytest.approx([equal] * len(pull))
    expected = np.abs(np.array(pull) / sum(pull) - equal).sum() / 2
    assert found.position_bias == pytest.approx(expected)


@given(shares)
def test_a_reader_of_options_alone_is_taken_at_its_word(liking: list[float]) -> None:
    found = summarise(read_by_place(len(liking), liking, [1.0] * len(liking)), (1,) * len(liking), NO_USAGE)
    assert found.by_label == pytest.approx(np.array(liking) / sum(liking))
    assert found.by_likelihood == pytest.approx(found.by_label)
    assert found.position_bias == pytest.approx(0, abs=1e-12)
    assert found.label_mass == pytest.approx(sum(liking))


def test_each_option_stands_once_in_each_place() -> None:
    request = Choose("mila", (Message("user", f"Which?\n{OPTIONS}\nAnswer."),), ("bread", "rain", "salt"))
    chats = [listed(request, turn) for turn in range(3)]
    assert chats[1][0][0].content == "Which?\nA. rain\nB. salt\nC. bread\nAnswer."
    assert [sorted(places[option] for _, places in chats) for option in range(3)] == [[0, 1, 2]] * 3
    unmarked = Choose("mila", (Message("user", "Which?"),), ("bread", "rain"))
    assert listed(unmarked, 0)[0][0].content == "Which?\n\nA. bread\nB. rain"


@pytest.mark.parametrize("layout", Layout)
def test_numbers_are_those_that_score_gives(make_worker: MakeWorker, layout: Layout) -> None:
    worker = make_worker(layout=layout)
    request = Choose("mila", CHAT, ANSWERS)
    found = chosen(worker, request)
    for turn, order in enumerate(found.orders):
        chat, places = listed(request, turn)
        assert order.places == places
        for answer, logprob in zip(ANSWERS, order.logprobs, strict=True):
            scored = worker.submit(Score("other", chat, answer)).result(60)
            assert isinstance(scored, Scored)
            assert logprob == pytest.approx(sum(scored.logprobs), abs=2e-2)
    ids = worker.submit(Tokenize(ANSWERS)).result(60).token_ids
    assert found.n_tokens == tuple(map(len, ids))
    for probabilities in (found.by_label, found.by_likelihood, found.by_token_likelihood):
        assert sum(probabilities) == pytest.approx(1)
    assert chosen(worker, request).by_label == pytest.approx(found.by_label, abs=1e-2)


def test_what_orders_share_is_read_once(make_worker: MakeWorker) -> None:
    worker = make_worker()
    long = (Message("system", "katomi bagu lodi. " * 60), CHAT[1])
    usage = chosen(worker, Choose("mila", long, ANSWERS)).usage
    n_read = usage.n_prompt_tokens - usage.n_reused_tokens
    assert n_read < usage.n_prompt_tokens * 0.55


def test_broken_choices_are_explained(worker: Worker) -> None:
    for options, labels, says in (
        (("one",), ("A",), "two options at least"),
        (("one", "one"), ("A", "B"), "no two of them the same"),
        (("one", " "), ("A", "B"), "two options"),
        (("one", "two"), ("A",), "2 options and 1 labels"),
        (("one", "two"), ("A", "no such token"), "no token for the label no such token"),
    ):
        with pytest.raises(UserError, match=says):
            chosen(worker, Choose("mila", CHAT, options, labels=labels))


def test_requests_for_one_lane_at_the_same_time_do_not_undo_each_other(worker: Worker) -> None:
    chats = [(Message("system", f"{number} " + "katomi bagu lodi. " * 60), CHAT[1]) for number in range(4)]
    assert chosen(worker, Choose("mila", chats[0], ANSWERS))
    waiting = [worker.submit(Choose("mila", chat, ANSWERS)) for chat in chats[1:]]
    written = worker.submit(Generate("mila", chats[0], max_tokens=8))
    alone = worker.submit(Generate("vera", chats[0], max_tokens=8)).result(60)
    assert written.result(60).text == alone.text
    assert all(sum(future.result(60).by_label) == pytest.approx(1) for future in waiting)
