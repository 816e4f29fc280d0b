"""llama-server's own API, which can do all that a `Generate` may ask for, and weigh given words exactly.

Pure but for `LlamaServer`, which asks. A prompt is the server's own rendering: what `Render` shows is what is read.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.inference.batching.logprobs import Rows
from core.inference.chat_format import THINK, settle_thoughts
from core.inference.request import Finish, Generate, Message
from core.inference.servers.answer_parts import Part
from core.inference.servers.chat_api import chat_messages
from core.inference.servers.exchange import Cancellation
from core.inference.servers.faults import not_understood
from core.inference.servers.http_client import HttpClient
from core.inference.servers.json_answers import as_logprob, as_logprobs, as_object, as_tokens, read_object, whole
from core.inference.servers.kinds import TRAITS, ServerKind

FORCED = 1e6
"""Added to one logit, so that this token and no other is drawn. What the server tells is from before it is added."""
LEAST_LOGPROB = -103.3
"""Of the smallest float: the server takes the logarithm of a probability, which is 0 below it."""
_FINISHES = {"eos": Finish.END, "word": Finish.STOP, "limit": Finish.LENGTH}


def completion_body(request: Generate, prompt: Sequence[str | int]) -> dict[str, Any]:
    """Returns the body of a streaming request. Stop texts are not in it: the server would hide tokens with them."""
    names = TRAITS[ServerKind.LLAMA_SERVER].samplers
    body: dict[str, Any] = {name: getattr(request.sampling, field) for field, name in names.items()}
    body["logit_bias"] = [
        [token, False if math.isinf(bias) and bias < 0 else bias] for token, bias in request.sampling.logit_bias
    ]
    body |= {"prompt": list(prompt), "n_predict": request.max_tokens, "stream": True, "cache_prompt": True}
    body |= {"n_probs": 1, "return_tokens": True}
    if request.grammar.lstrip().startswith("{"):
        return body | {"json_schema": json.loads(request.grammar)}
    return body | ({"grammar": request.grammar} if request.grammar else {})


def read_completion(data: str) -> Part:
    """Returns what an event of a stream adds. Raises ValueError as `ChatReader.read` does."""
    event = read_object(data)
    timings = as_object(event.get("timings"))
    ended = event.get("stop") is True
    finish = _FINISHES.get(str(event.get("stop_type")), Finish.END) if ended else None
    token_ids = () if ended else as_tokens(event.get("tokens"))
    content = event.get("content")
    return Part(
        text=content if isinstance(content, str) else "",
        token_ids=token_ids,
        logprobs=as_logprobs(event.get("completion_probabilities"), len(token_ids)),
        finish=finish,
        n_prompt_tokens=whole(event.get("tokens_evaluated")) if ended else 0,
        n_reused_tokens=whole(timings.get("cache_n")) if ended else 0,
        n_written_tokens=whole(event.get("tokens_predicted")) if ended else 0,
    )


class LlamaServer:
    """Asks one llama-server, under the path where its own API lies."""

    def __init__(self, client: HttpClient, path: str, n_vocab: int) -> None:
        """Takes the path with a slash in front, or empty, and how many tokens its vocabulary has."""
        self._client = client
        self._path = path
        self._n_vocab = n_vocab

    @property
    def completion_path(self) -> str:
        """Where answers are asked for."""
        return f"{self._path}/completion"

    def render(self, messages: Sequence[Message], opening: str, cancellation: Cancellation) -> str:
        """Returns the text that a chat becomes, up to the opening of the answer."""
        thinks = opening.startswith(THINK)
        body = {"messages": chat_messages(messages), "chat_template_kwargs": {"enable_thinking": thinks}}
        prompt = as_object(self._client.ask(f"{self._path}/apply-template", body, cancellation)).get("prompt")
        if not isinstance(prompt, str):
            raise not_understood(self._client.host)
        return settle_thoughts(prompt, thinks)

    def tokenize(self, text: str, cancellation: Cancellation, *, is_prompt: bool = False) -> tuple[int, ...]:
        """Returns the tokens of a text; of a whole prompt, with what the server puts in front."""
        body = {"content": text, "add_special": is_prompt, "parse_special": is_prompt}
        tokens = as_object(self._client.ask(f"{self._path}/tokenize", body, cancellation)).get("tokens")
        if not isinstance(tokens, list) or len(found := as_tokens(tokens)) != len(tokens):
            raise not_understood(self._client.host)
        return found

    def pieces(self, text: str, cancellation: Cancellation) -> list[tuple[int, str]]:
        """Returns the tokens of a text, each with what it writes."""
        body = {"content": text, "add_special": False, "parse_special": False, "with_pieces": True}
        found = as_object(self._client.ask(f"{self._path}/tokenize", body, cancellation)).get("tokens")
        if not isinstance(found, list):
            raise not_understood(self._client.host)
        entries = [as_object(entry) for entry in found]
        return [(whole(entry.get("id")), _piece_text(entry.get("piece"))) for entry in entries]

    def text_of(self, tokens: Sequence[int], cancellation: Cancellation) -> str:
        """Returns the text that tokens write."""
        found = self._client.ask(f"{self._path}/detokenize", {"tokens": list(tokens)}, cancellation)
        return str(as_object(found).get("content", ""))

    def weigh(self, prompt: Sequence[int], token: int, cancellation: Cancellation) -> tuple[str, float]:
        """Returns a token as text, and how likely it is behind a prompt."""
        entry = self._weigh_next(prompt, token, 1, cancellation)
        return str(entry.get("token", "")), max(as_logprob(entry["logprob"]) or 0.0, LEAST_LOGPROB)

    def distribution(self, prompt: Sequence[int], token: int, cancellation: Cancellation) -> tuple[str, Rows]:
        """Returns a token as text, and the distribution that it would be drawn from behind a prompt, (1, n_vocab)."""
        entry = self._weigh_next(prompt, token, self._n_vocab, cancellation)
        row = np.full((1, self._n_vocab), np.nan, np.float32)
        for other in entry.get("top_logprobs", ()):
            found = as_object(other)
            place, logprob = whole(found.get("id")), as_logprob(found.get("logprob"))
            if place < self._n_vocab and logprob is not None:
                row[0, place] = max(logprob, LEAST_LOGPROB)
        if np.isnan(row).any():
            raise not_understood(self._client.host)
        return str(entry.get("token", "")), row

    def _weigh_next(
        self, prompt: Sequence[int], token: int, n_probs: int, cancellation: Cancellation
    ) -> dict[str, Any]:
        body = {
            "prompt": list(prompt),
            "n_predict": 1,
            "n_probs": n_probs,
            "temperature": 0,
            "logit_bias": [[token, FORCED]],
            "cache_prompt": True,
            "stream": False,
        }
        answer = as_object(self._client.ask(self.completion_path, body, cancellation))
        entries = answer.get("completion_probabilities")
        entry = as_object(entries[0]) if isinstance(entries, list) and entries else {}
        if entry.get("id") != token or as_logprob(entry.get("logprob")) is None:
            raise not_understood(self._client.host)
        return entry


def _piece_text(piece: object) -> str:
    """A piece is text, or a list of bytes where it is half a character."""
    if isinstance(piece, list):
        return bytes(whole(byte) % 256 for byte in piece).decode("utf-8", "replace")
    return piece if isinstance(piece, str) else ""
