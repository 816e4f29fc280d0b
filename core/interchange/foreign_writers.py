"""Contents written as files of other programs: one table of formats, chosen by name or by suffix."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.interchange import byaf, companion, eliza, light_map, sotopia, tinytroupe
from core.interchange import listed_characters as listed
from core.interchange.card_data import format_v2_object
from core.interchange.card_texts import dump_card
from core.interchange.cards import (
    Card,
    format_card_charx,
    format_card_jpeg,
    format_card_json,
    format_card_png,
    format_card_webp,
)
from core.interchange.contents import Contents
from core.interchange.files import write_file
from models.character import CharacterBase


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file that can be written."""

    name: str
    """As in `--to NAME`."""
    suffixes: tuple[str, ...]
    """The first is the usual one."""
    title: str
    """For people."""
    write: Callable[[Contents], bytes]
    """Raises UserError when the contents have nothing for this format."""


def format_named(name: str) -> FileFormat:
    """Returns a format by its name. Raises UserError when there is none."""
    for one in FORMATS:
        if one.name == name.lower():
            return one
    raise UserError(f"There is no format “{name[:40]}”.", f"Choose one of {', '.join(one.name for one in FORMATS)}.")


def format_of_path(path: Path, came_as: str = "") -> FileFormat:
    """Returns the format that the end of a name stands for; of several, the one that the contents came in.

    Raises:
        UserError: No format ends so.
    """
    name = path.name.lower()
    found = [(suffix, one) for one in FORMATS for suffix in one.suffixes if name.endswith(suffix)]
    if not found:
        suffixes = sorted({suffix for one in FORMATS for suffix in one.suffixes})
        raise UserError(f"{path.name} should end in one of {', '.join(suffixes)}.", "Or name the format with --to.")
    longest = max(len(suffix) for suffix, _ in found)
    best = [one for suffix, one in found if len(suffix) == longest]
    return next((one for one in best if one.name == came_as), best[0])


def write_contents(path: Path, contents: Contents, form: FileFormat, *, overwrite: bool = False) -> None:
    """Writes a file. Raises UserError when it cannot, or when the format has no place for these contents."""
    write_file(path, form.write(contents), overwrite=overwrite)


def character_formats() -> list[FileFormat]:
    """Returns the formats that hold one character, for a menu."""
    return [one for one in FORMATS if one.name not in _NO_CHARACTER]


def _one(contents: Contents) -> Card:
    if len(contents.characters) != 1:
        n_there = len(contents.characters) or "no"
        raise UserError(f"There are {n_there} characters, and this format holds one.", "Choose one with --name.")
    return contents.characters[0]


def _card(write: Callable[..., bytes]) -> Callable[[Contents], bytes]:
    def written(contents: Contents) -> bytes:
        card = _one(contents)
        return write(card.character, card.portrait, card.blobs)

    return written


def _document(write: Callable[[CharacterBase], dict[str, Any]]) -> Callable[[Contents], bytes]:
    return lambda contents: dump_card(write(_one(contents).character), indent=1)


def _lines(write: Callable[[CharacterBase], dict[str, Any]]) -> Callable[[Contents], bytes]:
    def written(contents: Contents) -> bytes:
        if not contents.characters:
            raise UserError("There is no character to write.", "Choose another file.")
        return _join(write(card.character) for card in contents.characters)

    return written


def _join(documents: Any) -> bytes:
    lines = [json.dumps(document, ensure_ascii=False, allow_nan=False) for document in documents]
    return ("\n".join(lines) + "\n").encode("utf-8", errors="replace")


def _write_tinytroupe(contents: Contents) -> bytes:
    if len(contents.fragments) == 1 and not contents.characters:
        return dump_card(tinytroupe.format_fragment(contents.fragments[0]), indent=1)
    return dump_card(tinytroupe.format_agent(_one(contents).character), indent=1)


def _write_environment(contents: Contents) -> bytes:
    if len(contents.scenarios) == 1:
        return dump_card(sotopia.format_environment(contents.scenarios[0]), indent=1)
    if not contents.scenarios:
        raise UserError("There is no scenario to write.", "Choose a file with a scenario in it.")
    return _join(sotopia.format_environment(scenario) for scenario in contents.scenarios)


def _write_scenes(contents: Contents) -> bytes:
    documents = []
    for scenario in contents.scenarios:
        who = next((who for who in scenario.cast if who is not None), None)
        if who is None or who >= len(contents.characters):
            raise UserError(f"Nobody plays in “{scenario.scenario.name}”.", "A scene of this format needs a character.")
        documents.append(listed.format_bench_scene(contents.characters[who].character, scenario))
    if not documents:
        raise UserError("There is no scenario to write.", "Choose a file with a scenario in it.")
    return _join(documents)


def _write_map(contents: Contents) -> bytes:
    if len(contents.scenarios) != 1:
        raise UserError("A LIGHT map holds one scenario.", "Choose a file with one scenario in it.")
    scenario = contents.scenarios[0]
    cast = [*scenario.cast, *[None] * (len(scenario.roles) - len(scenario.cast))]
    players = [None if who is None else contents.characters[who].character for who in cast]
    return dump_card(light_map.format_map(players, scenario), indent=1)


FORMATS = (
    FileFormat("png", (".png", ".apng"), "Character card, picture", _card(format_card_png)),
    FileFormat("json", (".json",), "Character card, text", _card(format_card_json)),
    FileFormat("v2", (".v2.json",), "Character card of version 2, text", _document(format_v2_object)),
    FileFormat("charx", (".charx",), "Character card, archive with all pictures", _card(format_card_charx)),
    FileFormat("webp", (".webp",), "Character card, WebP picture", _card(format_card_webp)),
    FileFormat("jpeg", (".jpg", ".jpeg"), "Character card, JPEG picture with an archive", _card(format_card_jpeg)),
    FileFormat(byaf.FORMAT, (".byaf",), "Backyard archive", lambda contents: byaf.format_byaf(_one(contents))),
    FileFormat(tinytroupe.FORMAT, (".agent.json", ".fragment.json"), "TinyTroupe agent", _write_tinytroupe),
    FileFormat(sotopia.AGENT, (".sotopia.json",), "Sotopia agent profile", _document(sotopia.format_agent)),
    FileFormat(eliza.FORMAT, (".character.json",), "Agent character file", _document(eliza.format_agent)),
    FileFormat(
        companion.FORMAT,
        (".txt",),
        "Companion text",
        lambda contents: companion.format_companion(_one(contents).character).encode("utf-8", errors="replace"),
    ),
    FileFormat(listed.SEED, (".jsonl",), "Character seeds, one a line", _lines(listed.format_seed)),
    FileFormat(
        listed.BENCH_CHARACTER, (".jsonl",), "Benchmark characters, one a line", _lines(listed.format_bench_character)
    ),
    FileFormat(listed.BENCH_SCENE, (".jsonl",), "Benchmark scenes, one a line", _write_scenes),
    FileFormat(sotopia.ENVIRONMENT, (".environment.json",), "Sotopia environment", _write_environment),
    FileFormat(light_map.FORMAT, (".light.json",), "LIGHT map", _write_map),
)
"""All formats; of those with the same suffix, the first is meant unless the contents came in another."""
_NO_CHARACTER = frozenset({listed.BENCH_SCENE, sotopia.ENVIRONMENT, light_map.FORMAT})
