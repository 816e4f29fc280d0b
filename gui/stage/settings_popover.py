"""How the next turns are written: temperature, length, seed, sampling, and how often they are scored. Remembered."""

import secrets

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QObject, QPoint, QRegularExpression, Qt
from PySide6.QtGui import QGuiApplication, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.playtest.settings import MACHINE_SETTINGS, MAX_SEED, WhenFull
from gui import theme
from gui.stage.cast.cast_weights_section import CastWeightsSection
from gui.stage.fill import fill
from gui.stage.sampler_section import SamplerSection
from gui.stage.session import StageSession
from gui.workspace import Workspace

_WHEN_FULL = {
    WhenFull.EXTRACT: QT_TRANSLATE_NOOP("SettingsPopover", "key sentences stay"),
    WhenFull.SUMMARISE: QT_TRANSLATE_NOOP("SettingsPopover", "a summary stays"),
    WhenFull.DROP: QT_TRANSLATE_NOOP("SettingsPopover", "nothing stays"),
}
"""What stands for turns that have left a full context."""
REDRAW_CHOICES = (2, 1, 0)
SCORE_CHOICES = (1, 2, 3, 5, 10, 0)
BUDGET_CHOICES = (0.1, 0.3, 0.6, 10.0)
_TURNED = (QComboBox, QAbstractSpinBox, QSlider)
"""What the wheel would change."""
SLIDER_STEPS = 40
SLIDER_HIGH = 2.0
SCREEN_MARGIN = 8
"""Pixels left free at the edges of the screen."""


