"""One answer at a time from the loaded weights, streamed to the window; a newer question ends the older answer."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future

from PySide6.QtCore import QObject, Signal

from core.characters.reply import ReplyStream
from core.errors import UserError
from core.inference.request import Finish, Generated, Result
from core.playtest.asking import Exchange, ask, read_answer
from core.playtest.settings import PlaySettings
from gui.workspace import Workspace
from models.character import CharacterBase


class Voice(QObject):
    """Asks the engine and tells what it says."""

    streamed = Signal(str)
    """All that was said so far."""
    answered = Signal(str)
    """The whole answer; empty when nothing was said."""
    failed = Signal(str, str)
    """The weights cannot be run: message and hint."""
    _piece = Signal(int, str)
    _settled = Signal(int, object)

    def __init__(self, workspace: Workspace, lane: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._lane = workspace, lane
        self._number = 0
        self._future: Future[Result] | None = None
        self._character: CharacterBase | None = None
        self._said = ""
        self._piece.connect(self._on_piece)
        self._settled.connect(self._on_settled)

    @property
    def is_speaking(self) -> bool:
        """Whether an answer is under way."""
        return self._future is not None

    def ask(self, character: CharacterBase, before: Sequence[Exchange], question: str, seed: int) -> None:
        """Asks; an answer that is under way is forgotten."""
        self.cancel()
        self._number += 1
        self._character, self._said = character, ""
        number = self._number
        settings = PlaySettings.from_app(self._workspace.settings)
        request = ask(character, before, question, settings, seed, lane=self._lane)
        stream = ReplyStream(character.name)
        try:
            self._future = self._workspace.engine.submit(request, self._pieces_of(stream, number))
        except UserError as error:
            self.failed.emit(error.message, error.hint)
            return
        self._future.add_done_callback(lambda future: self._settled.emit(number, future))

    def cancel(self) -> None:
        """Ends what is under way within one batch; nobody hears of it any more."""
        future, self._future = self._future, None
        self._number += 1
        if future is not None:
            future.cancel()

    def _pieces_of(self, stream: ReplyStream, number: int) -> Callable[[str], None]:
        def take(text: str) -> None:
            for piece, is_private in stream.feed(text):
                if not is_private:
                    self._piece.emit(number, piece)

        return take

    def _on_piece(self, number: int, text: str) -> None:
        if number == self._number:
            self._said += text
            self.streamed.emit(self._said)

    def _on_settled(self, number: int, future: Future[Result]) -> None:
        if number != self._number:
            return
        self._future = None
        try:
            result = future.result()
        except CancelledError:
            return
        except UserError as error:
            self.failed.emit(error.message, error.hint)
            return
        assert isinstance(result, Generated)
        assert self._character is not None
        if result.finish is not Finish.CANCELLED:
            self.answered.emit(read_answer(result.text, self._character))
