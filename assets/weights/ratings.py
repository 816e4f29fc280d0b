"""Interviews by numbers: somebody of known temper rates sentences about themselves from 1 to 5.

Source of the items that are not ours: IPIP-50 Big-Five markers (public domain). The second half of them is kept back.
"""

import random
from dataclasses import dataclass, field

from assets.weights.phrasebook import load_book
from core.characters.trait_words import FACTORS

TRAITS = load_book("traits")
IPIP = tuple((item["key"][0], item["key"][1] == "+", item["text"]) for item in load_book("ipip")["items"])
"""Trait, whether agreeing means more of it, and text, in the order of the form."""
N_TAUGHT = 25
SLIDERS = {"E": "extraversion", "A": "agreeableness", "C": "conscientiousness", "S": "neuroticism", "O": "openness"}
"""Trait to the slider of a persona; that of `S` is its opposite."""
_SHARED = 0.35
_RATHER = 25
"""How far from 50 a slider says `rather` at most."""
REQUESTS = (
    '"{item}" Rate from 1 to 5 how true that is of you.',
    "How true is this of you? {item} (1 = not at all, 5 = very much)",
    "{item} From 1 (no) to 5 (yes)?",
    "Answer with a number from 1 to 5: {item}",
    "Please rate, 1 to 5: {item}",
    "On a scale from 1 to 5, does this describe you? {item}",
)


def is_kept_back(sentence: str) -> bool:
    """Whether a sentence of the first person is an item of the form that is for probes alone."""
    return sentence.removeprefix("I ").lower() in {text.lower() for _, _, text in IPIP[N_TAUGHT:]}


@dataclass(frozen=True, slots=True)
class Temper:
    """Which traits somebody has, and how their persona says so."""

    levels: dict[str, bool] = field(default_factory=dict)
    personality: str = ""
    sentences: tuple[str, ...] = ()
    degrees: dict[str, int] = field(default_factory=dict)
    """Trait to per cent, for those that stand on the sliders of the persona; 50 is like most people."""

    strong: frozenset[str] = frozenset()
    """Traits that somebody has more than rather."""

    def own_sentence(self, trait: str, rng: random.Random) -> str:
        """A sentence of the persona about a trait, or one that says the same with its words."""
        end = _end(trait, self.levels[trait])
        told = [sentence for sentence in end["sentences"] if sentence in self.sentences]
        told += [f"I am {word}." for word in end["words"] if word in self.personality.lower()]
        if trait in self.degrees:
            much, little = FACTORS[SLIDERS[trait]]
            told.append(f"I am {much if self.levels[trait] != (trait == 'S') else little}.")
        return rng.choice([one for one in told if not is_kept_back(one)] or end["items"])

    def rate(self, trait: str, positive: bool) -> str:
        """The digit for a sentence that means more of a trait, or less."""
        if trait not in self.levels:
            return "3"
        if self.levels[trait] == positive:
            return "5" if trait in self.strong else "4"
        return "1" if trait in self.strong else "2"


def draw_temper(rng: random.Random) -> Temper:
    """Draws one to five traits, each high or low, in words, in sentences or on the sliders."""
    levels = {trait: rng.random() < 0.5 for trait in rng.sample(list(TRAITS), rng.choice((1, 1, 2, 3, 5)))}
    words, sentences, degrees, strong = [], [], {}, set[str]()
    on_sliders = rng.random() < 0.35
    for trait, high in levels.items():
        end = _end(trait, high)
        if on_sliders:
            degrees[trait] = rng.randint(62, 100) if high else rng.randint(0, 38)
            strong |= {trait} if abs(degrees[trait] - 50) > _RATHER else set()
            continue
        in_words = rng.random() < 0.7
        if in_words:
            word = rng.choice(end["words"])
            very = " " not in word and rng.random() < 0.5
            words.append(f"very {word}" if very else word)
            strong |= {trait} if very else set()
        if rng.random() < 0.5 or not in_words:
            sentences.append(rng.choice(end["sentences"]))
            strong.add(trait)
    personality = rng.choice(("{}.", "You are {}.", "I am {}.", "{}.")).format(" and ".join(words)) if words else ""
    return Temper(levels, personality[:1].upper() + personality[1:], tuple(sentences), degrees, frozenset(strong))


