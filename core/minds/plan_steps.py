"""The steps of a plan by rule, and whether a line settles one. Pure."""

import re
from collections.abc import Sequence

from core.characters.layer_text import end_sentence
from core.characters.statements import split_sentences
from core.characters.words import split_words

MAX_STEP_CHARS = 160
SETTLED_FROM = 0.6
"""Share of a step's telling words that a line must have to settle it."""
AFTERWARDS = "Keep what you have reached."
"""The plan of somebody whose goal is reached."""
_CLAUSE = re.compile(r"\s*;\s*|,?\s+and then\s+|,\s+then\s+", re.IGNORECASE)
_COMMON_TEXT = """
a an the and or but so of to in on at for with from by as if that this these those it its is are was were be been am do
does did has have had not no you your yours they them their he him his she her i me my we our us will would can could
should must may might who whom what which when where why how whether there here then than very just also all any some
find out ask tell say hear get give make let learn know see think want see plain answer whatever keep hold show bring
before after until about into over up down off again still
"""
_COMMON = frozenset(_COMMON_TEXT.split())
_ENDINGS = ("ing", "ed", "es", "s")
_MIN_STEM = 3


def steps_by_rule(goal: str, others: Sequence[str], n_steps: int) -> list[str]:
    """Returns the steps of a plan for a goal: find out where the other stands, the goal part by part, make sure.

    Args:
        others: Names of the others, whoever spoke last first.
        n_steps: Of the plan at most.
    """
    parts = [part for sentence in split_sentences(goal) for part in _CLAUSE.split(sentence)]
    main = [_as_step(part) for part in parts if telling_words(part)][:n_steps]
    if not main:
        return []
    other = others[0] if others else ""
    around = [f"Get a plain answer from {other}." if other else "", f"Hear what {other} has to say." if other else ""]
    extra = [step for step in around if step][: max(0, n_steps - len(main))]
    return [*extra[1:], *main, *extra[:1]]


def settles(line: str, step: str) -> bool:
    """Whether a line says what a step is for. A question settles nothing."""
    telling = telling_words(step)
    said = " ".join(sentence for sentence in split_sentences(line) if not sentence.rstrip("\"”’')").endswith("?"))
    return bool(telling) and len(telling & telling_words(said)) >= SETTLED_FROM * len(telling)


def speaks_of(line: str, step: str) -> bool:
    """Whether an own line acts on a step: it has a telling word of it, or the step has none."""
    telling = telling_words(step)
    return not telling or bool(telling & telling_words(line))


def telling_words(text: str) -> frozenset[str]:
    """Returns the words of a text that carry what it is about, without their English endings."""
    return frozenset(_stem(word) for word in split_words(text) if word not in _COMMON)


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word.removesuffix(ending)
    return word


def _as_step(text: str) -> str:
    text = end_sentence(" ".join(text.split())[:MAX_STEP_CHARS])
    return text[:1].upper() + text[1:]
