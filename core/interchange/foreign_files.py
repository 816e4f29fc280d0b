"""Files of other programs, known by their content: read into characters, scenarios, fragments and lorebooks.

Law, for every format that can be written: what is read and written again means the same, unknown fields included.
"""

import json
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.interchange import (
    archive_members,
    byaf,
    companion,
    eliza,
    light_map,
    sotopia,
    tinytroupe,
)
from core.interchange import listed_characters as listed
from core.interchange.cards import MAX_ARCHIVE_BYTES, MAX_FILE_BYTES, Card, parse_card
from core.interchange.contents import Contents
from core.interchange.files import read_file
from core.interchange.json_text import parse_json
from core.interchange.lorebooks import is_lorebook, parse_lorebook
from models.character import CharacterBase
from models.fields import MAX_NAME_CHARS

CARD, LOREBOOK = "card", "lorebook"
MAX_LISTED = 10_000
"""Characters or scenes in one file."""
SUFFIXES = (".png", ".apng", ".webp", ".jpg", ".jpeg", ".json", ".jsonl", ".charx", ".byaf", ".txt", ".lorebook")
"""Of files worth looking into; the content decides."""


def read_contents(path: Path) -> Contents:
    """Reads a file of any kind that holds characters, scenarios or fragments. The content decides, not the name.

    Raises:
        UserError: Nothing that is known, damaged, or over a limit; the sentence says what the file is instead.
    """
    return parse_contents(read_file(path, MAX_ARCHIVE_BYTES), path.name)


def parse_contents(data: bytes, name: str) -> Contents:
    """Reads what is in a file. Raises UserError as `read_contents` does."""
    if data.startswith(archive_members.SIGNATURE) and byaf.is_byaf(archive_members.read_members(data, name)):
        return Contents(byaf.FORMAT, byaf.parse_byaf(data, name))
    if is_lorebook(data):
        found = parse_lorebook(data, name)
        found.book.name = found.book.name or stem_of(name)[:MAX_NAME_CHARS]
        return Contents(found.form or LOREBOOK, books=[found.book], warnings=list(found.warnings))
    if _looks_like_json(data):
        return _parse_documents(data, name)
    if companion.is_companion(_head(data)):
        character = companion.parse_companion(_text(data, name), stem_of(name))
        return Contents(companion.FORMAT, [_plain(character)])
    card = parse_card(data, name)
    return Contents(CARD, [card], warnings=list(card.warnings))


def stem_of(name: str) -> str:
    """Returns what a file is called without its endings, such as `.agent.json`."""
    return name.split(".", 1)[0] or name


def _parse_documents(data: bytes, name: str) -> Contents:
    documents = _read_lines(data, name)
    if documents is None:
        document = parse_json(data, name, MAX_FILE_BYTES)
        documents = document if isinstance(document, list) and document else [document]
    if len(documents) > MAX_LISTED:
        raise UserError(f"{name} holds more than {MAX_LISTED:,} records.", "Split it into smaller files.")
    contents = _parse_first(documents[0], name)
    if contents is None:
        card = parse_card(data, name)
        return Contents(CARD, [card], warnings=list(card.warnings))
    for number, document in enumerate(documents[1:], start=2):
        more = _parse_first(document, name)
        if more is None or more.form != contents.form:
            contents.warnings.append(f"Record {number} was left out, for it is not like the first.")
            continue
        for scenario in more.scenarios:
            scenario.cast = [None if who is None else who + len(contents.characters) for who in scenario.cast]
        contents.characters += more.characters
        contents.scenarios += more.scenarios
        contents.fragments += more.fragments
    return contents


def _parse_first(document: Any, name: str) -> Contents | None:
    """Reads one record; None when it is of no kind but, perhaps, a card."""
    called = stem_of(name)
    if tinytroupe.is_persona(document):
        if tinytroupe.is_fragment(document):
            return Contents(tinytroupe.FORMAT, fragments=[tinytroupe.parse_fragment(document, called)])
        return Contents(tinytroupe.FORMAT, [_plain(tinytroupe.parse_agent(document, called))])
    if light_map.is_map(document):
        characters, scenario = light_map.parse_map(document, called)
        return Contents(light_map.FORMAT, [_plain(one) for one in characters], [scenario])
    if listed.is_bench_scene(document):
        character, scenario = listed.parse_bench_scene(document, called)
        return Contents(listed.BENCH_SCENE, [_plain(character)], [scenario])
    if sotopia.is_environment(document):
        return Contents(sotopia.ENVIRONMENT, scenarios=[sotopia.parse_environment(document, called)])
    for is_one, parse, form in _CHARACTER_FORMS:
        if is_one(document):
            return Contents(form, [_plain(parse(document, called))])
    return None


_CHARACTER_FORMS = (
    (sotopia.is_agent, sotopia.parse_agent, sotopia.AGENT),
    (eliza.is_agent, eliza.parse_agent, eliza.FORMAT),
    (listed.is_seed, listed.parse_seed, listed.SEED),
    (listed.is_bench_character, listed.parse_bench_character, listed.BENCH_CHARACTER),
)


def _plain(character: CharacterBase) -> Card:
    return Card(character, None, [], {})


def _looks_like_json(data: bytes) -> bool:
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] in {b"{", b"["} or data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _read_lines(data: bytes, name: str) -> list[Any] | None:
    """Reads JSON Lines; None when it is one JSON text."""
    lines = [line for line in data.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.lstrip()[:1] == b"{" and line.rstrip()[-1:] == b"}" for line in lines[:2]):
        return None
    try:
        json.loads(lines[0])
    except ValueError:
        return None
    return [parse_json(line, f"{name}, line {number}", MAX_FILE_BYTES) for number, line in enumerate(lines, start=1)]


def _head(data: bytes) -> str:
    return data[:MAX_FILE_BYTES].decode("utf-8", errors="ignore") if b"###ENDPREAMBLE###" in data else ""


def _text(data: bytes, name: str) -> str:
    if len(data) > 4_000_000:
        raise UserError(f"{name} is too long for a companion.", "Split it into smaller files.")
    return data.decode("utf-8", errors="replace")
