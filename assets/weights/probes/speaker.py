"""Who is probed: weights with their sampling, and what probes draw: words that training never drew."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from assets.weights import words
from assets.weights.facts import KINDS, Fact, Kind, draw_fact
from assets.weights.llama_weights import Weights
from assets.weights.open_words import OpenWords
from assets.weights.phrasebook import load_book
from assets.weights.sample import Line, Message, Persona, Play, render_messages
from core.characters.reply import parse_reply
from core.playtest.settings import PlaySettings

Row = dict[str, Any]
SETTINGS = PlaySettings()
"""Those of a playtest of the app when nobody changes them."""
PROBED = (
    *("job", "home", "origin", "fear", "wish", "hobby", "food", "drink", "hate", "pet", "family", "hidden", "age"),
    *("colour", "employer", "birthday", "book", "language", "password", "team"),
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Weights that speak for characters."""

    weights: Weights
    settings: PlaySettings = SETTINGS

    def ask(self, persona: Persona, other: str, question: str, seed: int) -> str:
        """Puts one question to a character; returns the speech. Those of even seeds think first."""
        play = Play("probe", *place(seed), (persona, Persona(other)), (Line(other, question), Line(persona.name, "")))
        messages = render_messages(play, 0, thoughts=seed % 2 == 0)[:-1]
        written, _ = self.write(messages, seed)
        return parse_reply(written, persona.name, [other]).text

    def write(self, messages: list[Message], seed: int, max_tokens: int = 0) -> tuple[str, bool]:
        """Writes one turn, as long as the settings say or so many tokens; returns it and whether it ended by itself."""
        return self.weights.write(messages, self.settings.sampling(seed), max_tokens or self.settings.max_tokens)


class Values:
    """Draws facts whose values training hardly drew.

    Either all nouns and invented names of a value were kept back, and what comes together makes no sense: nothing but
    copying helps there. Adjectives, verbs, colours, dates and numbers are those of training. Or the value that answers
    is one that an author might write, from a book of its own; the facts beside it are then as in training.
    """

    def __init__(self, authored: bool = False) -> None:
        self.authored = authored
        own_kinds = _authored_kinds() if authored else {}
        self.kinds = KINDS | own_kinds
        self.probed = [kind for kind in PROBED if not authored or kind in own_kinds]

    def begin(self, name: str) -> tuple[random.Random, Counter[str]]:
        """Returns the generator and the counts of one probe; from here on all words are drawn for this one."""
        words.use_unseen_words(not self.authored)
        words.set_open_share(0.0)
        return random.Random(name), Counter()

    def draw(self, kind: str, rng: random.Random) -> Fact:
        """One fact of a kind."""
        return draw_fact(self.kinds[kind], rng)

    def draw_others(self, kind: str, n: int, rng: random.Random) -> list[Fact]:
        """Facts of other kinds, no two of one topic."""
        topics = {KINDS[kind].topic} if kind else set()
        facts: list[Fact] = []
        while len(facts) < n:
            fact = self.draw(rng.choice(list(KINDS)), rng)
            if fact.topic not in topics and not (kind in ("job", "past") and fact.kind in ("job", "past")):
                topics.add(fact.topic)
                facts.append(fact)
        return facts


def place(seed: int) -> tuple[str, str]:
    """A title and a setting in a few words."""
    return words.PLAIN_SETTINGS[seed % len(words.PLAIN_SETTINGS)]


def draw_two_names(rng: random.Random) -> list[str]:
    """Two names that training never draws."""
    unseen = OpenWords(unseen=True)
    return [unseen.name(rng), unseen.name(rng)]


def _authored_kinds() -> dict[str, Kind]:
    held_out: dict[str, dict[str, list[str]]] = load_book("held_out_values")
    return {name: _with_values(KINDS[name], values) for name, values in held_out.items()}


def _with_values(kind: Kind, values: dict[str, list[str]]) -> Kind:
    def draw(rng: random.Random) -> dict[str, str]:
        return kind.draw(rng) | {slot: rng.choice(listed) for slot, listed in values.items()}

    return replace(kind, draw=draw)
