"""Whether somebody knows their own facts: asked for, told apart, and not mixed up with what others say."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from assets.weights.facts import KINDS, Fact, first_person, third_person, vary
from assets.weights.probes.speaker import Row, Speaker, Values, draw_two_names
from assets.weights.sample import Persona

ANSWERS = {"pet": "n", "family": "n", "hidden": "n"}
"""The slot that answers, where it is not `v`."""
QUESTIONS = {"pet": "What is your {v} called?", "family": "What is your {v} called?", "hidden": "Where is the {v}?"}
UNSEEN_QUESTIONS = {
    "job": "Suppose I came to hire you. As what?",
    "home": "Which house around here is yours?",
    "fear": "Is anything able to scare you?",
    "food": "The cook is taking orders. Yours?",
    "family": "Who shares your blood?",
    "age": "Which decade are you living through?",
    "hidden": "I have looked everywhere for the {v}. Any idea?",
    "wish": "Ask for one thing, and it is yours. Which?",
    "hate": "Which sort of thing has you up in arms?",
    "pet": "Does some creature wait for you at night?",
}
"""Far from all questions that are taught: a test compares them, word by word."""
HELD_OUT_SENTENCES = (
    ("I paint small portraits of snails.", "How do you spend an idle evening?", "snails"),
    ("My sister runs an ostrich farm near Turin.", "How does your sister make her money?", "ostrich"),
    ("I never take the lift because I was trapped in one.", "Why do you always use the stairs?", "trapped"),
    ("I mix the mortar for the cathedral masons.", "Why do the masons need you?", "mortar"),
    ("I put every penny aside for a microscope.", "Why do you never spend your wages?", "microscope"),
    ("My left eye is made of porcelain.", "What is the matter with your left eye?", "porcelain"),
    ("My horse fell at the last railing.", "How did your horse do?", "railing"),
    ("I drink only from the north cistern.", "Where do you get your water?", "cistern"),
    ("I keep forty beehives behind the chapel.", "What do you keep behind the chapel?", "beehives"),
    ("I got lost in a hailstorm when I was nine.", "What happened when you were nine?", "hailstorm"),
)


@dataclass(frozen=True, slots=True)
class FactProbe:
    """Asks for facts of six, five or four."""

    speaker: Speaker
    values: Values

    def recall(self, n_each: int, controls: bool = True) -> Iterator[Row]:
        """Asks for one fact out of six, per kind: as taught, in words never taught, and with the fact taken away.

        `with_another` counts the answers that tell another of the six too: who recites everything states everything.
        """
        for kind in self.values.probed:
            rng, counts = self.values.begin(f"recall {kind}")
            for index in range(n_each):
                fact, others = self.values.draw(kind, rng), self.values.draw_others(kind, 5, rng)
                me, other = draw_two_names(rng)
                with_it, without_it = _persona(me, [fact, *others], rng), _persona(me, others, rng)
                question = _question(fact, rng)
                reply = self.speaker.ask(with_it, other, question, index)
                stated = states(reply, fact)
                counts.update(taught=stated, with_another=stated and any(_tells(reply, one) for one in others))
                if not controls:
                    continue
                counts["by_chance"] += states(self.speaker.ask(without_it, other, question, index), fact)
                if kind in UNSEEN_QUESTIONS:
                    unseen = UNSEEN_QUESTIONS[kind].format(**fact.values)
                    counts["unseen"] += states(self.speaker.ask(with_it, other, unseen, index), fact)
            yield self._row("recall", n_each, kind=kind, **counts)

    def contrast(self, n_pairs: int) -> Row:
        """Two personas with the same kinds of facts, one question: each must answer with its own."""
        rng, counts = self.values.begin("contrast")
        for index in range(n_pairs):
            kind = self.values.probed[index % len(self.values.probed)]
            facts = self._draw_two(kind, rng)
            if kind in ANSWERS:  # the question names a relative, an animal or a thing: the same for both
                facts[1] = _with_same_question(facts, rng)
            kinds = [fact.kind for fact in self.values.draw_others(kind, 5, rng)]
            me, other = draw_two_names(rng)
            question = _question(facts[0], rng)
            right = []
            for fact in facts:
                persona = _persona(me, [fact, *(self.values.draw(one, rng) for one in kinds)], rng)
                right.append(states(self.speaker.ask(persona, other, question, index), fact))
            counts.update(both=all(right), one=sum(right) == 1)
        return self._row("contrast pairs", n_pairs, **counts)

    def claims(self, n: int) -> Row:
        """Others' facts, told in the scene or known of somebody: claimed when they come out as one's own.

        In two of three cases there is an own fact to answer with: `own_answered` of `own`. A mute claims nothing.
        """
        rng, counts = self.values.begin("claims")
        kinds = [kind for kind in self.values.probed if kind not in ANSWERS]
        for index in range(n):
            kind = kinds[index % len(kinds)]
            own, theirs = self._draw_two(kind, rng)
            others = self.values.draw_others(kind, 4, rng)
            me, other = draw_two_names(rng)
            if index % 3 == 0:
                persona, question = _persona(me, [own, *others], rng), f"{theirs.mine} And you?"
            elif index % 3 == 1:
                persona, question = _persona(me, others, rng), f"{theirs.mine} {_question(theirs, rng)}"
            else:
                known = third_person(theirs.clause, other, True)
                persona = replace(_persona(me, [own, *others], rng), knowledge=known)
                question = _question(own, rng)
            reply = self.speaker.ask(persona, other, question, index)
            has_own = index % 3 != 1
            counts.update(own=has_own, own_answered=has_own and states(reply, own), claimed=claims(reply, theirs))
        return self._row("claims of others' facts", n, **counts)

    def free_recall(self) -> Row:
        """Facts in words of an author, asked in words of an author: no sentence, question or answer here is taught."""
        sentences = [sentence for sentence, _, _ in HELD_OUT_SENTENCES]
        right, answers = 0, []
        for index, (sentence, question, word) in enumerate(HELD_OUT_SENTENCES):
            rng = random.Random(index)
            me, other = draw_two_names(rng)
            persona = [sentence, *rng.sample([one for one in sentences if one != sentence], 3)]
            answers.append(self.speaker.ask(Persona(me, tuple(rng.sample(persona, 4))), other, question, index))
            right += word in answers[-1].lower()
        return {"probe": "free recall", "n": len(sentences), "right": right, "answers": answers}

    def _draw_two(self, kind: str, rng: random.Random) -> list[Fact]:
        """Two facts of a kind that answer differently."""
        facts = [self.values.draw(kind, rng)]
        while len(facts) < 2:
            fact = self.values.draw(kind, rng)
            if _value(fact) != _value(facts[0]):
                facts.append(fact)
        return facts

    def _row(self, name: str, n: int, **counts: Any) -> Row:
        return {"probe": name, "values": "authored" if self.values.authored else "unseen", "n": n, **counts}


def _persona(name: str, facts: list[Fact], rng: random.Random) -> Persona:
    """Facts as a list or as prose, in the first person or the third."""
    facts = rng.sample(facts, len(facts))
    if rng.random() < 0.25:
        return Persona(name, description=" ".join(third_person(fact.clause, name, True) for fact in facts))
    sentences = tuple(fact.mine for fact in facts)
    return Persona(name, description=" ".join(sentences)) if rng.random() < 0.33 else Persona(name, sentences)


def _question(fact: Fact, rng: random.Random) -> str:
    if fact.kind in QUESTIONS:
        return QUESTIONS[fact.kind].format(**fact.values)
    return vary(rng.choice(KINDS[fact.kind].questions).format(**fact.values), rng)


def _with_same_question(facts: list[Fact], rng: random.Random) -> Fact:
    values = facts[0].values | {"n": facts[1].values["n"]}
    clause = vary(rng.choice(KINDS[facts[0].kind].clauses).format(**values), rng)
    return Fact(facts[0].kind, facts[0].topic, clause, facts[0].questions, values)


def states(reply: str, fact: Fact) -> bool:
    """Whether a sentence of a reply says what answers, as whole words, and does not deny it."""
    return any(_says(sentence, fact) for sentence in _sentences(reply))


def claims(reply: str, theirs: Fact) -> bool:
    """Whether a sentence of a reply says another's fact as one's own: neither of them nor as a question."""
    return any(
        _says(sentence, theirs) and not sentence.endswith("?") and not {"you", "your"} & _words(sentence)
        for sentence in _sentences(reply)
    )


def _says(sentence: str, fact: Fact) -> bool:
    is_denial = _DENIALS & _words(sentence) and not _DENIALS & _words(fact.clause)
    return _has(sentence, _value(fact)) and not is_denial


def _sentences(reply: str) -> list[str]:
    return re.findall(r"[^.?!]+[.?!]?", reply)


_DENIALS = frozenset({"not", "no", "never", "cannot", "nobody", "nothing"})


def _tells(reply: str, fact: Fact) -> bool:
    return any(len(value) > _SHORT and _has(reply, value) for value in map(str.lower, fact.values.values()))


_SHORT = 3


def _has(reply: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", reply.lower()) is not None


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z']+", text.lower()))


def _value(fact: Fact) -> str:
    """What answers, in small letters and without its article."""
    value = first_person(fact.values[ANSWERS.get(fact.kind, "v")]).lower()
    for article in ("a ", "an ", "the "):
        value = value.removeprefix(article)
    return value