def draw_rating(temper: Temper, rng: random.Random) -> tuple[str, str, str]:
    """A request, the answer's digit, and the thought before it."""
    trait, positive, item = _draw_shared(temper, rng) if rng.random() < _SHARED else _draw_item(temper, rng)
    request = rng.choice(REQUESTS).format(item=item)
    digit = temper.rate(trait, positive)
    if trait not in temper.levels:
        return request, digit, "That is neither true nor false of me."
    agrees = temper.levels[trait] == positive
    word = rng.choice(_end(trait, temper.levels[trait])["words"])
    return request, digit, f"I am {word}. {_agreement(agrees, rng)}"


def ask_in_words(temper: Temper, rng: random.Random) -> tuple[str, str, str]:
    """A question whether a sentence is true, or what somebody is like; the answer in words, and the thought."""
    if rng.random() < 0.3 and temper.levels:
        trait = rng.choice(list(temper.levels))
        high = rng.random() < 0.5
        question = f"Are you {rng.choice(_end(trait, high)['words'])}?"
        agrees = temper.levels[trait] == high
    else:
        trait, positive, item = _draw_item(temper, rng, only_ours=True)
        question = rng.choice(_TRUE_OF_YOU).format(item=item)
        agrees = temper.levels.get(trait) == positive
    if trait not in temper.levels:
        return question, rng.choice(("Hardly more than others.", "Neither yes nor no.")), "I am like most people there."
    answer = rng.choice(
        ("Yes.", "Yes, I am {}.", "Yes. I am {}.") if agrees else ("No.", "No, I am {}.", "No. I am {}.")
    )
    word = rng.choice(_end(trait, temper.levels[trait])["words"])
    return question, answer.format(word), f"I am {word}."


_TRUE_OF_YOU = (
    'Is this true of you? "{item}"',
    "{item} Is that you?",
    'Would you say this of yourself: "{item}"?',
    "Yes or no: {item}",
)


def _draw_item(temper: Temper, rng: random.Random, only_ours: bool = False) -> tuple[str, bool, str]:
    """Trait, whether agreeing means more of it, and text."""
    known = list(temper.levels)
    trait = rng.choice(known) if known and rng.random() < 0.88 else rng.choice(list(TRAITS))
    positive = rng.random() < 0.5
    taught = [text for of, plus, text in IPIP[:N_TAUGHT] if of == trait and plus == positive]
    if only_ours or rng.random() < 0.5 or not taught:
        return trait, positive, rng.choice(_end(trait, positive)["items"])
    text = rng.choice(taught)
    return trait, positive, text if rng.random() < 0.5 else f"I {text[0].lower()}{text[1:]}"


def _draw_shared(temper: Temper, rng: random.Random) -> tuple[str, bool, str]:
    """A sentence that the persona has too, or the opposite of one: what words share is learned first."""
    if not temper.levels:
        return _draw_item(temper, rng)
    trait, positive = rng.choice(list(temper.levels)), rng.random() < 0.5
    if positive != temper.levels[trait]:
        end = _end(trait, positive)
        opposites = [*(f"I am {word}." for word in end["words"]), *end["sentences"]]
        return trait, positive, rng.choice([one for one in opposites if not is_kept_back(one)])
    return trait, positive, temper.own_sentence(trait, rng)


def _agreement(agrees: bool, rng: random.Random) -> str:
    return rng.choice(("That is me.", "Yes, that is true.") if agrees else ("That is not me.", "No."))


def _end(trait: str, high: bool) -> dict[str, list[str]]:
    end: dict[str, list[str]] = TRAITS[trait]["high" if high else "low"]
    return end
