"""Weighs given options as answers to a chat: a `Choose` at work, in every order of the list (`choice_orders`)."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from core.errors import UserError
from core.inference.batching.choice_orders import listed, summarise
from core.inference.batching.job import Job, Loaded, Steps
from core.inference.batching.logprobs import Rows, log_softmax, token_logprobs
from core.inference.batching.want import Want
from core.inference.request import Choose, OrderedChoice

_SEQUENCES_PER_ORDER = 4
"""So many sequences there must be for each order that is read at the same time: the chats being played keep theirs."""


@dataclass(slots=True)
class _Order:
    """One order of the list at work."""

    lane: str
    places: tuple[int, ...]
    prompt: list[int]
    first_row: Rows = field(default_factory=lambda: np.empty((0, 0), np.float32))
    """Log-probabilities of the first token of the answer, (1, n_vocab)."""
    logprobs: list[float] = field(default_factory=list)

    def want(self, job: Job, option: Sequence[int]) -> Want:
        """Returns what is to be read for all but the first token of an option."""
        return job.want(self.lane, [*self.prompt, *option[:-1]], len(self.prompt))


def choose(loaded: Loaded, job: Job, request: Choose) -> Steps:
    """Weighs each option in each order."""
    _check(request)
    options = [loaded.vocabulary.tokenize(option, parse_special=False) for option in request.options]
    labels = _label_tokens(loaded.samplers.pieces, request)
    orders = [_order(loaded, request, turn) for turn in range(len(options))]
    loaded.check_fits(max(len(order.prompt) for order in orders) + max(map(len, options)))
    n_at_once = max(1, loaded.context.n_sequences // _SEQUENCES_PER_ORDER)
    yield from _read_prompts(job, orders[:1])  # what the orders have in common is copied from the first
    for at_once in _in_groups(orders, n_at_once):
        yield from _read_prompts(job, [order for order in at_once if not order.first_row.size])
        for option in options:
            yield from _weigh(job, at_once, option)
    usage = job.usage(loaded, sum(len(order.prompt) + sum(map(len, options)) for order in orders))
    return summarise([_ordered_choice(order, labels) for order in orders], tuple(map(len, options)), usage)


def _check(request: Choose) -> None:
    n_options = len(request.options)
    if n_options < 2 or len(set(request.options)) < n_options or not all(map(str.strip, request.options)):
        raise UserError("There must be two options at least, no two of them the same.", "Write other options.")
    if n_options > len(request.labels):
        raise UserError(f"There are {n_options} options and {len(request.labels)} labels.", "Give fewer options.")
    if not request.messages:
        raise UserError("There is nothing to read before the answer.", "Write something into the chat first.")


def _label_tokens(pieces: Sequence[bytes], request: Choose) -> list[list[int]]:
    """Returns for each place the tokens that write its label, with or without blanks around it."""
    labels = [label.encode() for label in request.labels[: len(request.options)]]
    found: dict[bytes, list[int]] = {label: [] for label in labels}
    for token, piece in enumerate(pieces):
        if len(piece) < 9 and (bare := piece.strip()) in found:
            found[bare].append(token)
    for label, tokens in found.items():
        if not tokens:
            raise UserError(f"These weights have no token for the label {label.decode()}.", "Use other labels.")
    return [found[label] for label in labels]


def _order(loaded: Loaded, request: Choose, turn: int) -> _Order:
    messages, places = listed(request, turn)
    prompt = loaded.prompts.before_answer(messages, request.opening)
    prompt += loaded.vocabulary.tokenize(request.opening, parse_special=False)
    return _Order(f"{request.lane} order {turn}" if turn else request.lane, places, prompt)


def _read_prompts(job: Job, orders: Sequence[_Order]) -> Generator[list[Want], None, None]:
    wants = [job.want(order.lane, order.prompt, len(order.prompt) - 1) for order in orders]
    if wants:
        yield wants
    for order, want in zip(orders, wants, strict=True):
        order.first_row = log_softmax(want.take_rows())


def _weigh(job: Job, orders: Sequence[_Order], option: Sequence[int]) -> Generator[list[Want], None, None]:
    """Adds the log-probability of one option in each order; of several tokens all but the last are read."""
    wants = [order.want(job, option) for order in orders] if len(option) > 1 else []
    if wants:
        yield wants
    for place, order in enumerate(orders):
        rest = float(token_logprobs(wants[place].take_rows(), option[1:]).sum()) if wants else 0.0
        order.logprobs.append(float(order.first_row[0, option[0]]) + rest)


def _ordered_choice(order: _Order, labels: Sequence[Sequence[int]]) -> OrderedChoice:
    probabilities = [float(np.exp(order.first_row[0, tokens], dtype=np.float64).sum()) for tokens in labels]
    return OrderedChoice(
        places=order.places,
        label_probabilities=tuple(probabilities[place] for place in order.places),
        logprobs=tuple(order.logprobs),
    )


def _in_groups(orders: Sequence[_Order], size: int) -> Iterator[list[_Order]]:
    rest = iter(orders)
    while group := list(islice(rest, size)):
        yield group
