"""What the Stage shows before anything is played: the scene, its cast, and one button to begin."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.characters.macros import expand_macros
from core.playtest.script import Part, Script
from gui import theme
from gui.stage.cast.faces import faces_of
from gui.widgets.portrait import PictureCache, Portrait
from models.scenario import Scenario

MAX_WIDTH = 620
PORTRAIT_SIDE = 44


class StartScreen(QScrollArea):
    """The first page of a script."""

    play_clicked = Signal()
    scenario_requested = Signal()
    """The scenario is wanted in its editor; a new one where there is none."""

    def __init__(self, pictures: PictureCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.button = QPushButton()

    def show_scene(self, scenario: Scenario, script: Script | None, reason: str) -> None:
        """Shows a scenario; `reason` says why it cannot be played when there is no script."""
        page = self._begin_page()
        page.addWidget(_label(scenario.name, "title"))
        user = scenario.user_name
        if scenario.setting.strip():
            page.addWidget(_label(expand_macros(scenario.setting, "", user), ""))
        if script is not None:
            page.addSpacing(8)
            page.addWidget(_label(self.tr("Cast"), "heading"))
            faces = faces_of(script)
            for part in script.parts:
                page.addLayout(self._make_member(part, faces[part.role_id], user))
            page.addSpacing(12)
            self._add_button(page, self.tr("Play"), "mdi6.play", self.play_clicked)
            page.addWidget(_label(self.tr("Space plays and pauses. Everything runs on this machine."), "small"))
        else:
            page.addSpacing(8)
            page.addWidget(_label(reason, "warning"))
            self._add_button(page, self.tr("Open in Scenarios"), "mdi6.graph-outline", self.scenario_requested)
        page.addStretch(2)

    def show_nothing(self) -> None:
        """Says what the Stage is for, where the project has no scenario."""
        page = self._begin_page()
        page.addWidget(_label(self.tr("Nothing to play yet"), "title"))
        page.addWidget(
            _label(
                self.tr(
                    "The Stage plays a scenario: a place, a few characters and what each of them wants. "
                    "Write one, or open the demo project from the Project menu."
                ),
                "dim",
            )
        )
        page.addSpacing(8)
        self._add_button(page, self.tr("Write a scenario"), "mdi6.graph-outline", self.scenario_requested)
        page.addStretch(2)

    def _begin_page(self) -> QVBoxLayout:
        outer = QWidget()
        middle = QHBoxLayout(outer)
        middle.setContentsMargins(32, 24, 32, 24)
        column = QWidget()
        column.setMaximumWidth(MAX_WIDTH)
        page = QVBoxLayout(column)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(12)
        page.addStretch(1)
        middle.addStretch(1)
        middle.addWidget(column, 100)
        middle.addStretch(1)
        self.setWidget(outer)
        return page

    def _add_button(self, page: QVBoxLayout, text: str, icon: str, clicked: Signal) -> None:
        self.button = QPushButton(text)
        self.button.setIcon(theme.icon(icon, "accent_text"))
        self.button.setMinimumSize(160, 44)
        theme.set_kind(self.button, "primary")
        self.button.clicked.connect(clicked)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        page.addLayout(row)
        self.setFocusProxy(self.button)

    def _make_member(self, part: Part, face: object, user: str) -> QHBoxLayout:
        portrait = Portrait(self._pictures, PORTRAIT_SIDE)
        portrait.show_face(face)  # type: ignore[arg-type]
        name = _label(part.character.name, "strong")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(name)
        if part.role.name:
            line.addWidget(_label(part.role.name, "small"), 1)
        line.addStretch(1)
        texts.addLayout(line)
        about = part.role.goal or part.character.summary
        if about.strip():
            texts.addWidget(_label(expand_macros(about, part.character.spoken_name, user), "dim"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(portrait, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        return row


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(kind not in ("strong", "small") or len(text) > 40)
    if kind:
        theme.set_kind(label, kind)
    return label
