"""A turn that was paused in its middle, and goes on where it was.

It is written again by the same request with the same seed, which gives the same words; a server goes on behind the
words that it has said. What was shown stays, and is not shown twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.characters.reply import ReplyStream
from core.playtest.directing.who_next import NextSpeaker
from core.playtest.settings import PlaySettings

Show = Callable[[str, bool], None]
"""Takes a piece of text, and whether it is private."""


@dataclass(frozen=True, slots=True)
class Begun:
    """How far a turn had come."""

    attempt: int = 0
    """Turns that are empty, or say again what was said, are drawn anew; this is which one it was, from 0."""
    written: str = ""
    """All that the weights wrote in it, thought included."""
    speech: str = ""
    """What was shown of it as speech."""


NOT_BEGUN = Begun()


@dataclass(frozen=True, slots=True)
class Held:
    """A half-spoken turn, and all that it takes to go on with it."""

    speaker: NextSpeaker
    parent_id: int | None
    head_id: int | None
    """Of the branch when it was held: once that is another one, the turn is void."""
    label: str
    alternative: int
    settings: PlaySettings
    begun: Begun
    again: int | None = None
    """Number of the turn of the original that it repeats, in a "what if"."""


class Shown:
    """Shows a turn while it is written. Where it is written again, what was shown before is passed over."""

    def __init__(self, name: str, show: Show, before: str = "", on_other_words: Callable[[], None] = lambda: None):
        """Takes the speaker's name, what was written before, and what to do when other words come than those."""
        self._name = name
        self._show = show
        self._on_other_words = on_other_words
        self._before = before
        self._stream = ReplyStream(name)
        self.written = ""
        self.speech = "".join(text for text, private in self._stream.feed(before) if not private)

    def feed(self, piece: str) -> None:
        """Takes new text."""
        self.written += piece
        if not self._before:
            self._pass_on(piece)
        elif not self._before.startswith(self.written[: len(self._before)]):
            self._before, self.speech, self._stream = "", "", ReplyStream(self._name)
            self._on_other_words()
            self._pass_on(self.written)
        elif len(self.written) > len(self._before):
            rest, self._before = self.written[len(self._before) :], ""
            self._pass_on(rest)

    @property
    def so_far(self) -> str:
        """All that is written, or was before."""
        return self.written if len(self.written) > len(self._before) else self._before

    def _pass_on(self, piece: str) -> None:
        for text, private in self._stream.feed(piece):
            self.speech += "" if private else text
            self._show(text, private)
