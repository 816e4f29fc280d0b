"""Reads scenario packs: nothing of a pack is used before all of it has been checked."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.errors import UserError
from core.interchange.files import MEBIBYTE
from core.interchange.json_text import parse_json
from core.interchange.pack_archive import Archive, open_archive
from core.interchange.pack_documents import (
    FORMAT,
    MAX_DOCUMENT_BYTES,
    SCHEMA_VERSION,
    CharacterDocument,
    Document,
    FragmentDocument,
    Manifest,
    PlaytestDocument,
    RelationshipDocument,
    RelationshipsDocument,
    ScenarioDocument,
    parse_document,
)
from core.interchange.pack_references import PackReferences
from core.interchange.pack_rows import PackTerms
from core.interchange.pictures import MAX_PICTURE_BYTES, SUFFIXES, check_picture

MANIFEST, SCENARIO, RELATIONSHIPS = "manifest.json", "scenario.json", "relationships.json"

_MEMBER = re.compile(
    r"scenario\.json|relationships\.json|(?:characters|fragments|playtests)/[A-Za-z0-9_-]{1,64}\.json"
    rf"|portraits/[0-9a-f]{{64}}\.(?:{'|'.join(SUFFIXES.values())})|files/[0-9a-f]{{64}}\.bin"
)
MAX_CARD_FILE_BYTES = 64 * MEBIBYTE
_MAX_MANIFEST_BYTES = 4 * MEBIBYTE

Named = TypeVar("Named", CharacterDocument, FragmentDocument, PlaytestDocument)


@dataclass(frozen=True, slots=True)
class PlaytestSummary:
    """What a list of playtests shows."""

    id: str
    name: str
    n_turns: int
    n_scores: int


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that has passed every check. Playtests and portraits stay in the file until they are asked for."""

    source: Path | bytes
    name: str
    manifest: Manifest
    scenario: ScenarioDocument
    characters: tuple[CharacterDocument, ...]
    fragments: tuple[FragmentDocument, ...]
    relationships: tuple[RelationshipDocument, ...]
    playtests: tuple[PlaytestSummary, ...]

    @property
    def terms(self) -> PackTerms:
        """Licence, authors and which playtests."""
        return PackTerms(
            licence=self.manifest.licence,
            authors=tuple(self.manifest.authors),
            playtest_ids=tuple(playtest.id for playtest in self.playtests),
        )

    def read_playtest(self, playtest_id: str) -> PlaytestDocument:
        """Reads a playtest from the file. Raises UserError when the file has changed since."""
        with open_archive(self.source, self.name) as archive:
            return _Reader(archive, self.name, self.manifest).playtest(playtest_id)

    def read_portrait(self, sha256: str) -> tuple[bytes, str] | None:
        """Reads a portrait and its media type from the file; None when the pack has none of that name."""
        for media_type, suffix in SUFFIXES.items():
            member = f"portraits/{sha256}.{suffix}"
            if member in self.manifest.files:
                with open_archive(self.source, self.name) as archive:
                    return _Reader(archive, self.name, self.manifest).member(member, MAX_PICTURE_BYTES), media_type
        return None

    def read_file(self, sha256: str) -> bytes | None:
        """Reads a file that came with a card; None when the pack has none of that name."""
        member = f"files/{sha256}.bin"
        if member not in self.manifest.files:
            return None
        with open_archive(self.source, self.name) as archive:
            return _Reader(archive, self.name, self.manifest).member(member, MAX_CARD_FILE_BYTES)


def read_pack(source: Path | bytes, name: str = "") -> Pack:
    """Reads and checks a pack.

    Args:
        source: A file, or its content.
        name: What it is called in messages; the name of the file when empty.

    Raises:
        UserError: No pack, newer, damaged, incomplete, or hostile. It is refused whole.
    """
    name = name or (source.name if isinstance(source, Path) else "The pack")
    with open_archive(source, name) as archive:
        manifest = _read_manifest(archive, name)
        _check_list(archive, manifest, name)
        reader = _Reader(archive, name, manifest)
        scenario = reader.document(ScenarioDocument, SCENARIO)
        characters = tuple(reader.named(CharacterDocument, "characters"))
        fragments = tuple(reader.named(FragmentDocument, "fragments"))
        relationships = reader.relationships()
        reader.check_portraits()
        reader.check_files()
        checks = PackReferences(scenario, characters, fragments, relationships, manifest)
        fault = checks.find_fault()
        if fault:
            raise _inconsistent(name, fault)
        playtests = tuple(_summarise(playtest, scenario, name) for playtest in reader.playtests())
    return Pack(source, name, manifest, scenario, characters, fragments, relationships, playtests)


def describe_pack(pack: Pack) -> dict[str, Any]:
    """Returns what a pack holds, as plain JSON: its manifest, scenario, cast and playtests."""
    names = {character.id: character.name for character in pack.characters}
    cast = [{"role": role.name, "character": names.get(role.character_id or "")} for role in pack.scenario.roles]
    return {
        **pack.manifest.model_dump(mode="json"),
        "scenario": pack.scenario.model_dump(mode="json", include={"id", "name", "summary", "setting", "rules"}),
        "cast": cast,
        "playtests": [
            {"id": playtest.id, "name": playtest.name, "turns": playtest.n_turns, "scores": playtest.n_scores}
            for playtest in pack.playtests
        ],
    }


