"""Rows of a project as the documents of a pack, and what the project remembers about its packs."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session, SQLModel, col, select

from core.interchange.card_extra import members_of
from core.interchange.pack_documents import (
    BeatDocument,
    BeatLinkDocument,
    CharacterDocument,
    FragmentDocument,
    MemoryChangeDocument,
    PlaytestDocument,
    RelationshipsDocument,
    RoleDocument,
    ScenarioDocument,
    ScoreDocument,
    SummaryDocument,
    TurnDocument,
    TurnMarkDocument,
    make_document,
)
from core.interchange.pack_judges import with_judge
from core.library.lore import books_of, draft_of
from core.library.rows import find_living
from core.library.settings import get_setting, set_setting
from core.playtest.settings import MACHINE_SETTINGS
from core.project import Project
from models.asset import Asset
from models.beat import Beat, BeatLink
from models.character import Character
from models.fragment import Fragment
from models.judge import Judge
from models.lore import Lorebook
from models.memory import MemoryChange
from models.pin import Pin
from models.playtest import Playtest, Turn
from models.relationship import Relationship
from models.scenario import Role, Scenario
from models.score import Score
from models.summary import Summary
from models.turn_mark import TurnMark

AnyRow = TypeVar("AnyRow", Pin, TurnMark, Summary, MemoryChange)


class PackTerms(BaseModel):
    """What a pack says beside the scenario itself; remembered, so that the same pack can be built again."""

    model_config = ConfigDict(frozen=True)

    licence: str = ""
    authors: tuple[str, ...] = ()
    playtest_ids: tuple[str, ...] = ()
    with_shared_books: bool = True
    """Whether the lorebooks that the project has for all scenarios go along."""


def recall_terms(project: Project, scenario_id: str) -> PackTerms:
    """Returns the terms of the pack that a scenario came from, or that were remembered; else empty ones."""
    try:
        return PackTerms.model_validate(get_setting(project, terms_key(scenario_id), {}))
    except ValidationError:
        return PackTerms()


def remember_terms(project: Project, scenario_id: str, terms: PackTerms) -> None:
    """Keeps the terms in the project, under the scenario's id, for the next pack."""
    set_setting(project, terms_key(scenario_id), terms.model_dump(mode="json"))


def terms_key(scenario_id: str) -> str:
    """Returns the key of the setting that holds the terms of a scenario."""
    return f"pack_terms:{scenario_id}"


def character_document(session: Session, character_id: str) -> CharacterDocument | None:
    """Returns a character as a document, or None. Pictures and fragments that the project lost are left out."""
    character = session.get(Character, character_id)
    if character is None:
        return None
    there = {
        "portrait": character.portrait if has_asset(session, character.portrait) else None,
        "fragment_ids": [one for one in character.fragment_ids if find_living(session, Fragment, one) is not None],
        "layers": _with_known_pictures(session, character.layers),
        "lorebooks": [_book_fields(session, book) for book in books_of(session, character_id=character_id)],
    }
    return make_document(CharacterDocument, _fields(character, CharacterDocument) | there)


def portraits_of(character: CharacterDocument) -> set[str]:
    """Returns the pictures of a character: its portrait and its expressions."""
    expressions = set(character.persona.expressions.values())
    return expressions | {character.portrait} if character.portrait else expressions


def card_files_of(character: CharacterDocument) -> set[str]:
    """Returns the other files that came with the character's card, by SHA-256."""
    return set(members_of(character).values())


def fragment_document(session: Session, fragment_id: str) -> FragmentDocument | None:
    """Returns a fragment as a document, or None."""
    fragment = session.get(Fragment, fragment_id)
    return None if fragment is None else make_document(FragmentDocument, _fields(fragment, FragmentDocument))


def relationships_document(session: Session, character_ids: Collection[str]) -> RelationshipsDocument:
    """Returns what some characters are to each other."""
    rows = session.exec(select(Relationship).order_by(col(Relationship.character_id), col(Relationship.other_id)))
    among = [row.model_dump() for row in rows if {row.character_id, row.other_id} <= set(character_ids)]
    return make_document(RelationshipsDocument, {"relationships": among})


def scenario_document(session: Session, scenario_id: str, *, with_shared_books: bool = True) -> ScenarioDocument | None:
    """Returns a scenario with its roles, beats and lorebooks as a document, or None.

    Args:
        with_shared_books: Whether the lorebooks that the project has for all scenarios come after its own.
    """
    scenario = session.get(Scenario, scenario_id)
    if scenario is None:
        return None
    query = select(Role).where(Role.scenario_id == scenario_id).order_by(col(Role.position), col(Role.id))
    roles = [_fields(role, RoleDocument) for role in session.exec(query)]
    beats = session.exec(select(Beat).where(Beat.scenario_id == scenario_id).order_by(col(Beat.id)))
    links = session.exec(
        select(BeatLink)
        .where(BeatLink.scenario_id == scenario_id)
        .order_by(col(BeatLink.from_id), col(BeatLink.position), col(BeatLink.id))
    )
    books = books_of(session, scenario_id=scenario_id) + (books_of(session) if with_shared_books else [])
    parts = {
        "lorebooks": [_book_fields(session, book) for book in books],
        "roles": roles,
        "beats": [_fields(beat, BeatDocument) for beat in beats],
        "links": [_fields(link, BeatLinkDocument) for link in links],
    }
    return make_document(ScenarioDocument, _fields(scenario, ScenarioDocument) | parts)


