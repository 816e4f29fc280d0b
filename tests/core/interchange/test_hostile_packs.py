"""Packs from strangers: each is refused whole, with a sentence, and leaves project and disk as they were."""

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import UserError
from core.interchange import png
from core.interchange.files import MEBIBYTE
from core.interchange.json_text import format_json
from core.interchange.pack_archive import MAX_MEMBERS, write_archive
from core.interchange.packs import build_pack, import_pack, read_pack
from core.project import Project
from tests.core.interchange.samples import fill_project, picture

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Members:
    folder = tmp_path_factory.mktemp("good")
    project = Project(folder / "good.tableread")
    sample = fill_project(project)
    build_pack(project, sample.scenario_id, folder / "good.trpack", [sample.playtest_id])
    project.close()
    with zipfile.ZipFile(folder / "good.trpack") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """One project for all cases, for none of them may change it."""
    project = Project(tmp_path_factory.mktemp("target") / "target.tableread")
    yield project
    project.close()


def pack(members: Members) -> bytes:
    buffer = io.BytesIO()
    write_archive(buffer, members.items())
    return buffer.getvalue()


def sealed(members: Members) -> bytes:
    """Packs with a manifest that fits, as a careful attacker would."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for name, data in members.items()
        if name != "manifest.json"
    }
    return pack(members | {"manifest.json": format_json(manifest)})


def with_member(name: str, data: bytes = b"x", **fields: Any) -> Callable[[Members], bytes]:
    """Adds a member with a name and properties that `write_archive` would never give it."""

    def change(members: Members) -> bytes:
        buffer = io.BytesIO(pack(members))
        with zipfile.ZipFile(buffer, "a") as archive:
            info = zipfile.ZipInfo("placeholder", (1980, 1, 1, 0, 0, 0))
            info.filename = name
            for field, value in fields.items():
                setattr(info, field, value)
            archive.writestr(info, data)
        return buffer.getvalue()

    return change


def with_json(start: str, change: Callable[[Any], Any]) -> Callable[[Members], bytes]:
    """Changes the first document whose name starts so."""

    def apply(members: Members) -> bytes:
        name = next(name for name in members if name.startswith(start))
        value = json.loads(members[name])
        changed = change(value)
        return sealed(members | {name: changed if isinstance(changed, bytes) else format_json(changed or value)})

    return apply


def with_manifest(change: Callable[[Any], Any]) -> Callable[[Members], bytes]:
    def apply(members: Members) -> bytes:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        return pack(members | {"manifest.json": format_json(manifest)})

    return apply


def encrypted(members: Members) -> bytes:
    data = bytearray(pack(members))
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


def patched_directory(offset: int, value: int) -> Callable[[Members], bytes]:
    """Changes a number in the last entry of the directory: 20 packed size, 24 size, 42 place of the member."""

    def apply(members: Members) -> bytes:
        data = bytearray(pack(members))
        struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + offset, value)
        return bytes(data)

    return apply


def bomb(members: Members) -> bytes:
    portrait = next(name for name in members if name.startswith("portraits/"))
    buffer = io.BytesIO(sealed(members | {portrait: b"\0" * (4 * MEBIBYTE)}))
    packed = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return packed.getvalue()


def many_members(members: Members) -> bytes:
    return pack(members | {f"portraits/{number:064x}.png": b"" for number in range(MAX_MEMBERS + 1)})


def zip64(members: Members) -> bytes:
    data = pack(members)
    return data[:-22] + b"PK\x06\x07" + b"\0" * 16 + data[-22:]


def twice(members: Members) -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_member("scenario.json")(members)


def portrait_is(data: bytes, suffix: str) -> Callable[[Members], bytes]:
    """Adds a picture under the name that its checksum gives it."""

    def apply(members: Members) -> bytes:
        return sealed(members | {f"portraits/{hashlib.sha256(data).hexdigest()}.{suffix}": data})

    return apply


def without(start: str, seal: Callable[[Members], bytes] = pack) -> Callable[[Members], bytes]:
    return lambda members: seal({name: data for name, data in members.items() if not name.startswith(start)})


def huge_picture() -> bytes:
    header, *rest = png.parse_png(picture(), "x")
    return png.format_png([png.Chunk(b"IHDR", (60_000).to_bytes(4, "big") * 2 + header.data[8:]), *rest])


def set_in(*path: Any, to: Any) -> Callable[[Any], None]:
    """Returns a change that sets one value deep in a document."""

    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


LINK = (stat.S_IFLNK | 0o777) << 16
HOSTILE: dict[str, tuple[Callable[[Members], bytes], str]] = {
    "zero bytes": (lambda _: b"", "is empty"),
    "renamed picture": (lambda _: picture(), "is not a scenario pack"),
    "some other zip": (lambda _: pack({"hello.txt": b"hi"}), "it has no manifest"),
    "cut off": (lambda members: pack(members)[:-40], "damaged or cut off"),
    "cut off early": (lambda members: pack(members)[:50], "damaged or cut off"),
    "bytes in front": (lambda members: b"MZ" + pack(members), "is not a scenario pack"),
    "zip in front": (lambda members: pack({"a": b""}) + pack(members), "damaged or cut off"),
    "comment behind": (lambda members: pack(members)[:-2] + b"\x01\x00x", "damaged or cut off"),
    "climbs": (with_member("../evil.txt"), "“../evil.txt” climbs out of the folder"),
    "climbs inside": (with_member("portraits/../../evil"), "climbs out"),
    "climbs with backslashes": (with_member("..\\evil"), "climbs out"),
    "absolute": (with_member("/etc/passwd"), "has an absolute name"),
    "drive": (with_member("C:evil"), "has an absolute name"),
    "network share": (with_member("\\\\server\\evil"), "has an absolute name"),
    "backslash": (with_member("portraits\\x.png"), "has a backslash"),
    "NUL in the name": (with_member("portraits/a\0.png"), "odd name"),
    "newline in the name": (with_member("a\nb"), "odd name"),
    "letters beyond ASCII": (with_member("scenario\u202ejson"), "odd name"),
    "link": (with_member("portraits/x.png", b"/etc/passwd", external_attr=LINK), "is a link"),
    "device": (with_member("portraits/x.png", external_attr=(stat.S_IFCHR | 0o666) << 16), "is no file"),
    "folder": (with_member("portraits/", b""), "is a folder"),
    "same name twice": (twice, "holds “scenario.json” twice"),
    "same name in capitals": (with_member("SCENARIO.json"), "twice"),
    "encrypted": (encrypted, "is encrypted"),
    "packed with bzip2": (with_member("a", compress_type=zipfile.ZIP_BZIP2), "packed in an unusual way"),
    "bomb": (bomb, "more than 200 times its size"),
    "more than 512 MiB": (patched_directory(24, 600 * MEBIBYTE), "more than"),
    "too many members": (many_members, "more than 5,000 members"),
    "zip64": (zip64, "more than 5,000 members"),
    "two members at one place": (patched_directory(42, 0), "shares its bytes"),
    "size that lies": (patched_directory(24, 3), "damaged|differs"),
    "packed size that lies": (patched_directory(20, 3), "damaged|differs|unpacks"),
    "member missing": (without("playtests/"), "is in the manifest, but missing"),
    "scenario missing": (without("scenario", sealed), "scenario.json is in the manifest, but missing"),
    "member too many": (with_member("characters/more.json"), "is in the pack, but not in its manifest"),
    "member of no kind": (lambda members: sealed(members | {"evil.exe": b"MZ"}), "evil.exe has no place in a pack"),
    "wrong checksum": (
        lambda members: pack(members | {"scenario.json": members["scenario.json"] + b" "}),
        "scenario.json is not what the manifest says",
    ),
    "newer": (with_manifest(set_in("schema_version", to=4)), "made by a newer version of Tableread"),
    "version nought": (with_manifest(set_in("schema_version", to=0)), "schema_version"),
    "new fields in an old pack": (with_manifest(set_in("schema_version", to=1)), "were unexpected"),
    "no version": (with_manifest(lambda manifest: manifest.pop("schema_version")), "schema_version"),
    "version as text": (with_manifest(set_in("schema_version", to="1")), "schema_version"),
    "other format": (with_manifest(set_in("format", to="other")), "is not a scenario pack"),
    "manifest is a list": (lambda members: pack(members | {"manifest.json": b"[]"}), "is not a scenario pack"),
    "manifest is no JSON": (lambda members: pack(members | {"manifest.json": b"{"}), "is not valid JSON"),
    "unknown field in the manifest": (with_manifest(set_in("evil", to=1)), "evil"),
    "negative size": (with_manifest(set_in("files", "scenario.json", "size_bytes", to=-1)), "size_bytes"),
    "unknown field": (with_json("scenario", set_in("evil", to=1)), "'evil' was unexpected"),
    "field missing": (with_json("characters/", lambda value: {"id": value["id"]}), "is a required property"),
    "wrong type": (with_json("characters/", set_in("name", to=["Mara"])), "name"),
    "key twice": (with_json("scenario", lambda _: b'{"id": "a", "id": "b"}'), "a key is given twice"),
    "deep": (with_json("characters/", lambda _: b"[" * 10_000 + b"]" * 10_000), "nested deeper"),
    "half a character": (with_json("characters/", lambda _: b'{"name": "\\ud800"}'), "half a character"),
    "not UTF-8": (with_json("characters/", lambda _: b'"\xff"'), "not text in UTF-8"),
    "not finite": (with_json("playtests/", lambda _: b'{"name": Infinity}'), "Infinity is not a number"),
    "huge number": (with_json("playtests/", set_in("turns", 0, "scores", 0, "value", to=10**400)), "is not valid"),
    "huge place": (with_json("scenario", set_in("roles", 0, "position", to=10**30)), "roles[0].position"),
    "role twice": (
        with_json("scenario", lambda value: value["roles"].append(value["roles"][0])),
        "two roles have the same id",
    ),
    "role of nobody": (with_json("scenario", set_in("roles", 0, "character_id", to="none")), "played by nobody"),
    "beat twice": (
        with_json("scenario", lambda value: value["beats"].append(value["beats"][0])),
        "two beats have the same id",
    ),
    "arrow to nowhere": (with_json("scenario", set_in("links", 0, "to_id", to="none")), "an arrow leads nowhere"),
    "a world that is none": (
        with_json("scenario", set_in("world", to={"variables": [{"name": "x", "low": 3, "high": 1}]})),
        "no number between 3 and 1",
    ),
    "layers that are none": (with_json("characters/", set_in("layers", to={"social": {"age": -1}})), "not valid"),
    "fragment missing": (with_json("characters/", set_in("fragment_ids", to=["none"])), "a fragment is missing"),
    "relationship with a stranger": (
        with_json("relationships", set_in("relationships", 0, "other_id", to="none")),
        "with nobody in it",
    ),
    "greeting of nobody": (with_json("scenario", set_in("greeting_role_id", to="none")), "spoken by nobody"),
    "character under another name": (with_json("characters/", set_in("id", to="other")), "holds other"),
    "playtest under another name": (with_json("playtests/", set_in("id", to="other")), "holds other"),
    "id that climbs": (with_json("characters/", set_in("id", to="../../x")), "id"),
    "playtest of another scenario": (with_json("playtests/", set_in("scenario_id", to="x")), "of another scenario"),
    "turn that is its own parent": (with_json("playtests/", set_in("turns", 0, "parent_id", to=1)), "turn 1 does not"),
    "turn before its parent": (with_json("playtests/", set_in("turns", 1, "parent_id", to=5)), "turn 2 does not"),
    "turn with a wrong place": (with_json("playtests/", set_in("turns", 1, "number", to=7)), "turn 2 does not"),
    "turns out of order": (with_json("playtests/", lambda value: value["turns"].reverse()), "turn 1 does not"),
    "last turn missing": (with_json("playtests/", set_in("head_id", to=99)), "its last turn is missing"),
    "unknown kind of speaker": (with_json("playtests/", set_in("turns", 0, "kind", to="god")), "turns[0].kind"),
    "portrait missing": (with_json("characters/", set_in("portrait", to="0" * 64)), "a portrait is missing"),
    "portrait that is none": (portrait_is(b"MZ evil", "png"), "no PNG, JPEG, WebP or GIF picture"),
    "portrait bomb": (portrait_is(huge_picture(), "png"), "too many pixels"),
    "portrait of another kind": (portrait_is(picture("JPEG"), "png"), "not named after what it is"),
    "portrait under another name": (
        lambda members: sealed(members | {f"portraits/{'0' * 64}.png": picture()}),
        "not named after what it is",
    ),
}


def snapshot(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", HOSTILE)
def test_is_refused_whole(case: str, members: Members, target: Project, tmp_path: Path) -> None:
    change, words = HOSTILE[case]
    path = tmp_path / "evil.trpack"
    path.write_bytes(change(members))
    before = snapshot(tmp_path), snapshot(target.path.parent)
    with pytest.raises(UserError) as caught:
        import_pack(target, read_pack(path))
    assert caught.value.message.startswith("evil.trpack")
    assert any(word in caught.value.message for word in words.split("|")), caught.value.message
    assert caught.value.hint
    assert len(caught.value.message) < 500
    assert (snapshot(tmp_path), snapshot(target.path.parent)) == before
    assert target.undo_label() is None


def test_the_unchanged_pack_is_read(members: Members) -> None:
    """Otherwise the table would prove nothing."""
    assert read_pack(pack(members)).scenario == read_pack(sealed(members)).scenario


def test_folders_pipes_and_missing_files_are_refused(tmp_path: Path) -> None:
    for path, words in [(tmp_path, "is a folder"), (tmp_path / "gone.trpack", "does not exist")]:
        with pytest.raises(UserError, match=words):
            read_pack(path)
