"""Pictures and other files that belong to a card: taken in by content, handed out by path. Knows no file format.

`CharacterBase.card_extra["members"]` maps the path of a file in the card to its SHA-256; `data.assets` points to it as
`embeded://PATH`. Assets of the type `emotion` that can be shown are also the character's expressions.

Source: Character Card V3 (kwaroran), "assets"; Risu's `__asset:` and `module.risum`.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from core.errors import UserError
from core.interchange.archive_members import find_path_fault
from core.interchange.card_data import DEFAULT_ICON, is_default_icon, main_icon
from core.interchange.card_extra import MEMBERS, assets_of, data_of, is_member_path, members_of
from core.interchange.free_paths import FreePaths
from core.interchange.pictures import SUFFIXES, check_picture
from models.character import CharacterBase

Blob = tuple[bytes, str]
"""A file and its media type."""
Portrait = Blob

PLAIN = "application/octet-stream"

_EMBEDDED = re.compile(r"(?:embed+ed://|__asset:)(.+)\Z", re.DOTALL)
_DATA_URI = re.compile(r"data:(image/[\w.+-]+);base64,", re.IGNORECASE)
_ODD = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass
class Embedded:
    """The files of a card, ready to be written."""

    assets: list[dict[str, Any]]
    """As in `data.assets`, with `embeded://PATH`."""
    members: dict[str, Blob] = field(default_factory=dict)
    """Path -> file."""


def absorb_assets(
    character: CharacterBase, found: dict[str, bytes], name: str, warnings: list[str]
) -> tuple[Portrait | None, dict[str, Blob]]:
    """Makes the files of a card the character's: its portrait, its expressions, and others that are only kept.

    Args:
        character: As `parse_card_object` made it; changed in place.
        found: What `embeded://` and `__asset:` lead to: path or number -> file.
        name: What the card is called in messages.

    Returns:
        The portrait, and SHA-256 -> file for all others.
    """
    sources = dict(found)
    files: dict[str, bytes] = {}
    assets = assets_of(character)
    paths = _known_paths(character.card_extra.get(MEMBERS), assets, sources, files, warnings)
    free = FreePaths([*files, *sources, *paths.values()])
    for place, asset in enumerate(assets):
        _give_path(asset, sources, files, paths.get(place), free, warnings)
    for path, data in sources.items():
        files.setdefault(path if is_member_path(path) else free.make("files/file", "bin"), data)
    portrait, assets = _take_portrait(assets, files, name, warnings)
    blobs: dict[str, Blob] = {}
    members: dict[str, str] = {}
    for path, data in files.items():
        sha256 = hashlib.sha256(data).hexdigest()
        blobs.setdefault(sha256, (data, _media_type(data)))
        members[path] = sha256
    _keep(character, assets, members, blobs)
    return portrait, blobs


def embed_assets(character: CharacterBase, portrait: Portrait | None, blobs: dict[str, Blob]) -> Embedded:
    """Lays out the files of a card: the other half of `absorb_assets`.

    Args:
        blobs: What the character's members and expressions lead to. Files that are missing are left out.
    """
    members = {path: blobs[sha256] for path, sha256 in members_of(character).items() if sha256 in blobs}
    free = FreePaths(members)
    assets = _with_expressions(character, assets_of(character), members, blobs, free)
    if portrait is not None:
        assets = _with_portrait(assets, portrait, members, free)
    elif assets and main_icon(assets) is None:
        assets = [DEFAULT_ICON, *assets]
    return Embedded(assets, members)


def asset_path(asset: dict[str, Any]) -> str | None:
    """Returns the path that an asset leads to inside the card, or None."""
    match = _EMBEDDED.match(asset["uri"])
    return match[1] if match else None


def data_uri(blob: Blob) -> str:
    """Writes a file as an address that holds it."""
    return f"data:{blob[1]};base64,{base64.b64encode(blob[0]).decode()}"


def _make_path(asset: dict[str, Any], free: FreePaths) -> str:
    """Returns a path for an asset, as V3 lays them out."""
    kind, name, ext = (_ODD.sub("_", str(asset.get(key, "")))[:60] for key in ("type", "name", "ext"))
    return free.make(f"assets/{kind or 'other'}/images/{name.strip('.') or 'file'}", ext.strip(".") or "bin")


def _known_paths(
    listed: Any, assets: list[dict[str, Any]], sources: dict[str, bytes], files: dict[str, bytes], warnings: list[str]
) -> dict[int, str]:
    """Reads our own list of paths: each leads to an asset by its place, or to a file by its address.

    Returns:
        Place of an asset -> path. Files are moved from `sources` to `files`.
    """
    paths: dict[int, str] = {}
    for path, where in listed.items() if isinstance(listed, dict) else ():
        fault = find_path_fault(path) or (None if is_member_path(path) else "is called like the card itself")
        if fault:
            warnings.append(f"The file “{path[:60]}” was left out: it {fault}.")
        elif isinstance(where, int) and 0 <= where < len(assets):
            paths[where] = path
        elif isinstance(where, str):
            key = _EMBEDDED.match(where)
            data = sources.pop(key[1], None) if key else _decode_data(where)
            if data is not None:
                files[path] = data
    return paths


def _decode_data(uri: str) -> bytes | None:
    head, mark, text = uri.partition(";base64,")
    if not mark or not head.startswith("data:"):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _give_path(
    asset: dict[str, Any],
    sources: dict[str, bytes],
    files: dict[str, bytes],
    wanted: str | None,
    free: FreePaths,
    warnings: list[str],
) -> None:
    """Lets an asset lead to a path, whether it held its file, pointed to a number, or to a path already."""
    key = asset_path(asset)
    if key is not None and key in files and wanted is None:  # a second asset with the same file
        asset["uri"] = f"embeded://{key}"
        return
    if key is not None and key in sources:
        is_number = key.isdigit() or not is_member_path(key)
        path = wanted or (_make_path(asset, free) if is_number else key)
        files[path] = sources.pop(key)
        asset["uri"] = f"embeded://{path}"
        return
    data = _decode_data(asset["uri"])
    if data is None:
        if asset["uri"].startswith("data:image/"):
            warnings.append(f"The picture “{asset['name'][:40]}” was left out, for it is damaged.")
        return
    is_picture = _media_type(data) != PLAIN
    if not is_picture and _DATA_URI.match(asset["uri"]):
        warnings.append(f"The picture “{asset['name'][:40]}” cannot be shown, and is only kept.")
    if wanted or is_picture:
        path = wanted or _make_path(asset, free)
        files[path] = data
        asset["uri"] = f"embeded://{path}"


def _take_portrait(
    assets: list[dict[str, Any]], files: dict[str, bytes], name: str, warnings: list[str]
) -> tuple[Portrait | None, list[dict[str, Any]]]:
    """The main icon is the portrait, which `ccdefault:` stands for."""
    place = main_icon(assets)
    path = asset_path(assets[place]) if place is not None else None
    if place is None or path is None or path not in files:
        return None, assets
    try:
        portrait = files[path], check_picture(files[path], name)
    except UserError as error:
        warnings.append(f"The portrait was left out. {error.message}")
        return None, assets
    others = [asset for at, asset in enumerate(assets) if at != place]
    if not any(asset_path(asset) == path for asset in others):
        del files[path]
    icon = assets[place] | {"uri": DEFAULT_ICON["uri"]}
    return portrait, others if is_default_icon(icon) else [*assets[:place], icon, *assets[place + 1 :]]


def _media_type(data: bytes) -> str:
    try:
        return check_picture(data, "")
    except UserError:
        return PLAIN


def _keep(
    character: CharacterBase, assets: list[dict[str, Any]], members: dict[str, str], blobs: dict[str, Blob]
) -> None:
    extra = {key: value for key, value in character.card_extra.items() if key not in ("data", MEMBERS)}
    data = {key: value for key, value in data_of(character).items() if key != "assets"}
    data |= {"assets": assets} if assets else {}
    character.card_extra = ({"data": data} if data else {}) | extra | ({MEMBERS: members} if members else {})
    expressions: dict[str, str] = {}
    for asset in assets:
        sha256 = members.get(asset_path(asset) or "")
        if _is_expression(asset, blobs.get(sha256 or "")) and sha256:
            expressions.setdefault(asset["name"], sha256)
    if expressions:
        character.layers = {key: value for key, value in character.layers.items() if key != "expressions"} | {
            "expressions": expressions
        }


def _is_expression(asset: dict[str, Any], blob: Blob | None) -> bool:
    is_named = 0 < len(asset["name"]) <= 1_000
    return asset["type"] == "emotion" and is_named and blob is not None and blob[1] != PLAIN


def _with_expressions(
    character: CharacterBase,
    assets: list[dict[str, Any]],
    members: dict[str, Blob],
    blobs: dict[str, Blob],
    free: FreePaths,
) -> list[dict[str, Any]]:
    """Follows what became of the expressions since the import: taken away, changed, or added."""
    wanted = {name: blobs[sha256] for name, sha256 in character.persona.expressions.items() if sha256 in blobs}
    missing = dict(wanted)
    result = []
    for asset in assets:
        path = asset_path(asset)
        if not _is_expression(asset, members.get(path or "")):
            result.append(asset)
        elif asset["name"] in missing:
            members[path or ""] = missing.pop(asset["name"])
            result.append(asset)
        elif asset["name"] in wanted:  # a second picture for the same emotion
            result.append(asset)
        else:
            members.pop(path or "", None)
    for name, blob in missing.items():
        asset = {"type": "emotion", "uri": "", "name": name, "ext": SUFFIXES.get(blob[1], "bin")}
        path = _make_path(asset, free)
        members[path] = blob
        result.append(asset | {"uri": f"embeded://{path}"})
    return result


def _with_portrait(
    assets: list[dict[str, Any]], portrait: Portrait, members: dict[str, Blob], free: FreePaths
) -> list[dict[str, Any]]:
    """Makes the portrait the main icon: it is nearer than an address on the web."""
    place = main_icon(assets)
    icon = DEFAULT_ICON | {"ext": SUFFIXES[portrait[1]]} if place is None else assets[place]
    path = _make_path({"type": "icon", "name": "main", "ext": SUFFIXES[portrait[1]]}, free)
    members[path] = portrait
    icon = icon | {"uri": f"embeded://{path}"}
    return [icon, *assets] if place is None else [*assets[:place], icon, *assets[place + 1 :]]
