"""Facts in an author's own words: sentences of all shapes, asked for by words that stand in them.

`facts.py` has kinds whose questions must be learned by heart. These teach what carries over to any sentence: to find
the one that shares words with the question.
"""

import random
import re

from assets.weights import words
from assets.weights.facts import Fact, vary
from assets.weights.open_words import plural
from assets.weights.phrasebook import load_book
from assets.weights.words import draw_name, draw_town, draw_value, open_words, with_article

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BONES = ("arm", "leg", "hand", "foot", "nose", "wrist")
_LIMBS = ("finger", "tooth", "thumb", "ear", "eye", "toe")
_PATTERNS = tuple(entry.split(" => ") for entry in load_book("plain_facts")["facts"])


def draw_plain_fact(rng: random.Random) -> Fact:
    """Draws a sentence with its questions. Its topic is the first noun that was put in."""
    slots = _draw_slots(rng)
    sentence, questions = rng.choice(_PATTERNS)
    asked = tuple(question.strip().format_map(slots) for question in questions.split("/"))
    told = sentence.format_map(slots)
    topic = next((slots[name] for name in re.findall(r"{(\w+)}", sentence) if name not in _NO_TOPICS), "day")
    return Fact(f"said:{topic}", topic.removeprefix("a ").removeprefix("an "), vary(told, rng), asked, {})


_NO_TOPICS = frozenset({"v", "a", "when", "number", "age", "state", "day"})


def _draw_slots(rng: random.Random) -> dict[str, str]:
    """Half of the nouns are plain things, half come from the words without end."""
    noun, some, others, adjective, verb, agent = _draw_open(rng) if _is_open(rng) else _draw_plain(rng)
    thing = f"{rng.choice(words.ADJECTIVES)} {noun}" if rng.random() < 0.4 else noun
    return {
        "n": noun,
        "p": some,
        "p2": others,
        "a": adjective,
        "v": verb,
        "agent": agent,
        "an": with_article(thing),
        "an2": with_article(noun),
        "N": noun.capitalize(),
        "name": draw_name(rng),
        "town": draw_town(rng),
        "job": with_article(draw_value("jobs", rng)),
        "relative": rng.choice(words.RELATIVES),
        "animal": rng.choice(words.ANIMALS),
        "place": draw_value("places", rng),
        "when": rng.choice(words.TIMES),
        "day": rng.choice(_DAYS),
        "age": words.spell_number(rng.randint(2, 60)),
        "number": str(rng.randint(2, 99)),
        "state": draw_value("states", rng),
        "bone": rng.choice(_BONES),
        "bone2": rng.choice(_LIMBS),
    }


def _is_open(rng: random.Random) -> bool:
    return open_words().unseen or rng.random() < 0.5


def _draw_open(rng: random.Random) -> list[str]:
    return open_words().fill("{n}|{p}|{P}|{a}|{v}|{agent}", rng).lower().split("|")


def _draw_plain(rng: random.Random) -> list[str]:
    nouns = rng.sample(_NOUNS, 3)
    return [nouns[0], *map(plural, nouns[1:]), rng.choice(words.ADJECTIVES), rng.choice(_VERBS), rng.choice(_AGENTS)]


_NOUNS = [thing for thing in words.THINGS if " " not in thing]
_VERBS = ("paint", "mend", "sell", "collect", "draw", "wash", "count", "polish", "carry", "hide", "fix", "build")
_AGENTS = words.JOBS
