"""Words without end: invented names, and values put together from common nouns, adjectives and verbs.

What the weights must learn is to copy, and only values that cannot be remembered teach it. One noun in ten and one
invented name in ten are kept back: training never draws them; probes draw no others, nor nouns of the other books.
"""

import hashlib
import random
import re

from assets.weights.phrasebook import load_book, words_of

_BOOK = load_book("open_words")
_ONSETS = (
    *"bcdfghjklmnprstvwyz",
    "br",
    "ch",
    "dr",
    "fr",
    "gl",
    "gr",
    "kl",
    "qu",
    "sh",
    "sk",
    "st",
    "th",
    "tr",
    "",
    "",
    "",
)
_VOWELS = (*"aeiou", *"aeio", "ae", "ia", "ei", "ou")
_CODAS = (*"nrlsmtdkx", "th", "nd", "rn", "ll", "sk", *[""] * 9)
_ENDS = (
    *"aeio",
    *["us", "en", "in", "ek", "ell", "ina", "ick", "or", "ild", "eth", "ora", "ard", "wen", "ette", "is", "an"],
)
_NUMBERS = (3, 7, 12, 20, 40, 99, 300)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_COLOURS = ("blue", "red", "green", "yellow", "grey", "brown", "pink")


def is_kept_back(word: str) -> bool:
    """Whether a word is for probes alone."""
    return hashlib.blake2b(word.lower().encode()).digest()[0] % 10 == 0


def _listed(name: str) -> list[str]:
    return [" ".join(part.split()) for part in _BOOK[name].split(",")]


class OpenWords:
    """Draws names and values; `unseen` ones are those that training never draws."""

    def __init__(self, unseen: bool = False) -> None:
        self.unseen = unseen
        other_books = words_of("facts", "matters", "phrases", "plain_facts", "plots", "threads", "words")
        self.nouns = [
            noun
            for noun in _listed("nouns")
            if is_kept_back(noun) == unseen and not (unseen and {noun, plural(noun)} & other_books)
        ]
        self.adjectives = _listed("adjectives")
        self.verbs = _listed("verbs")
        self.agents = _listed("agents")

    def name(self, rng: random.Random) -> str:
        """An invented name of two or three syllables."""
        while True:
            middle = "".join(
                rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(rng.choice((1, 1, 1, 2)))
            )
            name = middle + rng.choice("bdfgklmnprstvz") + rng.choice(_ENDS)
            name = re.sub(r"(.)\1\1+", r"\1", name).capitalize()
            if 4 <= len(name) <= 10 and is_kept_back(name) == self.unseen:
                return name

    def value(self, list_name: str, rng: random.Random) -> str | None:
        """A value in place of one of a list, or None where that list is closed."""
        patterns = _BOOK["patterns"].get(list_name)
        return self.fill(rng.choice(patterns), rng) if patterns else None

    def fill(self, pattern: str, rng: random.Random) -> str:
        """Fills the slots of a pattern."""
        noun, adjective = rng.choice(self.nouns), rng.choice(self.adjectives)
        return pattern.format(
            n=noun,
            n2=rng.choice(self.nouns),
            p=plural(rng.choice(self.nouns)),
            a=adjective,
            an=with_article(f"{adjective} {noun}" if rng.random() < 0.5 else noun),
            v=rng.choice(self.verbs),
            agent=rng.choice(self.agents),
            name=self.name(rng),
            town=self.name(rng),
            number=rng.choice(_NUMBERS) if rng.random() < 0.5 else rng.randint(2, 999),
            day=rng.randint(1, 30),
            month=rng.choice(_MONTHS),
            c=rng.choice(_COLOURS),
            A=adjective.capitalize(),
            N=noun.capitalize(),
            P=plural(rng.choice(self.nouns)).capitalize(),
        )


def plural(noun: str) -> str:
    """`keys`, `boxes`, `copies`."""
    for end, many in (
        ("man", "men"),
        ("tooth", "teeth"),
        ("foot", "feet"),
        ("mouse", "mice"),
        ("fe", "ves"),
        ("child", "children"),
    ):
        if noun.endswith(end) and noun != "human":
            return noun.removesuffix(end) + many
    if noun.endswith(("s", "sh", "ch", "x", "z")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def with_article(noun: str) -> str:
    """`a lamp`, `an old key`."""
    if noun.startswith(_SILENT_H) or (noun[0] in "aeiou" and not noun.startswith(_LIKE_YOU)):
        return f"an {noun}"
    return f"a {noun}"


_LIKE_YOU = ("unique", "unit", "unif", "univ", "union", "usual", "useful", "user", "utens", "euro", "one-", "ukulele")
_SILENT_H = ("hour", "honour", "honor", "honest", "heir")
