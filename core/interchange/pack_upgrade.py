"""Documents of older packs as today's. What a document did not have gets its default from the models."""

from typing import Any

from core.interchange.lorebook_cards import parse_card_book
from models.fields import MAX_NAME_CHARS


def upgrade_document(kind: str, value: dict[str, Any], version: int) -> dict[str, Any]:
    """Returns a document of an older version, valid by its own schema, as one of the present version.

    Raises:
        UserError: The lorebook of a character cannot be read.
    """
    return _upgrade_character(value) if (kind, version) == ("character", 1) else value


def _upgrade_character(value: dict[str, Any]) -> dict[str, Any]:
    """The first packs kept a card's book in the character, as cards have it."""
    book = parse_card_book(value["book"], value["name"], [])
    lorebooks = []
    if book is not None:
        book.name = book.name or value["name"][:MAX_NAME_CHARS]
        lorebooks.append(book.model_dump(mode="json"))
    return {name: field for name, field in value.items() if name != "book"} | {"lorebooks": lorebooks}
