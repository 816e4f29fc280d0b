"""Lists of options in every order, and what all orders come to. Pure: knows no weights.

Whoever reads a list prefers some places in it; so the list is read in every cyclic order, and each option's numbers are
averaged over the places it stood in (Wang et al. 2023, arXiv 2305.17926; Zheng et al. 2024, arXiv 2309.03882).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.inference.request import OPTIONS, Choose, Chosen, Message, OrderedChoice, Usage


def listed(request: Choose, turn: int) -> tuple[tuple[Message, ...], tuple[int, ...]]:
    """Returns the chat with the list turned by so many places, and the place of each option in it."""
    n_options = len(request.options)
    shown = [(place + turn) % n_options for place in range(n_options)]
    lines = (f"{label}. {request.options[option]}" for label, option in zip(request.labels, shown, strict=False))
    text = "\n".join(lines)
    messages = request.messages
    if not any(OPTIONS in message.content for message in messages):
        last = messages[-1]
        messages = (*messages[:-1], replace(last, content=f"{last.content}\n\n{OPTIONS}"))
    chat = tuple(replace(message, content=message.content.replace(OPTIONS, text)) for message in messages)
    return chat, tuple(shown.index(option) for option in range(n_options))


def summarise(orders: Sequence[OrderedChoice], n_tokens: tuple[int, ...], usage: Usage) -> Chosen:
    """Averages the orders, each of which counts the same."""
    of_labels = np.array([order.label_probabilities for order in orders])
    mass = of_labels.sum(axis=1, keepdims=True)
    shares = np.divide(of_labels, mass, out=np.full_like(of_labels, 1 / of_labels.shape[1]), where=mass > 0)
    logprobs = np.array([order.logprobs for order in orders])
    places = np.array([order.places for order in orders])
    by_place = np.zeros(len(n_tokens))
    np.add.at(by_place, places.ravel(), shares.ravel() / len(orders))
    return Chosen(
        by_label=_as_tuple(shares.mean(axis=0)),
        by_likelihood=_as_tuple(_shares_of(logprobs).mean(axis=0)),
        by_token_likelihood=_as_tuple(_shares_of(logprobs / np.array(n_tokens)).mean(axis=0)),
        label_mass=float(mass.mean()),
        position_bias=float(np.abs(by_place - 1 / len(n_tokens)).sum() / 2),
        n_tokens=n_tokens,
        orders=tuple(orders),
        usage=usage,
    )


def _shares_of(logprobs: NDArray[np.float64]) -> NDArray[np.float64]:
    relative = np.exp(logprobs - logprobs.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = relative / relative.sum(axis=1, keepdims=True)
    return shares


def _as_tuple(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(values.tolist())
