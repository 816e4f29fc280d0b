"""A measure of the user's own, in words: a judge gives each turn a point from 1 to 5 by them."""

from collections.abc import Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import SYSTEM, not_judged, pinned, rating_evidence, write_critique
from core.fidelity.judged.excerpt import cut_text, estimate_tokens
from core.fidelity.judged.material import turn_material
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import Hide, JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Better, Metric
from core.fidelity.score import ScoreValue

VERSION = "own-rubric-1"
MAX_RUBRIC_TOKENS = 320


def rubric_metric(name: str, title: str, rubric: str, better: Better = "higher", how_to_read: str = "") -> JudgedMetric:
    """Returns the judged metric of a rubric.

    Args:
        name: Under which its scores are kept, `own.ID`.
        rubric: The user's words; what is longer than `MAX_RUBRIC_TOKENS` is not read, and the evidence says so.
    """
    metric = Metric(
        name=name,
        title=title,
        unit="points of 1 to 5",
        low=1.0,
        high=5.0,
        better=better,
        needs="judge",
        how_to_read=how_to_read or "How far a turn is what your rubric asks for; 5 is wholly so.",
        source="your own rubric",
        cost="judge",
        inputs="the turn, what came before it, and the persona",
        formula="sum over points k of k P(k), after a critique",
    )

    def judge_turn(judge: Judge, about: About, lines: Sequence[Line], place: int) -> tuple[ScoreValue, ...]:
        return (_judge(judge, name, rubric, about, lines, place),)

    def masked(hide: Hide) -> JudgedMetric:
        return rubric_metric(name, title, hide(rubric), better, how_to_read)

    return JudgedMetric((metric,), VERSION, judge_turn=judge_turn, masked=masked)


def _judge(judge: Judge, name: str, rubric: str, about: About, lines: Sequence[Line], place: int) -> ScoreValue:
    if not rubric.strip():
        return not_judged(name, judge, VERSION, NotJudged("The rubric is empty."))
    if not lines[place].text.strip():
        return not_judged(name, judge, VERSION, NotJudged("The turn has no words."))
    material = turn_material(about, lines, place)
    asked = f"The rubric of this scene's author:\n{cut_text(rubric, MAX_RUBRIC_TOKENS)}"
    task = f"{asked}\n\nHow far is {material.what} of {material.who} what this rubric asks for?"
    critique = write_critique(judge, material, task)
    if isinstance(critique, NotJudged):
        return not_judged(name, judge, VERSION, critique, material.evidence)
    scale = "5 is wholly, 3 is in part, 1 is not at all. Answer with one digit, from 1 to 5."
    noted = f"Notes of the judge: {cut_text(critique.why, 130)}"
    rating = judge.rate(Question(SYSTEM, f"{material.text}\n\n{noted}\n\n{task} {scale}"))
    if isinstance(rating, NotJudged):
        return not_judged(name, judge, VERSION, rating, material.evidence)
    was_cut = {"rubric_was_cut": True} if estimate_tokens(" ".join(rubric.split())) > MAX_RUBRIC_TOKENS else {}
    evidence = {**pinned(judge, VERSION), **material.evidence, **rating_evidence(rating), **critique.evidence()}
    return ScoreValue(name, rating.value, evidence={**evidence, **was_cut, "rubric": rubric})
