"""One streamed answer of a server, put together: its text, where it ends, and its tokens as far as they are told."""

import time
from dataclasses import dataclass

from core.inference.batching.turn_text import TurnText
from core.inference.request import Finish, Generate, Generated, Usage

CHARS_PER_TOKEN = 64
"""More than vocabularies write with one token, on average: a server that goes beyond it knows no limit."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one event of a stream adds. Zero and empty: it does not say."""

    text: str = ""
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    """In nats, at temperature 1, one for each of `token_ids`; empty: not told."""
    finish: Finish | None = None
    n_prompt_tokens: int = 0
    n_reused_tokens: int = 0
    n_written_tokens: int = 0


class Answer:
    """Grows part by part. What `add` returns may be shown at once."""

    def __init__(self, request: Generate, opening_ids: tuple[int, ...] = ()) -> None:
        """Takes the tokens of the request's opening too, where they are known."""
        self._request = request
        self._text = TurnText(request.stop)
        self._opening_ids = opening_ids
        self._token_ids: list[int] = []
        self._logprobs: list[float] = []
        self._lengths: list[int] = []
        self._counted = Part()
        self._n_parts = 0
        self._n_chars = 0
        self._all_tokens_known = bool(opening_ids) or not request.opening
        self._ended_by_token = False
        """The last token wrote nothing: it ended the answer."""
        self._first_at = 0.0
        self.finish: Finish | None = None

    @property
    def has_begun(self) -> bool:
        """Words have come."""
        return self._n_parts > 0

    @property
    def is_counted(self) -> bool:
        """The server has told how many tokens it read and wrote."""
        return self._counted.n_written_tokens > 0

    def add(self, part: Part) -> str:
        """Takes what an event adds; returns the text to show now. `finish` is set when nothing more is wanted."""
        shown = ""
        if part.text or part.token_ids:
            shown = self._open() + self._add_words(part)
        if part.n_prompt_tokens or part.n_written_tokens:
            self._counted = part
        if self._text.stopped:
            self.finish = Finish.STOP
        elif part.finish is not None:
            self.finish = part.finish
        elif self._n_chars > CHARS_PER_TOKEN * (self._request.max_tokens + 1):
            self.finish = Finish.LENGTH
        return shown

    def end(self) -> str:
        """Returns the text that was held back: no more parts come."""
        return self._open() + self._text.finish()

    def result(self, began: float) -> Generated:
        """Returns the answer with what it cost since a time on the clock of `time.monotonic`."""
        token_ids = self._kept_tokens()
        known = bool(token_ids) and not self._request.opening and len(self._logprobs) == len(self._token_ids)
        counted = self._counted
        usage = Usage(
            n_prompt_tokens=counted.n_prompt_tokens,
            n_reused_tokens=min(counted.n_reused_tokens, counted.n_prompt_tokens),
            n_written_tokens=counted.n_written_tokens or len(self._token_ids) or self._n_parts,
            first_token_s=max(self._first_at - began, 0.0),
            total_s=time.monotonic() - began,
        )
        return Generated(
            self._text.text,
            token_ids,
            self.finish or Finish.END,
            usage,
            tuple(self._logprobs[: len(token_ids)]) if known else (),
        )

    def _open(self) -> str:
        """The opening is shown with the first words, so that a request that is sent again shows nothing twice."""
        if self._n_parts or not self._request.opening:
            return ""
        return self._text.open_with(0, self._request.opening.encode())

    def _add_words(self, part: Part) -> str:
        self._first_at = self._first_at or time.monotonic()
        self._n_parts += 1
        self._n_chars += len(part.text)
        self._token_ids += part.token_ids
        self._logprobs += part.logprobs
        self._lengths.append(len(part.token_ids))
        self._ended_by_token = not part.text
        self._all_tokens_known = self._all_tokens_known and bool(part.token_ids)
        return self._text.add(0, part.text.encode())

    def _kept_tokens(self) -> tuple[int, ...]:
        """Returns the tokens of the text, if all are known and end where the text does."""
        kept, tail = self._text.kept_tokens()
        n_told = self._counted.n_written_tokens
        if tail or not self._all_tokens_known or (n_told and n_told != len(self._token_ids)):
            return ()
        n_parts = len(kept) - bool(self._request.opening) - self._ended_by_token
        return self._opening_ids + tuple(self._token_ids[: sum(self._lengths[:n_parts])])
