"""`tableread card`: characters in files of many programs, shown and converted."""

import json
from pathlib import Path

from core.commands.printing import console, print_warnings
from core.errors import UserError
from core.interchange.cards import Card, format_card_json
from core.interchange.contents import Contents
from core.interchange.foreign_files import CARD, read_contents
from core.interchange.foreign_writers import FileFormat, format_named, format_of_path, write_contents
from models.character import CharacterBase

_SHOWN = {
    "Description": "description",
    "Personality": "personality",
    "Voice": "voice",
    "Knowledge": "knowledge",
    "Situation": "situation",
    "Greeting": "greeting",
    "Example dialogue": "example_dialogue",
}


def show(file: Path, as_json: bool, name: str | None = None) -> None:
    """Prints what is in a file; one character as V3 JSON for scripts, several as a list."""
    contents = _chosen(read_contents(file), name)
    print_warnings(_warnings(contents))
    out = console()
    if as_json:
        cards = [json.loads(format_card_json(card.character)) for card in contents.characters]
        shown = cards[0] if len(cards) == 1 else cards
        out.file.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    elif len(contents.characters) == 1 and not contents.scenarios:
        _show_character(contents.characters[0].character)
        _show_belongings(contents.characters[0])
    else:
        _show_list(contents)


def convert(source: Path, out: Path, to: str | None = None, name: str | None = None) -> None:
    """Writes a file in the format that the suffix of `out` names, or `to`."""
    contents = _chosen(read_contents(source), name)
    form = format_named(to) if to else _format_of(out, contents)
    print_warnings(_warnings(contents))
    write_contents(out, contents, form)
    console().print(f"Wrote {out}")


def _format_of(out: Path, contents: Contents) -> FileFormat:
    form = format_of_path(out, contents.form)
    if form.name == "json" and not contents.characters and contents.form != CARD:
        return format_named(contents.form)
    return form


def _chosen(contents: Contents, name: str | None) -> Contents:
    if name is None:
        return contents
    wanted = [card for card in contents.characters if card.character.name.casefold() == name.casefold()]
    if not wanted:
        raise UserError(f"There is no character “{name[:60]}” in this file.", "See who is, with: tableread card show")
    return Contents(contents.form, wanted[:1], warnings=contents.warnings)


def _warnings(contents: Contents) -> list[str]:
    said = contents.warnings + [warning for card in contents.characters for warning in card.warnings]
    return list(dict.fromkeys(said))


def _show_character(character: CharacterBase) -> None:
    out = console()
    out.print(character.name, style="bold")
    for label, field in _SHOWN.items():
        if text := getattr(character, field):
            out.print(f"\n{label}", style="dim")
            out.print(text)
    if character.statements:
        out.print("\nStatements", style="dim")
        for number, statement in enumerate(character.statements, start=1):
            out.print(f"{number}. {statement}")
    if character.layers:
        out.print(f"\nLayers: {', '.join(character.layers)}", style="dim")


def _show_belongings(card: Card) -> None:
    n_entries = len(card.character.card_extra.get("book", {}).get("entries", ()))
    expressions = card.character.persona.expressions
    if n_entries:
        console().print(f"\nLorebook with {n_entries} entries", style="dim")
    if expressions:
        console().print(f"\nExpressions: {', '.join(expressions)}", style="dim")
    if len(card.blobs) > len(set(expressions.values())) and "members" in card.character.card_extra:
        console().print(f"\nOther files, kept for export: {len(card.character.card_extra['members'])}", style="dim")


def _show_list(contents: Contents) -> None:
    out = console()
    for card in contents.characters:
        out.print(card.character.name, style="bold")
    for fragment in contents.fragments:
        out.print(f"{fragment.name} (a fragment: {', '.join(fragment.content)})", style="bold")
    for book in contents.books:
        out.print(f"{book.name} (a lorebook of {len(book.entries)} entries)", style="bold")
    for file in contents.scenarios:
        roles = ", ".join(role.name for role in file.roles[:8])
        out.print(f"{file.scenario.name} (a scenario: {roles or 'no roles'})", style="bold")
