"""What a draft can be made from: each source has a page to fill in, and makes proposals off the window's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from core.authoring.drafting.from_line import read_line
from core.authoring.drafting.from_posts import read_posts
from core.authoring.drafting.from_prose import read_prose
from core.authoring.drafting.from_transcript import read_transcript
from core.authoring.drafting.interview import QUESTIONS, Answer, read_interview
from core.authoring.drafting.proposal import Proposal, still_new
from core.authoring.drafting.stopping import stop_if
from core.authoring.drafting.with_weights import FIELDS, WeightsDrafter
from core.authoring.taxonomy import walk_taxonomy
from core.inference.request import Engine
from core.library.playtests import list_playtests, list_turns
from core.project import Project
from gui import theme
from gui.task import IsCancelled
from models.character import CharacterBase

MAX_DEEPER = 40
Make = Callable[[IsCancelled], list[Proposal]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What sources work with."""

    project: Project
    engine: Callable[[], Engine]
    character: CharacterBase


class Source(QWidget):
    """A page of the dialog."""

    TITLE = ""
    HELP = ""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        words = QLabel(QCoreApplication.translate("Source", self.HELP))
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        self._column.addWidget(words)

    def prepare(self, desk: Desk) -> Make | None:
        """Reads the page; returns what makes the proposals on another thread, or None when nothing is filled in."""
        raise NotImplementedError

    @property
    def _title(self) -> str:
        return QCoreApplication.translate("Source", self.TITLE)

    def _add_text(self, placeholder: str, name: str) -> QPlainTextEdit:
        edit = QPlainTextEdit()
        edit.setPlaceholderText(placeholder)
        edit.setAccessibleName(name)
        edit.setTabChangesFocus(True)
        self._column.addWidget(edit, 1)
        return edit


