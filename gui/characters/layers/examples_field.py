"""Example dialogue in blocks, each with an editor of its own; kept as the one text with `<START>` that cards have."""

from typing import Any

from core.characters.examples import format_examples, split_examples
from gui.characters.field import ListField
from gui.widgets.token_label import TokenCounter

NEW_BLOCK = "{{user}}: \n{{char}}: "


class ExamplesField(ListField):
    """Blocks that are added, removed and moved."""

    def __init__(self, label: str, placeholder: str, *, counter: TokenCounter, **options: Any) -> None:
        super().__init__(label, placeholder, counter=counter, multiline=True, **options)
        self.statement_list.set_new_text(NEW_BLOCK)

    def value(self) -> str:  # type: ignore[override]
        """Returns all blocks as one text."""
        blocks = [text for text in self.statement_list.statements() if text != NEW_BLOCK.strip()]
        return format_examples(blocks)

    def set_value(self, value: str) -> None:  # type: ignore[override]
        """Shows the blocks of a text."""
        blocks = split_examples(value)
        if format_examples(blocks) != self.value():
            self.statement_list.set_statements(blocks)

    def texts(self) -> tuple[str, ...]:
        """Returns the blocks."""
        return tuple(split_examples(self.value()))
