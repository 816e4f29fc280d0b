"""BYAF, Backyard's archive: a character with pictures, lore and scenarios, in a character and back.

The first scenario is the character's own; the greetings of the others are its alternate greetings. Chats, samplers and
whatever else the archive holds are kept in the original.

Source: Backyard AI, "byaf" schemas, version 1.
"""

import hashlib
import json
import re
from typing import Any

from core.errors import UserError
from core.interchange.archive_members import find_path_fault, format_members, read_members
from core.interchange.card_assets import PLAIN
from core.interchange.card_extra import MEMBERS, book_of, members_of
from core.interchange.cards import Card
from core.interchange.free_paths import FreePaths
from core.interchange.json_text import parse_json
from core.interchange.loose_fields import as_line, as_lines, as_name, as_table, as_tables, as_text
from core.interchange.originals import OWN, format_kept, parse_kept, without_original
from core.interchange.pictures import SUFFIXES, check_picture
from models.character import CharacterBase

FORMAT = "byaf"
MANIFEST = "manifest.json"

_MACROS = {"{user}": "{{user}}", "{character}": "{{char}}"}
_EXAMPLE = re.compile(r"^#?(?=\{\{(?:user|char)\}\}:)", re.MULTILINE)
_SPEAKER = re.compile(r"^(?=\{(?:user|character)\}:)", re.MULTILINE)
_DOCUMENT_BYTES = 64 * 1024 * 1024
_LONGEST_PATH = 200
"""Of a character, so that there is room for a portrait beside it."""


def is_byaf(members: dict[str, bytes]) -> bool:
    """Tells whether an archive is one of Backyard's."""
    return MANIFEST in members and "card.json" not in members


def parse_byaf(data: bytes, name: str) -> list[Card]:
    """Reads an archive: one card for each of its characters.

    Raises:
        UserError: Damaged, hostile, or no BYAF.
    """
    members = read_members(data, name)
    manifest = as_table(parse_json(members.get(MANIFEST, b"null"), f"{name}, {MANIFEST}", _DOCUMENT_BYTES))
    there = members.keys() - {MANIFEST}
    character_paths = [path for path in dict.fromkeys(as_lines(manifest.get("characters"))) if path in there]
    there -= set(character_paths)
    scenario_paths = [path for path in dict.fromkeys(as_lines(manifest.get("scenarios"))) if path in there]
    if not character_paths:
        raise UserError(f"{name} is no BYAF archive with a character in it.", "Choose another file.")
    scenarios = [_read_member(members, path, name) for path in scenario_paths]
    listed = {*character_paths, *scenario_paths, MANIFEST}
    others = {path: data for path, data in members.items() if path not in listed}
    cards = []
    for path in character_paths:
        source = _read_member(members, path, name)
        document = {
            "manifest": manifest,
            "path": path,
            "character": {key: value for key, value in source.items() if key != OWN},
            "scenarios": scenarios if path == character_paths[0] else [],
            "scenario_paths": scenario_paths if path == character_paths[0] else [],
        }
        document |= {OWN: source[OWN]} if OWN in source else {}
        cards.append(_make_card(document, others if path == character_paths[0] else {}, others, name))
    return cards


def format_byaf(card: Card) -> bytes:
    """Writes a character as an archive: the other half of `parse_byaf`, for one character.

    Raises:
        UserError: It would be too large to be read back.
    """
    document = _document_of(card.character)
    kept = {path: card.blobs[sha][0] for path, sha in members_of(card.character).items() if sha in card.blobs}
    scenario_paths = document["scenario_paths"]
    paths = FreePaths([MANIFEST, document["path"], *scenario_paths, *kept])
    for _ in document["scenarios"][len(scenario_paths) :]:
        scenario_paths = [*scenario_paths, paths.make("scenarios/scenario", "json")]
    manifest = document["manifest"]
    if new := scenario_paths[len(document["scenario_paths"]) :]:
        manifest = manifest | {"scenarios": as_lines(manifest.get("scenarios")) + new}
    scenarios = dict(zip(scenario_paths, document["scenarios"], strict=False))
    files: dict[str, bytes] = {}
    for path, data in kept.items():
        is_taken = path in (MANIFEST, document["path"]) or path in scenario_paths
        files[paths.make("files/file", "bin") if is_taken else path] = data
    said = document["character"]
    if card.portrait is not None:
        said = _with_portrait(said, document["path"].rpartition("/")[0], card.portrait, paths, files)
    said = said | ({OWN: document[OWN]} if OWN in document else {})
    documents = {MANIFEST: manifest, document["path"]: said} | scenarios
    written = {path: _dump(one) for path, one in documents.items()} | files
    return format_members(written, f"The BYAF file of {card.character.name}")


