"""Asks a judge: by the probabilities of its options where the engine has them, by JSON under a grammar otherwise.

A judge is any weights or server; it knows nothing of where the words came from. Several samples, both orders for pairs.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from core.fidelity.judging.verdicts import Choice, NotJudged, Preference, Rating
from core.inference.request import Ask, Choose, Chosen, Generate, Generated, Message, Sampling, Score, Scored
from core.inference.unsupported import Unsupported

MAX_RATIONALE_TOKENS = 160
_SAMPLE = Sampling(temperature=0.7, top_k=0, top_p=1.0, min_p=0.02, repeat_penalty=1.0)
_STOPPED = NotJudged("The judge was stopped.")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a judge is, pinned in each of its scores."""

    name: str
    weights_sha256: str
    """Empty where a server does not tell."""
    is_server: bool = False

    def record(self) -> dict[str, Any]:
        """Returns what evidence keeps. JSON."""
        return {"name": self.name, "weights_sha256": self.weights_sha256, "is_server": self.is_server}


@dataclass(frozen=True, slots=True)
class Question:
    """What a judge is asked. Names in it should be masked, see `core.fidelity.judging.masks`."""

    system: str
    """Who the judge is and by what rubric it goes."""
    text: str
    """What is judged, and the question at its end."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """The chat that the judge reads."""
        return (Message("system", self.system), Message("user", self.text))


@dataclass(frozen=True, slots=True)
class Judge:
    """Who is asked, and how often. Blocks until answered: for a thread that may wait."""

    identity: Identity
    ask: Ask
    n_samples: int = 3
    """Where probabilities cannot be had, and for critiques."""
    lane: str = "judge"
    seed: int = 0

    def choose(self, question: Question, options: Sequence[str]) -> Choice | NotJudged:
        """Has one of several options chosen, with the order of the list averaged out.

        Raises:
            UserError: The judge cannot be run at all.
        """
        try:
            chosen = self.ask(Choose(self.lane, question.messages, tuple(options)))
        except Unsupported:
            return self._choose_by_samples(question, options)
        if not isinstance(chosen, Chosen):
            return _STOPPED
        firsts = [order.label_probabilities.index(max(order.label_probabilities)) for order in chosen.orders]
        return Choice(
            tuple(options),
            chosen.by_label,
            "probabilities",
            position_bias=chosen.position_bias,
            self_agreement=_agreement(firsts),
        )

    def rate(self, question: Question, low: int = 1, high: int = 5) -> Rating | NotJudged:
        """Has something rated by a whole number from `low` to `high`, both single digits.

        Raises:
            UserError: The judge cannot be run at all.
        """
        points = range(low, high + 1)
        logprobs = []
        try:
            for point in points:
                scored = self.ask(Score(self.lane, question.messages, str(point)))
                if not isinstance(scored, Scored):
                    return _STOPPED
                logprobs.append(sum(scored.logprobs))
        except Unsupported:
            return self._rate_by_samples(question, low, high)
        highest = max(logprobs)
        weights = [math.exp(one - highest) for one in logprobs]
        shares = {point: weight / sum(weights) for point, weight in zip(points, weights, strict=True)}
        return Rating(sum(point * share for point, share in shares.items()), shares, "probabilities")

    def prefer(self, question_of: Callable[[str, str], Question], first: str, second: str) -> Preference | NotJudged:
        """Has two texts compared, in both orders; a tie may be named.

        Args:
            question_of: Makes the question of what is shown as A and what as B.

        Raises:
            UserError: The judge cannot be run at all.
        """
        options = ("A", "B", "Tie")
        straight = self.choose(question_of(first, second), options)
        turned = self.choose(question_of(second, first), options)
        for one in (straight, turned):
            if isinstance(one, NotJudged):
                return one
        assert isinstance(straight, Choice)
        assert isinstance(turned, Choice)
        tie = (straight.probabilities[2] + turned.probabilities[2]) / 2
        won = (straight.probabilities[0] + turned.probabilities[1]) / 2
        mirrored = {0: 1, 1: 0, 2: 2}
        return Preference(
            won + tie / 2,
            tie,
            straight.best == mirrored[turned.best],
            straight.how,
            evidence={"straight": list(straight.probabilities), "turned": list(turned.probabilities)},
        )

    def answer(self, question: Question, schema: Mapping[str, Any], max_tokens: int = 400) -> list[dict[str, Any]]:
        """Has an answer written under a JSON schema, `n_samples` times; returns those that could be read.

        Raises:
            UserError: The judge cannot be run at all.
        """
        answers = (self._sample(question, schema, max_tokens, number) for number in range(self.n_samples))
        return [answer for answer in answers if answer is not None]

    def _choose_by_samples(self, question: Question, options: Sequence[str]) -> Choice | NotJudged:
        schema = _object({"reason": {"type": "string", "maxLength": 400}, "answer": {"enum": list(options)}})
        answers = [one for one in self.answer(question, schema) if one.get("answer") in options]
        if not answers:
            return NotJudged("No sample of the judge could be read.")
        counts = Counter(str(one["answer"]) for one in answers)
        return Choice(
            tuple(options),
            tuple(counts[option] / len(answers) for option in options),
            "samples",
            self_agreement=_agreement([str(one["answer"]) for one in answers]),
            rationale=str(answers[0].get("reason", "")),
            n_failed=self.n_samples - len(answers),
        )

    def _rate_by_samples(self, question: Question, low: int, high: int) -> Rating | NotJudged:
        schema = _object(
            {"reason": {"type": "string", "maxLength": 400}, "score": {"enum": list(range(low, high + 1))}}
        )
        answers = [one for one in self.answer(question, schema) if _is_point(one.get("score"), low, high)]
        if not answers:
            return NotJudged("No sample of the judge could be read.")
        points = [int(one["score"]) for one in answers]
        counts = Counter(points)
        return Rating(
            sum(points) / len(points),
            {point: counts[point] / len(points) for point in range(low, high + 1)},
            "samples",
            self_agreement=_agreement(points),
            rationale=str(answers[0].get("reason", "")),
            n_failed=self.n_samples - len(answers),
        )

    def _sample(
        self, question: Question, schema: Mapping[str, Any], max_tokens: int, number: int
    ) -> dict[str, Any] | None:
        """Writes one answer; a server that knows no grammar is told the schema instead."""
        sampling = replace(_SAMPLE, seed=self.seed + number)
        text = json.dumps(schema)
        try:
            written = self.ask(Generate(self.lane, question.messages, max_tokens, sampling, grammar=text))
        except Unsupported:
            asked = Question(question.system, f"{question.text}\n\nAnswer with JSON only, by this schema: {text}")
            plain = replace(sampling, min_p=0.0)
            written = self.ask(Generate(self.lane, asked.messages, max_tokens, plain))
        return _read_object(written.text) if isinstance(written, Generated) else None


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _read_object(text: str) -> dict[str, Any] | None:
    """Reads the outermost object of a text; None when there is none."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        found = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_point(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _agreement(values: Sequence[object]) -> float | None:
    """Returns the share of pairs that are equal; None for fewer than two values."""
    pairs = [a == b for a, b in combinations(values, 2)]
    return sum(pairs) / len(pairs) if pairs else None
