"""Nine ways to spoil a dialogue, each with one thing wrong and all else as it was. The same seed spoils alike."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from core.fidelity.conversation import Line
from core.fidelity.validation.dialogues import MIN_FACTS, NARRATOR, Dialogue
from core.fidelity.validation.negating import negate

Looked = Literal["target", "everybody", "line"]


class Spoilt(NamedTuple):
    """A spoilt copy, and which of its lines are others than they were (from 0)."""

    dialogue: Dialogue
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Corruption:
    """A way to spoil a dialogue."""

    name: str
    what: str
    """What is done, in one sentence for the user."""
    told: str
    """What a measure that notices it tells: “… from …”, the end of a sentence."""
    plural: str
    """What a measure sees, or does not see."""
    spoil: Callable[[Dialogue, Dialogue, random.Random], Spoilt | None]
    """Spoils a copy, with another conversation to borrow from; None where the dialogue has nothing to spoil so."""
    looked: Looked = "target"
    """Whose score is compared: the target's, that of the whole conversation, or that of the one line in question."""


def _swap_persona(dialogue: Dialogue, donor: Dialogue, _rng: random.Random) -> Spoilt | None:
    if min(len(dialogue.facts), len(donor.facts)) < MIN_FACTS or set(dialogue.facts) == set(donor.facts):
        return None
    personas = dict(dialogue.about.personas) | {dialogue.target: donor.facts}
    other = donor.about.personas.get(donor.partner)
    if other and dialogue.partner in personas:
        personas[dialogue.partner] = other
    return Spoilt(replace(dialogue, about=replace(dialogue.about, personas=personas)), ())


def _swap_speakers(dialogue: Dialogue, _donor: Dialogue, _rng: random.Random) -> Spoilt | None:
    other = {dialogue.target: dialogue.partner, dialogue.partner: dialogue.target}
    lines = tuple(line._replace(speaker=other.get(line.speaker, line.speaker)) for line in dialogue.lines)
    places = tuple(place for place, line in enumerate(dialogue.lines) if line.speaker in other)
    return Spoilt(replace(dialogue, lines=lines), places)


def _echo(dialogue: Dialogue, _donor: Dialogue, rng: random.Random) -> Spoilt | None:
    said = {place: _last_of_others(dialogue, place) for place in dialogue.places(dialogue.target)}
    possible = {place: text for place, text in said.items() if text}
    return _put(dialogue, {place: possible[place] for place in _half(possible, rng)})


def _repeat(dialogue: Dialogue, _donor: Dialogue, rng: random.Random) -> Spoilt | None:
    own = dialogue.places(dialogue.target)
    chosen = _half(own[1:], rng)
    return _put(dialogue, {place: dialogue.lines[rng.choice(own[: own.index(place)])].text for place in chosen})


def _shuffle(dialogue: Dialogue, _donor: Dialogue, rng: random.Random) -> Spoilt | None:
    texts: dict[int, str] = {}
    for speaker in dict.fromkeys(line.speaker for line in dialogue.lines):
        places = dialogue.places(speaker)
        texts |= dict(zip(places, rng.sample([dialogue.lines[one].text for one in places], len(places)), strict=True))
    return _put(dialogue, texts)


def _put_foreign_line(dialogue: Dialogue, donor: Dialogue, rng: random.Random) -> Spoilt | None:
    place = rng.choice(dialogue.places(dialogue.target)[1:])
    return _put(dialogue, {place: donor.lines[rng.choice(donor.places(donor.target)[1:])].text})


def _negate(dialogue: Dialogue, _donor: Dialogue, _rng: random.Random) -> Spoilt | None:
    turned = {place: negate(dialogue.lines[place].text) for place in dialogue.places(dialogue.target)}
    return _put(dialogue, {place: text for place, text in turned.items() if text})


