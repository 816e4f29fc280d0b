"""Asks the weights that play a character something at the end of its own view, on its own lane: one short pass.

All that the character has perceived is in the sequence already, or is read now and used again when it speaks.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from core.errors import UserError
from core.inference.request import Adapter, Ask, Choose, Chosen, Message, Request, Result, Score, Scored, Usage
from core.minds.moment import Stopped


class CastQuestions:
    """Asks about one moment of a playtest. Not for several threads."""

    def __init__(
        self,
        messages_of: Callable[[str], tuple[Message, ...]],
        ask_of: Callable[[str], Ask],
        adapters_of: Callable[[str], tuple[Adapter, ...]],
    ) -> None:
        """Takes what each role reads before its turn, what runs its requests, and what changes its weights.

        Args:
            messages_of: Raises UserError when the view has no room.
        """
        self._messages_of = messages_of
        self._ask_of = ask_of
        self._adapters_of = adapters_of
        self._views: dict[str, tuple[Message, ...]] = {}
        self.usages: list[Usage] = []
        """What each request cost."""
        self.reason = ""
        """Why weights could not be asked; empty: they could."""

    def weigh(self, role_id: str, question: str, answers: Sequence[str]) -> tuple[float, ...] | None:
        """Returns how likely each answer is against the others, by the mean log-probability of its tokens.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        means = []
        for answer in answers:
            scored = self._run(role_id, question, partial(self._score, role_id, answer))
            if not isinstance(scored, Scored) or not scored.logprobs:
                return None
            self.usages.append(scored.usage)
            means.append(sum(scored.logprobs) / len(scored.logprobs))
        highest = max(means)
        weights = [math.exp(mean - highest) for mean in means]
        return tuple(weight / sum(weights) for weight in weights)

    def choose(self, role_id: str, question: str, options: Sequence[str]) -> tuple[float, ...] | None:
        """Returns how likely each option is, with the places in the list averaged out.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        chosen = self._run(role_id, question, lambda chat: Choose(role_id, chat, tuple(options)))
        if not isinstance(chosen, Chosen):
            return None
        self.usages.append(chosen.usage)
        return chosen.by_label

    def record(self) -> dict[str, Any]:
        """Returns what the turn keeps: requests, tokens read for them and used again, and why they failed. JSON."""
        found: dict[str, Any] = {}
        if self.usages:
            n_reused = sum(usage.n_reused_tokens for usage in self.usages)
            found["n_asked"] = len(self.usages)
            found["n_read_tokens"] = sum(usage.n_prompt_tokens for usage in self.usages) - n_reused
            found["n_reused_tokens"] = n_reused
        if self.reason:
            found["not_asked"] = self.reason
        return found

    def _score(self, role_id: str, answer: str, chat: tuple[Message, ...]) -> Score:
        return Score(role_id, chat, answer, self._adapters_of(role_id))

    def _run(self, role_id: str, question: str, request: Callable[[tuple[Message, ...]], Request]) -> Result | None:
        try:
            if role_id not in self._views:
                self._views[role_id] = self._messages_of(role_id)
            chat = ask_at_end(self._views[role_id], question)
            result = self._ask_of(role_id)(request(chat))
        except UserError as error:  # no room, or weights elsewhere that only write
            self.reason = error.message
            return None
        if result is None:
            raise Stopped
        return result


def ask_at_end(messages: tuple[Message, ...], question: str) -> tuple[Message, ...]:
    """Returns a chat with a question at the end of its last message, where it costs least to read."""
    last = messages[-1]
    return (*messages[:-1], replace(last, content=f"{last.content}\n\n({question})"))
