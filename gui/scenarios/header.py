"""The bar over a scenario: what it is called, its tabs, what the checker found, and the button that plays it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from core.errors import UserError
from gui import theme
from gui.characters.header import ElidedLabel
from gui.scenarios.checking.chip import FindingsChip

SCENE, BEATS, WORLD, KNOWLEDGE, PLAYING, FINDINGS = range(6)


class ScenarioHeader(QWidget):
    """Name, tabs, state and actions of the scenario that is open."""

    play_requested = Signal()
    tab_chosen = Signal(int)
    tab_passed = Signal(int)
    """The keyboard goes along the tabs: this one is to be shown, and keeps the keyboard."""
    roster_toggled = Signal(bool)

    def __init__(self, more: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.roster = QToolButton()
        self.roster.setIcon(theme.icon("mdi6.dock-left", "dim", "accent"))
        self.roster.setCheckable(True)
        self.roster.setToolTip(self.tr("Show the list of scenarios"))
        self.roster.setAccessibleName(self.tr("List of scenarios"))
        theme.set_kind(self.roster, "ghost")
        self.roster.clicked.connect(self.roster_toggled)
        self._name = ElidedLabel("subtitle")
        self.tabs = [
            TabChip(text)
            for text in (
                self.tr("Scene"),
                self.tr("Beats"),
                self.tr("World"),
                self.tr("Who knows"),
                self.tr("Playing"),
            )
        ]
        self.chip = FindingsChip()
        self.chip.setCheckable(True)
        self._group = QButtonGroup(self)
        for number, tab in enumerate([*self.tabs, self.chip]):
            self._group.addButton(tab, number)
        self._group.idClicked.connect(self.tab_chosen)
        for number, tab in enumerate(self.tabs):
            tab.stepped.connect(lambda by, number=number: self._step(number, by))
        self.reason = QLabel()
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setWordWrap(True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.set_kind(self.reason, "warning")
        self.play = QPushButton()
        self.play.setIcon(theme.icon("mdi6.play", "accent_text"))
        theme.set_kind(self.play, "primary")
        self.play.clicked.connect(self.play_requested)
        button = QToolButton()
        button.setIcon(theme.icon("mdi6.dots-horizontal"))
        button.setToolTip(self.tr("More"))
        button.setAccessibleName(self.tr("More actions"))
        button.clicked.connect(lambda: more.popup(button.mapToGlobal(button.rect().bottomLeft())))
        theme.set_kind(button, "ghost")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.roster)
        row.addWidget(self._name)
        row.addSpacing(4)
        for tab in self.tabs:
            row.addWidget(tab)
        row.addWidget(self.reason, 1)
        row.addWidget(self.chip)
        row.addWidget(button)
        row.addWidget(self.play)
        self.show_tab(SCENE)
        self.show_start(is_here=False)

    def show_name(self, name: str) -> None:
        """Shows whose form it is."""
        self._name.show_text(name)

    def show_tab(self, tab: int) -> None:
        """Shows which tab is open."""
        self._group.button(tab).setChecked(True)

    def show_cast(self, n_cast: int, n_roles: int) -> None:
        """Says how many roles are cast."""
        text = self.tr("%1 of %2 roles cast").replace("%1", str(n_cast)).replace("%2", str(n_roles))
        self.tabs[SCENE].setToolTip(text if n_roles else self.tr("no roles yet"))

    def show_counts(self, n_beats: int, n_facts: int) -> None:
        """Says on the tabs how much there is."""
        self.tabs[BEATS].count(n_beats)
        self.tabs[KNOWLEDGE].count(n_facts)

    def show_start(self, *, is_here: bool) -> None:
        """Says whether Play begins at the selected beat."""
        self.play.setText(self.tr("Play from here") if is_here else self.tr("Play"))
        where = self.tr("Set the world by hand and play from the selected beat (Ctrl+Enter)")
        self.play.setToolTip(where if is_here else self.tr("Play this scenario on the Stage (Ctrl+Enter)"))

    def show_fault(self, fault: UserError | None) -> None:
        """Says why the scenario cannot be played, or lets it be played."""
        self.play.setEnabled(fault is None)
        self.reason.setText(fault.hint if fault is not None else "")
        self.reason.setToolTip(str(fault) if fault is not None else "")
        self.play.setAccessibleDescription(str(fault) if fault is not None else "")

    def _step(self, number: int, by: int) -> None:
        tab = self.tabs[(number + by) % len(self.tabs)]
        tab.setFocus(Qt.FocusReason.TabFocusReason)
        self.tab_passed.emit(self.tabs.index(tab))


class TabChip(QPushButton):
    """One tab. Left and Right go to its neighbours."""

    stepped = Signal(int)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text
        self.setCheckable(True)
        theme.set_kind(self, "chip")

    def count(self, number: int) -> None:
        """Shows how much there is."""
        self.setText(f"{self._text} {number}" if number else self._text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes to a neighbour."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
