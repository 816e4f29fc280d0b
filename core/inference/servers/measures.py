"""What a server tells of given words: their number, their form, how likely they are. Exact, or `Unsupported`."""

import time
from collections.abc import Callable, Sequence

from core.inference.batching.logprobs import divergence
from core.inference.chat_format import THINK
from core.inference.request import (
    Diverge,
    Diverged,
    Message,
    Render,
    Rendered,
    Score,
    Scored,
    TokenCounts,
    Tokenized,
    Usage,
)
from core.inference.servers.exchange import Cancellation
from core.inference.servers.faults import not_understood
from core.inference.servers.http_client import HttpClient
from core.inference.servers.json_answers import as_object
from core.inference.servers.llama_server import LlamaServer
from core.inference.servers.probe import ServerProfile
from core.inference.unsupported import Unsupported

GiveWay = Callable[[], None]
"""Called between two questions: waits while words are being written; raises Cancelled."""

_N_HEAD = 4
"""Tokens at the start of an answer that tell whether it thinks."""


def count_tokens(
    client: HttpClient,
    profile: ServerProfile,
    llama: LlamaServer | None,
    native_path: str,
    texts: Sequence[str],
    cancellation: Cancellation,
) -> TokenCounts:
    """Returns the number of tokens of each text."""
    if llama is not None:
        return TokenCounts(tuple(len(llama.tokenize(text, cancellation)) for text in texts))
    if not profile.counts:
        raise Unsupported("This server cannot count tokens.", "Use llama-server, vLLM or weights on this machine.")
    counts = []
    for text in texts:
        body = {"model": profile.model, "prompt": text, "add_special_tokens": False}
        count = as_object(client.ask(f"{native_path}/tokenize", body, cancellation)).get("count")
        if not isinstance(count, int):
            raise not_understood(client.host)
        counts.append(count)
    return TokenCounts(tuple(counts))


def tokenize(llama: LlamaServer, texts: Sequence[str], cancellation: Cancellation) -> Tokenized:
    """Returns the tokens of each text."""
    found = [llama.pieces(text, cancellation) for text in texts]
    return Tokenized(
        token_ids=tuple(tuple(token for token, _ in pieces) for pieces in found),
        tokens=tuple(tuple(piece for _, piece in pieces) for pieces in found),
    )


def render(llama: LlamaServer, request: Render, cancellation: Cancellation) -> Rendered:
    """Returns the text that a chat becomes on the server."""
    text = llama.render(request.messages, request.opening, cancellation)
    n_opening = len(llama.tokenize(request.opening, cancellation)) if request.opening else 0
    n_tokens = len(llama.tokenize(text, cancellation, is_prompt=True)) + n_opening
    return Rendered(text + request.opening, n_tokens)


def score(llama: LlamaServer, request: Score, cancellation: Cancellation, give_way: GiveWay) -> Scored:
    """Returns how likely each token of an answer is."""
    began = time.monotonic()
    completion = _completion(llama, request.completion, cancellation)
    (prompt,) = _prompts(llama, [request.messages], completion, cancellation)
    texts, logprobs = [], []
    for place, token in enumerate(completion):
        give_way()
        text, logprob = llama.weigh([*prompt, *completion[:place]], token, cancellation)
        texts.append(text)
        logprobs.append(logprob)
    return Scored(completion, tuple(texts), tuple(logprobs), _usage(len(prompt) + len(completion), began))


def diverge(llama: LlamaServer, request: Diverge, cancellation: Cancellation, give_way: GiveWay) -> Diverged:
    """Returns how far two views of an answer lie apart, token by token."""
    began = time.monotonic()
    completion = _completion(llama, request.completion, cancellation)
    prompts = _prompts(llama, [request.messages, request.reference_messages], completion, cancellation)
    texts, apart = [], []
    for place, token in enumerate(completion):
        rows = []
        for prompt in prompts:
            give_way()
            text, row = llama.distribution([*prompt, *completion[:place]], token, cancellation)
            rows.append(row)
        texts.append(text)
        apart.append(divergence(rows[0], rows[1]))
    return Diverged(
        tokens=tuple(texts),
        kl=tuple(float(one.kl[0]) for one in apart),
        js=tuple(float(one.js[0]) for one in apart),
        argmax_differs=tuple(bool(one.argmax_differs[0]) for one in apart),
        usage=_usage(sum(map(len, prompts)) + 2 * len(completion), began),
    )


def _completion(llama: LlamaServer, completion: tuple[int, ...] | str, cancellation: Cancellation) -> tuple[int, ...]:
    return llama.tokenize(completion, cancellation) if isinstance(completion, str) else completion


def _prompts(
    llama: LlamaServer, chats: Sequence[tuple[Message, ...]], completion: tuple[int, ...], cancellation: Cancellation
) -> list[tuple[int, ...]]:
    """Returns the tokens of each chat, as they stood before an answer that thought or did not."""
    thinks = llama.text_of(completion[:_N_HEAD], cancellation).startswith(THINK) if completion else False
    texts = [llama.render(messages, THINK if thinks else "", cancellation) for messages in chats]
    return [llama.tokenize(text, cancellation, is_prompt=True) for text in texts]


def _usage(n_prompt_tokens: int, began: float) -> Usage:
    return Usage(n_prompt_tokens, 0, 0, 0.0, time.monotonic() - began)