class LineSource(Source):
    """One line about somebody new."""

    TITLE = QT_TRANSLATE_NOOP("Source", "From one line")
    HELP = QT_TRANSLATE_NOOP(
        "Source", "One line about somebody. What it says is read; six more things are made up, for you to choose from."
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = self._add_text(self.tr("Mara, a tired lighthouse keeper of 58 who hides letters"), self._title)

    def prepare(self, desk: Desk) -> Make | None:
        line = self.text.toPlainText().strip()
        return (lambda cancelled: read_line(line, desk.character, cancelled=cancelled)) if line else None


class ProseSource(Source):
    """A pasted text, such as a wiki page."""

    TITLE = QT_TRANSLATE_NOOP("Source", "From a text")
    HELP = QT_TRANSLATE_NOOP(
        "Source", "Paste a text about the character, such as a page of a wiki. Each proposal shows its sentence."
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = self._add_text(self.tr("Paste here"), self._title)

    def prepare(self, desk: Desk) -> Make | None:
        text = self.text.toPlainText().strip()
        return (lambda cancelled: read_prose(text, desk.character, cancelled)) if text else None


class PostsSource(Source):
    """What somebody wrote."""

    TITLE = QT_TRANSLATE_NOOP("Source", "From posts")
    HELP = QT_TRANSLATE_NOOP(
        "Source",
        "Texts by the character, one a line, such as posts or letters. The five factors are inferred from words that "
        "show them: which way somebody leans, not how far.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = self._add_text(self.tr("One text a line"), self._title)

    def prepare(self, desk: Desk) -> Make | None:
        posts = [line.strip() for line in self.text.toPlainText().splitlines() if line.strip()]
        return (lambda cancelled: read_posts(posts, desk.character, cancelled)) if posts else None


class PlaytestSource(Source):
    """The character's own lines in a playtest."""

    TITLE = QT_TRANSLATE_NOOP("Source", "From a playtest")
    HELP = QT_TRANSLATE_NOOP(
        "Source", "What the character said in a playtest: facts about themselves, and how they speak."
    )

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.playtests = QComboBox()
        self.playtests.setAccessibleName(self.tr("Playtest"))
        for playtest in list_playtests(project):
            self.playtests.addItem(playtest.name, playtest.id)
        if not self.playtests.count():
            self.playtests.addItem(self.tr("Nothing has been played yet"), "")
            self.playtests.setEnabled(False)
        self._column.addWidget(self.playtests)
        self._column.addStretch(1)

    def prepare(self, desk: Desk) -> Make | None:
        playtest_id = str(self.playtests.currentData())
        if not playtest_id:
            return None

        def make(cancelled: IsCancelled) -> list[Proposal]:
            turns = list_turns(desk.project, playtest_id)
            own = [turn.text for turn in turns if turn.speaker == desk.character.name]
            others = [turn.text for turn in turns if turn.speaker != desk.character.name]
            return read_transcript(own, others, desk.character, cancelled)

        return make


class InterviewSource(Source):
    """Questions about a life, answered by the author or by the weights."""

    TITLE = QT_TRANSLATE_NOOP("Source", "By interview")
    HELP = QT_TRANSLATE_NOOP(
        "Source", "Answer as the character, as many questions as you like. What stays empty the weights may answer."
    )

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[QPlainTextEdit] = []
        self.by_weights = QComboBox()
        self.by_weights.addItem(self.tr("Leave empty answers out"), False)
        self.by_weights.addItem(self.tr("Let the weights answer what is empty"), True)
        self.by_weights.setAccessibleName(self.tr("Empty answers"))
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 8, 0)
        for question in QUESTIONS:
            label = QLabel(question.text)
            label.setWordWrap(True)
            edit = QPlainTextEdit()
            edit.setAccessibleName(question.text)
            edit.setTabChangesFocus(True)
            edit.setFixedHeight(theme.text_px(58))
            label.setBuddy(edit)
            rows.addWidget(label)
            rows.addWidget(edit)
            self.answers.append(edit)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        self._column.addWidget(self.by_weights)
        self._column.addWidget(scroll, 1)

    def prepare(self, desk: Desk) -> Make | None:
        said = [edit.toPlainText().strip() for edit in self.answers]
        with_weights = bool(self.by_weights.currentData())
        if not with_weights and not any(said):
            return None

        def make(cancelled: IsCancelled) -> list[Proposal]:
            answers: list[Answer] = []
            drafter = WeightsDrafter(desk.engine(), cancelled=cancelled) if with_weights else None
            for question, text in zip(QUESTIONS, said, strict=True):
                if text:
                    answers.append(Answer(question, text))
                elif drafter is not None:
                    answers.append(drafter.answer(desk.character, question, answers))
            return read_interview(answers, desk.character, cancelled)

        return make


class DeeperSource(Source):
    """A walk through the taxonomy."""

    TITLE = QT_TRANSLATE_NOOP("Source", "Go deeper")
    HELP = QT_TRANSLATE_NOOP(
        "Source",
        "New facts from a tree of what one can know of a person, drawn near, middling and far from what is known, so "
        "that people do not become alike. All of it is made up.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.count = QSpinBox()
        self.count.setRange(1, MAX_DEEPER)
        self.count.setValue(8)
        self.count.setSuffix(self.tr(" facts"))
        self.count.setAccessibleName(self.tr("How many"))
        self.seed = QSpinBox()
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setPrefix(self.tr("Seed "))
        self.seed.setAccessibleName(self.tr("Seed"))
        self.chooser = QComboBox()
        self.chooser.addItem(self.tr("Values by chance"), False)
        self.chooser.addItem(self.tr("Values that the weights find likeliest"), True)
        self.chooser.setAccessibleName(self.tr("Who chooses"))
        for spin in (self.count, self.seed):
            theme.pad_spin_box(spin)
        for widget in (self.count, self.seed, self.chooser):
            self._column.addWidget(widget)
        self._column.addStretch(1)

    def prepare(self, desk: Desk) -> Make | None:
        n_new, seed, by_weights = self.count.value(), self.seed.value(), bool(self.chooser.currentData())

        def make(cancelled: IsCancelled) -> list[Proposal]:
            choose = WeightsDrafter(desk.engine(), seed, cancelled).choose_sentence() if by_weights else None
            walk = walk_taxonomy(desk.character.statements, n_new, seed, choose)
            proposals = []
            for found in walk:
                stop_if(cancelled)
                why = f"Made up: {found.path.replace('/', ', ')}, {found.band} to what is known."
                proposals.append(Proposal("statements", found.sentence, why, is_addition=True, is_invented=True))
            return still_new(desk.character, proposals)

        return make


class WeightsSource(Source):
    """Fields that the weights write."""

    TITLE = QT_TRANSLATE_NOOP("Source", "By the weights")
    HELP = QT_TRANSLATE_NOOP(
        "Source", "The loaded weights answer as the character, one field after the other. Small weights write poorly."
    )

    def __init__(self) -> None:
        super().__init__()
        self._column.addStretch(1)

    def prepare(self, desk: Desk) -> Make | None:
        def make(cancelled: IsCancelled) -> list[Proposal]:
            drafter = WeightsDrafter(desk.engine(), cancelled=cancelled)
            written = [drafter.write_field(desk.character, path) for path in FIELDS]
            return still_new(desk.character, [proposal for proposal in written if proposal is not None])

        return make