def _document_of(character: CharacterBase) -> dict[str, Any]:
    """Returns what to write: into the original, unless that is none that this app could have kept."""
    document = format_kept(character, FORMAT, _read, _write)
    return document if _is_sound(document) else format_kept(without_original(character, FORMAT), FORMAT, _read, _write)


def _is_sound(document: dict[str, Any]) -> bool:
    """Tells whether our reader finds the character and the scenarios under their paths."""
    path, paths, manifest = document.get("path"), document.get("scenario_paths"), document.get("manifest")
    if not (isinstance(path, str) and isinstance(paths, list) and isinstance(manifest, dict)):
        return False
    all_paths = [MANIFEST, path, *paths]
    scenarios = document.get("scenarios")
    return (
        all(isinstance(one, str) and find_path_fault(one) is None for one in all_paths)
        and len(set(all_paths)) == len(all_paths)
        and isinstance(document.get("character"), dict)
        and isinstance(scenarios, list)
        and all(isinstance(one, dict) for one in scenarios)
        and len(path) <= _LONGEST_PATH
        and path in as_lines(manifest.get("characters"))
        and set(paths) <= set(as_lines(manifest.get("scenarios")))
    )


def _with_portrait(
    said: dict[str, Any], folder: str, portrait: tuple[bytes, str], paths: FreePaths, files: dict[str, bytes]
) -> dict[str, Any]:
    """Puts the portrait among the files, where the character's first image lies, or as a new first one."""
    images = as_tables(said.get("images"))
    path = _image_path(folder, images[0]) if images else ""
    if find_path_fault(path) is None and not paths.is_taken(path):
        paths.take(path)
    else:
        path = paths.make(f"{folder}/images/portrait" if folder else "images/portrait", SUFFIXES[portrait[1]])
        short = {"path": path.removeprefix(f"{folder}/"), "label": ""}
        image = short if _image_path(folder, short) == path else short | {"path": path}
        said = said | {"images": [image, *images]}
    files[path] = portrait[0]
    return said


def _make_card(document: dict[str, Any], others: dict[str, bytes], members: dict[str, bytes], name: str) -> Card:
    character = parse_kept(document, FORMAT, _read, name)
    folder = document["path"].rpartition("/")[0]
    paths = [_image_path(folder, image) for image in as_tables(document["character"].get("images"))]
    portrait, warnings = None, []
    kept = dict(others)
    for path in paths:
        if path in members:
            kept[path] = members[path]
    first = next((path for path in paths if path in members), None)
    if first is not None:
        try:
            portrait = members[first], check_picture(members[first], name)
            del kept[first]
        except UserError as error:
            warnings.append(f"The portrait was left out. {error.message}")
    blobs = {hashlib.sha256(data).hexdigest(): (data, _media_type(data)) for data in kept.values()}
    sha256s = {path: hashlib.sha256(data).hexdigest() for path, data in kept.items()}
    if sha256s:
        character.card_extra = character.card_extra | {MEMBERS: sha256s}
    return Card(character, portrait, warnings, blobs)


def _read(document: dict[str, Any], name: str) -> CharacterBase:
    source = as_table(document.get("character"))
    scenarios = as_tables(document.get("scenarios"))
    first, rest = (scenarios or [{}])[0], scenarios[1:]
    spoken, shown = as_line(source.get("name")), as_line(source.get("displayName"))
    examples = [_from_macros(as_text(line.get("text"))) for line in as_tables(first.get("exampleMessages"))]
    book = _read_lore(as_tables(source.get("loreItems")))
    return CharacterBase(
        name=as_name(shown or spoken, name),
        nickname=as_name(spoken, "") if spoken and shown and spoken != shown else "",
        description=_from_macros(as_text(source.get("persona"))),
        situation=_from_macros(as_text(first.get("narrative"))),
        greeting=_greeting(first),
        alternate_greetings=[text for text in map(_greeting, rest) if text],
        example_dialogue=_EXAMPLE.sub("", "\n".join(["<START>", *examples])) if any(examples) else "",
        system_prompt=_from_macros(as_text(first.get("formattingInstructions"))),
        card_extra={"book": book} if book else {},
    )


