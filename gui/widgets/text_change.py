"""The least change that turns one text into another, so that cursors and layouts outside it stay."""

from PySide6.QtGui import QTextCursor, QTextDocument


def replace_in_document(document: QTextDocument, before: str, after: str) -> None:
    """Turns the text of a document, which is `before`, into `after`."""
    if before == after:
        return
    start = _common_prefix(before, after)
    end = _common_prefix(before[start:][::-1], after[start:][::-1])
    cursor = QTextCursor(document)
    cursor.setPosition(utf16_length(before[:start]))
    cursor.setPosition(utf16_length(before[: len(before) - end]), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(after[start : len(after) - end])


def utf16_length(text: str) -> int:
    """Returns the length in the units that Qt counts in."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _common_prefix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
