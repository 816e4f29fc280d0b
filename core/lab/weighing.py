"""Measures by log-probabilities on demand: of finished turns, or of a character at the end of a branch.

They run in the engine's background, as live scores do, and are committed one turn after the other.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace

from core.errors import UserError
from core.fidelity.interviews.respondent import OnItem, nobody_looks
from core.fidelity.interviews.role_knowledge import STRANGER, Limits, ask_role_items, make_items, score_role_knowledge
from core.fidelity.interviews.trust_play import play_trust_game, score_trust_game
from core.fidelity.logprobs import demanded, refusal, second_order, trust_game
from core.fidelity.logprobs.demanded import score_last_line, trial_of
from core.fidelity.logprobs.second_order import order_of, score_second_order
from core.fidelity.logprobs.verbaliser import Verbaliser
from core.fidelity.score import ScoreValue
from core.inference.request import Ask, Engine
from core.inference.unsupported import Unsupported
from core.lab.conversations import BranchConversation, as_conversation, as_heard
from core.lab.keeping import keep_scores
from core.lab.respondents import IsCancelled, Moment, ask_in_background, moment_of, never
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at
from core.playtest.writing.cast_engines import FindEngine
from core.project import Project
from models.branch_score import BranchScore
from models.persona import Layers
from models.playtest import SpeakerKind

TURN_METRICS = tuple(metric.name for metric in demanded.TURN_METRICS)
SPEAKER_METRICS = (trust_game.METRIC.name, refusal.METRIC.name)
CONVERSATION_METRICS = (second_order.METRIC.name,)
ROOM_TOKENS = 120
"""What a question to a character and its answer take at most."""


def weigh_turns(
    project: Project,
    engine: Engine,
    playtest_id: str,
    turn_ids: Sequence[int],
    metrics: Sequence[str],
    *,
    on_step: OnItem = nobody_looks,
    cancelled: IsCancelled = never,
) -> int:
    """Scores finished turns of characters; what is not a character's turn is passed over.

    Args:
        engine: Whose log-probabilities are asked; need not be the one that played.
        metrics: Of `TURN_METRICS`.

    Returns:
        How many scores were committed.

    Raises:
        CancelledError: It was cancelled; the turns that were done are kept.
        UserError: A metric cannot be had like this, a turn is gone, or the weights cannot be run.
    """
    _check(metrics, TURN_METRICS)
    branch, ask = Branch(project, playtest_id), ask_in_background(engine, cancelled)
    n_kept = 0
    for place, turn_id in enumerate(turn_ids):
        on_step(place, len(turn_ids))
        if cancelled():
            raise CancelledError
        if branch.require(turn_id).kind != SpeakerKind.CHARACTER:
            continue
        found = _weigh_turn(engine, ask, branch, turn_id, metrics)
        n_kept += keep_scores(project, [(turn_id, _with_weights(one, engine)) for one in found])
    on_step(len(turn_ids), len(turn_ids))
    return n_kept


def weigh_character(
    project: Project,
    engine: Engine,
    playtest_id: str,
    role_id: str,
    head_id: int,
    metrics: Sequence[str],
    *,
    seed: int = 0,
    find_engine: FindEngine | None = None,
    on_step: OnItem = nobody_looks,
    cancelled: IsCancelled = never,
) -> list[BranchScore]:
    """Asks a character after a turn, in a thrown-away branch, and keeps the scores of the branch that ends there.

    Args:
        metrics: Of `SPEAKER_METRICS`.

    Raises:
        CancelledError: It was cancelled; nothing is kept.
        UserError: A metric cannot be had like this, or the weights cannot be run.
    """
    _check(metrics, SPEAKER_METRICS)
    moment = moment_of(
        project,
        engine,
        playtest_id,
        role_id,
        head_id,
        room_tokens=ROOM_TOKENS,
        find_engine=find_engine,
        cancelled=cancelled,
    )
    others = [turn.speaker for turn in moment.path if turn.speaker_id != role_id and turn.kind == SpeakerKind.CHARACTER]
    score_of: Mapping[str, Callable[[], ScoreValue]] = {
        trust_game.METRIC.name: lambda: score_trust_game(play_trust_game(moment.respondent, on_step)),
        refusal.METRIC.name: lambda: _role_knowledge(moment, next(iter(others), STRANGER), seed, on_step),
    }
    found = [_unless_unsupported(name, score_of[name]) for name in metrics]
    return _keep_of_branch(project, moment.engine, playtest_id, head_id, role_id, found)


def weigh_branch(
    project: Project,
    engine: Engine,
    playtest_id: str,
    head_id: int,
    metrics: Sequence[str],
    *,
    seed: int = 0,
    cancelled: IsCancelled = never,
) -> list[BranchScore]:
    """Scores a branch as a whole and keeps that; `metrics` are of `CONVERSATION_METRICS`. Raises as `weigh_turns`."""
    _check(metrics, CONVERSATION_METRICS)
    branch, ask = Branch(project, playtest_id), ask_in_background(engine, cancelled)
    path = branch.path_to(branch.require(head_id).id)
    said = as_conversation(cast_at(branch.script, path), path)
    lane = f"{playtest_id}/second-order"
    found = [_unless_unsupported(name, lambda: _second_order(engine, ask, lane, said, seed)) for name in metrics]
    numbers = {turn.id: turn.number for turn in path}
    for item in (item for one in found for item in one.evidence.get("items", [])):
        item["turn"] = numbers[said.turn_ids[item["turn"] - 1]]
    return _keep_of_branch(project, engine, playtest_id, head_id, "", found)


def _weigh_turn(engine: Engine, ask: Ask, branch: Branch, turn_id: int, metrics: Sequence[str]) -> list[ScoreValue]:
    path = branch.path_to(turn_id)
    said = as_heard(cast_at(branch.script, path), path)
    if not said.turn_ids or said.turn_ids[-1] != turn_id:
        return [ScoreValue(name, None, "The turn has no words.") for name in metrics]
    lane = f"{branch.playtest_id}/weighing"
    return score_last_line(ask, lane, engine.info.sha256, said.about, said.lines, metrics)


def _second_order(engine: Engine, ask: Ask, lane: str, said: BranchConversation, seed: int) -> ScoreValue:
    """Tells false beliefs apart only by weights that can tell what contradicts what."""
    tuned, why = None, "No thought is about what another thinks."
    if any(order_of(line.thought) == 2 for line in said.lines):
        verbaliser = Verbaliser(ask, lane)
        trial = trial_of(verbaliser, engine.info.sha256)
        tuned = None if trial.reason else trial.tuned(verbaliser)
        why = trial.reason or "Judged by the weights."
    found = score_second_order(ask, lane, said.about, said.lines, seed, tuned, said.heard_before)
    return replace(found, evidence=found.evidence | {"false_beliefs": why})


def _role_knowledge(moment: Moment, other: str, seed: int, on_step: OnItem) -> ScoreValue:
    character = moment.part.character
    try:
        horizon = Layers.read(character.layers).horizon
        limits = Limits(horizon.date, horizon.place, tuple(horizon.unknown))
    except ValueError:
        limits = Limits()
    items = make_items(character.name, character.statements, limits, other, seed)
    return score_role_knowledge(items, ask_role_items(moment.respondent, items, on_step))


def _unless_unsupported(metric: str, score: Callable[[], ScoreValue]) -> ScoreValue:
    """What an engine such as a server cannot do for one metric it may still do for another."""
    try:
        return score()
    except Unsupported as error:
        return ScoreValue(metric, None, str(error))


def _check(metrics: Sequence[str], known: Sequence[str]) -> None:
    for name in metrics:
        if name not in known:
            raise UserError(f"“{name}” cannot be weighed like this.", f"Choose from: {', '.join(known)}.")


def _with_weights(found: ScoreValue, engine: Engine) -> ScoreValue:
    weighed_by = {"name": engine.info.name, "sha256": engine.info.sha256}
    return replace(found, evidence={**found.evidence, "weighed_by": weighed_by})


def _keep_of_branch(
    project: Project, engine: Engine, playtest_id: str, head_id: int, role_id: str, found: Sequence[ScoreValue]
) -> list[BranchScore]:
    rows = [
        BranchScore(
            playtest_id=playtest_id,
            head_id=head_id,
            role_id=role_id,
            metric=one.metric,
            value=one.value,
            reason=one.reason,
            evidence=_with_weights(one, engine).evidence,
        )
        for one in found
    ]
    with project.append() as session:
        session.add_all(rows)
    return rows
