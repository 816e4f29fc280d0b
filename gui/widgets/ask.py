"""Short questions: a name, a file to open, a file to write. The answer comes to a callback; nothing waits."""

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from gui.widgets.file_icons import NamedIcons


def ask_text(parent: QWidget, title: str, label: str, text: str, on_answer: Callable[[str], object]) -> QInputDialog:
    """Asks for one line; `on_answer` gets it when it is not empty."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(text)
    dialog.setMinimumWidth(420)
    dialog.textValueSelected.connect(lambda answer: on_answer(answer.strip()) if answer.strip() else None)
    dialog.open()
    return dialog


def ask_open_files(
    parent: QWidget, title: str, filters: str, on_answer: Callable[[list[Path]], object], *, several: bool = False
) -> QFileDialog:
    """Asks for files that exist. `filters` are Qt's, such as `Projects (*.tableread)`."""
    dialog = _file_dialog(parent, title, filters)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    dialog.filesSelected.connect(lambda names: on_answer([Path(name) for name in names]))
    dialog.open()
    return dialog


def ask_save_file(
    parent: QWidget, title: str, filters: str, suggestion: str, on_answer: Callable[[Path], object]
) -> QFileDialog:
    """Asks where to write. The suffix of the suggestion is added when none is typed."""
    dialog = _file_dialog(parent, title, filters)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(suggestion).suffix.removeprefix("."))
    dialog.selectFile(suggestion)
    dialog.filterSelected.connect(lambda chosen: _follow_filter(dialog, chosen))
    dialog.fileSelected.connect(lambda name: on_answer(Path(name)))
    dialog.open()
    return dialog


def file_name(name: str) -> str:
    """Returns a name that every file system takes."""
    kept = "".join("-" if character in '<>:"/\\|?*' or ord(character) < 32 else character for character in name)
    return kept.strip(" .")[:80] or "untitled"


def _follow_filter(dialog: QFileDialog, chosen: str) -> None:
    """Another format was chosen: the name gets its suffix."""
    found = re.search(r"\*(\.\w+)", chosen)
    if found and dialog.selectedFiles():
        dialog.setDefaultSuffix(found.group(1).removeprefix("."))
        dialog.selectFile(Path(dialog.selectedFiles()[0]).with_suffix(found.group(1)).name)


def ask_folder(parent: QWidget, title: str, on_answer: Callable[[Path], object]) -> QFileDialog:
    """Asks for a folder that exists."""
    dialog = _file_dialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: on_answer(Path(name)))
    dialog.open()
    return dialog


def _file_dialog(parent: QWidget, title: str, filters: str = "") -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.icons = NamedIcons()  # the dialog does not own its provider
    dialog.setIconProvider(dialog.icons)
    if filters:
        dialog.setNameFilter(filters)
    return dialog
