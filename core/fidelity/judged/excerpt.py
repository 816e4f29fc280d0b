"""Cuts what a judge reads, so that a question fits into a context of 2,048 tokens however long the scene is.

Three rules: of one turn, itself and the lines just before it; of one speaker, exchanges spread evenly over the scene;
of a whole scene, lines spread evenly over it. A line that is too long loses its end. Knows no judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.fidelity.conversation import About, Line

QUESTION_TOKENS = 1_500
"""All of a question, as `estimate_tokens` counts; the rest of 2,048 is for the chat format and the answer."""
PERSONA_TOKENS = 320
SCENE_TOKENS = 60
TALK_TOKENS = 560
_MAX_UNITS = 200
_GAP = "[…]"


def estimate_tokens(text: str) -> int:
    """Estimates tokens as a third of the bytes: English has about four bytes a token, other scripts about three."""
    return -(-len(text.encode("utf-8")) // 3)


def cut_text(text: str, n_tokens: int) -> str:
    """Returns the text on one line, and its beginning with an ellipsis where it is longer than so many tokens."""
    joined = " ".join(text.split())
    if estimate_tokens(joined) <= n_tokens:
        return joined
    kept = joined.encode("utf-8")[: max(0, 3 * n_tokens - 4)].decode("utf-8", "ignore")
    at_blank = kept.rfind(" ")
    return (kept[:at_blank] if at_blank > len(kept) // 2 else kept).rstrip() + " …"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a conversation, numbered from 1 as in the whole."""

    text: str
    places: tuple[int, ...]
    """Of the lines shown, from 0."""
    n_left_out: int


def excerpt_before(about: About, lines: Sequence[Line], place: int, n_tokens: int = TALK_TOKENS) -> Excerpt:
    """Shows one line, with what its speaker thought, and as many lines just before it as fit."""
    shown = [_said(about, lines[place], place, n_tokens // 2, with_thought=True)]
    left = n_tokens - estimate_tokens(shown[0])
    first = place
    for earlier in range(place - 1, -1, -1):
        text = _said(about, lines[earlier], earlier, n_tokens // 6)
        left -= estimate_tokens(text) + 1
        if left < 0:
            break
        shown.insert(0, text)
        first = earlier
    return Excerpt("\n".join(shown), tuple(range(first, place + 1)), first)


def excerpt_speaker(
    about: About, lines: Sequence[Line], speaker: str, n_tokens: int = TALK_TOKENS, *, alone: bool = False
) -> Excerpt:
    """Shows turns of one speaker, spread evenly over the conversation, each behind the line that it answers.

    Args:
        alone: Show its own turns only.
    """
    units = []
    for place, line in enumerate(lines):
        if line.speaker == speaker and line.text.strip():
            answers = not alone and place > 0 and lines[place - 1].speaker != speaker
            units.append((place - 1, place) if answers else (place,))
    return _spread(about, lines, units, n_tokens)


def excerpt_whole(about: About, lines: Sequence[Line], n_tokens: int = TALK_TOKENS) -> Excerpt:
    """Shows lines spread evenly over the conversation, with its first and its last."""
    return _spread(about, lines, [(place,) for place, line in enumerate(lines) if line.text.strip()], n_tokens)


def number_facts(statements: Sequence[str], n_tokens: int = PERSONA_TOKENS) -> tuple[str, int]:
    """Returns statements as a list numbered from 1, and how many of them fit; the first ones come first."""
    shown: list[str] = []
    left = n_tokens
    for number, statement in enumerate(statements, 1):
        text = f"{number}. {cut_text(statement, n_tokens // 3)}"
        left -= estimate_tokens(text) + 1
        if left < 0:
            break
        shown.append(text)
    return "\n".join(shown), len(shown)


def spread_evenly(n: int, n_wanted: int) -> list[int]:
    """Returns places of `n_wanted` of `n` things, first and last among them, as evenly as whole numbers allow."""
    if n_wanted >= n:
        return list(range(n))
    if n_wanted == 1:
        return [n - 1]
    return [round(step * (n - 1) / (n_wanted - 1)) for step in range(n_wanted)]


def _spread(about: About, lines: Sequence[Line], units: Sequence[tuple[int, ...]], n_tokens: int) -> Excerpt:
    """Shows the largest number of units that fit when spread evenly; one is always shown."""
    for n_wanted in range(min(len(units), _MAX_UNITS), 0, -1):
        chosen = (units[at] for at in spread_evenly(len(units), n_wanted))
        places = list(dict.fromkeys(place for unit in chosen for place in unit))
        text = _joined(about, lines, places, max(12, n_tokens // (2 if n_wanted == 1 else 6)))
        if estimate_tokens(text) <= n_tokens or n_wanted == 1:
            return Excerpt(text, tuple(places), len(lines) - len(places))
    return Excerpt("", (), len(lines))


def _joined(about: About, lines: Sequence[Line], places: Sequence[int], n_tokens: int) -> str:
    shown = []
    before = -1
    for place in places:
        if place != before + 1:
            shown.append(_GAP)
        shown.append(_said(about, lines[place], place, n_tokens))
        before = place
    return "\n".join(shown)


def _said(about: About, line: Line, place: int, n_tokens: int, *, with_thought: bool = False) -> str:
    name = cut_text(about.name(line.speaker), 20)
    thought = f" (thinks: {cut_text(line.thought, n_tokens // 3)})" if with_thought and line.thought.strip() else ""
    return f"[{place + 1}] {name}:{thought} {cut_text(line.text, n_tokens - estimate_tokens(name + thought))}"
