"""Choices and ticks in a narrow column: their words end in an ellipsis where there is no room."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from gui.lore.fields import CalmComboBox
from gui.stage.plain_tip import plain_tip

LEAST_PX = 48


class ElidedCombo(CalmComboBox):
    """Takes the width there is, however long its entries are."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints as much of the entry as there is room for."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self._shown(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Says the whole entry beside the mouse where not all of it is seen."""
        if event.type() == QEvent.Type.ToolTip and not self.toolTip():
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            assert isinstance(event, QHelpEvent)
            said = plain_tip(option.currentText) if self._shown(option) != option.currentText else ""
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)

    def _shown(self, option: QStyleOptionComboBox) -> str:
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        return _elide(self, option.currentText, field.width() - 2)


class ElidedTick(QCheckBox):
    """Shows a text as it is: no letter of it becomes a key."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """May be as narrow as a word."""
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints as many of the words as there is room for."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        words = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self)
        option.text = _elide(self, option.text.replace("&&", "&"), words.width()).replace("&", "&&")
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.end()


def _elide(widget: QWidget, text: str, room: int) -> str:
    return widget.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
