"""The bar over the form of a scenario: what it is called, whether it can be played, and the button that plays it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from core.errors import UserError
from gui import theme
from gui.characters.header import ElidedLabel


class ScenarioHeader(QWidget):
    """Name, state and actions of the scenario that is open."""

    play_requested = Signal()
    export_requested = Signal()

    def __init__(self, more: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel("subtitle")
        self._cast = QLabel()
        theme.set_kind(self._cast, "small")
        self.reason = QLabel()
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setWordWrap(True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.reason.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.set_kind(self.reason, "warning")
        self.export = QPushButton(self.tr("Export pack…"))
        self.export.setIcon(theme.icon("mdi6.package-variant-closed"))
        self.export.setToolTip(self.tr("One file with the scenario, its cast and the playtests you choose"))
        self.export.clicked.connect(self.export_requested)
        self.play = QPushButton(self.tr("Play"))
        self.play.setIcon(theme.icon("mdi6.play", "accent_text"))
        self.play.setToolTip(self.tr("Play this scenario on the Stage (Ctrl+Enter)"))
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
        row.setSpacing(12)
        row.addWidget(self._name)
        row.addWidget(self._cast)
        row.addWidget(self.reason, 1)
        row.addWidget(button)
        row.addWidget(self.export)
        row.addWidget(self.play)

    def show_name(self, name: str) -> None:
        """Shows whose form it is."""
        self._name.show_text(name)

    def show_cast(self, n_cast: int, n_roles: int) -> None:
        """Says how many roles are cast."""
        text = self.tr("%1 of %2 roles cast").replace("%1", str(n_cast)).replace("%2", str(n_roles))
        self._cast.setText(text if n_roles else self.tr("no roles yet"))

    def show_fault(self, fault: UserError | None) -> None:
        """Says why the scenario cannot be played, or lets it be played."""
        self.play.setEnabled(fault is None)
        self.reason.setText(fault.hint if fault is not None else "")
        self.reason.setToolTip(str(fault) if fault is not None else "")
        self.play.setAccessibleDescription(str(fault) if fault is not None else "")
