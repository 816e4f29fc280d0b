"""Drills: one asks another for facts and for words to repeat, and nothing else.

Weights this small learn late to copy from the prompt, and everything else builds on it; short and dense practice of
nothing but that brings it forward.
"""

import random

from assets.weights import words
from assets.weights.actors import Actor, draw_actor, write_persona
from assets.weights.facts import Fact, capital, vary
from assets.weights.phrasebook import load_book
from assets.weights.sample import Line, Play
from assets.weights.words import draw_thing, draw_town, with_article

_PHRASES = load_book("phrases")
_REQUESTS = (
    ("[Say this|Say after me|Repeat this]: {words}.", "{Words}."),
    ("[Remember this|Keep this in mind|Do not forget]: {words}.", "I will [remember|keep in mind]: {words}."),
    ("Tell {name} this: {words}.", "I will tell {name}: {words}."),
    ("[I need|Bring me|We must buy] {words}.", "[You need|I will bring you|We must buy] {words}."),
    ("The [list|message|password] is: {words}.", "{Words}. [I have it.|Understood.|]"),
)
_RECALLS = (
    "What were the words?",
    "What did I ask you to remember?",
    "Say it again.",
    "What was it again?",
    "And what was it?",
)


def draw_drill(rng: random.Random) -> Play:
    """Draws an examination of the first of two people, in which every answer stands in the prompt."""
    actors = [_plain_actor(name, rng) for name in rng.sample(words.GIVEN_NAMES, 2)]
    title, setting = rng.choice(words.PLAIN_SETTINGS)
    lines: list[Line] = []
    told: dict[str, str] = {}
    asked: list[Fact] = []
    for _ in range(rng.randint(3, 8)):
        question, answer, thought = _draw_request(actors[1], actors[0], told, asked, rng)
        lines += [Line(actors[1].name, question), Line(actors[0].name, answer, thought)]
    cast = tuple(write_persona(actor, rng) for actor in actors)
    return Play("drill", title, setting, cast, tuple(lines))


def _plain_actor(name: str, rng: random.Random) -> Actor:
    actor = draw_actor(name, rng, [])
    actor.mood = actor.tic = ""
    actor.silent_on = None
    actor.facts = actor.facts[: rng.randint(1, 4)]
    return actor


def _draw_request(
    me: Actor, other: Actor, told: dict[str, str], asked: list[Fact], rng: random.Random
) -> tuple[str, str, str]:
    """A question, its answer, and the thought before the answer."""
    facts = [fact for fact in other.facts if asked.count(fact) < 3]
    if facts and rng.random() < 0.85:
        fact = rng.choice(facts)
        asked.append(fact)
        thought = vary(rng.choice(_PHRASES["tell_thoughts"]), rng).format(
            asker=me.name, topic=fact.topic, clause=fact.mine
        )
        lead = vary(rng.choice(_PHRASES["leads"]), rng) if rng.random() < 0.25 else ""
        return vary(rng.choice(fact.questions), rng), f"{lead} {fact.mine}".strip(), thought
    if other.name in told and rng.random() < 0.6:
        remembered = told.pop(other.name)
        return rng.choice(_RECALLS), f"{capital(remembered)}.", f"{me.name} said: {remembered}."
    told[other.name] = listed = _draw_words(rng)
    request, answer = rng.choice(_REQUESTS)
    slots = {"words": listed, "Words": capital(listed), "name": rng.choice(words.GIVEN_NAMES)}
    return vary(request.format(**slots), rng), vary(answer.format(**slots), rng), f"I must say it: {listed}."


def _draw_words(rng: random.Random) -> str:
    items = [_draw_item(rng) for _ in range(rng.randint(1, 4))]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _draw_item(rng: random.Random) -> str:
    draw = rng.choice(
        (
            lambda: with_article(draw_thing(rng)),
            lambda: draw_town(rng),
            lambda: rng.choice(words.GIVEN_NAMES),
            lambda: f"{words.spell_number(rng.randint(2, 99))} {rng.choice(words.ANIMALS)}s",
            lambda: rng.choice(words.FOODS),
            lambda: f"the {rng.choice(words.JOBS)} of {draw_town(rng)}",
            lambda: rng.choice(words.WEATHERS),
        )
    )
    return draw()