def _write(character: CharacterBase) -> dict[str, Any]:
    path = "characters/character/character.json"
    greetings = [character.greeting, *character.alternate_greetings]
    scenarios = [_write_scenario(text) for text in greetings]
    paths = [f"scenarios/scenario{number}.json" for number in range(1, len(greetings) + 1)]
    examples = _SPEAKER.sub("#", _to_macros(_without_start(character.example_dialogue)))
    scenarios[0] |= {
        "narrative": _to_macros(character.situation),
        "formattingInstructions": _to_macros(character.system_prompt),
        "exampleMessages": [{"characterID": "character", "text": examples}] if examples else [],
    }
    return {
        "manifest": {
            "schemaVersion": 1,
            "createdAt": "1970-01-01T00:00:00.000Z",
            "characters": [path],
            "scenarios": paths,
        },
        "path": path,
        "character": {
            "schemaVersion": 1,
            "id": "character",
            "name": character.spoken_name,
            "displayName": character.name,
            "isNSFW": False,
            "persona": _to_macros(character.description),
            "loreItems": _write_lore(book_of(character)),
            "images": [],
        },
        "scenarios": scenarios,
        "scenario_paths": paths,
    }


def _write_scenario(greeting: str) -> dict[str, Any]:
    return {
        "schemaVersion": 1,
        "title": "",
        "narrative": "",
        "formattingInstructions": "",
        "firstMessages": [{"characterID": "character", "text": _to_macros(greeting)}] if greeting else [],
        "exampleMessages": [],
        "canDeleteExampleMessages": True,
        "messages": [],
    }


def _greeting(scenario: dict[str, Any]) -> str:
    return _from_macros("\n".join(as_text(one.get("text")) for one in as_tables(scenario.get("firstMessages"))))


def _read_lore(items: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [
        {
            "keys": [key.strip() for key in as_text(item.get("key")).split(",") if key.strip()],
            "content": _from_macros(as_text(item.get("value"))),
            "extensions": {},
            "enabled": True,
            "insertion_order": place,
            "use_regex": False,
        }
        for place, item in enumerate(items)
    ]
    return {"entries": entries, "extensions": {}} if entries else {}


def _write_lore(book: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"key": ", ".join(as_lines(entry.get("keys"))), "value": _to_macros(as_text(entry.get("content")))}
        for entry in as_tables(book.get("entries"))
    ]


def _without_start(dialogue: str) -> str:
    return "\n".join(line for line in dialogue.splitlines() if line.strip().upper() != "<START>")


def _from_macros(text: str) -> str:
    for theirs, ours in _MACROS.items():
        text = re.sub(rf"(?<!\{{){re.escape(theirs)}(?!\}})", ours, text)
    return text


def _to_macros(text: str) -> str:
    for theirs, ours in _MACROS.items():
        text = text.replace(ours, theirs)
    return text


def _image_path(folder: str, image: dict[str, Any]) -> str:
    """Pictures are named from the folder of the character; some writers name them from the root."""
    path = as_line(image.get("path"))
    return f"{folder}/{path}" if folder and path and not path.startswith(f"{folder}/") else path


def _media_type(data: bytes) -> str:
    try:
        return check_picture(data, "")
    except UserError:
        return PLAIN


def _read_member(members: dict[str, bytes], path: str, name: str) -> dict[str, Any]:
    fault = find_path_fault(path)
    if fault is not None:
        raise UserError(f"{name}: a member {fault}.", "Get the file again.")
    return as_table(parse_json(members[path], f"{name}, {path}", _DOCUMENT_BYTES))


def _dump(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode("utf-8", errors="replace")
