"""The OpenAI chat API: from a `Generate` to the body of a request, and from its events to parts of an answer. Pure."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.inference.chat_format import END_THINK, THINK, defuse, merge
from core.inference.request import Finish, Generate, Message
from core.inference.servers.answer_parts import Part
from core.inference.servers.json_answers import as_logprobs, as_object, as_tokens, read_object, whole
from core.inference.servers.kinds import OFF, TRAITS, ServerKind

MAX_STOPS = 4
"""What the API takes. All of them are looked for here as well."""
MARKS = re.compile(r"<\|[^<>|]{1,40}\|>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>|<[be]os>|<end_of_utterance>")
"""How the chat formats of common weights write control tokens: a server does not tell its own."""
_FINISHES = {"stop": Finish.END, "length": Finish.LENGTH}
_THOUGHT_KEYS = ("reasoning_content", "reasoning")


def chat_messages(messages: Sequence[Message], opening: str = "") -> list[dict[str, str]]:
    """Returns a chat as the API takes it; roles alternate. No content can spell the marks that chats are written with.

    Args:
        opening: A begun answer, put behind it.
    """
    written = [{"role": message.role, "content": _harmless(message.content)} for message in merge(messages)]
    return [*written, {"role": "assistant", "content": opening}] if opening else written


def chat_body(request: Generate, kind: ServerKind, model: str) -> dict[str, Any]:
    """Returns the body of a streaming request."""
    traits, values = TRAITS[kind], asdict(request.sampling)
    body: dict[str, Any] = {
        "model": model,
        "messages": chat_messages(request.messages, request.opening),
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_tokens,
    }
    body |= {name: values[field] for field, name in traits.samplers.items() if field not in OFF}
    body |= traits.tells_tokens
    if request.stop:
        body["stop"] = list(request.stop[:MAX_STOPS])
    if request.opening:
        body |= traits.prefill or {}
    return body


class ChatReader:
    """Reads the events of one stream. A thought that a server sends apart is put back in front of the answer."""

    def __init__(self, opening: str = "") -> None:
        self._begun_by_us = opening.startswith(THINK)
        self._thinks = False
        self._speaks = False

    def read(self, data: str) -> Part | None:
        """Returns what an event adds; None behind the last.

        Raises:
            ValueError: It is not an event of this API; its text is what the server says, if it says anything.
        """
        if data.strip() == "[DONE]":
            return None
        event = read_object(data)
        choices = event.get("choices")
        choice = as_object(choices[0]) if isinstance(choices, list) and choices else {}
        counts = as_object(event.get("usage"))
        text, is_plain = self._text_of(as_object(choice.get("delta")))
        token_ids, logprobs = _tokens_of(choice) if is_plain else ((), ())
        return Part(
            text=text,
            token_ids=token_ids,
            logprobs=logprobs,
            finish=_FINISHES.get(finish, Finish.END)
            if isinstance(finish := choice.get("finish_reason"), str)
            else None,
            n_prompt_tokens=whole(counts.get("prompt_tokens")),
            n_reused_tokens=whole(as_object(counts.get("prompt_tokens_details")).get("cached_tokens")),
            n_written_tokens=whole(counts.get("completion_tokens")),
        )

    def _text_of(self, delta: dict[str, Any]) -> tuple[str, bool]:
        """Returns what was written, and whether it is the answer alone, with no mark of ours in it."""
        thought = next((text for key in _THOUGHT_KEYS if isinstance(text := delta.get(key), str) and text), "")
        content = delta.get("content")
        content = content if isinstance(content, str) else ""
        text = ""
        if thought and not self._speaks:
            text = thought if self._thinks or self._begun_by_us else THINK + thought
            self._thinks = True
        if content:
            text += END_THINK + content if self._thinks and not self._speaks else content
            self._speaks = True
        return text, text == content


def _tokens_of(choice: dict[str, Any]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Returns token ids and their log-probabilities where a server tells them, beyond what the API demands."""
    entries = as_object(choice.get("logprobs")).get("content")
    entries = entries if isinstance(entries, list) else []
    token_ids = as_tokens(choice.get("token_ids", [as_object(entry).get("id") for entry in entries]))
    return token_ids, as_logprobs(entries, len(token_ids))


def _harmless(content: str) -> str:
    return defuse(content, MARKS)
