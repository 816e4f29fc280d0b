"""What people ask each other in made-up scenes, and what would answer it."""

import random
from dataclasses import dataclass

from assets.weights.actors import Actor
from assets.weights.facts import KINDS, Fact, ask, draw_fact, vary
from assets.weights.matters import Exchange
from assets.weights.wording import Wording

_MEMORABLE = frozenset({"job", "home", "origin", "fear", "wish", "food", "pet", "family", "age", "skill", "colour"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for its answer; `about` says what would answer it."""

    asker: Actor
    about: str
    fact: Fact | None = None
    name: str = ""
    exchange: Exchange | None = None


Question = tuple[Asked, str, str]
"""What is asked, its wording, and its topic as it stands after `about`."""


def draw_question(actor: Actor, target: Actor, others: list[Actor], rng: random.Random) -> Question:
    """Draws a question for a fact, a name, a reason, somebody else, or what was said before."""
    roll, wording = rng.random(), Wording(rng)
    mine = [fact for fact in actor.facts if fact.kind in _MEMORABLE]
    if roll < 0.07 and mine:
        fact = rng.choice(mine)
        return Asked(actor, "memory", fact), wording.say("memory_questions", topic=fact.topic), "our talk"
    if roll < 0.15:
        known = {*target.known, *actor.known, *(one.name for one in others)} - {target.name}
        name = rng.choice(sorted(known) or [actor.name])
        return Asked(actor, "other", name=name), wording.say("other_questions", name=name), name
    if roll < 0.20:
        return Asked(actor, "name"), wording.say("name_questions"), "the name"
    if roll < 0.29:
        return Asked(actor, "open"), wording.say("open_questions"), f"{target.name}'s life"
    if roll < 0.34:
        return Asked(actor, "want"), wording.say("want_questions"), f"{target.name}'s reasons"
    if roll < 0.40 and target.hidden:
        return (
            Asked(actor, "secret", target.hidden),
            ask(target.hidden, rng),
            f"{target.name}'s {target.hidden.topic}",
        )
    return _draw_fact_question(actor, target, rng)


def _draw_fact_question(actor: Actor, target: Actor, rng: random.Random) -> Question:
    unheard = [fact for fact in target.facts if fact not in actor.heard.get(target.name, [])]
    open_facts = unheard or [fact for fact in target.facts if rng.random() < 0.5 and fact is not target.silent_on]
    if open_facts and rng.random() < 0.94:
        fact = rng.choice(open_facts)
        if fact.yes_no and rng.random() < 0.2:
            asked, question = _draw_yes_no(actor, fact, rng)
            return asked, question, f"{target.name}'s {fact.topic}"
        return Asked(actor, "fact", fact), ask(fact, rng), f"{target.name}'s {fact.topic}"
    kind = rng.choice([kind for kind in KINDS.values() if kind.lacking and not target.fact(kind.name)])
    fact = draw_fact(kind, rng)
    return Asked(actor, "lacking", fact), ask(fact, rng), f"{target.name}'s {fact.topic}"


def _draw_yes_no(actor: Actor, fact: Fact, rng: random.Random) -> tuple[Asked, str]:
    if rng.random() < 0.5:
        return Asked(actor, "yes", fact), vary(fact.yes_no, rng)
    other = draw_fact(KINDS[fact.kind], rng)
    about = "no" if other.values != fact.values else "yes"
    return Asked(actor, about, fact), vary(other.yes_no, rng)
