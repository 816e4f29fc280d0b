"""The box in which lore is tried out: a chat above, and at once what fires, what is dropped, and what goes where."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.library.playtests import get_playtest, list_playtests, list_turns
from core.lore.placement import Placement
from core.playtest.tree import path_to
from gui import theme
from gui.lore.fields import CalmComboBox
from gui.lore.trial import Answer, BookCache, Question, try_out
from gui.lore.verdict_list import VerdictList
from gui.lore.wording import role_name, spot_name
from gui.workspace import Workspace
from models.character import Character

PAUSE_MS = 200
MAX_PLAYTESTS = 30
_EXAMPLE = "Ann: …"


class Tester(QWidget):
    """Tries the book at hand on a chat, again whenever either changes."""

    entry_clicked = Signal(str)
    answered = Signal(object)
    """An `Answer`."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._book_id = ""
        self._seed = 0
        self._cache = BookCache()
        self._n_asked = 0
        self._is_busy = False
        self.chat = QPlainTextEdit()
        self.chat.setPlaceholderText(
            self.tr("Paste a chat, one message a line:\n\nAnn: Is the lamp lit?\nBob: The keeper is late tonight.")
        )
        self.chat.setAccessibleName(self.tr("Chat to try the book on"))
        self.chat.setTabChangesFocus(True)
        self.reader = CalmComboBox()
        self.reader.setAccessibleName(self.tr("Who reads"))
        self.others = QCheckBox(self.tr("With the other books that are read"))
        self.playtest = QPushButton(theme.icon("mdi6.play-outline"), self.tr("From a playtest"))
        self.playtest.setMenu(self._make_menu())
        self.again = QPushButton(theme.icon("mdi6.dice-multiple-outline"), "")
        self.again.setToolTip(self.tr("Draw again what is left to chance"))
        self.again.setAccessibleName(self.again.toolTip())
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        theme.set_kind(self.summary, "strong")
        self.fired, self.dropped = VerdictList(), VerdictList()
        self.inserted = QLabel()
        self.inserted.setTextFormat(Qt.TextFormat.PlainText)
        self.inserted.setWordWrap(True)
        self.inserted.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._titles = [QLabel(self.tr("Fired")), QLabel(self.tr("Dropped")), QLabel(self.tr("What the prompt gets"))]
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self.chat.textChanged.connect(self.refresh)
        self.reader.activated.connect(self.refresh)
        self.others.clicked.connect(self.refresh)
        self.again.clicked.connect(self._draw_again)
        self.fired.entry_clicked.connect(self.entry_clicked)
        self.dropped.entry_clicked.connect(self.entry_clicked)
        theme.notifier.theme_changed.connect(self.refresh)
        self._lay_out()
        self._show_nothing()

    def show_book(self, book_id: str) -> None:
        """Tries another book."""
        self._book_id = book_id
        self.refresh()

    def show_readers(self, characters: Sequence[Character], chosen: str) -> None:
        """Offers who may read."""
        kept = self.reader.currentData() if self.reader.count() else chosen
        self.reader.clear()
        self.reader.addItem(self.tr("Whoever reads"), "")
        for character in characters:
            self.reader.addItem(character.name, character.id)
        self.reader.setCurrentIndex(max(0, self.reader.findData(chosen or kept)))

    def lore_changed(self) -> None:
        """Rows of lore changed."""
        self._cache.forget()
        self.refresh()

    def refresh(self) -> None:
        """Tries again in a moment."""
        if self.isVisible():
            self._timer.start()

    def stop(self) -> None:
        """Asks for nothing any more."""
        self._timer.stop()

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tries what changed meanwhile."""
        super().showEvent(event)
        self._timer.start()

    def _lay_out(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(8)
        options.addWidget(self.reader, 1)
        options.addWidget(self.playtest)
        options.addWidget(self.again)
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.summary)
        for title, widget in zip(self._titles, (self.fired, self.dropped, self.inserted), strict=True):
            theme.set_kind(title, "heading")
            column.addWidget(title)
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(results)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 0)
        whole.setSpacing(8)
        whole.addWidget(self.chat, 2)
        whole.addLayout(options)
        whole.addWidget(self.others)
        whole.addWidget(scroll, 3)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill_menu(menu))
        return menu

    def _fill_menu(self, menu: QMenu) -> None:
        menu.clear()
        if not self._workspace.is_project_open:
            return
        for playtest in list_playtests(self._workspace.project)[:MAX_PLAYTESTS]:
            menu.addAction(playtest.name, lambda playtest_id=playtest.id: self.take_playtest(playtest_id))
        if menu.isEmpty():
            menu.addAction(self.tr("Nothing was played yet")).setEnabled(False)

    def take_playtest(self, playtest_id: str) -> None:
        """Takes the branch of a playtest that is open in it as the chat."""
        project = self._workspace.project
        playtest = get_playtest(project, playtest_id)
        if playtest is not None:
            path = path_to(list_turns(project, playtest_id), playtest.head_id)
            lines = (f"{turn.speaker}: {' '.join(turn.text.split())}" for turn in path)
            self.chat.setPlainText("\n".join(lines))

    def _draw_again(self) -> None:
        self._seed += 1
        self.refresh()

    def _ask(self) -> None:
        if not self._book_id or not self._workspace.is_project_open or self._is_busy:
            if self._is_busy:
                self._timer.start()
            return
        question = Question(
            self.chat.toPlainText(),
            self._book_id,
            self.others.isChecked(),
            str(self.reader.currentData() or ""),
            seed=self._seed,
        )
        project, cache = self._workspace.project, self._cache
        self._is_busy = True

        def done(answer: Answer) -> None:
            self._is_busy = False
            if answer.question.book_id == self._book_id:
                self._show(answer)

        def fault(_error: object) -> None:
            self._is_busy = False

        self._workspace.jobs.run(lambda: try_out(project, question, cache), done, fault)

    def _show(self, answer: Answer) -> None:
        is_one = len(answer.fired) == 1
        words = self.tr("1 entry fires, %2 of %3 tokens") if is_one else self.tr("%1 entries fire, %2 of %3 tokens")
        filled = words.replace("%1", f"{len(answer.fired):,}").replace("%2", f"{answer.n_tokens:,}")
        self.summary.setText(filled.replace("%3", f"{answer.budget_tokens:,}"))
        self.fired.show_rows(answer.fired, answer.titles, answer.said)
        self.dropped.show_rows(answer.dropped, answer.titles, answer.said)
        self.inserted.setText(placement_text(answer.placement))
        for title, is_shown in zip(
            self._titles, (answer.fired, answer.dropped, not answer.placement.is_empty), strict=True
        ):
            title.setVisible(bool(is_shown))
        self._highlight(answer)
        self.answered.emit(answer)

    def _show_nothing(self) -> None:
        for title in self._titles:
            title.hide()

    def _highlight(self, answer: Answer) -> None:
        colors = theme.colors()
        starts = message_starts(self.chat.toPlainText())
        selections = []
        for match, did_fire in answer.marks:
            at = len(starts) - 1 - match.number
            if match.place != "message" or not 0 <= at < len(starts):
                continue
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.chat.document())
            cursor.setPosition(min(starts[at] + match.start, self.chat.document().characterCount() - 1))
            end = min(starts[at] + match.end, self.chat.document().characterCount() - 1)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            shape = QTextCharFormat()
            shape.setBackground(QColor(theme.mix(colors.field, colors.good if did_fire else colors.warning, 0.4)))
            mark.cursor, mark.format = cursor, shape  # type: ignore[attr-defined]
            selections.append(mark)
        self.chat.setExtraSelections(selections)


def message_starts(text: str) -> list[int]:
    """Returns where each message of a chat begins, in UTF-16 units as Qt counts; as `parse_chat_lines` divides it."""
    from core.interchange.chat_lines import parse_chat_lines

    starts, at = [], 0
    has_any = False
    for line in text.split("\n"):
        if line.strip():
            parsed = parse_chat_lines(line)
            begins = bool(parsed and parsed[0][0]) or not has_any
            if begins:
                lead = len(line) - len(line.lstrip())
                starts.append(at + lead)
                has_any = True
        at += len(line.encode("utf-16-le", "surrogatepass")) // 2 + 1
    return starts


def placement_text(placement: Placement) -> str:
    """Says what goes where, as plain text."""
    parts = [f"{spot_name(spot)}\n{text}" for spot, text in placement.spots.items()]
    for one in placement.injections:
        parts.append(f"{one.depth} ↑ · {role_name(one.role)}\n{one.text}")
    parts += [f"{{{{outlet::{name}}}}}\n{text}" for name, text in placement.outlets.items()]
    return "\n\n".join(parts)
