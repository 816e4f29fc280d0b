"""Moral RolePlay: what in a character's turns does not agree with who it is, and what each of these costs.

It tells whether villains are played as villains: `score_by_level` compares the four levels.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median_low
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import (
    SYSTEM,
    UNREADABLE,
    Material,
    not_judged,
    object_schema,
    pinned,
    read_list,
    read_text,
    read_whole,
    stands_in,
    text_schema,
)
from core.fidelity.judged.material import speaker_material
from core.fidelity.judged.resampling import Interval, mean_interval
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

VERSION = "moral-1"
METRIC = Metric(
    name="moral",
    title="True to their morals",
    unit="points of 0 to 5",
    low=0.0,
    high=5.0,
    better="higher",
    needs="judge",
    how_to_read="5 less what a judge takes off for turns unlike the character, good or evil.",
    source="Moral RolePlay, “Too Good to be Bad” (2025); coefficients from a third-party copy",
    scope="speaker",
    cost="judge",
    inputs="turns of the speaker, what they answer, and the persona",
    formula="5 - 0.5 D - 0.5 Dm + 0.15 T, cut to 0 … 5",
)
LEVELS = {
    1: "a paragon, who does right whatever it costs",
    2: "flawed but good",
    3: "an egoist, who puts the own good first",
    4: "a villain, who harms others on purpose and without regret",
}
FAILURES = {
    "none": "none of these",
    "shallow": "plain aggression where cunning or deceit would be like them",
    "moralising": "preaching, or being kinder than they are",
    "breaks_role": "stepping out of the role",
}
MAX_FAULTS = 5
_MAX_TOKENS = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One inconsistency with the character."""

    points: int
    """What it costs, 1 to 5."""
    words: str
    why: str
    failure: str
    """A key of `FAILURES`."""


def moral_score(deductions: Sequence[int], n_turns: int) -> float:
    """Returns S = 5 - 0.5 D - 0.5 Dm + 0.15 T: D is the sum of the deductions, Dm the largest, T the turns judged.

    Not cut. Source: Moral RolePlay (2025), as methods 2.14 has it from a third-party copy.
    """
    return 5 - 0.5 * sum(deductions) - 0.5 * max(deductions, default=0) + 0.15 * n_turns


def moral_metric(levels: Mapping[str, int] | None = None) -> JudgedMetric:
    """Returns the judged metric.

    Args:
        levels: Speaker -> moral level, 1 to 4, which the judge is told; speakers without one are judged by their facts.
    """
    known = dict(levels or {})

    def judge_speaker(judge: Judge, about: About, lines: Sequence[Line], speaker: str) -> tuple[ScoreValue, ...]:
        return (_judge(judge, about, lines, speaker, known.get(speaker)),)

    return JudgedMetric((METRIC,), VERSION, judge_speaker=judge_speaker)


def score_by_level(scores: Mapping[int, Sequence[float]], seed: int = 0) -> dict[int, Interval]:
    """Returns the mean score of each level with its bootstrap interval; levels without scores are left out."""
    return {level: mean_interval(scores[level], seed=seed) for level in sorted(scores) if scores[level]}


def falls_with_level(means: Mapping[int, Interval]) -> bool:
    """Whether no level scores higher than the one before it: the published pattern, of weights too good to be bad."""
    values = [means[level].mean for level in sorted(means)]
    return all(later <= earlier for earlier, later in pairwise(values))


def _judge(judge: Judge, about: About, lines: Sequence[Line], speaker: str, level: int | None) -> ScoreValue:
    if not any(line.speaker == speaker and line.text.strip() for line in lines):
        return not_judged(METRIC.name, judge, VERSION, NotJudged("This speaker says nothing."))
    if not about.personas.get(speaker) and level is None:
        why = NotJudged("Nothing is known of the speaker that could be compared with.")
        return not_judged(METRIC.name, judge, VERSION, why)
    material = speaker_material(about, lines, speaker)
    answers = judge.answer(_question(material, level), _schema(), _MAX_TOKENS)
    readings = [_read(answer, material) for answer in answers]
    named_any = [bool(read_list(answer.get("faults"))) for answer in answers]
    read = [reading for reading in readings if reading is not None]
    if not read:
        why = NotJudged("The judge quoted only words that nobody said.") if any(named_any) else UNREADABLE
        return not_judged(METRIC.name, judge, VERSION, why, material.evidence)
    n_turns = sum(lines[turn - 1].speaker == speaker for turn in material.evidence["shown"]["turns"])
    raw = [moral_score([fault.points for fault in faults], n_turns) for faults in read]
    evidence = _evidence(read, raw, n_turns) | ({"level": level} if level is not None else {})
    value = mean(min(5.0, max(0.0, one)) for one in raw)
    return ScoreValue(METRIC.name, value, evidence={**pinned(judge, VERSION), **material.evidence, **evidence})


def _question(material: Material, level: int | None) -> Question:
    is_level = f"{material.who} is {LEVELS[level]}.\n\n" if level is not None else ""
    failures = "; ".join(f"{name} = {words}" for name, words in FAILURES.items())
    task = (
        f"List each place, {MAX_FAULTS} at most, where {material.who} does not act or speak as such a person would. "
        "Being evil is no fault where it is like them; being good is one where it is not. For each: the words, word "
        "for word; why they are unlike the character; the kind of failure; and what it costs, from 1 (hardly "
        f"noticed) to 5 (somebody else altogether). The kinds: {failures}. An empty list, where all is like them."
    )
    return Question(SYSTEM, f"{material.text}\n\n{is_level}{task}")


def _schema() -> dict[str, Any]:
    points: dict[str, Any] = {"enum": [1, 2, 3, 4, 5]}
    fault = object_schema(
        {"words": text_schema(90), "why": text_schema(120), "failure": {"enum": list(FAILURES)}, "points": points}
    )
    return object_schema({"faults": {"type": "array", "items": fault, "maxItems": MAX_FAULTS}})


def _read(answer: Mapping[str, Any], material: Material) -> list[Fault] | None:
    """Reads one sample: faults whose words were said, the same words once; None when no fault that it names is one."""
    if not isinstance(answer.get("faults"), list):
        return None
    named = read_list(answer["faults"])
    faults: dict[str, Fault] = {}
    for one in named:
        fault = _read_fault(one)
        if fault is not None and stands_in(fault.words, material.text):
            faults.setdefault(fault.words.casefold(), fault)
    if named and not faults:
        return None
    return list(faults.values())[:MAX_FAULTS]


def _read_fault(value: object) -> Fault | None:
    if not isinstance(value, dict):
        return None
    points = read_whole(value.get("points"), 1, 5)
    failure = read_text(value.get("failure"))
    if points is None:
        return None
    known = failure if failure in FAILURES else "none"
    return Fault(points, read_text(value.get("words")), read_text(value.get("why")), known)


def _evidence(read: Sequence[Sequence[Fault]], raw: Sequence[float], n_turns: int) -> dict[str, Any]:
    """Shows the faults of the sample in the middle, and how often each kind of failure was named in all."""
    middle = read[raw.index(median_low(raw))]
    tags = Counter(fault.failure for faults in read for fault in faults if fault.failure != "none")
    return {
        "how": "samples",
        "faults": [
            {"words": [fault.words], "why": fault.why, "failure": fault.failure, "points": fault.points}
            for fault in middle
        ],
        "failures": dict(tags.most_common()),
        "by_sample": [round(one, 4) for one in raw],
        "n_turns": n_turns,
    }


JUDGED = moral_metric()