def _take_over(dialogue: Dialogue, donor: Dialogue, _rng: random.Random) -> Spoilt | None:
    own, other = dialogue.places(dialogue.target), donor.places(donor.target)
    late = own[len(own) // 2 :]
    texts = [donor.lines[one].text for one in other[len(other) // 2 :] + other]
    return _put(dialogue, {place: texts[number % len(texts)] for number, place in enumerate(late)})


def _bleed(dialogue: Dialogue, _donor: Dialogue, rng: random.Random) -> Spoilt | None:
    following = {place: _next_of_others(dialogue, place) for place in dialogue.places(dialogue.target)}
    possible = {place: line for place, line in following.items() if line is not None}
    return _put(dialogue, {place: _run_on(dialogue, place, possible[place]) for place in _half(possible, rng)})


def _run_on(dialogue: Dialogue, place: int, other: Line) -> str:
    return f"{dialogue.lines[place].text}\n{dialogue.about.name(other.speaker)}: {other.text}"


def _next_of_others(dialogue: Dialogue, place: int) -> Line | None:
    speaker = dialogue.lines[place].speaker
    return next((line for line in dialogue.lines[place + 1 :] if line.speaker not in (speaker, NARRATOR)), None)


def _last_of_others(dialogue: Dialogue, place: int) -> str:
    speaker = dialogue.lines[place].speaker
    return next((line.text for line in reversed(dialogue.lines[:place]) if line.speaker != speaker), "")


def _half(places: Iterable[int], rng: random.Random) -> list[int]:
    found = list(places)
    return sorted(rng.sample(found, (len(found) + 1) // 2))


def _put(dialogue: Dialogue, texts: dict[int, str]) -> Spoilt | None:
    """Puts texts in place of others; None where that changes nothing."""
    lines = [Line(line.speaker, texts.get(place, line.text)) for place, line in enumerate(dialogue.lines)]
    changed = tuple(place for place, line in enumerate(lines) if line.text != dialogue.lines[place].text)
    return Spoilt(replace(dialogue, lines=tuple(lines)), changed) if changed else None


CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption(
        "persona_swap",
        "The speakers have the personas of another conversation; what is said stays.",
        "the right persona from a stranger's",
        "swapped personas",
        _swap_persona,
    ),
    Corruption(
        "speaker_swap",
        "Two speakers say each other's lines.",
        "a speaker's own lines from the partner's",
        "swapped speakers",
        _swap_speakers,
    ),
    Corruption(
        "echo",
        "Every other line of a speaker, drawn by chance, is what their partner said last.",
        "a speaker from one who repeats the partner",
        "echoes",
        _echo,
    ),
    Corruption(
        "repetition",
        "Half of a speaker's lines are earlier lines of their own.",
        "a speaker from one who says the same again",
        "repetitions",
        _repeat,
    ),
    Corruption(
        "shuffle",
        "Each speaker's lines are in another order; who speaks when stays.",
        "the order of the lines from a mixed one",
        "shuffled lines",
        _shuffle,
        "everybody",
    ),
    Corruption(
        "foreign_line",
        "One line is from another conversation.",
        "a line from one of another conversation",
        "foreign lines",
        _put_foreign_line,
        "line",
    ),
    Corruption(
        "negation",
        "What a speaker says of themselves is negated: “I have a dog.” becomes “I don't have a dog.”",
        "facts from their negation",
        "negated facts",
        _negate,
    ),
    Corruption(
        "takeover",
        "The later half of a speaker's lines is said by somebody of another conversation.",
        "a speaker from one whom somebody else takes over",
        "takeovers",
        _take_over,
    ),
    Corruption(
        "bleed",
        "Every other line of a speaker, drawn by chance, runs on as the partner's next line, with the partner's name.",
        "a turn from one that runs on as somebody else",
        "turns that run on as somebody else",
        _bleed,
    ),
)


def spoil(corruption: Corruption, dialogue: Dialogue, donor: Dialogue, seed: int) -> Spoilt | None:
    """Spoils a copy of a dialogue; None where it has nothing to spoil in this way."""
    rng = random.Random(f"{seed}/{corruption.name}/{dialogue.source}/{dialogue.id}")
    return corruption.spoil(dialogue, donor, rng)
