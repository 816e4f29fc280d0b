"""How judged metrics ask: a critique with quoted words first, then points of a rubric; and what of it becomes evidence.

A quotation that does not stand in what was shown is dropped: a judge may invent, evidence may not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.fidelity.judged.excerpt import cut_text
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.verdicts import Choice, NotJudged, Rating
from core.fidelity.score import ScoreValue

SYSTEM = (
    "You judge scenes that actors play. You go only by the words in front of you and by the rubric, "
    "you are strict and fair, and you answer in just the form that is asked for."
)
UNREADABLE = NotJudged("No answer of the judge could be read.")
MAX_CRITIQUE_TOKENS = 320
_SPACE_FOR_CRITIQUE_TOKENS = 130


@dataclass(frozen=True, slots=True)
class Rubric:
    """A question with five points, worst first."""

    name: str
    question: str
    """`{who}` stands for the speaker, `{what}` for what is judged, such as “turn [7]”."""
    points: tuple[str, str, str, str, str]

    def ask(self, who: str, what: str) -> str:
        """Returns the question with its points, best first."""
        points = "\n".join(f"{point}: {self.points[point - 1]}" for point in range(5, 0, -1))
        question = self.question.replace("{who}", who).replace("{what}", what)
        return f"{question}\n{points}\nAnswer with one digit, from 1 to 5."


@dataclass(frozen=True, slots=True)
class Material:
    """What a judge is shown, names masked."""

    text: str
    who: str
    """Name of whom is judged."""
    what: str
    """What is judged, in words."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """What of the conversation was shown."""


@dataclass(frozen=True, slots=True)
class Critique:
    """What a judge wrote before its verdict."""

    words: tuple[str, ...]
    """Quotations that do stand in the material."""
    why: str
    n_invented: int = 0
    """Quotations that do not."""

    def evidence(self) -> dict[str, Any]:
        """Returns what a score keeps of it. JSON."""
        invented = {"n_invented_quotations": self.n_invented} if self.n_invented else {}
        return {"words": list(self.words), "rationale": self.why} | invented


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the JSON schema of an object that has all of these."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def text_schema(max_chars: int) -> dict[str, Any]:
    """Returns the JSON schema of a text that is not empty."""
    return {"type": "string", "minLength": 1, "maxLength": max_chars}


def first_answer(
    judge: Judge,
    question: Question,
    schema: Mapping[str, Any],
    is_good: Callable[[dict[str, Any]], bool],
    *,
    max_tokens: int = MAX_CRITIQUE_TOKENS,
    n_tries: int = 0,
) -> dict[str, Any] | NotJudged:
    """Asks until an answer can be used: as often as the judge has samples, or `n_tries` times, each by its own seed."""
    for number in range(n_tries or judge.n_samples):
        once = replace(judge, n_samples=1, seed=judge.seed + number)
        for answer in once.answer(question, schema, max_tokens):
            if is_good(answer):
                return answer
    return UNREADABLE


def write_critique(judge: Judge, material: Material, task: str) -> Critique | NotJudged:
    """Has a critique written: up to three quotations, and what they show."""
    text = f"{material.text}\n\n{task} Quote up to three short passages word for word, then say why, in two sentences."
    quotations = {"type": "array", "items": text_schema(100), "maxItems": 3}
    schema = object_schema({"words": quotations, "why": text_schema(320)})
    answer = first_answer(judge, Question(SYSTEM, text), schema, lambda one: bool(read_text(one.get("why"))))
    if isinstance(answer, NotJudged):
        return answer
    quoted = [word for word in map(read_text, read_list(answer.get("words"))) if word]
    found = tuple(word for word in quoted if stands_in(word, material.text))
    return Critique(found, read_text(answer.get("why")), len(quoted) - len(found))


def rate(
    judge: Judge, metric: str, version: str, material: Material, rubric: Rubric, critique: Critique | None = None
) -> ScoreValue:
    """Has one rubric's point chosen, after the critique where there is one."""
    noted = f"\n\nNotes of the judge: {cut_text(critique.why, _SPACE_FOR_CRITIQUE_TOKENS)}" if critique else ""
    text = f"{material.text}{noted}\n\n{rubric.ask(material.who, material.what)}"
    rating = judge.rate(Question(SYSTEM, text))
    if isinstance(rating, NotJudged):
        return not_judged(metric, judge, version, rating, material.evidence)
    before = critique.evidence() if critique else {}
    return ScoreValue(
        metric,
        rating.value,
        evidence={**pinned(judge, version), **material.evidence, **rating_evidence(rating, rubric), **before},
    )


def pinned(judge: Judge, version: str) -> dict[str, Any]:
    """Returns who judged by which words; part of all evidence."""
    return {"prompt_version": version, "judge": judge.identity.record()}


def rating_evidence(rating: Rating, rubric: Rubric | None = None) -> dict[str, Any]:
    """Returns what a score keeps of a rating; of its rubric, the point nearest to it."""
    kept: dict[str, Any] = {
        "how": rating.how,
        "probabilities": {str(point): round(share, 4) for point, share in rating.probabilities.items()},
    }
    if rubric is not None:
        point = min(5, max(1, round(rating.value)))
        kept |= {"rubric_point": point, "rubric_words": rubric.points[point - 1]}
    return kept | _doubts(rating)


def choice_evidence(choice: Choice) -> dict[str, Any]:
    """Returns what a score keeps of a choice."""
    shares = zip(choice.options, choice.probabilities, strict=True)
    kept: dict[str, Any] = {"how": choice.how, "probabilities": {option: round(share, 4) for option, share in shares}}
    bias = {"position_bias": choice.position_bias} if choice.position_bias is not None else {}
    return kept | bias | _doubts(choice)


def not_judged(
    metric: str, judge: Judge, version: str, why: NotJudged, evidence: Mapping[str, Any] | None = None
) -> ScoreValue:
    """Returns a score without a value, which says who failed at what."""
    return ScoreValue(metric, None, why.reason, {**pinned(judge, version), **(evidence or {})})


def stands_in(quotation: str, text: str) -> bool:
    """Whether a quotation stands in a text; case, blanks and the marks around it do not matter."""
    sought = " ".join(quotation.split()).strip(" .,;:!?…\"'“”‘’*").casefold()
    return bool(sought) and sought in " ".join(text.split()).casefold()


def read_text(value: object) -> str:
    """Returns a text without blanks around it; empty for anything else."""
    return value.strip() if isinstance(value, str) else ""


def read_list(value: object) -> Sequence[Any]:
    """Returns a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def read_whole(value: object, low: int, high: int) -> int | None:
    """Returns a whole number within bounds; None for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        return None
    return value


def _doubts(verdict: Rating | Choice) -> dict[str, Any]:
    """Returns what speaks against a verdict, and the reason that came with it; nothing where there is nothing."""
    kept: dict[str, Any] = {}
    if verdict.mass is not None:
        kept["mass"] = round(verdict.mass, 4)
    if verdict.self_agreement is not None:
        kept["self_agreement"] = verdict.self_agreement
    if verdict.n_failed:
        kept["n_failed"] = verdict.n_failed
    if verdict.rationale:
        kept["rationale"] = verdict.rationale
    return kept
