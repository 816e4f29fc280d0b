"""The text of an answer as its tokens come: finds stop texts across token borders, never shows half a character.

Pure: tokens come with the bytes they write.
"""

import codecs
from collections.abc import Sequence


class TurnText:
    """Text that grows token by token.

    What `add` returns may be shown at once: it is never taken back. A tail that may become a stop text is held back.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._stop = [text.encode() for text in stop if text]
        self._data = bytearray()
        self._n_shown = 0
        self._searched = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tokens: list[tuple[int, int]] = []
        self._cut: int | None = None

    @property
    def stopped(self) -> bool:
        """A stop text was found."""
        return self._cut is not None

    def open_with(self, token: int, piece: bytes) -> str:
        """Adds a token of the opening: stop texts are not looked for in it. Returns the text to show."""
        self._note(token, piece)
        self._searched = len(self._data)
        return self._show(len(self._data))

    def add(self, token: int, piece: bytes) -> str:
        """Adds a token and returns the text to show now."""
        self._note(token, piece)
        self._cut = self._find_stop()
        return self._show(self._n_safe() if self._cut is None else self._cut)

    def finish(self) -> str:
        """Returns the held-back text: no more tokens come. Half a character at the end is left out."""
        return self._show(len(self._data) if self._cut is None else self._cut)

    @property
    def text(self) -> str:
        """The whole answer."""
        return self.data.decode("utf-8", "replace")

    @property
    def data(self) -> bytes:
        """The bytes of the whole answer, without a stop text and without half a character at the end."""
        data = bytes(self._data if self._cut is None else self._data[: self._cut])
        return data[: len(data) - _n_incomplete(data)]

    def kept_tokens(self) -> tuple[list[int], bytes]:
        """Returns the tokens that lie wholly in the answer, and the bytes of it that they do not write."""
        n_kept = len(self.data)
        tokens = [token for token, end in self._tokens if end <= n_kept]
        covered = self._tokens[len(tokens) - 1][1] if tokens else 0
        return tokens, self.data[covered:]

    def _note(self, token: int, piece: bytes) -> None:
        self._data += piece
        self._tokens.append((token, len(self._data)))

    def _find_stop(self) -> int | None:
        longest = max(map(len, self._stop), default=0)
        found = [self._data.find(text, self._searched) for text in self._stop]
        self._searched = max(self._searched, len(self._data) - longest + 1)
        return min((place for place in found if place >= 0), default=None)

    def _n_safe(self) -> int:
        """Bytes that no stop text can still begin in."""
        for start in range(self._searched, len(self._data)):
            tail = self._data[start:]
            if any(text.startswith(tail) for text in self._stop):
                return start
        return len(self._data)

    def _show(self, end: int) -> str:
        start, self._n_shown = self._n_shown, max(self._n_shown, end)
        return self._decoder.decode(bytes(self._data[start : self._n_shown]))


def _n_incomplete(data: bytes) -> int:
    """Returns how many bytes at the end begin a character that is not complete."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data[-4:])
    return len(decoder.getstate()[0])