class SettingsPopover(QFrame):
    """A card below its button. Every change counts at once, from the next turn on.

    As tall as what is in it, but never taller than the screen: then it scrolls.
    """

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._workspace = workspace
        self._session = session
        self._is_filling = False
        self._corner = QPoint()
        theme.set_kind(self, "overlay")
        self.setAccessibleName(self.tr("Settings of the playtest"))
        self.temperature = QDoubleSpinBox()
        self.temperature.setRange(0, 5)
        self.temperature.setSingleStep(0.05)
        self.temperature.setDecimals(2)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, SLIDER_STEPS)
        self._slider.setAccessibleName(self.tr("Temperature"))
        self.max_tokens = QSpinBox()
        self.max_tokens.setRange(1, 100_000)
        self.max_tokens.setSingleStep(10)
        self.max_tokens.setSuffix(self.tr(" tokens"))
        for box in (self.temperature, self.max_tokens):
            box.lineEdit().setTextMargins(8, 0, 0, 0)
        self.seed = QLineEdit()
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,10}")))
        self._dice = QToolButton()
        self._dice.setIcon(theme.icon("mdi6.dice-5-outline"))
        self._dice.setToolTip(self.tr("Draw another seed"))
        self._dice.setAccessibleName(self.tr("Draw another seed"))
        self.keep_seed = QCheckBox(self.tr("New playtests begin with this seed"))
        self.redraws = QComboBox()
        for n_times in REDRAW_CHOICES:
            self.redraws.addItem(self._name_redraws(n_times), n_times)
        self.redraws.setToolTip(
            self.tr(
                "What becomes of a line in which somebody says again, word for word, a sentence of their last turns. "
                "Each time it is drawn a little warmer; at temperature 0 it stays."
            )
        )
        self.score_every = QComboBox()
        for choice in SCORE_CHOICES:
            self.score_every.addItem(self._name_choice(choice), choice)
        self.score_budget = QComboBox()
        for share in BUDGET_CHOICES:
            self.score_budget.addItem(self._name_share(share), share)
        self.score_budget.setToolTip(
            self.tr("What scores may add to the time of a playtest. Beyond that the weights score fewer turns.")
        )
        self.when_full = QComboBox()
        for choice, words in _WHEN_FULL.items():
            self.when_full.addItem(self.tr(words), choice)
        self.when_full.setToolTip(
            self.tr(
                "When the context is full, the oldest turns leave a character's view; pinned turns stay. Small weights "
                "cannot write a summary: there the key sentences stand for them."
            )
        )
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget()
        self.sampler = SamplerSection()
        self.cast = CastWeightsSection()
        self._lay_out()
        self._connect()

    def open_below(self, widget: QWidget) -> None:
        """Shows what is set now, below a button."""
        self._fill()
        self._corner = widget.mapToGlobal(QPoint(widget.width(), widget.height() + 4))
        self._fit()
        self.show()
        self.temperature.setFocus()
        self.temperature.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grows and shrinks with what is folded inside; the wheel scrolls the card, and changes only what has focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, _TURNED) and not watched.hasFocus():
            event.ignore()
            return True
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Keeps the upper right corner below the button as long as the whole card is on the screen."""
        screen = QGuiApplication.screenAt(self._corner) or self.screen()
        margin = SCREEN_MARGIN
        room = screen.availableGeometry().adjusted(margin, margin, -margin, -margin)
        self._content.ensurePolished()
        wanted = self._content.sizeHint()
        if self._content.hasHeightForWidth():
            wanted.setHeight(self._content.heightForWidth(wanted.width()))
        frame = 2 * self.frameWidth()
        width, height = wanted.width() + frame, wanted.height() + frame
        if height > room.height():
            width += self._scroll.verticalScrollBar().sizeHint().width()
        width, height = min(width, room.width()), min(height, room.height())
        x = min(max(self._corner.x() - width, room.left()), room.right() + 1 - width)
        y = min(max(self._corner.y(), room.top()), room.bottom() + 1 - height)
        self.setGeometry(x, y, width, height)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        seed = QHBoxLayout()
        seed.setSpacing(4)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self._dice)
        temperature = QHBoxLayout()
        temperature.setSpacing(12)
        temperature.addWidget(self._slider, 1)
        temperature.addWidget(self.temperature)
        rows: list[tuple[str, QWidget, QHBoxLayout | QWidget]] = [
            (self.tr("&Temperature"), self.temperature, temperature),
            (self.tr("Answer &length"), self.max_tokens, self.max_tokens),
            (self.tr("S&eed"), self.seed, seed),
            (self.tr("Said a&gain"), self.redraws, self.redraws),
            (self.tr("&Score"), self.score_every, self.score_every),
            (self.tr("Scores &add"), self.score_budget, self.score_budget),
            (self.tr("&When full"), self.when_full, self.when_full),
        ]
        for row, (name, buddy, what) in enumerate(rows):
            label = QLabel(name)
            label.setBuddy(buddy)
            buddy.setAccessibleName(name.replace("&", ""))
            grid.addWidget(label, row, 0)
            if isinstance(what, QWidget):
                grid.addWidget(what, row, 1)
            else:
                grid.addLayout(what, row, 1)
        grid.addWidget(self.keep_seed, len(rows), 1)
        grid.setColumnMinimumWidth(1, 260)
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        title = QLabel(self.tr("How the next turns are written"))
        theme.set_kind(title, "strong")
        layout.addWidget(title)
        layout.addLayout(grid)
        layout.addWidget(self.sampler)
        layout.addWidget(self.cast)
        note = QLabel(self.tr("Low temperature is careful, high is bold. The same seed gives the same words again."))
        note.setWordWrap(True)
        theme.set_kind(note, "small")
        layout.addWidget(note)
        layout.addStretch(1)
        self._scroll.setWidget(self._content)
        self._content.installEventFilter(self)
        for kind in _TURNED:
            for box in self._content.findChildren(kind):
                box.installEventFilter(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)

    def _connect(self) -> None:
        self.temperature.setKeyboardTracking(False)
        self.max_tokens.setKeyboardTracking(False)
        self.temperature.valueChanged.connect(self._on_temperature_changed)
        self._slider.valueChanged.connect(self._on_slider_moved)
        self.max_tokens.valueChanged.connect(self._apply)
        self.seed.editingFinished.connect(self._apply)
        self._dice.clicked.connect(self._on_dice_clicked)
        self.keep_seed.toggled.connect(self._apply)
        self.redraws.activated.connect(self._apply)
        self.score_every.activated.connect(self._apply)
        self.score_budget.activated.connect(self._apply)
        self.when_full.activated.connect(self._apply)
        self.sampler.changed.connect(self._apply)
        self.cast.changed.connect(self._apply)

    def _fill(self) -> None:
        self._is_filling = True
        settings = self._session.settings
        self.temperature.setValue(settings.temperature)
        self._slider.setValue(round(settings.temperature / SLIDER_HIGH * SLIDER_STEPS))
        self.max_tokens.setValue(settings.max_tokens)
        self.seed.setText(str(settings.seed) if settings.seed else "")
        self.seed.setPlaceholderText(self.tr("drawn when play begins"))
        remembered = self._workspace.settings.seed
        self.keep_seed.setChecked(bool(remembered) and remembered == settings.seed)
        if self.redraws.findData(settings.redraws) < 0:
            self.redraws.addItem(self._name_redraws(settings.redraws), settings.redraws)
        self.redraws.setCurrentIndex(self.redraws.findData(settings.redraws))
        place = self.score_every.findData(settings.score_every)
        if place < 0:
            self.score_every.addItem(self._name_choice(settings.score_every), settings.score_every)
            place = self.score_every.count() - 1
        self.score_every.setCurrentIndex(place)
        if self.score_budget.findData(settings.score_budget) < 0:
            self.score_budget.addItem(self._name_share(settings.score_budget), settings.score_budget)
        self.score_budget.setCurrentIndex(self.score_budget.findData(settings.score_budget))
        self.when_full.setCurrentIndex(self.when_full.findData(settings.when_full))
        self.sampler.show_settings(settings.sampler)
        script = self._session.script if self._session.playtest is not None else None
        self.cast.show_cast(script, settings.cast_weights, self._workspace.settings)
        self._is_filling = False

    def _name_redraws(self, n_times: int) -> str:
        if n_times == 0:
            return self.tr("stays")
        return self.tr("is drawn anew") if n_times == 1 else fill(self.tr("is drawn anew, up to %1 times"), n_times)

    def _name_choice(self, choice: int) -> str:
        if choice == 0:
            return self.tr("only in pauses")
        if choice == 1:
            return self.tr("every turn")
        return fill(self.tr("each %1th turn"), choice).replace("2th", "2nd").replace("3th", "3rd")

    def _name_share(self, share: float) -> str:
        if share >= 10:
            return self.tr("as long as they take")
        return fill(self.tr("at most %1 %"), round(share * 100)) if share else self.tr("nothing: none are made")

    def _on_temperature_changed(self, value: float) -> None:
        self._slider.blockSignals(True)
        self._slider.setValue(round(value / SLIDER_HIGH * SLIDER_STEPS))
        self._slider.blockSignals(False)
        self._apply()

    def _on_slider_moved(self, step: int) -> None:
        self.temperature.setValue(step / SLIDER_STEPS * SLIDER_HIGH)

    def _on_dice_clicked(self) -> None:
        self.seed.setText(str(secrets.randbelow(MAX_SEED) + 1))
        self._apply()

    def _apply(self) -> None:
        """Keeps the settings with the playtest and as what the app remembers."""
        if self._is_filling:
            return
        settings = self._session.settings.model_copy(
            update={
                "seed": min(int(self.seed.text() or 0), MAX_SEED),
                "temperature": self.temperature.value(),
                "max_tokens": self.max_tokens.value(),
                "redraws": int(self.redraws.currentData()),
                "score_every": int(self.score_every.currentData()),
                "score_budget": float(self.score_budget.currentData()),
                "when_full": WhenFull(self.when_full.currentData()),
                "sampler": self.sampler.settings,
                "cast_weights": self.cast.cast_weights,
            }
        )
        remembered_seed = settings.seed if self.keep_seed.isChecked() or self._session.playtest is None else 0

        def change(app: object) -> None:
            remembered = settings.model_dump(exclude=set(MACHINE_SETTINGS)) | {"seed": remembered_seed}
            for name, value in remembered.items():
                setattr(app, name, value)

        self._workspace.attempt(lambda: self._workspace.change_settings(change))
        if self._session.playtest is not None and settings != self._session.settings:
            self._session.direct(lambda director: director.update_settings(settings))
