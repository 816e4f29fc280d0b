"""PsyPlay: can a reader tell from a character's lines alone which traits it was given?

For each designated trait a judge says high or low; success is the share that it gets right. Chance is one half, and
so counts a trait for which the judge leans to neither side.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import SYSTEM, choice_evidence, not_judged, pinned
from core.fidelity.judged.material import own_lines_material
from core.fidelity.judged.resampling import Interval, mean_interval
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

VERSION = "psyplay-1"
METRIC = Metric(
    name="psyplay",
    title="Traits that show",
    unit="share of traits",
    low=0.0,
    high=1.0,
    better="higher",
    needs="judge",
    how_to_read="How many of its traits a judge tells from its lines alone; 0.5 is a guess.",
    source="PsyPlay (Yang et al. 2025, arXiv 2502.03821)",
    scope="speaker",
    cost="judge",
    inputs="turns of the speaker and nothing else",
    formula="traits told right / traits designated",
)
Pole = Literal["high", "low"]
DEGREES = ("a bit", "very", "extremely")
FACTORS: Mapping[str, tuple[str, str]] = {
    "openness": ("curious, imaginative, open to new things", "conventional, down to earth, set in their ways"),
    "conscientiousness": ("orderly, careful, dependable", "careless, messy, easily distracted"),
    "extraversion": ("outgoing, talkative, lively", "reserved, quiet, withdrawn"),
    "agreeableness": ("kind, trusting, ready to give way", "blunt, suspicious, quarrelsome"),
    "neuroticism": ("nervous, moody, easily upset", "calm, even, hard to upset"),
}
"""Factor -> what much of it and little of it looks like."""
_MARKERS: Mapping[str, tuple[str, str]] = {
    "openness": (
        "curious imaginative inventive creative open-minded adventurous artistic",
        "conventional unimaginative traditional narrow-minded incurious practical",
    ),
    "conscientiousness": (
        "orderly organised organized disciplined diligent dependable reliable thorough conscientious careful",
        "careless messy lazy disorganised disorganized unreliable sloppy forgetful",
    ),
    "extraversion": (
        "outgoing talkative extraverted extroverted sociable lively gregarious chatty",
        "reserved quiet shy introverted withdrawn taciturn",
    ),
    "agreeableness": (
        "kind trusting agreeable warm-hearted gentle generous compassionate forgiving cooperative",
        "blunt suspicious quarrelsome rude cruel ruthless selfish cold-hearted disagreeable",
    ),
    "neuroticism": (
        "nervous anxious moody neurotic irritable fearful jealous touchy",
        "calm unflappable even-tempered serene relaxed composed",
    ),
}
_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
_A_BIT = frozenset(["slightly", "somewhat", "rather", "fairly", "little", "bit", "mildly"])
_EXTREMELY = frozenset(["extremely", "utterly", "exceedingly", "intensely", "incredibly"])
_NOT = frozenset(["not", "never", "no", "hardly", "nor", "isn't", "aren't"])


@dataclass(frozen=True, slots=True)
class DesignatedTrait:
    """A trait that a character was given."""

    factor: str
    """A key of `FACTORS`."""
    pole: Pole
    degree: str = "very"
    """One of `DEGREES`."""
    statement_number: int | None = None
    """Where it was read, from 1."""


@dataclass(frozen=True, slots=True)
class ToldTrait:
    """What a judge made of one designated trait."""

    trait: DesignatedTrait
    p_right: float


def psyplay_metric(traits: Mapping[str, Sequence[DesignatedTrait]] | None = None) -> JudgedMetric:
    """Returns the judged metric.

    Args:
        traits: Speaker -> what it was given; of speakers that are missing, the persona's words are read.
    """
    given = dict(traits or {})

    def judge_speaker(judge: Judge, about: About, lines: Sequence[Line], speaker: str) -> tuple[ScoreValue, ...]:
        designated = given.get(speaker) or traits_in(about.personas.get(speaker, ()))
        return (_judge(judge, about, lines, speaker, designated),)

    return JudgedMetric((METRIC,), VERSION, judge_speaker=judge_speaker)


def traits_in(statements: Sequence[str]) -> tuple[DesignatedTrait, ...]:
    """Reads traits of the Big Five in statements, in English: the first word for each factor; none behind a “not”."""
    found: dict[str, DesignatedTrait] = {}
    for number, statement in enumerate(statements, 1):
        words = _WORD.findall(statement.casefold().replace("’", "'"))
        for place, word in enumerate(words):
            before = set(words[max(0, place - 3) : place])
            if before & _NOT:
                continue
            for factor, poles in _MARKERS.items():
                for pole, markers in zip(("high", "low"), poles, strict=True):
                    if word in markers.split():
                        trait = DesignatedTrait(factor, "high" if pole == "high" else "low", _degree(before), number)
                        found.setdefault(factor, trait)
    return tuple(found.values())


def success_by_pole(told: Sequence[ToldTrait]) -> dict[str, Interval]:
    """Returns the share told right for each pole, with its interval, over any number of characters."""
    return {pole: _success([one for one in told if one.trait.pole == pole]) for pole in _present(told, ("high", "low"))}


def success_by_degree(told: Sequence[ToldTrait]) -> dict[str, Interval]:
    """Returns the share told right for each degree, with its interval, weakest first."""
    return {degree: _success([one for one in told if one.trait.degree == degree]) for degree in _present(told, DEGREES)}


def rises_with_degree(told: Sequence[ToldTrait]) -> bool:
    """Whether a stronger degree is never taken with less certainty for what it is, on the mean."""
    means = []
    for degree in _present(told, DEGREES):
        certain = [one.p_right for one in told if one.trait.degree == degree]
        means.append(sum(certain) / len(certain))
    return all(weaker <= stronger for weaker, stronger in pairwise(means))


def told_traits(score: ScoreValue) -> list[ToldTrait]:
    """Reads back what a score's evidence holds, for `success_by_pole` and the like."""
    return [
        ToldTrait(DesignatedTrait(one["factor"], one["pole"], one["degree"]), one["p_right"])
        for one in score.evidence.get("traits", [])
    ]


