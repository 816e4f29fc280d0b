"""A short question to which there are answers already: one of them, or another."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget


def ask_choice(
    parent: QWidget, title: str, label: str, choices: Sequence[str], text: str, on_answer: Callable[[str], object]
) -> QInputDialog:
    """Asks for one line; `on_answer` gets it when it is not empty."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setComboBoxEditable(True)
    dialog.setComboBoxItems([text, *(choice for choice in choices if choice != text)])
    dialog.setTextValue(text)
    dialog.setMinimumWidth(420)
    dialog.textValueSelected.connect(lambda answer: on_answer(answer.strip()) if answer.strip() else None)
    dialog.open()
    return dialog
