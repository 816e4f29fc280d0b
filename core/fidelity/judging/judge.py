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
from core.inference.batching.choice_orders import listed, summarise
from core.inference.request import (
    OPTIONS,
    Ask,
    Choose,
    Chosen,
    Generate,
    Generated,
    Message,
    OrderedChoice,
    Sampling,
    Score,
    Scored,
    Usage,
)
from core.inference.unsupported import Unsupported

MAX_RATIONALE_TOKENS = 160
MIN_MASS = 0.05
"""Probability of all options together below which shares among them say nothing: the judge writes its answer then."""
_SAMPLE = Sampling(temperature=0.7, top_k=0, top_p=1.0, min_p=0.02, repeat_penalty=1.0)
_STOPPED = NotJudged("The judge was stopped.")
_REASON = {"type": "string", "maxLength": 400}
_REASON_ONLY = {
    "type": "object",
    "properties": {"reason": _REASON},
    "required": ["reason"],
    "additionalProperties": False,
}


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
        labels = labels_for(options)
        asked = _asking_for_a_label(question, labels[: len(options)])
        request = Choose(self.lane, asked.messages, tuple(options), labels=labels)
        try:
            chosen = self.ask(request)
        except Unsupported:
            weighed = self._choose_by_labels(request)
            if weighed is None:
                return self._choose_by_samples(question, options)
            return weighed if isinstance(weighed, NotJudged) else self._if_meant(weighed, question)
        if not isinstance(chosen, Chosen):
            return _STOPPED
        return self._if_meant(_choice(options, chosen), question)

    def rate(self, question: Question, low: int = 1, high: int = 5) -> Rating | NotJudged:
        """Has something rated by a whole number from `low` to `high`, both single digits.

        Raises:
            UserError: The judge cannot be run at all.
        """
        points = range(low, high + 1)
        chances = self._chances(question.messages, [str(point) for point in points])
        if isinstance(chances, NotJudged):
            return chances
        if chances is None:
            return self._rate_by_samples(question, low, high)
        if sum(chances) < MIN_MASS:
            written = self._rate_by_samples(question, low, high)
            return replace(written, mass=sum(chances)) if isinstance(written, Rating) else _not_meant(sum(chances))
        shares = {point: chance / sum(chances) for point, chance in zip(points, chances, strict=True)}
        value = sum(point * share for point, share in shares.items())
        return Rating(value, shares, "probabilities", mass=min(1.0, sum(chances)))

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

    def explain(self, question: Question, verdict: str) -> str:
        """Returns the judge's reason for a verdict in a sentence or two; empty where none could be read.

        The reason is asked for after the verdict, so it can justify but not change it.

        Args:
            verdict: What was answered, in words, such as "4 of 5".

        Raises:
            UserError: The judge cannot be run at all.
        """
        why = "Say why in one or two sentences, and quote the words that decided it."
        asked = Question(question.system, f"{question.text}\n\nYour verdict: {verdict}\n{why}")
        answer = self._sample(asked, _REASON_ONLY, MAX_RATIONALE_TOKENS, 0)
        return _text(answer.get("reason")) if answer is not None else ""

    def _if_meant(self, choice: Choice, question: Question) -> Choice | NotJudged:
        """Returns a choice; where the judge would hardly have named any option, what it writes instead."""
        if choice.mass is None or choice.mass >= MIN_MASS:
            return choice
        written = self._choose_by_samples(question, choice.options)
        return replace(written, mass=choice.mass) if isinstance(written, Choice) else _not_meant(choice.mass)

    def _choose_by_labels(self, request: Choose) -> Choice | NotJudged | None:
        """Weighs the labels of each order one by one, for engines that weigh given words but cannot choose.

        Returns:
            None: the engine cannot do that either, or its labels are no single tokens.
        """
        n = len(request.options)
        orders = []
        for turn in range(n):
            messages, places = listed(request, turn)
            chances = self._chances(messages, request.labels[:n])
            if chances is None or isinstance(chances, NotJudged):
                return chances
            by_option = tuple(chances[place] for place in places)
            orders.append(OrderedChoice(places, by_option, tuple(math.log(max(one, 1e-300)) for one in by_option)))
        chosen = summarise(orders, (1,) * n, Usage(0, 0, 0, 0.0, 0.0))
        return _choice(request.options, chosen)

    def _chances(self, messages: tuple[Message, ...], answers: Sequence[str]) -> list[float] | NotJudged | None:
        """Returns the probability of each answer; None where they are not to be had, or not of single tokens."""
        scored = []
        try:
            for answer in answers:
                found = self.ask(Score(self.lane, messages, answer))
                if not isinstance(found, Scored):
                    return _STOPPED
                scored.append(found)
        except Unsupported:
            return None
        return [math.exp(sum(one.logprobs)) for one in scored] if _differ_in_one_token(scored) else None

    def _choose_by_samples(self, question: Question, options: Sequence[str]) -> Choice | NotJudged:
        schema = _object({"reason": _REASON, "answer": {"enum": list(options)}})
        listed = "\n".join(f"- {option}" for option in options)
        asked = Question(question.system, f"{question.text}\n\nThe answer is one of these:\n{listed}")
        answers = [one for one in self.answer(asked, schema) if one.get("answer") in options]
        if not answers:
            return NotJudged("No sample of the judge could be read.")
        votes = tuple(list(options).index(str(one["answer"])) for one in answers)
        counts = Counter(votes)
        choice = Choice(
            tuple(options),
            tuple(counts[place] / len(answers) for place in range(len(options))),
            "samples",
            self_agreement=share_of_pairs(votes),
            n_failed=self.n_samples - len(answers),
            votes=votes,
        )
        return replace(choice, rationale=_text(answers[votes.index(choice.best)].get("reason")))

    def _rate_by_samples(self, question: Question, low: int, high: int) -> Rating | NotJudged:
        schema = _object({"reason": _REASON, "score": {"enum": list(range(low, high + 1))}})
        answers = [one for one in self.answer(question, schema) if _is_point(one.get("score"), low, high)]
        if not answers:
            return NotJudged("No sample of the judge could be read.")
        points = [int(one["score"]) for one in answers]
        counts = Counter(points)
        return Rating(
            sum(points) / len(points),
            {point: counts[point] / len(points) for point in range(low, high + 1)},
            "samples",
            self_agreement=share_of_pairs(points),
            rationale=_text(answers[0].get("reason")),
            n_failed=self.n_samples - len(answers),
            votes=tuple(points),
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


def _not_meant(mass: float) -> NotJudged:
    return NotJudged(
        f"The judge would answer with something else than what was asked for: all answers together have {mass:.1%}."
    )


def _choice(options: Sequence[str], chosen: Chosen) -> Choice:
    votes = tuple(order.label_probabilities.index(max(order.label_probabilities)) for order in chosen.orders)
    return Choice(
        tuple(options),
        chosen.by_label,
        "probabilities",
        position_bias=chosen.position_bias,
        self_agreement=share_of_pairs(votes),
        votes=votes,
        mass=min(1.0, chosen.label_mass),
    )


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
    return {_clean(str(key)): _clean_all(value) for key, value in found.items()} if isinstance(found, dict) else None


def _clean_all(value: Any) -> Any:
    """Returns plain JSON whose texts can be written down: JSON may name half of a pair of surrogates."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_clean(str(key)): _clean_all(one) for key, one in value.items()}
    return [_clean_all(one) for one in value] if isinstance(value, list) else value


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_point(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _differ_in_one_token(scored: Sequence[Scored]) -> bool:
    """Whether the answers are the same but for their last token, so that their chances are those of single tokens.

    Where a vocabulary splits them otherwise, chances of unlike texts would be added up.
    """
    return len({one.token_ids[:-1] for one in scored}) == 1 and len({one.token_ids for one in scored}) == len(scored)


def _asking_for_a_label(question: Question, labels: Sequence[str]) -> Question:
    """Returns the question with a place for the list, and with words that make an answer begin with a label."""
    listed_there = "" if OPTIONS in question.text else f"\n\n{OPTIONS}"
    return Question(
        question.system, f"{question.text}{listed_there}\n\nAnswer with {' or '.join(labels)}, nothing else."
    )


def labels_for(options: Sequence[str]) -> tuple[str, ...]:
    """Returns labels that are no word of an option: letters, or digits where an option is called by a letter."""
    words = {word for option in options for word in option.split()}
    letters, digits = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), tuple("123456789")
    return digits if words & set(letters) and len(options) <= len(digits) else letters


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def share_of_pairs(values: Sequence[object]) -> float | None:
    """Returns the share of pairs that are equal; None for fewer than two values."""
    pairs = [a == b for a, b in combinations(values, 2)]
    return sum(pairs) / len(pairs) if pairs else None
