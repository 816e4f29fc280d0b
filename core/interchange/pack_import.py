"""Puts a pack into a project: one transaction, one undo step. Ids stay, so that the same pack can be built again.

What is in the project already, just so, is used as it is. What has the same id but other content is left alone, and
the pack's version is added under an id that depends on its content: importing the pack once more finds it again.
Playtests are self-contained: of a copy only its own id and its scenario's change, not the role ids in its script.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel, col, func, select

from core.interchange.pack_documents import (
    CharacterDocument,
    FragmentDocument,
    LorebookDocument,
    PlaytestDocument,
    ScenarioDocument,
    TurnDocument,
    canonical_bytes,
)
from core.interchange.pack_judges import PackJudges
from core.interchange.pack_read import Pack
from core.interchange.pack_rows import (
    PackTerms,
    card_files_of,
    character_document,
    fragment_document,
    playtest_document,
    portable_settings,
    portraits_of,
    scenario_document,
    script_portraits,
    terms_key,
)
from core.library.assets import store_asset
from core.library.kinds import Listed
from core.library.lore import insert_book
from core.library.role_ids import goals_with_roles, stage_with_roles, world_with_roles
from core.library.trash import bring_back
from core.project import Project
from models.beat import Beat, BeatLink
from models.character import Character
from models.fields import utc_now
from models.fragment import Fragment
from models.lore import LorebookDraft
from models.memory import MemoryChange
from models.pin import Pin
from models.playtest import Playtest, Turn
from models.relationship import Relationship
from models.scenario import Role, Scenario
from models.score import Score
from models.setting import Setting
from models.summary import Summary
from models.turn_mark import TurnMark

OTHER_FILE = "application/octet-stream"

Part = TypeVar("Part", Role, Beat, BeatLink)
Whole = TypeVar("Whole", CharacterDocument, FragmentDocument, ScenarioDocument, PlaytestDocument)


def import_pack(project: Project, pack: Pack) -> str:
    """Adds the scenario, cast and playtests of a pack to a project; returns the id of the scenario there.

    Undo takes them out again; playtests then lie in the trash, so that redo finds their turns.

    Raises:
        UserError: The pack's file has changed since it was read, or the project cannot be written. It stays as it was.
    """
    with project.act(f"Import {pack.scenario.name}") as session:
        fragment_ids = {fragment.id: _add_fragment(session, fragment) for fragment in pack.fragments}
        character_ids = {one.id: _add_character(session, pack, one, fragment_ids) for one in pack.characters}
        _add_relationships(session, pack, character_ids)
        scenario_id, with_shared_books = _add_scenario(session, pack.scenario, character_ids)
        playtest_ids = [
            _add_playtest(session, pack, pack.read_playtest(playtest.id), scenario_id) for playtest in pack.playtests
        ]
        kept = {"playtest_ids": tuple(playtest_ids), "with_shared_books": with_shared_books}
        _keep_terms(session, scenario_id, pack.terms.model_copy(update=kept))
    return scenario_id


def _settle(
    document: Whole,
    with_id: Callable[[str], Whole],
    existing: Callable[[Session, str], Sequence[Whole]],
    session: Session,
) -> tuple[Whole, bool]:
    """Finds the id under which a document can be in the project; returns it with that id, and whether it is new.

    Args:
        existing: What the project has under an id, in each form that may count as the same; empty: nothing.
    """
    candidate = document.id
    while True:
        wanted = with_id(candidate)
        present = existing(session, candidate)
        if not present or canonical_bytes(wanted) in map(canonical_bytes, present):
            return wanted, not present
        candidate = _derive_id(candidate, canonical_bytes(document))


def _only(find: Callable[[Session, str], Whole | None]) -> Callable[[Session, str], Sequence[Whole]]:
    def existing(session: Session, row_id: str) -> Sequence[Whole]:
        found = find(session, row_id)
        return [] if found is None else [found]

    return existing


def _scenario_forms(session: Session, scenario_id: str) -> Sequence[ScenarioDocument]:
    """A pack gives a scenario the shared books of its old project: here they may be shared as well, or its own."""
    forms = [scenario_document(session, scenario_id, with_shared_books=shared) for shared in (True, False)]
    return [form for form in forms if form is not None]


def _draft(book: LorebookDocument) -> LorebookDraft:
    return LorebookDraft.model_validate(book.model_dump())


def _derive_id(*parts: str | bytes) -> str:
    joined = b"\n".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(joined).hexdigest()[:16]


def _add_fragment(session: Session, fragment: FragmentDocument) -> str:
    settled, is_new = _settle(
        fragment, lambda new_id: fragment.model_copy(update={"id": new_id}), _only(fragment_document), session
    )
    if is_new:
        session.add(Fragment.model_validate(settled.model_dump()))
        session.flush()
    _take_out_of_trash(session, Fragment, settled.id)
    return settled.id


def _add_character(session: Session, pack: Pack, character: CharacterDocument, fragment_ids: dict[str, str]) -> str:
    character = character.model_copy(update={"fragment_ids": [fragment_ids[one] for one in character.fragment_ids]})
    settled, is_new = _settle(
        character, lambda new_id: character.model_copy(update={"id": new_id}), _only(character_document), session
    )
    if is_new:
        _store_portraits(session, pack, sorted(portraits_of(settled)))
        for sha256 in sorted(card_files_of(settled)):
            data = pack.read_file(sha256)
            if data is not None:
                store_asset(session, data, OTHER_FILE)
        session.add(Character.model_validate(settled.model_dump(exclude={"lorebooks"})))
        session.flush()
        for book in settled.lorebooks:
            insert_book(session, _draft(book), character_id=settled.id)
    _take_out_of_trash(session, Character, settled.id)
    return settled.id


def _add_relationships(session: Session, pack: Pack, character_ids: dict[str, str]) -> None:
    """Adds what the cast is to each other. What the project knows already of two characters stays as it is."""
    for edge in pack.relationships:
        pair = {"character_id": character_ids[edge.character_id], "other_id": character_ids[edge.other_id]}
        if session.exec(select(Relationship).filter_by(**pair)).first() is None:
            is_free = session.get(Relationship, edge.id) is None
            row_id = edge.id if is_free else _derive_id(edge.id, *pair.values())
            session.add(Relationship.model_validate(edge.model_dump() | pair | {"id": row_id}))
    session.flush()


def _add_scenario(session: Session, scenario: ScenarioDocument, character_ids: dict[str, str]) -> tuple[str, bool]:
    """Returns its id, and whether lorebooks that the project shares stand for some of its own."""

    def with_id(new_id: str) -> ScenarioDocument:
        role_ids = {role.id: _part_id(session, Role, scenario, role.id, new_id) for role in scenario.roles}
        roles = [
            role.model_copy(
                update={"id": role_ids[role.id], "character_id": character_ids.get(role.character_id or "")}
            )
            for role in scenario.roles
        ]
        own = {
            "id": new_id,
            "roles": roles,
            "greeting_role_id": role_ids.get(scenario.greeting_role_id or ""),
            "world": world_with_roles(scenario.world, role_ids),
            "stage": stage_with_roles(scenario.stage, role_ids),
        }
        return scenario.model_copy(update=own | _graph_with_ids(session, scenario, new_id, role_ids))

    settled, is_new = _settle(scenario, with_id, _scenario_forms, session)
    own_books = scenario_document(session, settled.id, with_shared_books=False)
    with_shared_books = own_books is not None and len(own_books.lorebooks) < len(settled.lorebooks)
    if is_new:
        session.add(Scenario.model_validate(settled.model_dump(exclude={"roles", "beats", "links", "lorebooks"})))
        session.flush()
        own = {"scenario_id": settled.id}
        session.add_all(Role.model_validate(role.model_dump() | own) for role in settled.roles)
        session.add_all(Beat.model_validate(beat.model_dump() | own) for beat in settled.beats)
        session.flush()
        session.add_all(BeatLink.model_validate(link.model_dump() | own) for link in settled.links)
        session.flush()
        for book in settled.lorebooks:
            insert_book(session, _draft(book), scenario_id=settled.id)
    _take_out_of_trash(session, Scenario, settled.id)
    return settled.id, with_shared_books


def _graph_with_ids(
    session: Session, scenario: ScenarioDocument, new_scenario_id: str, role_ids: dict[str, str]
) -> dict[str, Any]:
    """Returns the beats and links of a scenario as they are under its new id, in the order of a document."""
    beat_ids = {beat.id: _part_id(session, Beat, scenario, beat.id, new_scenario_id) for beat in scenario.beats}
    beats = [
        beat.model_copy(update={"id": beat_ids[beat.id], "goals": goals_with_roles(beat.goals, role_ids)})
        for beat in scenario.beats
    ]
    links = [
        link.model_copy(
            update={
                "id": _part_id(session, BeatLink, scenario, link.id, new_scenario_id),
                "from_id": beat_ids[link.from_id],
                "to_id": beat_ids[link.to_id],
            }
        )
        for link in scenario.links
    ]
    return {
        "beats": sorted(beats, key=lambda beat: beat.id),
        "links": sorted(links, key=lambda link: (link.from_id, link.position, link.id)),
    }


def _part_id(
    session: Session,
    table: type[Part],
    scenario: ScenarioDocument,
    part_id: str,
    new_scenario_id: str,
) -> str:
    """Keeps the id of a part, unless its scenario is a copy or the id belongs to another scenario."""
    present = session.get(table, part_id)
    is_free = present is None or present.scenario_id == new_scenario_id
    return part_id if new_scenario_id == scenario.id and is_free else _derive_id(new_scenario_id, part_id)


def _add_playtest(session: Session, pack: Pack, playtest: PlaytestDocument, scenario_id: str) -> str:
    playtest = playtest.model_copy(update={"settings": portable_settings(playtest.settings)})
    settled, is_new = _settle(
        playtest,
        lambda new_id: playtest.model_copy(update={"id": new_id, "scenario_id": scenario_id}),
        _only(playtest_document),
        session,
    )
    if is_new:
        _store_portraits(session, pack, script_portraits(settled))
        _insert_playtest(session, settled)
    _take_out_of_trash(session, Playtest, settled.id)
    return settled.id


def _take_out_of_trash(session: Session, table: type[Listed], row_id: str) -> None:
    row = session.get(table, row_id)
    if row is not None:
        bring_back(session, row)
        session.flush()


def _insert_playtest(session: Session, playtest: PlaytestDocument) -> None:
    """Adds a playtest with all its turns, in the trash and past the ledger: undo must not delete turns."""
    fields = playtest.model_dump(exclude={"turns", "head_id"})
    session.execute(insert(Playtest).values(**fields, deleted_at=utc_now()))
    first_id = (session.exec(select(func.max(col(Turn.id)))).one() or 0) + 1
    session.add_all(_turn_row(turn, playtest.id, first_id) for turn in playtest.turns)
    session.flush()
    _insert_scores(session, playtest.turns, first_id)
    _insert_said_of_turns(session, playtest.turns, first_id)
    if playtest.head_id is not None:
        head_id = first_id + playtest.head_id - 1
        session.execute(update(Playtest).where(col(Playtest.id) == playtest.id).values(head_id=head_id))


def _turn_row(turn: TurnDocument, playtest_id: str, first_id: int) -> Turn:
    parent_id = None if turn.parent_id is None else first_id + turn.parent_id - 1
    own = {"id": first_id + turn.id - 1, "parent_id": parent_id, "playtest_id": playtest_id}
    return Turn.model_validate(
        turn.model_dump(exclude={"scores", "summaries", "is_pinned", "mark", "memory_changes"}) | own
    )


def _insert_scores(session: Session, turns: Iterable[TurnDocument], first_turn_id: int) -> None:
    next_id = (session.exec(select(func.max(col(Score.id)))).one() or 0) + 1
    judges = PackJudges(session)
    for turn in turns:
        for score in turn.scores:
            judge_id = judges.id_of(score.metric, score.evidence)
            own = {"id": next_id, "turn_id": first_turn_id + turn.id - 1, "judge_id": judge_id}
            session.add(Score.model_validate(score.model_dump() | own))
            next_id += 1
    session.flush()


def _insert_said_of_turns(session: Session, turns: Iterable[TurnDocument], first_turn_id: int) -> None:
    """Adds what people and weights said of turns, past the ledger like the turns themselves."""
    rows: list[SQLModel] = []
    for turn in turns:
        own = {"turn_id": first_turn_id + turn.id - 1}
        rows += [Summary.model_validate(one.model_dump() | own) for one in turn.summaries]
        rows += [MemoryChange.model_validate(one.model_dump() | own) for one in turn.memory_changes]
        rows += [Pin.model_validate(own)] if turn.is_pinned else []
        rows += [TurnMark.model_validate(turn.mark.model_dump() | own)] if turn.mark is not None else []
    for row in rows:
        session.execute(insert(type(row)).values(**row.model_dump(exclude_none=True)))


def _store_portraits(session: Session, pack: Pack, portraits: Iterable[str]) -> None:
    for sha256 in portraits:
        portrait = pack.read_portrait(sha256)
        if portrait is not None:
            store_asset(session, *portrait)


def _keep_terms(session: Session, scenario_id: str, terms: PackTerms) -> None:
    session.merge(Setting(key=terms_key(scenario_id), value=terms.model_dump(mode="json")))
