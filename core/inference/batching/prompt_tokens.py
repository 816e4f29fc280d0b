"""From messages to the tokens before an answer, quickly: most of a chat was there before."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import chain, pairwise

from core.errors import UserError
from core.inference.chat_format import ChatFormat, control_pattern
from core.inference.llama import Vocabulary
from core.inference.request import Message
from core.inference.sandbox import TemplateRefused

N_KEPT = 4096
"""Pieces of text whose tokens are remembered."""

_SAMPLE = (
    Message("system", "You are Mila.  \n"),
    Message("user", " Who is there? \n\n"),
    Message("assistant", "I am.\n"),
    Message("user", "Come in  "),
)


class PromptTokens:
    """Chats as one set of weights reads them.

    A text is tokenised in pieces that each begin with a control token, which gives the same tokens as the whole, and
    pieces are remembered. Where a vocabulary strips blanks before control tokens it does not, and nothing is cut.
    """

    def __init__(self, vocabulary: Vocabulary, chat_format: ChatFormat, weights_name: str) -> None:
        self._vocabulary = vocabulary
        self._format = chat_format
        self._weights_name = weights_name
        self._known: OrderedDict[str, list[int]] = OrderedDict()
        self._control = control_pattern([text for text in vocabulary.control.values() if len(text) > 1])
        sample = self.text(_SAMPLE, "")
        self._cuts = self._control is not None and self.tokenize(sample) == self.read(sample)

    def text(self, messages: Sequence[Message], opening: str) -> str:
        """Returns the prompt, without the opening.

        Raises:
            UserError: The weights' template fails on this chat.
        """
        try:
            return self._format.render(messages, opening)
        except TemplateRefused as refusal:
            raise UserError(
                f"The chat template of {self._weights_name} cannot write this chat: {refusal}.", "Choose other weights."
            ) from refusal

    def before_answer(self, messages: Sequence[Message], opening: str) -> list[int]:
        """Returns the tokens before an answer: a function of the messages alone, whatever was read before.

        Raises:
            UserError: There are none.
        """
        tokens = self.of(self.text(messages, opening))
        if not tokens:
            raise UserError("There is nothing to read before the answer.", "Write something into the scene first.")
        return tokens

    def of(self, text: str) -> list[int]:
        """Returns the tokens of a prompt, or of the beginning of one."""
        tokens = self.tokenize(text) if self._cuts else self.read(text)
        if self._vocabulary.adds_bos and tokens[:1] != [self._vocabulary.bos]:
            tokens.insert(0, self._vocabulary.bos)
        return tokens

    def defuse(self, text: str) -> str:
        """Returns a text that spells no control token."""
        return self._format.defuse(text)

    def split(self, text: str) -> tuple[str, str]:
        """Cuts a text before its last control token; the second part may grow without changing the first's tokens."""
        starts = [match.start() for match in self._control.finditer(text)] if self._control and self._cuts else []
        return (text[: starts[-1]], text[starts[-1] :]) if starts else ("", text)

    def tokenize(self, text: str) -> list[int]:
        """Returns the tokens of a text, piece by piece."""
        assert self._control is not None
        starts = [match.start() for match in self._control.finditer(text)]
        borders = [0, *(start for start in starts if start), len(text)]
        return list(chain.from_iterable(self._piece(text[start:end]) for start, end in pairwise(borders)))

    def _piece(self, text: str) -> list[int]:
        tokens = self._known.get(text)
        if tokens is None:
            tokens = self._known[text] = self.read(text)
            if len(self._known) > N_KEPT:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(text)
        return tokens

    def read(self, text: str) -> list[int]:
        """Returns the tokens of a text as they are, with nothing remembered and no token in front."""
        return self._vocabulary.tokenize(text, parse_special=True)
