"""Chats that go along with an answer while it is written: those that hear its words, and those that weigh its tokens.

What they read is a guess about the next requests: it spares them reading, and where it is wrong it is read again.
"""

import sys
from collections.abc import Sequence

from core.inference.batching.job import Loaded
from core.inference.batching.logprobs import Rows
from core.inference.batching.prefix_cache import Lane
from core.inference.batching.want import Kind, Reading, Want
from core.inference.request import HEARD, Listener, Shadow

N_UNSURE = 4
"""Tokens at the end of words that are still being said: the next word may change how they are cut."""


class Hearing:
    """A chat that hears an answer."""

    def __init__(self, loaded: Loaded, listener: Listener, number: int) -> None:
        self._loaded = loaded
        self._after = listener.after
        text, _, _ = loaded.prompts.text(listener.messages, "").partition(HEARD)
        head, self._tail = loaded.prompts.split(text)
        self._head = loaded.prompts.of(head) if head else []
        lane = Lane(listener.lane, False)
        tokens = self._tokens("")[:-N_UNSURE]
        self.want = Want(lane, Kind.ALONG, tokens, Reading(), sys.maxsize, number, complete=False)

    def follow(self, written: str, *, ended: bool = False) -> None:
        """Takes the answer as far as it has been written."""
        heard = written.partition(self._after)[2] if self._after and self._after in written else ""
        tokens = self._tokens((heard if self._after else written).strip())
        if not ended:
            del tokens[-N_UNSURE:]
        want = self.want
        if tokens[: want.n_held] == want.tokens[: want.n_held]:
            want.tokens = tokens
        else:  # the words were cut otherwise than they seemed
            self.want = Want(want.lane, Kind.ALONG, tokens, want.reading, sys.maxsize, want.number)
        self.want.complete = ended

    def _tokens(self, heard: str) -> list[int]:
        prompts = self._loaded.prompts
        text = self._tail + prompts.defuse(heard)
        return [*self._head, *prompts.read(text)] if self._head else prompts.of(text)


class Weighing:
    """A chat that weighs an answer: the log-probabilities of its tokens are kept as they come."""

    def __init__(self, loaded: Loaded, shadow: Shadow, opening: str, number: int) -> None:
        context = loaded.prompts.before_answer(shadow.messages, opening)
        self._kept = loaded.kept
        self._distributions = shadow.distributions
        self._n_context = len(context)
        self._kept_of_answer = loaded.kept.begin(context)
        self._all = context
        """The chat and the answer; the last token is only weighed, not read."""
        lane = Lane(shadow.lane, True)
        self.want = Want(
            lane, Kind.ALONG, context[:-1], Reading(), len(context) - 1, number, consume=self._keep, complete=False
        )
        loaded.weighed[lane] = self.want.reading

    def follow(self, answer: Sequence[int], *, ended: bool = False) -> None:
        """Takes the tokens of the answer as far as they have been drawn."""
        self.want.complete = ended
        self._all += answer[len(self._all) - self._n_context :]
        self.want.tokens += self._all[len(self.want.tokens) : -1]

    def _keep(self, start: int, rows: Rows) -> None:
        tokens = self._all[start + 1 : start + 1 + len(rows)]
        self._kept.add(self._kept_of_answer, tokens, rows, distributions=self._distributions)
