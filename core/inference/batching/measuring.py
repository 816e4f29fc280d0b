"""Measures given answers: a `Score` or a `Diverge` at work."""

from collections.abc import Sequence

from core.errors import UserError
from core.inference.batching.job import Job, Loaded, Steps
from core.inference.batching.logprobs import N_ROWS_MAX, Rows, divergence, log_softmax, token_logprobs
from core.inference.batching.want import Want
from core.inference.request import Diverge, Diverged, Score, Scored


def score(loaded: Loaded, job: Job, request: Score) -> Steps:
    """Weighs each token of an answer."""
    completion = _completion(loaded, request.completion)
    context = loaded.prompts.before_answer(request.messages, _beginning(loaded, completion))
    loaded.check_fits(len(context) + len(completion))
    logprobs = loaded.kept.logprobs(context, completion)
    if len(logprobs) < len(completion):

        def weigh(start: int, rows: Rows) -> None:
            first = start + 1 - len(context)
            logprobs.extend(token_logprobs(rows, completion[first : first + len(rows)]).tolist())
            if len(completion) == 1:  # other answers of one token to the same question then cost nothing
                loaded.kept.add(loaded.kept.begin(context), completion, rows)

        want = job.want(request.lane, [*context, *completion[:-1]], len(context) - 1 + len(logprobs))
        want.consume = weigh
        yield [want]
    usage = job.usage_of_score(loaded, len(context) + len(completion), request.lane)
    return Scored(tuple(completion), loaded.vocabulary.texts(completion), tuple(logprobs), usage)


def diverge(loaded: Loaded, job: Job, request: Diverge) -> Steps:
    """Compares what two chats expect along an answer."""
    completion = _completion(loaded, request.completion)
    opening = _beginning(loaded, completion)
    chats = (
        (request.lane, loaded.prompts.before_answer(request.messages, opening)),
        (request.reference_lane, loaded.prompts.before_answer(request.reference_messages, opening)),
    )
    loaded.check_fits(max(len(context) for _, context in chats) + len(completion))
    kl: list[float] = []
    js: list[float] = []
    differs: list[bool] = []
    for start in range(0, len(completion), N_ROWS_MAX):
        stop = min(start + N_ROWS_MAX, len(completion))
        kept = [loaded.kept.rows(context, completion, start, stop) for _, context in chats]
        wants = [
            job.want(lane, [*context, *completion[: stop - 1]], len(context) - 1 + start)
            for (lane, context), rows in zip(chats, kept, strict=True)
            if rows is None
        ]
        if wants:
            yield wants
        read = iter(wants)
        rows, reference = (_rows_of(next(read)) if rows is None else rows for rows in kept)
        found = divergence(rows, reference)
        kl += found.kl.tolist()
        js += found.js.tolist()
        differs += found.argmax_differs.tolist()
    n_needed = sum(len(context) + len(completion) for _, context in chats)
    usage = job.usage_of_score(loaded, n_needed, request.lane, request.reference_lane)
    return Diverged(loaded.vocabulary.texts(completion), tuple(kl), tuple(js), tuple(differs), usage)


def _rows_of(want: Want) -> Rows:
    return log_softmax(want.take_rows())


def _completion(loaded: Loaded, completion: tuple[int, ...] | str) -> list[int]:
    if isinstance(completion, str):
        return loaded.vocabulary.tokenize(completion, parse_special=False)
    if not all(0 <= token < loaded.vocabulary.n_tokens for token in completion):
        raise UserError("This turn was written with other weights.", "Score it with the weights that wrote it.")
    return list(completion)


def _beginning(loaded: Loaded, completion: Sequence[int]) -> str:
    """Returns how an answer begins: formats ask whether it opens with a thought."""
    return loaded.vocabulary.bytes_of(completion[:4]).decode("utf-8", "replace")
