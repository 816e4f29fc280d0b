"""What is known of a judge before it is asked: its row, its licence, whether its weights played. Knows no Qt."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import col, func, select

from core.app_settings import Server
from core.errors import UserError
from core.fidelity.judging.licence import Licence, read_licence
from core.inference.engine_choice import EngineChoice
from core.inference.request import WeightsSettings
from core.inference.weights.notes import hash_of, open_notes
from core.library.judges import list_judges
from core.project import Project
from models.judge import Judge
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class Standing:
    """How a judge stands in a project."""

    row: Judge | None = None
    """None: it was never asked here."""
    licence: Licence | None = None
    """None: it was not examined yet."""
    played: tuple[str, ...] = ()
    """Names of those whose lines these weights wrote in the playtest."""


def read_standing(project: Project, choice: EngineChoice, playtest_id: str, row_id: str = "") -> Standing:
    """Returns what is known. For a thread that may wait for a disk.

    Args:
        row_id: The judge's row where it is known from having asked it; else it is found by the hash of its weights.
    """
    sha256 = known_sha256(choice)
    row = next((one for one in list_judges(project) if row_id == one.id), None)
    if row is None and sha256:
        row = next((one for one in list_judges(project) if one.weights_sha256 == sha256), None)
    sha256 = row.weights_sha256 if row is not None else sha256
    return Standing(
        row,
        read_licence(row.licence) if row is not None else None,
        _read_played(project, playtest_id, sha256) if playtest_id and sha256 else (),
    )


def known_sha256(choice: EngineChoice) -> str:
    """Returns the hash that a judge of this choice is known by; empty where it cannot be found out."""
    if isinstance(choice, WeightsSettings):
        with suppress(OSError, UserError), open_notes() as notes:
            return hash_of(choice.path, notes)
        return ""
    return _server_sha256(choice)


def _server_sha256(server: Server) -> str:
    """As `core.lab.judging.identity_of`: by its address and model."""
    return hashlib.sha256(f"{server.base_url}#{server.model}".encode()).hexdigest() if server.model else ""


def _read_played(project: Project, playtest_id: str, sha256: str) -> tuple[str, ...]:
    weights = func.json_extract(Turn.record, "$.weights.sha256")
    query = (
        select(Turn.speaker)
        .where(Turn.playtest_id == playtest_id, func.json_valid(Turn.record), weights == sha256)
        .order_by(col(Turn.id))
        .distinct()
    )
    with project.reading() as session:
        return tuple(dict.fromkeys(session.exec(query)))
