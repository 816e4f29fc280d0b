"""Which side of a persona a situation brings out, and why.

Source: PersonaFuse (methods G1), a router over stored variants. Nearness of a line to a situation is the cosine of
their house vectors plus 0.2 times the share of the situation's telling words that the line has. Of the thresholds
with most right choices on the tuned sets of `tests/core/minds/situations.py` (lines that are meant for a side, and
lines that are meant for none: 45 of 49), it is the one with the best balance of both. Held-out sets: 50 of 52 to the
side meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.characters.layer_text import end_sentence
from core.characters.macros import expand_macros
from core.characters.prompt import Block, BlockOrigin
from core.fidelity.meaning.embedder import house_embedder
from core.minds.moment import Contribution, Moment
from core.minds.plan_steps import telling_words
from models.persona import Variant
from models.playtest import SpeakerKind

THRESHOLD = 0.17
WORD_WEIGHT = 0.2
SETTING_WEIGHT = 0.6
"""The setting is the same at each turn: what was just said weighs more."""
N_LINES = 3
"""Of what others said last, at most; nothing from before the character's own last turn."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The side that is nearest, and what it was nearest to."""

    place: int
    """Of the side among those that were to choose from."""
    name: str
    score: float
    situation: str
    line: str
    """What was said, or the setting."""
    turn: int | None
    """The turn that said it; None: the setting."""
    scores: Mapping[str, float]
    """Side -> how near the nearest of its situations came."""

    @property
    def is_near(self) -> bool:
        """Whether it is near enough to show."""
        return self.score >= THRESHOLD


def bring_out(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Says what the character is like in this situation."""
    variants = [one for one in moment.character.persona.variants if one.text.strip()]
    if not moment.rules.mind.variants or not variants:
        return None
    choice = choose_variant(variants, _lines(moment), moment.setting)
    if choice is None:
        return None
    record = {
        "name": choice.name if choice.is_near else "",
        "score": round(choice.score, 3),
        "threshold": THRESHOLD,
        "situation": choice.situation,
        "line": choice.line,
        "turn": choice.turn,
        "scores": {name: round(score, 3) for name, score in choice.scores.items()},
    }
    if not choice.is_near:
        return Contribution(record=record)
    text = expand_macros(variants[choice.place].text, moment.character.spoken_name, moment.user_name)
    return Contribution((Block(BlockOrigin.VARIANT, end_sentence(text)),), record)


def choose_variant(variants: Sequence[Variant], lines: Sequence[tuple[int, str]], setting: str = "") -> Choice | None:
    """Returns the side whose situations come nearest to what was said; None when there is nothing to go by.

    Args:
        lines: Turn number and words of each; of equals the later wins.
    """
    said: list[tuple[int | None, str, float]] = [
        (number, text, 1.0) for number, text in reversed(lines) if text.strip()
    ]
    if setting.strip():
        said.append((None, setting, SETTING_WEIGHT))
    pairs = [(place, one) for place, variant in enumerate(variants) for one in variant.situations if one.strip()]
    if not said or not pairs:
        return None
    near = nearness([text for _, text, _ in said], [situation for _, situation in pairs])
    best: dict[int, Choice] = {}
    for (number, text, weight), row in zip(said, near, strict=True):
        for (place, situation), value in zip(pairs, row, strict=True):
            if place not in best or weight * value > best[place].score:
                name = variants[place].name.strip() or f"side {place + 1}"
                best[place] = Choice(place, name, weight * value, situation, text, number, {})
    found = max(best.values(), key=lambda one: one.score)
    return replace(found, scores={one.name: one.score for _, one in sorted(best.items())})


def nearness(texts: Sequence[str], situations: Sequence[str]) -> list[list[float]]:
    """Returns how near each text is to each situation, a row for each text."""
    embedder = house_embedder()
    cosines = embedder.embed(texts) @ embedder.embed(situations).T
    wanted = [telling_words(one) for one in situations]
    rows = []
    for text, row in zip(texts, cosines, strict=True):
        words = telling_words(text)
        shared = [len(words & telling) / len(telling) if telling else 0.0 for telling in wanted]
        rows.append([float(cosine) + WORD_WEIGHT * share for cosine, share in zip(row, shared, strict=True)])
    return rows


def _lines(moment: Moment) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    for turn in reversed(moment.heard):
        if turn.speaker_id == moment.role_id or len(lines) == N_LINES:
            break
        if turn.kind != SpeakerKind.DIRECTOR and turn.text.strip():
            lines.append((turn.number, turn.text))
    return lines[::-1]
