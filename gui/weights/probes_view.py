"""The role check as a small table: what was looked for, whether it was there, and the words themselves."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.playtest.role_check import Probe, RoleCheck
from gui import theme
from gui.weights.card import plain_label


class ProbesView(QWidget):
    """One line a probe, with the evidence beneath."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._check: RoleCheck | None = None
        theme.notifier.theme_changed.connect(self._fill)

    def show_check(self, check: RoleCheck | None) -> None:
        """Shows another check, or none."""
        if check == self._check:
            return
        self._check = check
        self._fill()

    def _fill(self) -> None:
        check = self._check
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, probe in enumerate(check.probes if check else ()):
            self._add(2 * number, probe)

    def _add(self, row: int, probe: Probe) -> None:
        sign = QLabel()
        name, color = ("mdi6.check", "good") if probe.passed else ("mdi6.close", "fault")
        sign.setPixmap(theme.icon(name, color).pixmap(theme.text_px(16), theme.text_px(16)))
        sign.setAccessibleName(_tr("passed") if probe.passed else _tr("failed"))
        title = plain_label("", probe.name)
        title.setToolTip(_tr("Sought: %1").replace("%1", probe.sought))
        self._grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(title, row, 1)
        evidence = plain_label("small", probe.evidence)
        evidence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        evidence.setContentsMargins(0, 0, 0, 6)
        self._grid.addWidget(evidence, row + 1, 1)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProbesView", text)
