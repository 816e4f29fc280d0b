"""Who is played by other weights or by a server: one choice for each part, for this playtest on this machine."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from core.inference.engine_choice import SERVER_MARK
from core.inference.weights.catalog import house_weights
from core.playtest.script import Script
from gui import theme


class CastWeightsSection(QWidget):
    """Hidden while there is nobody to choose for or nothing to choose from."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choices: dict[str, QComboBox] = {}
        """By role id."""
        title = QLabel(self.tr("Played by"))
        theme.set_kind(title, "strong")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(self._grid)
        self.hide()

    @property
    def cast_weights(self) -> dict[str, str]:
        """What is chosen, as the settings of a playtest keep it."""
        return {role_id: box.currentData() for role_id, box in self.choices.items() if box.currentData()}

    def show_cast(self, script: Script | None, chosen: dict[str, str], app: AppSettings) -> None:
        """Offers the choices for each part of a script."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.choices = {}
        offered = offered_weights(app) | {wanted: _name(wanted) for wanted in chosen.values()}
        for row, part in enumerate(script.parts if script is not None else ()):
            box = QComboBox()
            box.addItem(self.tr("the weights in use"), "")
            for wanted, name in offered.items():
                box.addItem(name, wanted)
            box.setCurrentIndex(box.findData(chosen.get(part.role_id, "")))
            box.setAccessibleName(self.tr("%1 is played by").replace("%1", part.character.name))
            box.activated.connect(self.changed)
            label = QLabel(part.character.name.replace("&", "&&"))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(box)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(box, row, 1)
            self.choices[part.role_id] = box
        self._grid.setColumnStretch(1, 1)
        self.setVisible(bool(self.choices) and (len(offered) > 1 or bool(chosen)))


def offered_weights(app: AppSettings) -> dict[str, str]:
    """Returns servers, and weights that this machine is known to have, by what the settings keep of them."""
    paths = [app.weights_path] if app.weights_path else []
    with suppress(UserError):  # missing: then they are not offered
        paths.append(str(house_weights()))
    servers = [f"{SERVER_MARK}{server.name}" for server in app.servers]
    return {wanted: _name(wanted) for wanted in [*servers, *paths]}


def _name(wanted: str) -> str:
    return wanted.removeprefix(SERVER_MARK) if wanted.startswith(SERVER_MARK) else Path(wanted).stem
