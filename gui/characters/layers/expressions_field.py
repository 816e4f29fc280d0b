"""Pictures of a character, one for each emotion."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.characters.field import Field
from gui.stage.flow_layout import FlowLayout
from gui.widgets.growing_edit import EditWatch
from gui.widgets.portrait import Face, PictureCache, Portrait
from models.fields import MAX_NAME_CHARS

TILE_PX = 104


class ExpressionTile(QWidget):
    """A picture, and the emotion that it shows."""

    edited = Signal()
    picture_chosen = Signal(str)
    """Path of another picture; empty: ask for one."""
    removed = Signal()

    def __init__(self, cache: PictureCache) -> None:
        super().__init__()
        self.sha256 = ""
        self.picture = Portrait(cache, TILE_PX, changeable=True)
        self.emotion = QLineEdit()
        self.emotion.setMaxLength(MAX_NAME_CHARS)
        self.emotion.setAccessibleName(self.tr("Emotion of this picture"))
        self.watch = EditWatch(self.emotion)
        self._remove = QToolButton()
        self._remove.setIcon(theme.icon("mdi6.close", "dim"))
        self._remove.setToolTip(self.tr("Remove"))
        theme.set_kind(self._remove, "ghost")
        self._remove.setStyleSheet("padding: 4px; min-height: 14px;")
        self.emotion.textEdited.connect(lambda _text: self.edited.emit())
        self._remove.clicked.connect(self.removed)
        self.picture.change_requested.connect(lambda: self.picture_chosen.emit(""))
        self.picture.picture_dropped.connect(self.picture_chosen)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.emotion, 1)
        line.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(line)
        self.setFixedWidth(theme.text_px(TILE_PX + 20))

    def show_picture(self, emotion: str, sha256: str) -> None:
        """Shows a picture with its emotion."""
        self.sha256 = sha256
        if self.emotion.text().strip() != emotion:
            self.emotion.setText(emotion)
        self.picture.show_face(Face(emotion, 0, sha256))
        self._remove.setAccessibleName(self.tr("Remove the picture of %1").replace("%1", emotion))


class ExpressionsField(Field):
    """The pictures of all emotions. A new one is asked for as a file and comes back as the value of the row."""

    keeps_refused = True
    picture_requested = Signal(str, str)
    """An emotion, empty for a new one, and the path of a picture; empty: ask for one."""

    def __init__(self, label: str, cache: PictureCache, **options: Any) -> None:
        self._cache = cache
        self._tiles: list[ExpressionTile] = []
        frame = QFrame()
        theme.set_kind(frame, "card")
        tiles = QWidget()
        self._flow = FlowLayout(tiles, 12)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(10, 10, 10, 10)
        inside.addWidget(tiles)
        self.add_button = QPushButton(self.tr("Add an expression…"))
        self.add_button.setIcon(theme.icon("mdi6.plus", "dim"))
        theme.set_kind(self.add_button, "ghost")
        self.add_button.clicked.connect(lambda _checked=False: self.picture_requested.emit("", ""))
        self._flow.addWidget(self.add_button)
        super().__init__(label, frame, **options)
        self.check = self._check

    def value(self) -> Any:
        """Returns the SHA-256 of the picture of each emotion; pairs where two tiles name the same one."""
        pairs = [(tile.emotion.text().strip(), tile.sha256) for tile in self._tiles]
        return dict(pairs) if len(dict(pairs)) == len(pairs) else pairs

    def set_value(self, value: dict[str, str]) -> None:
        """Shows pictures."""
        while len(self._tiles) > len(value):
            self._drop(self._tiles[-1])
        while len(self._tiles) < len(value):
            self._insert()
        for tile, (emotion, sha256) in zip(self._tiles, value.items(), strict=True):
            tile.show_picture(emotion, sha256)

    def texts(self) -> tuple[str, ...]:
        """Returns nothing: the weights never see pictures."""
        return ()

    def focus_editor(self) -> None:
        """Goes to the first emotion, or to the button that adds one."""
        target = self._tiles[0].emotion if self._tiles else self.add_button
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _insert(self) -> None:
        tile = ExpressionTile(self._cache)
        self._flow.removeWidget(self.add_button)
        self._flow.addWidget(tile)
        self._flow.addWidget(self.add_button)
        self._tiles.append(tile)
        tile.edited.connect(self._on_edited)
        tile.removed.connect(lambda: self._on_removed(tile))
        tile.picture_chosen.connect(lambda path: self.picture_requested.emit(tile.emotion.text().strip(), path))
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(tile.watch, name).connect(getattr(self, name))

    def _on_removed(self, tile: ExpressionTile) -> None:
        self._drop(tile)
        self._on_edited()
        self.left.emit()
        self.focus_editor()

    def _drop(self, tile: ExpressionTile) -> None:
        self._tiles.remove(tile)
        self._flow.removeWidget(tile)
        tile.hide()
        tile.deleteLater()

    def _check(self, value: Any) -> str | None:
        if isinstance(value, list):
            return self.tr("Two pictures show the same emotion; give one of them another name.")
        return self.tr("Every picture needs an emotion.") if "" in value else None
