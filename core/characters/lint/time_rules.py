"""Contradictions of time: ages, years of birth, how long something has lasted, and what is still to come."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.characters.lint.finding import Finding, Place, Severity, Surroundings
from core.characters.lint.numbers import (
    Found,
    find_ages,
    find_beginnings,
    find_births,
    find_lengths,
    find_years,
    years_in,
)
from core.characters.lint.texts import Text, facts
from models.character import CharacterBase

_AGE_PATH = "layers.social.age"
_DATE_PATH = "layers.horizon.date"


def find_time_contradictions(character: CharacterBase, around: Surroundings) -> Iterator[Finding]:
    """Finds what cannot all be true at the time of the scene."""
    texts = facts(character)
    yield from _ages(character, _all(find_ages, texts))
    own_years = years_in(character.persona.horizon.date)
    years = own_years or around.scene_years
    if years:
        now = max(years)
        yield from _births(character, texts, now)
        yield from _lengths(texts, now)
        if own_years:
            yield from _later(texts, now)


def _all(find: object, texts: Sequence[Text]) -> list[Found]:
    return [found for text in texts for found in find(text)]  # type: ignore[operator]


def _ages(character: CharacterBase, ages: list[Found]) -> Iterator[Finding]:
    age = character.persona.social.age
    own = [found for found in ages if _is_about_self(found)]
    if age is not None:
        for found in own:
            if found.number != age:
                sentence = f"“{found.words}” and an age of {age} disagree."
                yield Finding("age", Severity.WARNING, sentence, _place(found), Place(_AGE_PATH))
        return
    for one, other in pairwise(own):
        if one.number != other.number:
            sentence = f"“{one.words}” and “{other.words}” disagree."
            yield Finding("age", Severity.WARNING, sentence, _place(one), _place(other))


def _is_about_self(found: Found) -> bool:
    """`My daughter is ten years old` is of somebody else."""
    text = found.text.text
    start = max(text.rfind(mark, 0, found.start) for mark in ".!?\n") + 1
    return not {"my", "her", "his", "their", "your", "who"} & {*text[start : found.start].casefold().split()}


def _births(character: CharacterBase, texts: Sequence[Text], now: int) -> Iterator[Finding]:
    age = character.persona.social.age
    own_ages = [found.number for found in _all(find_ages, texts) if _is_about_self(found)]
    known = age if age is not None else own_ages[0] if own_ages else None
    for found in _all(find_births, texts):
        if known is not None and _is_about_self(found) and not known <= now - found.number <= known + 1:
            sentence = f"“{found.words}” and an age of {known} disagree for a scene set in {now}."
            yield Finding("birth", Severity.WARNING, sentence, _place(found))


def _lengths(texts: Sequence[Text], now: int) -> Iterator[Finding]:
    begun = [found for found in _all(find_beginnings, texts) if found.number <= now]
    for lasting in _all(find_lengths, texts):
        for beginning in begun:
            if lasting.number > now - beginning.number + 1:
                sentence = f"“{lasting.words}” and “{beginning.words}” disagree for a scene set in {now}."
                yield Finding("years", Severity.WARNING, sentence, _place(lasting), _place(beginning))


def _later(texts: Sequence[Text], now: int) -> Iterator[Finding]:
    for found in _all(find_years, texts):
        if found.number > now:
            sentence = f"{found.number} is later than {now}, after which nothing is known."
            yield Finding("horizon", Severity.WARNING, sentence, _place(found), Place(_DATE_PATH))


def _place(found: Found) -> Place:
    return found.text.place(found.start, found.end)