def _judge(
    judge: Judge, about: About, lines: Sequence[Line], speaker: str, designated: Sequence[DesignatedTrait]
) -> ScoreValue:
    if not designated:
        why = NotJudged("The persona names no trait of the Big Five.")
        return not_judged(METRIC.name, judge, VERSION, why)
    if not any(line.speaker == speaker and line.text.strip() for line in lines):
        return not_judged(METRIC.name, judge, VERSION, NotJudged("This speaker says nothing."))
    material = own_lines_material(about, lines, speaker)
    rows: list[dict[str, Any]] = []
    for trait in designated:
        choice = judge.choose(_question(material.text, material.who, trait.factor), FACTORS[trait.factor])
        if isinstance(choice, NotJudged):
            return not_judged(METRIC.name, judge, VERSION, choice, material.evidence)
        p_right = choice.probabilities[0 if trait.pole == "high" else 1]
        rows.append(_row(trait, p_right) | choice_evidence(choice))
    told = [ToldTrait(trait, row["p_right"]) for trait, row in zip(designated, rows, strict=True)]
    evidence = {**pinned(judge, VERSION), **material.evidence, "how": rows[0]["how"], "traits": rows, **_by_kind(told)}
    return ScoreValue(METRIC.name, sum(map(_right, told)) / len(told), evidence=evidence)


def _question(text: str, who: str, factor: str) -> Question:
    task = f"Which of the two is {who} more like? You know nothing of {who} but these lines ({factor})."
    return Question(SYSTEM, f"{text}\n\n{task}")


def _row(trait: DesignatedTrait, p_right: float) -> dict[str, Any]:
    where = {} if trait.statement_number is None else {"statement_number": trait.statement_number}
    return {
        "factor": trait.factor,
        "pole": trait.pole,
        "degree": trait.degree,
        "p_right": round(p_right, 4),
        "is_right": None if math.isclose(p_right, 0.5) else p_right > 0.5,
    } | where


def _degree(before: set[str]) -> str:
    if before & _EXTREMELY:
        return "extremely"
    return "a bit" if before & _A_BIT else "very"


def _success(told: Sequence[ToldTrait]) -> Interval:
    return mean_interval(list(map(_right, told)))


def _right(told: ToldTrait) -> float:
    """Returns 1 for right and 0 for wrong; 0.5 where the judge leans to neither side."""
    return 0.5 if math.isclose(told.p_right, 0.5) else float(told.p_right > 0.5)


def _by_kind(told: Sequence[ToldTrait]) -> dict[str, Any]:
    """Returns what evidence says of each pole and degree: the share told right."""
    return {
        "by_pole": {pole: round(one.mean, 4) for pole, one in success_by_pole(told).items()},
        "by_degree": {degree: round(one.mean, 4) for degree, one in success_by_degree(told).items()},
    }


def _present(told: Sequence[ToldTrait], names: Sequence[str]) -> list[str]:
    kept = {one.trait.pole for one in told} | {one.trait.degree for one in told}
    return [name for name in names if name in kept]


JUDGED = psyplay_metric()
