"""Playtester critique: readers of several kinds go from mechanics to dynamics to aesthetics, then rate and criticise.

Source: MeepleLM (2026), with mechanics-dynamics-aesthetics by Hunicke, LeBlanc and Zubek (2004). The readers are ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judged.anova import one_way_anova
from core.fidelity.judged.asking import (
    UNREADABLE,
    not_judged,
    object_schema,
    pinned,
    read_list,
    read_text,
    read_whole,
    text_schema,
)
from core.fidelity.judged.excerpt import cut_text
from core.fidelity.judged.material import whole_material
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

VERSION = "playtester-1"
METRIC = Metric(
    name="playtester",
    title="Playtesters' rating",
    unit="points of 1 to 10",
    low=1.0,
    high=10.0,
    better="higher",
    needs="judge",
    how_to_read="What five kinds of readers give the scene; their critiques say why.",
    source="MeepleLM (2026); mechanics, dynamics, aesthetics: Hunicke et al. (2004)",
    scope="conversation",
    cost="judge",
    inputs="the scene, its rules where they are given, and five readers",
    formula="mean over readers of the mean of their samples",
)
_RULES_TOKENS = 380
_SCENE_TOKENS = 480
_MAX_TOKENS = 560


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of reader."""

    name: str
    who: str


READERS = (
    Reader(
        "Rules lawyer", "You love rules that are clear and fair. A loophole or a contradiction spoils a scene for you."
    ),
    Reader("Dramatist", "You love tension, turns of fate and lines one remembers. What leads nowhere bores you."),
    Reader("Newcomer", "You have hardly ever played. What is not said plainly loses you, and you say so."),
    Reader("Explorer", "You love worlds with depth and secrets to find. Being led by the nose annoys you."),
    Reader("Companion", "You play to be with others. Everybody should have a part, and nobody should be left out."),
)
"""Five of our own: what each looks for is what it can miss."""


@dataclass(frozen=True, slots=True)
class Review:
    """What one sample of one reader says."""

    reader: str
    rating: int
    mechanics: str
    dynamics: str
    aesthetics: str
    faults: tuple[str, ...]
    critique: str

    def names(self, words: Sequence[str]) -> bool:
        """Whether it speaks of a fault: any of the words stands in its critique or its list of faults."""
        text = " ".join((self.critique, self.mechanics, *self.faults)).casefold()
        return any(word.casefold() in text for word in words)

    def record(self) -> dict[str, Any]:
        """Returns what evidence keeps. JSON."""
        return {
            "reader": self.reader,
            "rating": self.rating,
            "mechanics": self.mechanics,
            "dynamics": self.dynamics,
            "aesthetics": self.aesthetics,
            "faults": list(self.faults),
            "critique": self.critique,
        }


def review(
    judge: Judge, about: About, lines: Sequence[Line], reader: Reader, rules: str = ""
) -> list[Review] | NotJudged:
    """Has a scene, its rules or both reviewed by one reader, once a sample; unreadable samples are left out."""
    parts = [f"The rules:\n{cut_text(rules, _RULES_TOKENS)}"] if rules.strip() else []
    if lines:
        parts.append(whole_material(about, lines, _SCENE_TOKENS).text)
    task = (
        "Think in three steps, a sentence or two each: mechanics (what the rules and roles are), dynamics (what comes "
        "of them in play), aesthetics (what it feels like to you). Then list what is broken, if anything, sum up in a "
        "critique, and rate from 1 (never again) to 10 (could not be better)."
    )
    question = Question(
        f"You are a reader who tries out scenes before they are shown. {reader.who}", "\n\n".join([*parts, task])
    )
    answers = judge.answer(question, _schema(), _MAX_TOKENS)
    reviews = [one for one in (_read(answer, reader.name) for answer in answers) if one is not None]
    return reviews or UNREADABLE


def share_that_names(reviews: Sequence[Review], words: Sequence[str]) -> float:
    """Returns the share of readers of whom some sample names a fault by any of these words, [0, 1]."""
    readers = {one.reader for one in reviews}
    return len({one.reader for one in reviews if one.names(words)}) / len(readers) if readers else 0.0


def playtester_metric(rules: str = "", readers: Sequence[Reader] = READERS) -> JudgedMetric:
    """Returns the judged metric of a scene, and of its rules where they are given."""

    def judge_whole(judge: Judge, about: About, lines: Sequence[Line]) -> tuple[ScoreValue, ...]:
        return (_judge(judge, about, lines, readers, rules),)

    return JudgedMetric((METRIC,), VERSION, judge_whole=judge_whole)


def _judge(judge: Judge, about: About, lines: Sequence[Line], readers: Sequence[Reader], rules: str) -> ScoreValue:
    if not rules.strip() and not any(line.text.strip() for line in lines):
        return not_judged(METRIC.name, judge, VERSION, NotJudged("There is nothing to read."))
    found: dict[str, list[Review]] = {}
    missing = []
    for reader in readers:
        reviews = review(judge, about, lines, reader, rules)
        if isinstance(reviews, NotJudged):
            missing.append(reader.name)
        else:
            found[reader.name] = reviews
    if not found:
        return not_judged(METRIC.name, judge, VERSION, UNREADABLE)
    ratings = {name: [one.rating for one in reviews] for name, reviews in found.items()}
    evidence = {
        **pinned(judge, VERSION),
        "how": "samples",
        "reviews": [one.record() for reviews in found.values() for one in reviews],
        "by_reader": {name: mean(values) for name, values in ratings.items()},
        "readers_missing": missing,
        **_differ(list(ratings.values())),
    }
    return ScoreValue(METRIC.name, mean(mean(values) for values in ratings.values()), evidence=evidence)


def _differ(ratings: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Says whether readers differ by more than their own samples do."""
    spread = {"spread_of_readers": pstdev([mean(values) for values in ratings])}
    tested = one_way_anova(ratings)
    if tested is None:
        return spread
    return spread | {
        "anova": {"f": tested.f, "p": tested.p, "df_between": tested.df_between, "df_within": tested.df_within}
    }


def _schema() -> dict[str, Any]:
    step = text_schema(180)
    return object_schema(
        {
            "mechanics": step,
            "dynamics": step,
            "aesthetics": step,
            "faults": {"type": "array", "items": text_schema(120), "maxItems": 3},
            "critique": text_schema(300),
            "rating": {"enum": list(range(1, 11))},
        }
    )


def _read(answer: Mapping[str, Any], reader: str) -> Review | None:
    rating = read_whole(answer.get("rating"), 1, 10)
    critique = read_text(answer.get("critique"))
    if rating is None or not critique:
        return None
    mechanics, dynamics, aesthetics = (read_text(answer.get(step)) for step in ("mechanics", "dynamics", "aesthetics"))
    faults = tuple(fault for fault in map(read_text, read_list(answer.get("faults"))) if fault)
    return Review(reader, rating, mechanics, dynamics, aesthetics, faults, critique)


JUDGED = playtester_metric()
