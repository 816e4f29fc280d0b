"""The lorebook of a card, between the file and the rows.

While a character is on its way, its book travels in `card_extra["book"]`, as the document that cards hold. In a project
it is a lorebook of its own, and a character may have several.
"""

from collections.abc import Sequence
from typing import Any

from core.interchange.card_extra import BOOK
from core.interchange.lorebook_cards import format_card_book, parse_card_book
from models.character import CharacterBase
from models.fields import MAX_NAME_CHARS
from models.lore import LorebookDraft


def take_book(character: CharacterBase, name: str, warnings: list[str]) -> LorebookDraft | None:
    """Takes the book out of a character that was read from a card; None where there is none.

    Args:
        name: What the file is called in messages.
        warnings: Takes one sentence for each thing that was not understood.

    Raises:
        UserError: The book cannot be read.
    """
    document: Any = character.card_extra.get(BOOK)
    character.card_extra = {key: value for key, value in character.card_extra.items() if key != BOOK}
    book = parse_card_book(document, name, warnings)
    if book is not None and not book.name:
        book.name = character.name[:MAX_NAME_CHARS]
        book.extra = book.extra | {"named_by_us": True}
    return book


def with_books(character: CharacterBase, books: Sequence[LorebookDraft]) -> CharacterBase:
    """Returns a copy of a character with its books as the one that its card will hold; the first one gives the rest."""
    copy = CharacterBase.model_validate(character, from_attributes=True)
    if books:
        joined = LorebookDraft.model_validate(books[0].model_dump())
        joined.entries = [entry for book in books for entry in book.entries]
        if joined.extra.get("named_by_us") and joined.name == character.name[:MAX_NAME_CHARS]:
            joined.name = ""
        joined.extra = {key: value for key, value in joined.extra.items() if key != "named_by_us"}
        copy.card_extra = copy.card_extra | {BOOK: format_card_book(joined)}
    return copy
