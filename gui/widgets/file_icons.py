"""Icons of files in dialogs, by their names alone.

Qt's own provider reads the beginning of a file whose suffix it does not know. On POSIX systems closing any handle of a
file takes away all locks that the process has on it, SQLite's among them: another program that then opens the open
project believes itself alone, and takes the log of writes away from under us.
"""

from PySide6.QtCore import QFileInfo
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileIconProvider


class NamedIcons(QFileIconProvider):
    """Opens no file."""

    def icon(self, what: QFileInfo | QFileIconProvider.IconType) -> QIcon:
        """Returns the icon of a folder or of any file."""
        if isinstance(what, QFileInfo):
            kind = QFileIconProvider.IconType.Folder if what.isDir() else QFileIconProvider.IconType.File
            return super().icon(kind)
        return super().icon(what)

    def type(self, info: QFileInfo) -> str:
        """Returns the kind of a file in words."""
        if info.isDir():
            return "Folder"
        return f"{info.suffix()} file" if info.suffix() else "File"
