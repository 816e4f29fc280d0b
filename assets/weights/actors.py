"""Made-up people: facts, temper, habits of speech, what they know of others, and their persona as an author has it."""

import random
import re
from dataclasses import dataclass, field

from assets.weights import words
from assets.weights.facts import (
    KINDS,
    Fact,
    capital,
    draw_fact,
    fact_from_sentence,
    second_person,
    third_person,
    uncapital,
    vary,
)
from assets.weights.matters import Part
from assets.weights.sample import Persona
from assets.weights.words import draw_name


class Filled(dict[str, str]):
    """Slots with their forms: `x_c` capital, `x2` for `you`, `x_` without article, `x_mine` and `x_your` turned."""

    def __missing__(self, key: str) -> str:
        if key == "did_not":
            return self["did"]
        if key.endswith("_c"):
            return capital(self[key[:-2]])
        if key.endswith("_mine"):
            return self[key[:-5]].replace(" me ", " you ").replace(" my ", " your ")
        if key.endswith("_your"):
            return self[key[:-5]].replace(" my ", " your ")
        if key == "task2":
            return self["task"].replace(" me ", f" {self['asker']} ")
        if key.endswith("2"):
            text = second_person(self[key[:-1]])
            return text[0].lower() + text[1:]
        if key.endswith("_"):
            return self[key[:-1]].removeprefix("a ").removeprefix("the ").removeprefix("my ")
        raise KeyError(key)


@dataclass
class Actor:
    """One of the cast while a scene is made."""

    name: str
    woman: bool
    facts: list[Fact]
    part: Part | None = None
    goal: str = ""
    secret: str = ""
    mood: str = ""
    tic: str = ""
    silent_on: Fact | None = None
    """What the actor refuses to speak about."""
    known: dict[str, str] = field(default_factory=dict)
    """Name of somebody to a sentence about them, from the persona."""
    heard: dict[str, list[Fact]] = field(default_factory=dict)
    """Facts that others told in this scene."""
    knowledge: str = ""
    spoke: int = 0
    aim: str = ""
    """A wish for this scene alone, as after `I want to`."""
    hidden: Fact | None = None
    """A secret that is no part of the matter."""

    def fact(self, kind: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.kind == kind), None)


def draw_actor(name: str, rng: random.Random, sentences: list[str], without: frozenset[str] = frozenset()) -> Actor:
    """Draws somebody with two to seven facts; with sentences given, the facts are those of a human's persona."""
    facts = [fact for sentence in sentences if (fact := fact_from_sentence(sentence))]
    kinds = [kind for kind in KINDS.values() if kind.name not in without]
    n_facts = rng.choice((1, 2, 3, 3, 4, 5, 6, 7)) if not facts else rng.randint(0, 1)
    facts += [draw_fact(kind, rng) for kind in rng.sample(kinds, n_facts)]
    if rng.random() < 0.5 and not sentences and not any(fact.kind == "job" for fact in facts):
        facts.insert(0, draw_fact(KINDS["job"], rng))
    actor = Actor(name, name in words.WOMEN or (name not in words.MEN and rng.random() < 0.5), facts)
    if rng.random() < 0.45:
        actor.mood = rng.choice(list(words.MOODS))
    if rng.random() < 0.2:
        actor.tic = rng.choice(words.TICS)
    if rng.random() < 0.12 and facts and not sentences:
        actor.silent_on = rng.choice(facts)
    return actor


def give_aim(actor: Actor, rng: random.Random) -> None:
    """Gives somebody without a part a goal, and sometimes a secret."""
    actor.aim = words.draw_aim(rng)
    goal = actor.aim.replace(" my ", " your ")
    actor.goal = rng.choice(
        (f"{capital(goal)}.", f"{capital(goal)}.", f"You want to {goal}.", f"I want to {actor.aim}.")
    )
    if rng.random() < 0.5:
        actor.hidden = draw_fact(
            KINDS[
                rng.choice(("carry", "hidden", "debt", "loss", "past", "promise", "enemy", "own", "sight", "noticed"))
            ],
            rng,
        )
        actor.secret = second_person(actor.hidden.clause) if rng.random() < 0.75 else actor.hidden.mine


