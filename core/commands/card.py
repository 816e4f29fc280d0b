"""`tableread card`: character cards, shown and converted."""

import json
from pathlib import Path

from core.commands.printing import console, print_warnings
from core.interchange.cards import format_card_json, read_card, write_card


def show(file: Path, as_json: bool) -> None:
    """Prints a card; as V3 JSON for scripts."""
    card = read_card(file)
    print_warnings(card.warnings)
    out = console()
    if as_json:
        text = json.dumps(json.loads(format_card_json(card.character)), ensure_ascii=False, indent=1)
        out.file.write(text + "\n")
        return
    character = card.character
    out.print(character.name, style="bold")
    shown = {
        "Description": character.description,
        "Personality": character.personality,
        "Situation": character.situation,
        "Greeting": character.greeting,
        "Example dialogue": character.example_dialogue,
    }
    for label, text in shown.items():
        if text:
            out.print(f"\n{label}", style="dim")
            out.print(text)
    n_entries = len(character.book.get("entries", ()))
    if n_entries:
        out.print(f"\nLorebook with {n_entries} entries, kept for export.", style="dim")


def convert(source: Path, out: Path) -> None:
    """Writes a card in the format that the suffix of `out` names."""
    card = read_card(source)
    print_warnings(card.warnings)
    write_card(out, card.character, card.portrait)
    console().print(f"Wrote {out}")
