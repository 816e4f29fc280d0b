"""Small books and chats for the tests of lore."""

from collections.abc import Sequence
from typing import Any

from core.lore.compiled import Book, compile_book
from core.lore.matcher import Scan, scan_books
from core.lore.occasion import Line, Occasion
from models.lore import LorebookBase, LoreEntryBase, LoreSettings

PLAIN = LoreSettings(recursive=False, whole_words=False)


def make_book(*entries: dict[str, Any], settings: LoreSettings = PLAIN, **fields: Any) -> Book:
    """Makes a book ready; the ids of its entries are `e0`, `e1` and so on."""
    rows = [
        (str(entry.pop("id", f"e{place}")), LoreEntryBase.model_validate({"content": f"text {place}"} | entry))
        for place, entry in enumerate(dict(entry) for entry in entries)
    ]
    fields["settings"] = fields.pop("book_settings", {})
    return compile_book(str(fields.pop("id", "book")), LorebookBase.model_validate(fields), rows, settings)


def lines(*texts: str) -> list[Line]:
    """Makes a chat in which Ann and Bob speak in turn; nobody's name is searched for by these tests."""
    return [Line(("Ann", "Bob")[place % 2], text) for place, text in enumerate(texts)]


def search(book: Book | Sequence[Book], *texts: str, settings: LoreSettings = PLAIN, **occasion: Any) -> Scan:
    """Searches for the turn after a chat."""
    books = [book] if isinstance(book, Book) else book
    return scan_books(books, Occasion(**({"lines": lines(*texts)} | occasion)), settings)


def fired(scan: Scan) -> list[str]:
    """Returns the ids of what fired, in order."""
    return [one.entry.id for one in scan.fired]


def rules(scan: Scan) -> dict[str, str]:
    """Returns the rule of every entry by its id."""
    return {entry.id: scan.verdict(entry).rule.value for entry in scan.entries}
