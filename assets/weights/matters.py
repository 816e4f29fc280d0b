"""What a scene is about: who wants what, who hides what, and the exchanges that move it on.

The words are in the phrase book: every line is `thought :: speech`, with `[one|other]` choices and `{slots}`; the
names of the parts are slots too. Here each matter gets the values of its slots.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assets.weights import words
from assets.weights.phrasebook import load_book
from assets.weights.words import draw_name, draw_thing, draw_town, word_list

Slots = dict[str, str]

_BOOK = load_book("matters")


@dataclass(frozen=True, slots=True)
class Part:
    """A part in a matter. The first part of a matter drives it."""

    name: str
    goals: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """The driver's line and what each part replies."""

    asks: tuple[str, ...]
    replies: dict[str, tuple[str, ...]]
    when: str = ""
    """Only if this slot is set."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A subject for a scene."""

    name: str
    titles: tuple[str, ...]
    settings: tuple[str, ...]
    parts: tuple[Part, ...]
    exchanges: tuple[Exchange, ...]
    draw: Callable[[random.Random], Slots]


def _deed(rng: random.Random) -> Slots:
    slots = {"thing": draw_thing(rng), "place": rng.choice(words.PLACES)}
    past, base, state = (form.format(**slots) for form in rng.choice(_BOOK["deeds"]["forms"]))
    return slots | {
        "did": past,
        "do": base,
        "state": state,
        "time": rng.choice(words.TIMES),
        "excuse": rng.choice(word_list("excuses")),
        "proof": rng.choice(word_list("proofs")),
        "where": f"{rng.choice(('near', 'in', 'behind', 'at'))} the {rng.choice(words.PLACES)}",
        "elsewhere": f"{rng.choice(('in', 'at', 'behind'))} the {rng.choice(words.PLACES)}",
        "hid": rng.choice(word_list("hideouts")),
    }


def _bargain(rng: random.Random) -> Slots:
    floor = rng.randint(4, 60)
    top = floor + rng.randint(-6, 10)
    ask = floor + rng.randint(2, 12)
    offer = max(1, min(top, floor) - rng.randint(1, 6))
    good, need = rng.choice(words.GOODS), rng.choice(word_list("needs"))
    price = rng.randint(min(floor, max(2, top)), max(2, top))
    numbers = {"floor": floor, "top": max(2, top), "ask": ask, "offer": offer, "price": price}
    outcome = "deal" if top >= floor else "no_deal"
    return {"good": good, "need": need, outcome: "yes"} | {name: str(number) for name, number in numbers.items()}


def _favour(rng: random.Random) -> Slots:
    task = rng.choice(_BOOK["tasks"]["forms"])
    return {
        "task": task.format(thing=draw_thing(rng), place=rng.choice(words.PLACES), who=draw_name(rng)),
        "need": rng.choice(word_list("needs")),
        "doubt": rng.choice(word_list("doubts")),
        "pay": rng.choice(word_list("payments")),
        "time": rng.choice(("tonight", "before dawn", "today", "tomorrow", "at once", "by noon")),
        "yes" if rng.random() < 0.6 else "no": "yes",
    }


def _lost(rng: random.Random) -> Slots:
    thing = draw_thing(rng)
    return {
        "thing": thing,
        "thing_noun": thing.split()[-1],
        "place": rng.choice(("pier", "quay", "bridge", "market", "square", "beach", "station", "harbour")),
        "time": rng.choice(words.TIMES),
        "hid": rng.choice(words.HIDEOUTS),
        "pay": rng.choice(("ten coins", "my best coat", "a good meal", "anything", "half of my pay", "my word")),
    }


def _gate(rng: random.Random) -> Slots:
    return {
        "token": rng.choice(word_list("tokens")),
        "purpose": rng.choice(word_list("purposes")),
        "town": draw_town(rng),
        "place": rng.choice(("gate", "bridge", "door", "harbour", "border", "tower", "camp")),
        "has" if rng.random() < 0.5 else "has_not": "yes",
    }


def _debt(rng: random.Random) -> Slots:
    days = (
        "on Friday",
        "after the harvest",
        "next week",
        "when the ship comes in",
        "tomorrow",
        "in spring",
        "on market day",
    )
    return {"sum": str(rng.randint(5, 95)), "reason": rng.choice(word_list("debt_reasons")), "when": rng.choice(days)}


def _rivals(rng: random.Random) -> Slots:
    needs = (
        "my mother is ill",
        "it was my father's",
        "I paid for it",
        "I found it",
        "the winter is hard",
        "I promised it to a child",
    )
    claims = (
        "I made it",
        "it was left to me",
        "my work depends on it",
        "I have guests",
        "I lost mine",
        "I looked for it for years",
    )
    return {
        "thing": draw_thing(rng),
        "place": rng.choice(words.PLACES),
        "need": rng.choice(needs),
        "claim": rng.choice(claims),
    }


def _parting(rng: random.Random) -> Slots:
    reasons = (
        "there is no work here",
        "I cannot sleep in this house",
        "I want to see the world",
        "my brother needs me",
        "I am tired of this town",
        "they offered me a place",
    )
    return {
        "end": rng.choice(word_list("ends")),
        "why": rng.choice(reasons),
        "who": draw_name(rng),
        "thing": draw_thing(rng),
        "place": rng.choice(words.PLACES),
    }


def _quarrel(rng: random.Random) -> Slots:
    causes, excuses = word_list("causes"), word_list("sorries")
    return {"cause": rng.choice(causes), "sorry_why": rng.choice(excuses), "place": rng.choice(words.PLACES)}


def _news(rng: random.Random) -> Slots:
    event = rng.choice(_BOOK["events"]["forms"])
    return {
        "news": event.format(who=draw_name(rng), place=rng.choice(words.PLACES), thing=draw_thing(rng)),
        "town": draw_town(rng),
        "time": rng.choice(words.TIMES),
        "who2": draw_name(rng),
        "place": rng.choice(("tavern", "inn", "kitchen", "hall", "camp", "bakery")),
    }


def _watch(rng: random.Random) -> Slots:
    places = ("lighthouse", "harbour", "boathouse", "cottage", "station", "inn", "mill", "camp")
    return {"missing": draw_name(rng), "time": rng.choice(words.TIMES), "place": rng.choice(places)}


_DRAWS: dict[str, Callable[[random.Random], Slots]] = {
    "deed": _deed,
    "bargain": _bargain,
    "favour": _favour,
    "lost": _lost,
    "gate": _gate,
    "debt": _debt,
    "rivals": _rivals,
    "parting": _parting,
    "quarrel": _quarrel,
    "news": _news,
    "watch": _watch,
}


def _load_matter(name: str, entry: dict[str, Any]) -> Matter:
    return Matter(
        name=name,
        titles=tuple(entry["titles"]),
        settings=tuple(entry["settings"]),
        parts=tuple(Part(**{field: _frozen(value) for field, value in part.items()}) for part in entry["parts"]),
        exchanges=tuple(_load_exchange(one) for one in entry["exchanges"]),
        draw=_DRAWS[name],
    )


def _load_exchange(entry: dict[str, Any]) -> Exchange:
    replies = {part: tuple(lines) for part, lines in entry["replies"].items()}
    return Exchange(tuple(entry["asks"]), replies, entry.get("when", ""))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


MATTERS = {name: _load_matter(name, _BOOK[name]) for name in _DRAWS}
