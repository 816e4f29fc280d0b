"""The turn that is open: its words, each score with its evidence and reason, and what can be done about it."""

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.lab.frame import column_key
from core.library.playtests import get_turn
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.elided_button import ElidedButton
from gui.stage.charts.score_card import Beside, ScoreCard, small_label
from gui.stage.charts.score_evidence import readable
from gui.stage.fill import fill
from gui.stage.flow_layout import FlowLayout
from gui.stage.labels.disagreement import LATER_MS, is_disagreeing
from gui.stage.labels.score_notes import contest, read_scores_beside
from models.playtest import Turn
from models.score import Score

MAX_WORDS_MARKED = 40
LONGEST_WORD = 20
"""Letters; a longer word may be broken after so many."""
ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True)
class OpenTurn:
    """What is read of the turn."""

    turn: Turn
    scores: tuple[tuple[Score, Beside], ...]
    """The latest of each measure and judge."""


def read_open_turn(project: Project, turn_id: int) -> OpenTurn | None:
    """Reads a turn with its scores; None when it is gone."""
    turn = get_turn(project, turn_id)
    return OpenTurn(turn, tuple(read_scores_beside(project, turn_id))) if turn is not None else None


class DetailCard(QScrollArea):
    """Shows the turn that the board has open."""

    shown = Signal()
    """Another turn, or other scores of it, are shown."""
    stage_clicked = Signal(int)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        self.turn_id = 0
        self.column_key = ""
        """The measure that is looked at; empty: the turn as a whole."""
        self.scores: list[Score] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("The turn that is open"))
        self._page = QWidget()
        self._page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(16, 12, 16, 16)
        self._column.setSpacing(10)
        self._content = QWidget()
        self._actions = QWidget()
        self._action_row = FlowLayout(self._actions, spacing=6)
        self.stage_button = ElidedButton(self.tr("Open on the Stage"))
        self.stage_button.setIcon(theme.icon("mdi6.play-outline", "accent"))
        self.stage_button.clicked.connect(lambda: self.stage_clicked.emit(self.turn_id))
        self._action_row.addWidget(self.stage_button)
        self._column.addWidget(self._content)
        self._column.addWidget(self._actions)
        self._rest = QWidget()
        self._column.addWidget(self._rest)
        self._column.addStretch(1)
        self.setWidget(self._page)
        self._open: OpenTurn | None = None
        self._ticket: object = None
        board.pointed.connect(lambda _turn_id: self._read())
        board.frame_changed.connect(self._read)
        board.metric_changed.connect(self._on_metric_changed)
        board.selection.changed.connect(self._on_selection_changed)
        self._restyling = QTimer(self, singleShot=True)
        """Fonts are known only after everybody was told of the theme."""
        self._restyling.timeout.connect(self._show_now)
        theme.notifier.theme_changed.connect(self._restyling.start)
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        """Nothing is built anew while a person says why they disagree."""
        self._later.timeout.connect(self._show_now)
        self._show_now()

    def add_action(self, action: QAction) -> QPushButton:
        """Adds a button for an action on the turn that is open."""
        button = ElidedButton(action.text())
        button.setIcon(action.icon())

        def follow() -> None:
            button.say(action.text())
            button.setIcon(action.icon())
            button.setEnabled(action.isEnabled())
            keys = action.shortcut().toString()
            button.setToolTip(f"{action.toolTip()}  {keys}".strip())

        action.changed.connect(follow)
        follow()
        button.clicked.connect(action.trigger)
        self._action_row.addWidget(button)
        return button

    def _read(self) -> None:
        turn_id, ticket = self.board.turn_id, object()
        self._ticket = ticket
        if not turn_id:
            self._open = None
            self._show_now()
            return
        project = self.board.workspace.project

        def keep(found: OpenTurn | None) -> None:
            if ticket is self._ticket and (found is None or not self._is_known(found)):
                self._open = found
                self._show_now()

        self.board.workspace.jobs.run(lambda: read_open_turn(project, turn_id), keep, is_long=True)

    def _is_known(self, found: OpenTurn) -> bool:
        """Whether this very turn is shown with these scores: then nothing jumps while the scene plays on."""
        known = self._open
        if known is None or known.turn.id != found.turn.id:
            return False
        seen, fresh = ([(score.id, beside) for score, beside in one.scores] for one in (known, found))
        return seen == fresh

    def _on_metric_changed(self) -> None:
        if self._open is not None:
            self._show_now()

    def _on_selection_changed(self) -> None:
        if self._open is None:
            self._show_now()

    # What is shown

    def _show_now(self) -> None:
        opened = self._open
        if opened is not None and opened.turn.id == self.turn_id and is_disagreeing(self):
            self._later.start()
            return
        self.turn_id = (opened.turn.id or 0) if opened is not None else 0
        self.scores = [score for score, _beside in opened.scores] if opened is not None else []
        self.column_key = self.board.metric if any(self._key(one) == self.board.metric for one in self.scores) else ""
        self._actions.setVisible(opened is not None)
        top, below = _fresh(), _fresh()
        if opened is None:
            self._show_nothing(top)
        else:
            self._show_turn(top, opened)
            self._show_scores(below, opened)
        self._content = self._replace(self._content, top)
        self._rest = self._replace(self._rest, below)
        self.shown.emit()

    def _replace(self, old: QWidget, new: QWidget) -> QWidget:
        self._column.replaceWidget(old, new)
        old.hide()
        old.deleteLater()
        return new

    def _show_nothing(self, page: QWidget) -> None:
        layout = page.layout()
        assert layout is not None
        n = self.board.selection.n
        if n:
            layout.addWidget(small_label(fill(self.tr("%1 turns selected"), f"{n:,}"), "subtitle"))
        else:
            layout.addWidget(small_label(self.tr("No turn is open"), "subtitle"))
        text = self.tr(
            "Click any point, cell or row to open its turn here: its words, the line of the persona, the reason for "
            "each score.\n\nDrag over points to select them in all charts at once. Double-click goes to the Stage."
        )
        layout.addWidget(small_label(text, "dim"))

    def _show_turn(self, page: QWidget, opened: OpenTurn) -> None:
        layout, turn = page.layout(), opened.turn
        assert layout is not None
        row = self.board.frame.row_of(turn.id or 0)
        color = self.board.color_of(int(self.board.frame.speaker[row])) if row >= 0 else theme.colors().text
        name = small_label(turn.speaker, "subtitle")
        name.setStyleSheet(f"color: {color};")
        head = QHBoxLayout()
        head.addWidget(name, 1)
        head.addWidget(small_label(fill(self.tr("Turn %1"), turn.number), "small"), 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(head)  # type: ignore[attr-defined]
        if row >= 0 and len(self.board.frame.playtests) > 1:
            layout.addWidget(small_label(self.board.frame.playtests[self.board.frame.playtest[row]].name, "small"))
        words = QLabel(f'<div style="white-space: pre-wrap;">{self._mark_words(turn.text)}</div>')
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setAccessibleName(readable(turn.text))
        layout.addWidget(words)
        if turn.thought:
            layout.addWidget(small_label(fill(self.tr("Thought: %1"), turn.thought), "small"))

    def _mark_words(self, text: str) -> str:
        """Returns the words of the turn as markup, those that the measure looked at names on tinted ground."""
        score = next((one for one in self.scores if self._key(one) == self.column_key), None)
        evidence = score.evidence if score is not None and isinstance(score.evidence, dict) else {}
        words = evidence.get("words") or evidence.get("shared")
        wanted = {str(one).strip().lower() for one in words[:MAX_WORDS_MARKED]} if isinstance(words, list) else set()
        colors = theme.colors()
        ground = theme.mix(colors.ground, colors.accent, 0.32)
        return "<br>".join(_mark_line(line, wanted, ground) for line in readable(text).split("\n"))

    def _show_scores(self, page: QWidget, opened: OpenTurn) -> None:
        """The measure that is looked at comes first, then what is scored, then what is not."""
        layout = page.layout()
        assert layout is not None
        for score, beside in sorted(opened.scores, key=self._place_of):
            card = ScoreCard(score, beside=beside)
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            card.disagreed.connect(self._contest)
            if self._key(score) == self.column_key:
                card.setProperty("selected", True)
                if trusted := self.board.trust_words(self._key(score)):
                    card.layout().addWidget(small_label(trusted, "small"))
            layout.addWidget(card)
        if not opened.scores:
            layout.addWidget(small_label(self.tr("This turn has no scores."), "dim"))

    def _place_of(self, found: tuple[Score, Beside]) -> tuple[bool, bool]:
        return self._key(found[0]) != self.column_key, found[0].value is None

    def _contest(self, score: Score, why: str | None) -> None:
        workspace = self.board.workspace
        workspace.attempt(lambda: contest(workspace.project, score, why))
        self._read()

    def _key(self, score: Score) -> str:
        return column_key(score.metric, score.judge_id)


def _fresh() -> QWidget:
    page = QWidget()
    page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return page


def _breakable(word: str) -> str:
    """Returns a word with places where its line may be broken, if it is longer than any line."""
    if len(word) <= LONGEST_WORD:
        return word
    return ZERO_WIDTH_SPACE.join(word[place : place + LONGEST_WORD] for place in range(0, len(word), LONGEST_WORD))


def _mark_line(line: str, wanted: set[str], ground: str) -> str:
    marked = []
    for word in line.split(" "):
        bare = word.strip(".,;:!?\"'“”‘’()…—-").lower()
        shown = escape(_breakable(word))
        marked.append(f'<span style="background-color: {ground};">{shown}</span>' if bare in wanted else shown)
    return " ".join(marked)
