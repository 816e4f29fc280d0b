"""Words for the teaching set: names, trades, places and doings, read from the phrase book.

Many values of each, and values put together from parts: what the weights must learn is to copy, not to remember.
"""

import random
from functools import cache

from assets.weights.phrasebook import load_book

_BOOK = load_book("words")


@cache
def word_list(name: str) -> tuple[str, ...]:
    """A list of the phrase book by its name, such as `jobs`."""
    if name == "given_names":
        return GIVEN_NAMES
    text = _BOOK[name]
    return tuple(" ".join(part.split()) for part in text.split(",")) if isinstance(text, str) else tuple(text)


WOMEN = word_list("women")
MEN = word_list("men")
GIVEN_NAMES = WOMEN + MEN
SURNAMES = word_list("surnames")
JOBS = word_list("jobs")
ADJECTIVES = word_list("adjectives")
THINGS = word_list("things")
PLACES = word_list("places")
HIDEOUTS = word_list("hideouts")
TIMES = word_list("times")
WISHES = word_list("wishes")
FOODS = word_list("foods")
DRINKS = word_list("drinks")
SKILLS = word_list("skills")
ANIMALS = word_list("animals")
RELATIVES = word_list("relatives")
SIGHTS = word_list("sights")
FEELINGS = word_list("feelings")
REASONS = word_list("reasons")
GOODS = word_list("goods")
TICS = word_list("tics")
WEATHERS = word_list("weathers")
VOICES = word_list("voices")
POSTS = word_list("posts")
AIMS = word_list("aims")
PLAIN_SETTINGS = tuple((title, setting) for title, setting in _BOOK["plain_settings"])
MOODS: dict[str, tuple[str, ...]] = {mood: tuple(actions) for mood, actions in _BOOK["moods"].items()}
_TOWN_HEADS, _TOWN_TAILS = word_list("town_heads"), word_list("town_tails")
_SMALL_NUMBERS, _TENS = word_list("small_numbers"), word_list("tens")


def draw_town(rng: random.Random) -> str:
    """A place name that is hardly ever the same twice."""
    return rng.choice(_TOWN_HEADS) + rng.choice(_TOWN_TAILS)


def draw_thing(rng: random.Random) -> str:
    """A thing with or without a word about it, such as `brass key`."""
    return f"{rng.choice(ADJECTIVES)} {rng.choice(THINGS)}" if rng.random() < 0.7 else rng.choice(THINGS)


def draw_name(rng: random.Random) -> str:
    """The name of somebody who is not there."""
    return rng.choice(GIVEN_NAMES) if rng.random() < 0.75 else f"{rng.choice(GIVEN_NAMES)} {rng.choice(SURNAMES)}"


def draw_aim(rng: random.Random) -> str:
    """Something that somebody may want from a scene, as after `I want to`."""
    return rng.choice(AIMS).format(
        thing=draw_thing(rng), post=rng.choice(POSTS), place=rng.choice(PLACES), town=draw_town(rng)
    )


def spell_number(number: int) -> str:
    """Numbers below 100 in words."""
    if number < 20:
        return _SMALL_NUMBERS[number]
    tens, ones = _TENS[number // 10 - 2], _SMALL_NUMBERS[number % 10]
    return tens if number % 10 == 0 else f"{tens}-{ones}"


def with_article(noun: str) -> str:
    """`a lamp`, `an old key`."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
