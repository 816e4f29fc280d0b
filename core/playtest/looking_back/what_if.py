"""What if: one thing of a card, a role, the scenario or the world is changed, and a branch is played from there on.

The turns before stay as they were, with their scores, pins and memories. Those after are played with the same seeds,
and what people said and did there is said and done again, see `core.playtest.looking_back.retracing`.
Without a change the words are equal.

Sources: CFCRS (a counterfactual edit that keeps the flow of a conversation), Social Simulacra ("what if").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, SQLModel, col, select

from core.errors import UserError
from core.library.rows import require
from core.playtest.branch import Branch
from core.playtest.directing.acts import ACT_KEY, act_of
from core.playtest.script import Part, Script
from core.playtest.story.story_play import StoryPlay
from core.project import Project
from core.world.lexer import Misread
from models.character import CharacterBase
from models.fields import utc_now
from models.memory import MemoryChange
from models.persona import with_value
from models.pin import Pin
from models.playtest import Playtest, Turn, TurnBase
from models.scenario import RoleBase, ScenarioBase
from models.score import Score
from models.stage import StageRules
from models.summary import Summary
from models.turn_mark import TurnMark

LAYERS, STAGE = "layers", "stage"
MAX_LABEL_CHARS = 60


class Kind(StrEnum):
    """What is changed."""

    CHARACTER = "character"
    ROLE = "role"
    SCENARIO = "scenario"
    WORLD = "world"
    NOTHING = "nothing"
    """The branch is played again as it was."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change."""

    kind: Kind | str
    field: str = ""
    """Of a card: a field such as `description`, or a path of its layers such as `layers.social.age`. Of a role or the
    scenario: a field; also a rule such as `stage.memory.recall`. Of the world: nothing."""
    value: Any = None
    """What the field becomes, as JSON has it; of the world: effects that count from the start."""
    role_id: str = ""
    """Whose card or role it is."""


def start_what_if(project: Project, playtest_id: str, turn_id: int, change: Change) -> Playtest:
    """Adds a playtest that is another one up to a turn, and has one thing changed from there on. It plays nothing yet.

    Args:
        turn_id: The first turn that is to be played again.

    Raises:
        UserError: The turn is gone, or the change is not possible; then nothing was added.
    """
    branch = Branch(project, playtest_id)
    turn = branch.require(turn_id)
    head_id = branch.head_id
    after = branch.path_to(head_id)
    if turn.id not in {one.id for one in after}:  # a branch that is not being played
        after = branch.path_to(branch.tip_of(turn).id)
    before = branch.path_to(turn.parent_id)
    script, said = change_script(branch.script, before, change)
    document = {"kind": Kind(change.kind).value, "role": change.role_id, "field": change.field} | said
    with project.reading() as session:
        original = require(session, Playtest, playtest_id)
    playtest = Playtest(
        name=f"{original.name} · {_label(document)}"[:200],
        scenario_id=original.scenario_id,
        script=script.model_dump(mode="json"),
        settings=original.settings | {"taken_roles": {}},
        weights=original.weights,
        what_if={
            "playtest_id": playtest_id,
            "turn_id": turn_id,
            "head_id": after[-1].id,
            "number": turn.number,
            "n_turns": len(after) - len(before),
            "change": document,
        },
        deleted_at=utc_now(),
    )
    with project.append() as session:
        session.add(playtest)
        session.flush()
        playtest.head_id = _copy(session, playtest.id, before, change)
    with project.act(f"What if: {_label(document)}") as session:
        playtest = session.merge(playtest)
        playtest.deleted_at = None
    return playtest


def turns_after(playtest: Playtest) -> int:
    """Returns how many turns a playtest that asks "what if" is to play: as many as the original had."""
    n_turns = playtest.what_if.get("n_turns")
    return n_turns if isinstance(n_turns, int) and n_turns > 0 else 0


def change_script(script: Script, before: Sequence[TurnBase], change: Change) -> tuple[Script, dict[str, Any]]:
    """Returns the script with a change, and the values before and after as JSON.

    Args:
        before: The turns that stay: where a role was recast there, the card of its last character is changed.

    Raises:
        UserError: There is no such field, or it cannot have this value.
    """
    try:
        match Kind(change.kind):
            case Kind.NOTHING:
                return script, {}
            case Kind.WORLD:
                return _change_world(script, str(change.value))
            case Kind.SCENARIO:
                return _change_scenario(script, change)
            case _:
                return _change_part(script, before, change)
    except KeyError as error:
        raise UserError(f"There is no field “{change.field}” to change.", "Choose another one.") from error
    except (ValidationError, ValueError, TypeError) as error:
        raise UserError(f"“{change.field}” cannot have this value.", "Choose another one.") from error


