"""The X-ray of one turn: what it scored and on what evidence, what the weights read and reused, how fast they were."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QCoreApplication, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.inference.request import Layout
from core.library.playtests import get_playtest
from core.playtest.record_words import names_in
from core.playtest.view.pinned_lore import read_book_ids
from core.playtest.view.scene_lore import LORE_KEY
from core.playtest.writing.redrawing import REDRAWN_KEY
from gui import theme
from gui.stage.charts.score_card import ScoreCard, small_label
from gui.stage.fill import fill
from gui.stage.labels.disagreement import LATER_MS, is_disagreeing
from gui.stage.labels.score_notes import contest, read_scores_beside
from gui.stage.lore_card import LoreCard
from gui.stage.newer_books import has_newer_books
from gui.stage.reading import read_earlier, read_turn
from gui.stage.record_values import count_of, document_of, number_of, words_of
from gui.stage.session import StageSession
from gui.stage.xray.xray_cards import turn_cards
from gui.workspace import Workspace
from models.playtest import Origin, Turn
from models.score import Score

translate = QCoreApplication.translate


class TurnDetail(QScrollArea):
    """Shows one turn of the open playtest."""

    entry_clicked = Signal(str)
    """An entry of a lorebook was clicked: `BOOKID#entry:ID`."""
    rebuilt = Signal()
    """Another turn is shown, or the same with more scores: what `show_inside` added is gone."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self.turn_id: int | None = None
        self.is_of_speaker = True
        """Whether what the turn itself came to is shown; otherwise only what `show_inside` adds."""
        self._inside = QVBoxLayout()
        self._is_stale = False
        """Whether something changed while nobody looked."""
        self._shown_id: int | None = None
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        """Nothing is built anew while a person says why they disagree."""
        self._later.timeout.connect(self._refresh_in_sight)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Details of the turn"))
        session.scored.connect(self._on_scored)
        workspace.rows_changed.connect(self._on_rows_changed)
        theme.notifier.theme_changed.connect(self._refresh_in_sight)

    def show_turn(self, turn_id: int) -> None:
        """Shows a turn."""
        self.turn_id = turn_id
        self._refresh_in_sight()

    def show_nothing(self, why: str) -> None:
        """Shows no turn, and why."""
        self.turn_id = self._shown_id = None
        self._is_stale = False
        label = small_label(why, "dim")
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setContentsMargins(14, 8, 14, 8)
        self._inside = QVBoxLayout()
        self.setWidget(label)

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what changed meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    def _on_scored(self, turn_ids: tuple[int, ...] | None) -> None:
        if turn_ids is None or self.turn_id in turn_ids:
            self._refresh_in_sight()

    def _on_rows_changed(self, what: str, _entity_id: str) -> None:
        if what in ("label", "judge"):
            self._refresh_in_sight()

    def _refresh_in_sight(self) -> None:
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self._refresh()

    def _refresh(self) -> None:
        self._is_stale = False
        if self.turn_id is None or not self._workspace.is_project_open:
            return
        if self.turn_id == self._shown_id and is_disagreeing(self):
            self._later.start()
            return
        turn = read_turn(self._workspace.project, self.turn_id)
        if turn is None:
            return
        place = self.verticalScrollBar().value()
        content = QWidget()
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 4, 12, 12)
        layout.setSpacing(12)
        self._inside = QVBoxLayout()
        self._inside.setSpacing(12)
        if self.is_of_speaker:
            self._add_own(layout, turn)
        else:
            layout.addLayout(self._inside)
        layout.addStretch(1)
        self._shown_id = self.turn_id
        self.setWidget(content)
        self.rebuilt.emit()
        self.verticalScrollBar().setValue(place)

    def show_inside(self, cards: Iterable[QWidget]) -> None:
        """Shows what takes longer to find out: the prompt, and what went on in whoever read it."""
        place = self.verticalScrollBar().value()
        while (item := self._inside.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for card in cards:
            self._inside.addWidget(card)
        self.verticalScrollBar().setValue(place)

    def add_inside(self, card: QWidget) -> None:
        """Shows one more card of that kind."""
        self._inside.addWidget(card)

    def _add_own(self, layout: QVBoxLayout, turn: Turn) -> None:
        script = self._session.script
        names = {part.role_id: part.character.name for part in script.parts} if script is not None else {}
        facts = names_in(script) if script is not None else {}
        for card in turn_cards(turn, names, facts):
            layout.addWidget(card)
        layout.addWidget(_ReadCard(turn))
        layout.addLayout(self._inside)
        self._add_lore(layout, turn)
        found = read_scores_beside(self._workspace.project, turn.id or 0)
        for score, beside in found:
            card = ScoreCard(score, beside=beside)
            card.disagreed.connect(self._contest)
            layout.addWidget(card)
        if not found:
            layout.addWidget(small_label(self.tr("Not scored."), "small"))

    def _contest(self, score: Score, why: str | None) -> None:
        self._workspace.attempt(lambda: contest(self._workspace.project, score, why))

    def _add_lore(self, layout: QVBoxLayout, turn: Turn) -> None:
        project = self._workspace.project
        playtest = get_playtest(project, turn.playtest_id)
        if playtest is None:
            return
        if turn.record.get(LORE_KEY):
            card = LoreCard(turn, playtest.script)
            card.entry_clicked.connect(self.entry_clicked)
            layout.addWidget(card)
        known = set(read_book_ids(playtest.script.get("lore")).values())
        if turn.origin == Origin.WEIGHTS and has_newer_books(project, playtest, known):
            words = self.tr(
                "This playtest reads the lorebooks as they were when it began; a new playtest reads newer ones too."
            )
            layout.addWidget(small_label(words, "small"))


class _ReadCard(QFrame):
    """What the weights read, and how fast."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(small_label(self.tr("What the weights read"), "strong"))
        record = turn.record
        if turn.origin != Origin.WEIGHTS or not record:
            said = {
                Origin.GREETING: self.tr("Nothing: this is the greeting that opens the scene."),
                Origin.STORY: self.tr("Nothing: this is the text of a beat of the scenario."),
                Origin.EDITED: self.tr("Nothing: these words were edited by a person."),
            }
            layout.addWidget(
                small_label(said.get(turn.origin, self.tr("Nothing: these words are a person's.")), "small")
            )
            return
        n_prompt, n_reused = count_of(record, "n_prompt_tokens"), count_of(record, "n_reused_tokens")
        n_written, n_ctx = count_of(record, "n_written_tokens"), count_of(record, "n_ctx")
        layout.addWidget(_ContextBar(n_reused, n_prompt - n_reused, n_written, n_ctx))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, (name, value) in enumerate(self._facts(turn, n_prompt, n_reused, n_written, n_ctx)):
            grid.addWidget(small_label(name, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            fact = small_label(value, "small")
            fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(fact, row, 1)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        standing = words_of(read_earlier(turn), "text")
        if standing:
            layout.addWidget(small_label(self.tr("In the place of what left"), "strong"))
            words = small_label(standing, "small")
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(words)

    def _engine_facts(self, engine: dict[str, Any]) -> list[tuple[str, str]]:
        """How the engine came by what was not read again, and who shared its batches."""
        n_copied, n_restored = count_of(engine, "n_copied_tokens"), count_of(engine, "n_restored_tokens")
        n_batches, n_batch_tokens = count_of(engine, "n_batches"), count_of(engine, "n_batch_tokens")
        n_evicted, waited_s = count_of(engine, "n_evicted"), number_of(engine, "waited_s")
        tokens = self.tr("%1 tokens")
        return [
            (self.tr("Of those shared"), fill(tokens, f"{n_copied:,}") if n_copied else ""),
            (self.tr("Of those brought back"), fill(tokens, f"{n_restored:,}") if n_restored else ""),
            (
                self.tr("Batches"),
                fill(self.tr("%1, with %2 tokens of all"), f"{n_batches:,}", f"{n_batch_tokens:,}")
                if n_batches
                else "",
            ),
            (self.tr("Repeats"), self._say_layout(words_of(engine, "layout"))),
            (self.tr("Waited"), fill(self.tr("%1 s"), f"{waited_s:.2f}") if waited_s >= 0.01 else ""),
            (self.tr("Put aside for it"), fill(self.tr("%1 views"), n_evicted) if n_evicted else ""),
            (
                self.tr("Memory"),
                "" if engine.get("can_trim", True) else self.tr("cannot be cut: read again where the chat changed"),
            ),
        ]

    def _say_layout(self, layout: str) -> str:
        if not layout:
            return ""
        if layout == Layout.APART:
            return self.tr("word for word, with these settings on this machine")
        return self.tr("not word for word: it shared batches with other turns")

    def _facts(self, turn: Turn, n_prompt: int, n_reused: int, n_written: int, n_ctx: int) -> list[tuple[str, str]]:
        record = turn.record
        first_s, total_s = number_of(record, "first_token_s"), number_of(record, "total_s")
        speed = (n_written - 1) / (total_s - first_s) if total_s > first_s and n_written > 1 else None
        n_dropped = count_of(record, "n_turns_dropped")
        weights, sampling = document_of(record, "weights"), document_of(record, "sampling")
        facts = [
            (self.tr("Prompt"), fill(self.tr("%1 tokens of %2"), f"{n_prompt:,}", f"{n_ctx:,}")),
            (self.tr("Reused"), fill(self.tr("%1 tokens, not read again"), f"{n_reused:,}")),
            (self.tr("Read"), fill(self.tr("%1 tokens"), f"{n_prompt - n_reused:,}")),
            (self.tr("Written"), fill(self.tr("%1 tokens"), f"{n_written:,}")),
            (self.tr("First word"), fill(self.tr("%1 s"), f"{first_s:.2f}")),
            (self.tr("Speed"), fill(self.tr("%1 tokens a second"), f"{speed:.1f}") if speed else "–"),
            *self._engine_facts(document_of(record, "engine")),
            (self.tr("Ended"), _say_finish(turn.finish)),
            (self.tr("Drawn anew"), _say_redrawn(count_of(record, REDRAWN_KEY))),
            (self.tr("Left the view"), fill(self.tr("the first %1 turns"), n_dropped) if n_dropped else ""),
            (self.tr("Pinned, so kept"), ", ".join(map(str, read_earlier(turn)["pinned"]))),
            (self.tr("Temperature"), f"{number_of(sampling, 'temperature'):.2f}" if "temperature" in sampling else ""),
            (self.tr("Seed"), words_of(record, "seed")),
            (self.tr("Weights"), words_of(weights, "name")),
            (self.tr("Ran on"), self._say_device(record)),
        ]
        return [(name, value) for name, value in facts if value]

    def _say_device(self, record: dict[str, Any]) -> str:
        server = words_of(document_of(record, "weights"), "server")
        if server:
            return fill(self.tr("a server (%1)"), server)
        said = words_of(record, "gpu") or self.tr("CPU")
        if n_threads := count_of(record, "n_threads"):
            said += fill(self.tr(", %1 threads"), n_threads)
        return said + (self.tr(", safe mode") if record.get("safe_mode") else "")


def _say_redrawn(n_times: int) -> str:
    if not n_times:
        return ""
    why = translate("TurnDetail", "it was empty, or said again what had been said")
    times = translate("TurnDetail", "once") if n_times == 1 else fill(translate("TurnDetail", "%1 times"), n_times)
    return f"{times}: {why}"


class _ContextBar(QWidget):
    """The context as one bar: reused, read, written, free."""

    def __init__(self, n_reused: int, n_read: int, n_written: int, n_ctx: int) -> None:
        super().__init__()
        self._parts = (n_reused, n_read, n_written)
        self._n_ctx = max(n_ctx, sum(self._parts), 1)
        self.setFixedHeight(10)
        self.setAccessibleName(
            fill(self.tr("Context: %1 tokens reused, %2 read, %3 written"), n_reused, n_read, n_written)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the parts from left to right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = theme.colors()
        painter.setBrush(QColor(colors.edge))
        painter.drawRoundedRect(self.rect(), 5, 5)
        x = 0.0
        for n_tokens, color in zip(self._parts, (colors.accent, colors.warning, colors.good), strict=True):
            width = self.width() * n_tokens / self._n_ctx
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(QRectF(x, 0, max(width - 1, 1), self.height()), 4, 4)
            x += width
        painter.end()


def _say_finish(finish: str) -> str:
    said = {
        "end": translate("TurnDetail", "by itself"),
        "length": translate("TurnDetail", "at the longest answer allowed"),
        "stop": translate("TurnDetail", "cut where somebody else would have spoken"),
        "context": translate("TurnDetail", "as the context was full"),
        "empty": translate("TurnDetail", "without a word"),
    }
    return said.get(finish, finish)
