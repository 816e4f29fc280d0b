"""A judge whose answers a test gives: probabilities where a question is known by a word in it, and written samples."""

import math
from collections.abc import Callable, Mapping, Sequence

from core.fidelity.judging.judge import Identity, Judge
from core.inference.request import (
    Choose,
    Chosen,
    Finish,
    Generate,
    Generated,
    OrderedChoice,
    Request,
    Result,
    Score,
    Scored,
    Usage,
)
from core.inference.unsupported import Unsupported

USAGE = Usage(0, 0, 0, 0.0, 0.0)
Weigh = Callable[[str, Sequence[str]], Sequence[float]]
"""Takes the whole chat as text and the options; returns a weight for each."""
Write = Callable[[str, int], str]
"""Takes the whole chat as text and the seed; returns what is written."""


def scripted_judge(
    weigh: Weigh | None = None, write: Write | None = None, *, n_samples: int = 3, asked: list[Request] | None = None
) -> Judge:
    """Returns a judge. Without `weigh` it has no probabilities, like a server; without `write` it writes nothing."""

    def ask(request: Request) -> Result | None:
        if asked is not None:
            asked.append(request)
        match request:
            case Choose() if weigh is not None:
                return _chosen(_text_of(request), request.options, weigh)
            case Score() if weigh is not None:
                (weight,) = weigh(_text_of(request), (str(request.completion),))
                text = str(request.completion)
                return Scored((ord(text[-1]),), (text,), (math.log(max(weight, 1e-12)),), USAGE)
            case Generate() if write is not None:
                return Generated(write(_text_of(request), request.sampling.seed), (), Finish.END, USAGE)
        raise Unsupported("This judge cannot do that.")

    return Judge(Identity("Scripted judge", "0" * 64), ask, n_samples)


def weigh_by(table: Mapping[str, Mapping[str, float]], otherwise: float = 1.0) -> Weigh:
    """Returns a `weigh` that takes the weights of the first key that stands in the chat."""

    def weigh(chat: str, options: Sequence[str]) -> list[float]:
        weights = next((weights for key, weights in table.items() if key in chat), {})
        return [weights.get(option, otherwise) for option in options]

    return weigh


def _text_of(request: Choose | Score | Generate) -> str:
    return "\n".join(message.content for message in request.messages)


def _chosen(chat: str, options: tuple[str, ...], weigh: Weigh) -> Chosen:
    weights = weigh(chat, options)
    shares = tuple(weight / sum(weights) for weight in weights)
    n = len(options)
    orders = tuple(
        OrderedChoice(
            tuple((place + turn) % n for place in range(n)), shares, tuple(math.log(max(one, 1e-12)) for one in shares)
        )
        for turn in range(n)
    )
    return Chosen(shares, shares, shares, 1.0, 0.0, (1,) * n, orders, USAGE)
