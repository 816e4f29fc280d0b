"""Builds scenario packs. Equal content gives equal bytes, on any machine: a pack names no time, app or machine."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlmodel import Session

from core.errors import UserError
from core.interchange.files import MEBIBYTE, new_file
from core.interchange.pack_archive import MAX_MEMBERS, MAX_TOTAL_BYTES, write_archive
from core.interchange.pack_documents import (
    CharacterDocument,
    FileEntry,
    Manifest,
    PlaytestDocument,
    ScenarioDocument,
    format_document,
)
from core.interchange.pack_read import MANIFEST, RELATIONSHIPS, SCENARIO
from core.interchange.pack_rows import (
    PackTerms,
    card_files_of,
    character_document,
    fragment_document,
    has_asset,
    playtest_document,
    portraits_of,
    recall_terms,
    relationships_document,
    scenario_document,
    script_portraits,
)
from core.interchange.pictures import SUFFIXES, check_picture
from core.library.assets import read_asset
from core.library.rows import find_living
from core.project import Project
from models.playtest import Playtest
from models.scenario import Scenario


def build_pack(
    project: Project,
    scenario_id: str,
    out: Path,
    playtest_ids: Sequence[str] | None = None,
    licence: str | None = None,
    authors: Sequence[str] | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Writes a scenario with its cast, and the playtests chosen, as one file. The project is only read.

    Args:
        playtest_ids: None, as for `licence` and `authors`: those of the pack that the scenario came from, or that
            `remember_terms` kept; else none.

    Raises:
        UserError: Something chosen is gone or cannot be packed, the pack would be too large to be read back, or the
            file exists or cannot be written. Nothing is left behind then.
    """
    terms = _settle_terms(project, scenario_id, playtest_ids, licence, authors)
    with project.reading() as session:
        documents, portraits, card_files = _collect(session, scenario_id, terms)
    blobs = dict(_blobs(project, portraits, card_files))
    files = {name: _entry(data) for name, data in documents.items()}
    files |= {name: entry for name, (_, entry) in blobs.items()}
    manifest = Manifest(licence=terms.licence, authors=list(terms.authors), files=files)
    manifest_data = format_document(manifest)
    _check_size(manifest, len(manifest_data))

    def members() -> Iterator[tuple[str, bytes]]:
        yield MANIFEST, manifest_data
        for name in sorted(files):
            yield name, documents[name] if name in documents else _read_blob(project, blobs[name][0])

    with new_file(out, overwrite=overwrite) as file:
        write_archive(file, members())


def _blobs(project: Project, portraits: set[str], card_files: set[str]) -> Iterator[tuple[str, tuple[str, FileEntry]]]:
    """Yields each picture and file by its name in the pack, with its SHA-256; none of them is kept in memory."""
    for sha256 in sorted(portraits):
        data, suffix = _read_portrait(project, sha256)
        yield f"portraits/{sha256}.{suffix}", (sha256, _entry(data))
    for sha256 in sorted(card_files):
        yield f"files/{sha256}.bin", (sha256, _entry(_read_blob(project, sha256)))


def _settle_terms(
    project: Project,
    scenario_id: str,
    playtest_ids: Sequence[str] | None,
    licence: str | None,
    authors: Sequence[str] | None,
) -> PackTerms:
    recalled = recall_terms(project, scenario_id)
    with project.reading() as session:
        kept = tuple(playtest_id for playtest_id in recalled.playtest_ids if _is_there(session, playtest_id))
    return PackTerms(
        licence=recalled.licence if licence is None else licence,
        authors=recalled.authors if authors is None else tuple(authors),
        playtest_ids=kept if playtest_ids is None else tuple(dict.fromkeys(playtest_ids)),
        with_shared_books=recalled.with_shared_books,
    )


def _is_there(session: Session, playtest_id: str) -> bool:
    return find_living(session, Playtest, playtest_id) is not None


def _collect(session: Session, scenario_id: str, terms: PackTerms) -> tuple[dict[str, bytes], set[str], set[str]]:
    """Returns the documents by member name, the pictures that they name, and the files that came with their cards."""
    is_there = find_living(session, Scenario, scenario_id) is not None
    shared = terms.with_shared_books
    scenario = scenario_document(session, scenario_id, with_shared_books=shared) if is_there else None
    if scenario is None:
        raise UserError("This scenario is not in the project any more.", "Undo may bring it back.")
    documents = {SCENARIO: format_document(scenario)}
    portraits: set[str] = set()
    card_files: set[str] = set()
    cast = _collect_cast(session, scenario)
    for character in cast:
        documents[f"characters/{character.id}.json"] = format_document(character)
        portraits |= portraits_of(character)
        card_files |= {sha256 for sha256 in card_files_of(character) if has_asset(session, sha256)}
        for fragment in filter(None, (fragment_document(session, one) for one in character.fragment_ids)):
            documents[f"fragments/{fragment.id}.json"] = format_document(fragment)
    relationships = relationships_document(session, [character.id for character in cast])
    if relationships.relationships:
        documents[RELATIONSHIPS] = format_document(relationships)
    for playtest_id in terms.playtest_ids:
        playtest = _require_playtest(session, playtest_id, scenario_id)
        documents[f"playtests/{playtest.id}.json"] = format_document(playtest)
        portraits |= {sha256 for sha256 in script_portraits(playtest) if has_asset(session, sha256)}
    return documents, portraits, card_files


def _collect_cast(session: Session, scenario: ScenarioDocument) -> list[CharacterDocument]:
    character_ids = dict.fromkeys(role.character_id for role in scenario.roles if role.character_id)
    return [one for one in (character_document(session, character_id) for character_id in character_ids) if one]


def _require_playtest(session: Session, playtest_id: str, scenario_id: str) -> PlaytestDocument:
    playtest = playtest_document(session, playtest_id) if _is_there(session, playtest_id) else None
    if playtest is None:
        raise UserError("A playtest that was chosen is not in the project any more.", "Choose again.")
    if playtest.scenario_id != scenario_id:
        raise UserError(f"{playtest.name} is a playtest of another scenario.", "Choose playtests of this scenario.")
    return playtest


def _read_portrait(project: Project, sha256: str) -> tuple[bytes, str]:
    """Returns a picture and the suffix of its name, from what it is rather than from what it was called."""
    data = _read_blob(project, sha256)
    return data, SUFFIXES[check_picture(data, "A portrait of the cast")]


def _read_blob(project: Project, sha256: str) -> bytes:
    asset = read_asset(project, sha256)
    if asset is None or hashlib.sha256(asset.data).hexdigest() != sha256:
        raise UserError("A picture or file of the cast is damaged in the project.", "Choose another one for it.")
    return asset.data


def _entry(data: bytes) -> FileEntry:
    return FileEntry(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))


def _check_size(manifest: Manifest, manifest_bytes: int) -> None:
    total_bytes = manifest_bytes + sum(entry.size_bytes for entry in manifest.files.values())
    if total_bytes > MAX_TOTAL_BYTES or len(manifest.files) >= MAX_MEMBERS:
        raise UserError(
            f"The pack would be larger than {MAX_TOTAL_BYTES // MEBIBYTE} MiB or {MAX_MEMBERS:,} files.",
            "Choose fewer playtests.",
        )
