"""What becomes of an act: judged by the world's rules, and told by template or by weights.

The weights answer under a grammar, so that whom an act touches is one of those present or nobody, and what changes is
legal. The rules have the last word on what happens; where the weights saw it otherwise, that is counted.

Sources: CharacterBox (one affected character at most, results without the acts), HAMLET (feasibility of acts on props).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.narrator.acts import Act
from core.narrator.feasibility import Verdict, affected_by, judge
from core.narrator.situation import Situation
from core.narrator.telling import Draw, tell_meters, tell_result
from core.narrator.telling_truly import why_not_told
from core.narrator.updates import after_updates, count_wrong, legal_updates, one_step_each
from core.narrator.voice import Said, Voice, ask_voice
from core.narrator.witnesses import witnesses


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of an act."""

    effects: str
    """What changed, in the language of `core.world.effects`."""
    text: str
    """One sentence, and one for each meter that moved."""
    by_weights: bool
    """Whether the weights wrote the sentence."""
    audience: tuple[str, ...]
    """Ids of the roles that perceive it."""
    record: dict[str, Any]
    """JSON; `affected` is the id of at most one role."""


def judge_act(situation: Situation, act: Act, line: str, draw: Draw, voice: Voice | None = None) -> Judgement | None:
    """Returns what came of an act; None when the user stopped meanwhile.

    Args:
        line: The turn in which the act was done.
        draw: Decides between ways to say it.
        voice: None: by the rules and by template alone.
    """
    verdict = judge(situation, act)
    seen_by = witnesses(situation, after_updates(situation, verdict.effects), act)
    if voice is None:
        after = after_updates(situation, verdict.effects)
        told = tell_result(after, act, verdict, line, draw)
        record = _record(act, verdict, affected_by(act) if verdict.feasible else None)
        return Judgement(verdict.effects, told, False, tuple(seen_by), record | {"text_from": "rules"})
    offered = legal_updates(situation, act) if voice.judges else []
    said = ask_voice(voice, situation, act, line, verdict, seen_by, offered)
    return None if said is None else _with_voice(situation, act, line, draw, voice, verdict, seen_by, offered, said)


def _with_voice(
    situation: Situation,
    act: Act,
    line: str,
    draw: Draw,
    voice: Voice,
    verdict: Verdict,
    seen_by: Sequence[str],
    offered: Sequence[str],
    said: Said,
) -> Judgement:
    agrees = said.feasible is verdict.feasible
    steps = one_step_each(situation, said.updates) if voice.moves_meters and agrees else {}
    effects = _joined([verdict.effects, *steps])
    after = after_updates(situation, effects)
    why_not = why_not_told(said, situation, after, act, verdict, line, seen_by)
    sentence = tell_result(after, act, verdict, line, draw) if why_not else said.sentence
    values = after.reader.variables()
    moved = tell_meters([(meter, int(values[meter])) for meter in steps.values()])
    affected = affected_by(act) if verdict.feasible else None
    if agrees and said.affected in seen_by and said.affected != act.role_id:
        affected = said.affected
    record = _record(act, verdict, affected) | {"text_from": "rules" if why_not else "weights"}
    record |= {"meters": list(steps)} if steps else {}
    record |= {"why_template": why_not} if why_not else {}
    if said.feasible is not None:
        record["weights"] = _compare(situation, verdict, said, offered, effects)
    return Judgement(effects, f"{sentence} {moved}".strip(), not why_not, tuple(seen_by), record)


def _record(act: Act, verdict: Verdict, affected: str | None) -> dict[str, Any]:
    record = {"act": act.to_document(), "feasible": verdict.feasible, "affected": affected, "effects": verdict.effects}
    return record | ({"reason": verdict.reason} if verdict.reason else {})


def _compare(situation: Situation, verdict: Verdict, said: Said, offered: Sequence[str], true: str) -> dict[str, Any]:
    """Returns what the weights said beside the truth, for people and for `core.narrator.mechanics`."""
    wrong, n_variables = count_wrong(situation, offered, _joined(said.updates), true)
    return {
        "feasible": said.feasible,
        "affected": said.affected,
        "updates": list(said.updates),
        "written": said.written,
        "n_event_errors": int(said.feasible is not verdict.feasible),
        "n_events": 1,
        "n_wrong_variables": wrong,
        "n_variables": n_variables,
    }


def _joined(effects: Iterable[str]) -> str:
    return "\n".join(filter(None, effects))