def acquaint(actors: list[Actor], rng: random.Random) -> None:
    """Lets some of the cast know something of each other, or of somebody absent."""
    for actor in actors:
        for other in actors:
            if other is not actor and other.facts and rng.random() < 0.25:
                fact = rng.choice([fact for fact in other.facts if not fact.kind.startswith("said")] or [None])
                if fact and fact is not other.silent_on:
                    _know(actor, fact, other.name, other.woman)
        if rng.random() < 0.25:
            name = draw_name(rng)
            fact = draw_fact(
                KINDS[rng.choice(("job", "home", "fear", "past", "rule", "habit", "loss", "skill", "debt"))], rng
            )
            _know(actor, fact, name, name.split()[0] in words.WOMEN)


def _know(actor: Actor, fact: Fact, name: str, woman: bool) -> None:
    """Lets somebody know a fact of somebody else, if its sentence can tell whose it is."""
    told = third_person(fact.clause, name, woman)
    if name in told:
        actor.known[name] = told


def write_persona(actor: Actor, rng: random.Random) -> Persona:
    """Writes an actor as an author would: facts in one person or another, some as prose."""
    style = rng.choices(("first", "second", "third"), (50, 18, 32))[0]
    n_prose = rng.randint(1, len(actor.facts)) if actor.facts and rng.random() < 0.45 else 0
    prose_style = style if style != "first" or rng.random() < 0.6 else rng.choice(("second", "third"))
    prose = _join([_say(fact, actor, prose_style, index > 0) for index, fact in enumerate(actor.facts[:n_prose])], rng)
    knowledge = " ".join(filter(None, (actor.knowledge, *actor.known.values())))
    return Persona(
        name=actor.name,
        statements=tuple(_say(fact, actor, style, False) for fact in actor.facts[n_prose:]),
        description=" ".join(prose),
        personality=_write_mood(actor, rng),
        voice=_write_voice(actor, rng),
        knowledge=knowledge,
        boundaries=_write_limits(actor, rng),
        goal=actor.goal,
        secret=actor.secret,
    )


def _say(fact: Fact, actor: Actor, style: str, later: bool) -> str:
    if style == "first" or fact.kind.startswith("said"):
        return fact.mine
    if style == "second":
        return second_person(fact.clause)
    subject = ("She" if actor.woman else "He") if later else actor.name
    text = third_person(fact.clause, subject, actor.woman)
    if later and not fact.clause.startswith("I "):
        text = re.sub(r"(?<!^)\b(She|He)\b", lambda match: match[0].lower(), text)
    return text.replace("She's", "Her").replace("He's", "His")


def _join(sentences: list[str], rng: random.Random) -> list[str]:
    """Joins some neighbours with `and`, as prose does."""
    joined: list[str] = []
    for sentence in sentences:
        if (
            joined
            and sentence.startswith(("I ", "You ", "He ", "She "))
            and " and I " not in joined[-1]
            and rng.random() < 0.3
        ):
            joined[-1] = f"{joined[-1][:-1]} and {uncapital(sentence)}"
        else:
            joined.append(sentence)
    return joined


def _write_voice(actor: Actor, rng: random.Random) -> str:
    if actor.tic:
        return rng.choice(('Often says "{}".', 'You often say "{}".', 'Says "{}" a lot.')).format(actor.tic)
    return rng.choice(words.VOICES) if rng.random() < 0.3 else ""


def _write_mood(actor: Actor, rng: random.Random) -> str:
    if not actor.mood:
        return ""
    return rng.choice(
        (
            f"{capital(actor.mood)}.",
            f"You are {actor.mood}.",
            f"{actor.name} is {actor.mood}.",
            f"{capital(actor.mood)} with everybody.",
        )
    )


def _write_limits(actor: Actor, rng: random.Random) -> str:
    if actor.silent_on is None:
        return ""
    of_others = f"[Never speaks|Does not speak] of {'her' if actor.woman else 'his'}"
    return vary(f"[{of_others}|[You never speak|Do not speak] of your] {actor.silent_on.topic}.", rng)
