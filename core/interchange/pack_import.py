"""Puts a pack into a project: one transaction, one undo step. Ids stay, so that the same pack can be built again.

What is in the project already, just so, is used as it is. What has the same id but other content is left alone, and
the pack's version is added under an id that depends on its content: importing the pack once more finds it again.
Playtests are self-contained: of a copy only its own id and its scenario's change, not the role ids in its script.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import insert, update
from sqlmodel import Session, col, func, select

from core.interchange.pack_documents import (
    CharacterDocument,
    PlaytestDocument,
    ScenarioDocument,
    TurnDocument,
    canonical_bytes,
)
from core.interchange.pack_read import Pack
from core.interchange.pack_rows import (
    PackTerms,
    character_document,
    playtest_document,
    portable_settings,
    scenario_document,
    script_portraits,
    terms_key,
)
from core.library.assets import store_asset
from core.project import Project
from models.character import Character
from models.fields import utc_now
from models.playtest import Playtest, Turn
from models.scenario import Role, Scenario
from models.score import Score
from models.setting import Setting

Whole = TypeVar("Whole", CharacterDocument, ScenarioDocument, PlaytestDocument)


def import_pack(project: Project, pack: Pack) -> str:
    """Adds the scenario, cast and playtests of a pack to a project; returns the id of the scenario there.

    Undo takes them out again; playtests then lie in the trash, so that redo finds their turns.

    Raises:
        UserError: The pack's file has changed since it was read, or the project cannot be written. It stays as it was.
    """
    with project.act(f"Import {pack.scenario.name}") as session:
        character_ids = {character.id: _add_character(session, pack, character) for character in pack.characters}
        scenario_id = _add_scenario(session, pack.scenario, character_ids)
        playtest_ids = [
            _add_playtest(session, pack, pack.read_playtest(playtest.id), scenario_id) for playtest in pack.playtests
        ]
        _keep_terms(session, scenario_id, pack.terms, playtest_ids)
    return scenario_id


def _settle(
    document: Whole, with_id: Callable[[str], Whole], existing: Callable[[Session, str], Whole | None], session: Session
) -> tuple[Whole, bool]:
    """Finds the id under which a document can be in the project; returns it with that id, and whether it is new."""
    candidate = document.id
    while True:
        wanted = with_id(candidate)
        present = existing(session, candidate)
        if present is None or canonical_bytes(present) == canonical_bytes(wanted):
            return wanted, present is None
        candidate = _derive_id(candidate, canonical_bytes(document))


def _derive_id(*parts: str | bytes) -> str:
    joined = b"\n".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(joined).hexdigest()[:16]


def _add_character(session: Session, pack: Pack, character: CharacterDocument) -> str:
    settled, is_new = _settle(
        character, lambda new_id: character.model_copy(update={"id": new_id}), character_document, session
    )
    if is_new:
        _store_portraits(session, pack, [settled.portrait] if settled.portrait else [])
        session.add(Character.model_validate(settled.model_dump()))
        session.flush()
    return settled.id


def _add_scenario(session: Session, scenario: ScenarioDocument, character_ids: dict[str, str]) -> str:
    def with_id(new_id: str) -> ScenarioDocument:
        role_ids = {role.id: _role_id(session, scenario, role.id, new_id) for role in scenario.roles}
        roles = [
            role.model_copy(
                update={"id": role_ids[role.id], "character_id": character_ids.get(role.character_id or "")}
            )
            for role in scenario.roles
        ]
        greeting_role_id = role_ids.get(scenario.greeting_role_id or "")
        return scenario.model_copy(update={"id": new_id, "roles": roles, "greeting_role_id": greeting_role_id})

    settled, is_new = _settle(scenario, with_id, scenario_document, session)
    if is_new:
        session.add(Scenario.model_validate(settled.model_dump(exclude={"roles"})))
        session.flush()
        session.add_all(Role.model_validate(role.model_dump() | {"scenario_id": settled.id}) for role in settled.roles)
        session.flush()
    return settled.id


def _role_id(session: Session, scenario: ScenarioDocument, role_id: str, new_scenario_id: str) -> str:
    """Keeps the id of a role, unless its scenario is a copy or the id belongs to another scenario."""
    present = session.get(Role, role_id)
    is_free = present is None or present.scenario_id == new_scenario_id
    return role_id if new_scenario_id == scenario.id and is_free else _derive_id(new_scenario_id, role_id)


def _add_playtest(session: Session, pack: Pack, playtest: PlaytestDocument, scenario_id: str) -> str:
    playtest = playtest.model_copy(update={"settings": portable_settings(playtest.settings)})
    settled, is_new = _settle(
        playtest,
        lambda new_id: playtest.model_copy(update={"id": new_id, "scenario_id": scenario_id}),
        playtest_document,
        session,
    )
    if is_new:
        _store_portraits(session, pack, script_portraits(settled))
        _insert_playtest(session, settled)
    row = session.get(Playtest, settled.id)
    if row is not None and row.deleted_at is not None:
        row.deleted_at = None
        session.add(row)
        session.flush()
    return settled.id


def _insert_playtest(session: Session, playtest: PlaytestDocument) -> None:
    """Adds a playtest with all its turns, in the trash and past the ledger: undo must not delete turns."""
    fields = playtest.model_dump(exclude={"turns", "head_id"})
    session.execute(insert(Playtest).values(**fields, deleted_at=utc_now()))
    first_id = (session.exec(select(func.max(col(Turn.id)))).one() or 0) + 1
    session.add_all(_turn_row(turn, playtest.id, first_id) for turn in playtest.turns)
    session.flush()
    _insert_scores(session, playtest.turns, first_id)
    if playtest.head_id is not None:
        head_id = first_id + playtest.head_id - 1
        session.execute(update(Playtest).where(col(Playtest.id) == playtest.id).values(head_id=head_id))


def _turn_row(turn: TurnDocument, playtest_id: str, first_id: int) -> Turn:
    parent_id = None if turn.parent_id is None else first_id + turn.parent_id - 1
    own = {"id": first_id + turn.id - 1, "parent_id": parent_id, "playtest_id": playtest_id}
    return Turn.model_validate(turn.model_dump(exclude={"scores"}) | own)


def _insert_scores(session: Session, turns: Iterable[TurnDocument], first_turn_id: int) -> None:
    next_id = (session.exec(select(func.max(col(Score.id)))).one() or 0) + 1
    for turn in turns:
        for score in turn.scores:
            own = {"id": next_id, "turn_id": first_turn_id + turn.id - 1}
            session.add(Score.model_validate(score.model_dump() | own))
            next_id += 1
    session.flush()


def _store_portraits(session: Session, pack: Pack, portraits: Iterable[str]) -> None:
    for sha256 in portraits:
        portrait = pack.read_portrait(sha256)
        if portrait is not None:
            store_asset(session, *portrait)


def _keep_terms(session: Session, scenario_id: str, terms: PackTerms, playtest_ids: list[str]) -> None:
    kept = terms.model_copy(update={"playtest_ids": tuple(playtest_ids)})
    session.merge(Setting(key=terms_key(scenario_id), value=kept.model_dump(mode="json")))