class _Reader:
    """Reads members, each against its checksum."""

    def __init__(self, archive: Archive, name: str, manifest: Manifest) -> None:
        self._archive = archive
        self._name = name
        self._manifest = manifest

    def member(self, member: str, max_bytes: int) -> bytes:
        data = self._archive.read(member, max_bytes)
        entry = self._manifest.files[member]
        if len(data) != entry.size_bytes or hashlib.sha256(data).hexdigest() != entry.sha256:
            raise UserError(
                f"{self._name}: {member} is not what the manifest says (its checksum differs).",
                "The pack was damaged or changed: get it again; nothing was imported.",
            )
        return data

    def document(self, model: type[Document], member: str) -> Document:
        data = self.member(member, MAX_DOCUMENT_BYTES)
        return parse_document(model, data, f"{self._name}: {member}", self._manifest.schema_version)

    def named(self, model: type[Named], folder: str) -> Iterator[Named]:
        """Reads all documents of a folder, each named after its id."""
        for member in self._members(f"{folder}/"):
            document = self.document(model, member)
            if member.rpartition("/")[2] != f"{document.id}.json":
                raise _inconsistent(self._name, f"{member} holds {document.id}")
            yield document

    def relationships(self) -> tuple[RelationshipDocument, ...]:
        if RELATIONSHIPS not in self._manifest.files:
            return ()
        return tuple(self.document(RelationshipsDocument, RELATIONSHIPS).relationships)

    def playtests(self) -> Iterator[PlaytestDocument]:
        for playtest in self.named(PlaytestDocument, "playtests"):
            yield playtest.check_tree(f"{self._name}: playtests/{playtest.id}.json")

    def playtest(self, playtest_id: str) -> PlaytestDocument:
        member = f"playtests/{playtest_id}.json"
        return self.document(PlaytestDocument, member).check_tree(f"{self._name}: {member}")

    def check_portraits(self) -> None:
        """Decodes each picture once, for they will be shown."""
        for member in self._members("portraits/"):
            media_type = check_picture(self.member(member, MAX_PICTURE_BYTES), f"{self._name}: {member}")
            stem, _, suffix = member.rpartition("/")[2].partition(".")
            if SUFFIXES[media_type] != suffix or self._manifest.files[member].sha256 != stem:
                raise _inconsistent(self._name, f"{member} is not named after what it is")

    def check_files(self) -> None:
        """Reads each file of a card once: nothing of a pack is used before all of it has been checked."""
        for member in self._members("files/"):
            self.member(member, MAX_CARD_FILE_BYTES)
            if member != f"files/{self._manifest.files[member].sha256}.bin":
                raise _inconsistent(self._name, f"{member} is not named after what it is")

    def _members(self, folder: str) -> list[str]:
        return sorted(member for member in self._manifest.files if member.startswith(folder))


def _read_manifest(archive: Archive, name: str) -> Manifest:
    if MANIFEST not in archive.sizes_bytes:
        raise UserError(f"{name} is not a scenario pack: it has no manifest.", "Choose a file that ends in .trpack.")
    data = archive.read(MANIFEST, _MAX_MANIFEST_BYTES)
    value = parse_json(data, f"{name}: {MANIFEST}", _MAX_MANIFEST_BYTES, strict=True)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UserError(f"{name} is not a scenario pack.", "Choose a file that ends in .trpack.")
    version = value.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise UserError(
            f"{name} was made by a newer version of Tableread (pack schema {version}, not {SCHEMA_VERSION}).",
            "Update Tableread to import it.",
        )
    known = version if type(version) is int and version >= 1 else SCHEMA_VERSION
    return parse_document(Manifest, data, f"{name}: {MANIFEST}", known)


def _check_list(archive: Archive, manifest: Manifest, name: str) -> None:
    present, listed = set(archive.sizes_bytes) - {MANIFEST}, set(manifest.files)
    odd = sorted(member for member in listed if not _MEMBER.fullmatch(member))
    for members, what in (
        (sorted(present - listed), "is in the pack, but not in its manifest"),
        (sorted((listed | {SCENARIO}) - present), "is in the manifest, but missing"),
        (odd, "has no place in a pack"),
    ):
        if members:
            raise _inconsistent(name, f"{members[0][:100]} {what}")


def _summarise(playtest: PlaytestDocument, scenario: ScenarioDocument, name: str) -> PlaytestSummary:
    if playtest.scenario_id != scenario.id:
        raise _inconsistent(name, f"the playtest {playtest.id} is of another scenario")
    n_scores = sum(len(turn.scores) for turn in playtest.turns)
    return PlaytestSummary(playtest.id, playtest.name, len(playtest.turns), n_scores)


def _inconsistent(name: str, why: str) -> UserError:
    return UserError(f"{name} does not fit together: {why}.", "Have the pack made again; nothing was imported.")
