"""What is said of a server before it is added: address, key, which of its models, and what to call it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.app_settings import Server
from core.errors import UserError
from core.inference.servers.address import host_of, parse_address
from gui import theme
from gui.weights.card import plain_label
from gui.weights.machine_card import CONTEXT_STEP, MAX_CONTEXT

LABEL_PX = 120


class ServerForm(QWidget):
    """Asks for the models of a server, and for a server to be added."""

    asked = Signal(object, str)
    """With a `Server` whose models are to be listed, and its key, which may be empty."""
    added = Signal(object, str)
    """With the `Server` and its key."""

    def __init__(self) -> None:
        super().__init__()
        self.address = QLineEdit()
        self.address.setPlaceholderText("http://localhost:8080")
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(self.tr("only if it wants one"))
        self.model = QComboBox()
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.model.lineEdit().setPlaceholderText(self.tr("the first that it names"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("as its address"))
        self.context = QSpinBox()
        self.context.setRange(0, MAX_CONTEXT)
        self.context.setSingleStep(CONTEXT_STEP)
        self.context.setGroupSeparatorShown(True)
        self.context.setSpecialValueText(self.tr("as it says"))
        self.context.setSuffix(self.tr(" tokens"))
        theme.pad_spin_box(self.context)
        self.ask = QPushButton(self.tr("List its models"))
        self.ask.setIcon(theme.icon("mdi6.format-list-bulleted"))
        self.add = QPushButton(self.tr("Add server"))
        theme.set_kind(self.add, "primary")
        self._note = plain_label("small")
        self._note.hide()
        self._lay_out()
        self.ask.clicked.connect(lambda: self._emit(self.asked))
        self.address.returnPressed.connect(lambda: self._emit(self.asked))
        self.add.clicked.connect(lambda: self._emit(self.added))

    def clear(self) -> None:
        """Forgets what was typed, the key first of all."""
        for edit in (self.key, self.address, self.name):
            edit.clear()
        self.model.clear()
        self.context.setValue(0)
        self.show_note("")

    def show_note(self, text: str, kind: str = "small") -> None:
        """Shows what is going on, or what is wrong with what was typed."""
        theme.set_kind(self._note, kind)
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def show_models(self, models: tuple[str, ...]) -> None:
        """Offers the models of a server."""
        chosen = self.model.currentText()
        self.model.clear()
        self.model.addItems(models)
        self.model.setCurrentText(chosen or models[0])
        self.show_note(self.tr("It answers, and has %1 models.").replace("%1", str(len(models))))

    def set_busy(self, busy: bool) -> None:
        """Takes no second question while one is being answered."""
        self.ask.setEnabled(not busy)
        self.add.setEnabled(not busy)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, theme.text_px(LABEL_PX))
        grid.setColumnStretch(1, 1)
        rows = (
            (self.tr("A&ddress"), self.address),
            (self.tr("&Key"), self.key),
            (self.tr("&Model"), self.model),
            (self.tr("Conte&xt"), self.context),
            (self.tr("&Name"), self.name),
        )
        for row, (text, control) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(control)
            control.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.ask)
        buttons.addWidget(self.add)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(self._note)
        column.addLayout(buttons)

    def _emit(self, signal: object) -> None:
        try:
            base_url = parse_address(self.address.text())
        except UserError as error:
            self.show_note(str(error), "fault")
            return
        name = "".join(" " if char in "#:/" else char for char in self.name.text()).strip() or host_of(base_url)
        model = self.model.currentText().strip()
        server = Server(name=name[:200], base_url=base_url, model=model, n_ctx=self.context.value())
        signal.emit(server, self.key.text().strip())  # type: ignore[attr-defined]
