"""What a speaker said before in a chat, held against the answer that is being written."""

import numpy as np
from numpy.typing import NDArray

from core.inference.batching.prompt_tokens import PromptTokens
from core.inference.llama import Vocabulary
from core.inference.request import Generate
from core.inference.sampling.said_again import SaidAgain


class OwnWords:
    """Follows an answer, and lessens what its speaker would say again; see `SaidAgain`.

    What was thought before an answer is neither held against it, nor is a thought held against anything.
    """

    def __init__(self, vocabulary: Vocabulary, prompts: PromptTokens, request: Generate) -> None:
        penalty, end = request.sampling.self_repeat_penalty, request.thought_end
        own = [message.content for message in request.messages if message.role == "assistant"] if penalty else []
        said = [text.rpartition(end)[2] if end else text for text in own]
        self._said_again = SaidAgain(penalty, map(prompts.read, said)) if own else None
        self._vocabulary = vocabulary
        self._end = end.encode()
        self._thought: bytes | None = request.opening.encode() if end else None
        """What was written of the thought so far; None behind it."""
        self._close_thought()

    def add(self, token: int) -> None:
        """Takes the next token of the answer."""
        if self._said_again is None:
            return
        if self._thought is None:
            self._said_again.add(token)
        else:
            self._thought += self._vocabulary.piece(token)
            self._close_thought()

    def lessen(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns logits with what would be said again made less likely; the same array if nothing would.

        Args:
            logits: (n_vocab,); not changed.
        """
        return logits if self._said_again is None or self._thought is not None else self._said_again.lessen(logits)

    def _close_thought(self) -> None:
        if self._thought is not None and self._end in self._thought:
            self._thought = None
