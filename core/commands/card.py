"""`tableread card`: characters in files of many programs, shown and converted."""

import json
from pathlib import Path

from core.commands.printing import console, print_warnings
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.interchange.card_extra import book_of, data_of, members_of
from core.interchange.cards import Card, format_card_json
from core.interchange.contents import Contents
from core.interchange.foreign_files import CARD, read_contents
from core.interchange.foreign_writers import FileFormat, format_named, format_of_path, write_contents
from core.interchange.loose_fields import as_table
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
_COMPARED = tuple(
    name
    for name in CharacterBase.model_fields
    if name not in ("name", "portrait", "card_extra", "fragment_ids", "layers")
)
_ALIASES = {"v3": "json"}


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
    form = _named(to) if to else _format_of(out, contents)
    print_warnings(_warnings(contents))
    write_contents(out, contents, form)
    print_warnings(_losses(contents, read_contents(out), form))
    console().print(f"Wrote {out}")


def _named(to: str) -> FileFormat:
    try:
        return format_named(_ALIASES.get(to.lower(), to))
    except UserError as error:
        raise WrongUsage(error.message, error.hint) from error


def _losses(before: Contents, after: Contents, form: FileFormat) -> list[str]:
    """Names what the file that was written does not hold any more."""
    if len(after.characters) != len(before.characters):
        return []
    lost: dict[str, None] = {}
    for old, new in zip(before.characters, after.characters, strict=True):
        said, kept = old.character, new.character
        lost |= {field: None for field in _COMPARED if getattr(said, field) and not getattr(kept, field)}
        lost |= {"name": None} if said.name != kept.name else {}
        lost |= {f"layer {key}": None for key in said.layers if key not in kept.layers}
        extensions, left = (as_table(data_of(one).get("extensions")) for one in (said, kept))
        lost |= {f"extension {key[:40]}": None for key in extensions if key not in left}
        lost |= {"lorebook": None} if book_of(said).get("entries") and not book_of(kept).get("entries") else {}
    if not lost:
        return []
    names = ", ".join(name.replace("_", " ") for name in lost)
    return [f"A file of the kind “{form.title}” has no place for: {names}. They were left out."]


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
    n_entries, n_files = len(book_of(card.character).get("entries", ())), len(members_of(card.character))
    expressions = card.character.persona.expressions
    if n_entries:
        console().print(f"\nLorebook with {n_entries} entries", style="dim")
    if expressions:
        console().print(f"\nExpressions: {', '.join(expressions)}", style="dim")
    if n_files and len(card.blobs) > len(set(expressions.values())):
        console().print(f"\nOther files, kept for export: {n_files}", style="dim")


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