def playtest_document(session: Session, playtest_id: str) -> PlaytestDocument | None:
    """Returns a playtest with all its turns and scores as a document, or None.

    The playtest is read before its turns, so that its last turn is among them even while it is being played.
    """
    playtest = session.get(Playtest, playtest_id)
    if playtest is None or playtest.scenario_id is None:
        return None
    turns = session.exec(select(Turn).where(Turn.playtest_id == playtest_id).order_by(col(Turn.id))).all()
    numbers: dict[int | None, int] = {turn.id: number for number, turn in enumerate(turns, start=1)}
    scores, said = _scores_by_turn(session, playtest_id), _said_by_turn(session, playtest_id)
    fields = _fields(playtest, PlaytestDocument)
    fields["settings"] = portable_settings(playtest.settings)
    fields["head_id"] = numbers.get(playtest.head_id)
    fields["turns"] = [
        _fields(turn, TurnDocument)
        | {"id": numbers[turn.id], "parent_id": numbers.get(turn.parent_id), "scores": scores.get(turn.id, [])}
        | said.get(turn.id, {})
        for turn in turns
    ]
    return make_document(PlaytestDocument, fields)


def portable_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Returns the settings of a playtest without those that are of one machine alone."""
    return {name: value for name, value in settings.items() if name not in MACHINE_SETTINGS}


def has_asset(session: Session, sha256: str | None) -> bool:
    """Tells whether the project holds a blob, without reading it."""
    return sha256 is not None and session.exec(select(Asset.sha256).where(Asset.sha256 == sha256)).first() is not None


def script_portraits(playtest: PlaytestDocument) -> set[str]:
    """Returns the portraits that the script of a playtest names."""
    parts = playtest.script.get("parts")
    characters = [part.get("character") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    portraits = [character.get("portrait") for character in characters if isinstance(character, dict)]
    return {portrait for portrait in portraits if isinstance(portrait, str)}


def _book_fields(session: Session, book: Lorebook) -> dict[str, Any]:
    draft = draft_of(session, book)
    for place, entry in enumerate(draft.entries):
        entry.place = place
    return draft.model_dump()


def _with_known_pictures(session: Session, layers: dict[str, Any]) -> dict[str, Any]:
    pictures = layers.get("expressions", {})
    known = {name: sha256 for name, sha256 in pictures.items() if has_asset(session, sha256)}
    return layers if known == pictures else {**layers, "expressions": known}


def _scores_by_turn(session: Session, playtest_id: str) -> dict[int | None, list[dict[str, Any]]]:
    query = select(Score).join(Turn, col(Score.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    judges = {judge.id: judge for judge in session.exec(select(Judge))}
    found: dict[int | None, list[dict[str, Any]]] = {}
    for score in session.exec(query.order_by(col(Score.id))):
        fields = _fields(score, ScoreDocument)
        fields["evidence"] = with_judge(fields["evidence"], judges.get(score.judge_id or ""))
        found.setdefault(score.turn_id, []).append(fields)
    return found


def _said_by_turn(session: Session, playtest_id: str) -> dict[int | None, dict[str, Any]]:
    """Returns pins, marks, summaries and changes of memories, by the turn that they belong to."""
    found: dict[int | None, dict[str, Any]] = {}

    def rows(table: type[AnyRow], *order: Any) -> Sequence[AnyRow]:
        turn_id: Any = col(table.turn_id)
        return session.exec(
            select(table).join(Turn, turn_id == col(Turn.id)).where(Turn.playtest_id == playtest_id).order_by(*order)
        ).all()

    for pin in rows(Pin):
        found.setdefault(pin.turn_id, {})["is_pinned"] = True
    for mark in rows(TurnMark):
        found.setdefault(mark.turn_id, {})["mark"] = _fields(mark, TurnMarkDocument)
    for summary in rows(Summary, col(Summary.id)):
        found.setdefault(summary.turn_id, {}).setdefault("summaries", []).append(_fields(summary, SummaryDocument))
    for change in rows(MemoryChange, col(MemoryChange.created_at), col(MemoryChange.id)):
        changes = found.setdefault(change.turn_id, {}).setdefault("memory_changes", [])
        changes.append(_fields(change, MemoryChangeDocument))
    return found


def _fields(row: SQLModel, document: type[SQLModel]) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name in document.model_fields}
