"""Words for the teaching set: names, trades, places and doings, read from the phrase book.

Many values of each, and values put together from parts: what the weights must learn is to copy, not to remember.
"""

import random
from functools import cache

from assets.weights.open_words import OpenWords, with_article
from assets.weights.phrasebook import load_book

__all__ = ["with_article"]

_BOOK = load_book("words")
_OPEN_SHARE = [0.45]
"""How often a value is put together rather than taken from its list."""
_SOURCE = [OpenWords()]


@cache
def word_list(name: str) -> tuple[str, ...]:
    """A list of the phrase book by its name, such as `jobs`."""
    if name == "given_names":
        return GIVEN_NAMES
    text = _BOOK[name]
    return tuple(" ".join(part.split()) for part in text.split(",")) if isinstance(text, str) else tuple(text)


def open_words() -> OpenWords:
    """The source of open values."""
    return _SOURCE[0]


def set_open_share(share: float) -> None:
    """How often values are put together from here on, in [0, 1]."""
    _OPEN_SHARE[0] = share


def use_unseen_words(unseen: bool = True) -> None:
    """From here on, every value is open and made of words that training never draws, or not any more. For probes."""
    _SOURCE[0] = OpenWords(unseen)


def draw_value(name: str, rng: random.Random) -> str:
    """A value of a list, or one like it that is hardly ever the same twice."""
    if name in _CLOSED or (name in _BOOK_LISTS and not open_words().unseen and rng.random() > _OPEN_SHARE[0]):
        return rng.choice(word_list(name))
    return open_words().value(name, rng) or rng.choice(word_list(name))


def draw_names(n: int, rng: random.Random, invented_share: float = 0.0) -> list[str]:
    """Different names, some of them invented, at least a share in [0, 1]."""
    names: list[str] = []
    while len(names) < n:
        name = open_words().name(rng) if rng.random() < invented_share else draw_value("given_names", rng)
        if name not in names:
            names.append(name)
    return names


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
_BOOK_LISTS = frozenset({*_BOOK, "given_names"})
_CLOSED = frozenset({"relatives"})
_SMALL_NUMBERS, _TENS = word_list("small_numbers"), word_list("tens")


def draw_town(rng: random.Random) -> str:
    """A place name that is hardly ever the same twice."""
    if open_words().unseen or rng.random() < _OPEN_SHARE[0]:
        return open_words().name(rng)
    return rng.choice(_TOWN_HEADS) + rng.choice(_TOWN_TAILS)


def draw_thing(rng: random.Random) -> str:
    """A thing with or without a word about it, such as `brass key`."""
    if open_words().unseen or rng.random() < _OPEN_SHARE[0]:
        return open_words().fill(rng.choice(("{n}", "{a} {n}")), rng)
    return f"{rng.choice(ADJECTIVES)} {rng.choice(THINGS)}" if rng.random() < 0.7 else rng.choice(THINGS)


def draw_name(rng: random.Random) -> str:
    """The name of somebody who is not there."""
    name = draw_value("given_names", rng)
    return name if rng.random() < 0.75 else f"{name} {rng.choice(SURNAMES)}"


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
