"""The three columns of the Stage; their widths are remembered."""

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtWidgets import QSplitter, QWidget

from core.app_settings import AppSettings
from gui.workspace import Workspace

WIDTHS = (236, 700, 344)
MIN_WIDTHS = (180, 420, 260)
KEY = "stage.columns"
REMEMBER_MS = 500


class Columns(QSplitter):
    """Cast, transcript, charts. The middle one grows with the window."""

    def __init__(self, workspace: Workspace, *columns: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._workspace = workspace
        for column, least in zip(columns, MIN_WIDTHS, strict=True):
            column.setMinimumWidth(least)
            self.addWidget(column)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(1, 1)
        self.setHandleWidth(1)
        self.setSizes(list(WIDTHS))
        remembered = workspace.settings.window.get(KEY, "")
        if remembered:
            self.restoreState(QByteArray.fromBase64(remembered.encode()))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REMEMBER_MS)
        self._timer.timeout.connect(self._remember)
        self.splitterMoved.connect(lambda _place, _index: self._timer.start())

    def _remember(self) -> None:
        state = bytes(self.saveState().toBase64().data()).decode()

        def change(settings: AppSettings) -> None:
            settings.window = {**settings.window, KEY: state}

        self._workspace.attempt(lambda: self._workspace.change_settings(change))