def change_card(card: CharacterBase, field: str, value: Any) -> tuple[CharacterBase, Any]:
    """Returns a card with another value at a path, and the value before. Raises KeyError or ValueError."""
    document = card.model_dump(mode="json")
    if field.startswith(f"{LAYERS}."):
        path = field.removeprefix(f"{LAYERS}.")
        old = card.persona.get(path)
        changed = document | {LAYERS: with_value(document.get(LAYERS) or {}, path, value)}
    else:
        old = document[field]
        changed = document | {field: value}
    return CharacterBase.model_validate(changed), old


def _change_part(script: Script, before: Sequence[TurnBase], change: Change) -> tuple[Script, dict[str, Any]]:
    part = script.part(change.role_id)
    if part is None:
        raise UserError("This role is not in the cast.", "Choose another one.")
    if Kind(change.kind) is Kind.ROLE:
        old = part.role.model_dump(mode="json")[change.field]
        role = RoleBase.model_validate(part.role.model_dump() | {change.field: change.value})
        changed = part.model_copy(update={"role": role})
    else:
        card, old = change_card(part.character, change.field, change.value)
        changed = part.model_copy(update={"character": card})
        for turn in before:
            if _is_recast(turn, change.role_id):
                _, old = change_card(_document(turn), change.field, change.value)
    return _with_part(script, changed), {"before": old, "after": change.value}


def _with_part(script: Script, changed: Part) -> Script:
    parts = tuple(changed if part.role_id == changed.role_id else part for part in script.parts)
    changed_script = script.model_copy(update={"parts": parts})
    changed_script.check()
    return changed_script


def _change_scenario(script: Script, change: Change) -> tuple[Script, dict[str, Any]]:
    document = script.scenario.model_dump(mode="json")
    if change.field.startswith(f"{STAGE}."):
        path = change.field.removeprefix(f"{STAGE}.")
        rules = StageRules.read(script.scenario.stage)
        part, _, name = path.partition(".")
        old = rules.model_dump(mode="json")[part][name]
        changed = document | {STAGE: rules.with_value(path, change.value).to_document()}
    else:
        old = document[change.field]
        changed = document | {change.field: change.value}
    scenario = ScenarioBase.model_validate(changed)
    return script.model_copy(update={"scenario": scenario}), {"before": old, "after": change.value}


def _change_world(script: Script, effects: str) -> tuple[Script, dict[str, Any]]:
    whole = "\n".join(filter(None, (script.begin.changes, effects.strip())))
    changed = script.model_copy(update={"begin": script.begin.model_copy(update={"changes": whole})})
    try:
        StoryPlay(changed)  # says what is wrong with how it begins
    except Misread as error:
        raise UserError(
            f"“{effects}” cannot be read: {error.message}.", "Write effects, such as tension = 3."
        ) from error
    return changed, {"before": script.begin.changes, "after": effects.strip()}


def _copy(session: Session, playtest_id: str, path: Sequence[Turn], change: Change) -> int | None:
    """Copies turns and all that belongs to them; returns the id of the last one."""
    parent_id: int | None = None
    for turn in path:
        document = {name: getattr(turn, name) for name in TurnBase.model_fields}
        if Kind(change.kind) is Kind.CHARACTER and _is_recast(turn, change.role_id):
            document["record"] = _changed_recast(turn, change)
        copied = Turn.model_validate(
            document | {"playtest_id": playtest_id, "parent_id": parent_id, "number": turn.number}
        )
        session.add(copied)
        session.flush()
        copy_belongings(session, turn.id or 0, copied.id or 0, (Score, Summary, Pin, MemoryChange))
        mark = session.exec(select(TurnMark).where(TurnMark.turn_id == turn.id)).first()
        if mark is not None and mark.name:
            session.add(TurnMark(turn_id=copied.id or 0, name=mark.name))
        parent_id = copied.id
    return parent_id


def copy_belongings(session: Session, turn_id: int, copy_id: int, tables: Sequence[type[SQLModel]]) -> None:
    """Copies the rows of some tables that belong to a turn, for its copy."""
    for table in tables:
        for row in session.exec(select(table).where(col(getattr(table, "turn_id")) == turn_id)).all():  # noqa: B009
            fields = {name: value for name, value in row.model_dump().items() if name not in {"id", "turn_id"}}
            session.add(table(**fields, turn_id=copy_id))


def _is_recast(turn: TurnBase, role_id: str) -> bool:
    act = act_of(turn)
    return act.get("kind") == "cast" and act.get("role") == role_id


def _document(turn: TurnBase) -> CharacterBase:
    return CharacterBase.model_validate(act_of(turn).get("document"))


def _changed_recast(turn: TurnBase, change: Change) -> dict[str, Any]:
    card, _ = change_card(_document(turn), change.field, change.value)
    return turn.record | {ACT_KEY: act_of(turn) | {"document": card.model_dump(mode="json")}}


def _label(document: dict[str, Any]) -> str:
    if document["kind"] == Kind.NOTHING:
        return "played again"
    after = str(document.get("after", "")).split("\n")[0]
    what = after if document["kind"] == Kind.WORLD else f"{document['field']} = {after}"
    return what if len(what) <= MAX_LABEL_CHARS else f"{what[:MAX_LABEL_CHARS]}…"
