"""What a judge is shown of a scene: what is known of somebody, where they are, and an excerpt. Names come masked."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import Material
from core.fidelity.judged.excerpt import (
    SCENE_TOKENS,
    Excerpt,
    cut_text,
    excerpt_before,
    excerpt_speaker,
    excerpt_whole,
    number_facts,
)


def turn_material(about: About, lines: Sequence[Line], place: int) -> Material:
    """Shows a turn, what came just before it, and who its speaker is."""
    speaker = lines[place].speaker
    excerpt = excerpt_before(about, lines, place)
    persona, evidence = _persona(about, speaker)
    text = _joined(persona, _scene(about), f"What was said:\n{excerpt.text}")
    shown = {"turn": place + 1, **evidence, **_shown(excerpt)}
    return Material(text, about.name(speaker), f"turn [{place + 1}]", shown)


def speaker_material(about: About, lines: Sequence[Line], speaker: str) -> Material:
    """Shows turns of one speaker with what they answer, and who it is."""
    excerpt = excerpt_speaker(about, lines, speaker)
    persona, evidence = _persona(about, speaker)
    name = about.name(speaker)
    text = _joined(persona, _scene(about), f"What was said, in part:\n{excerpt.text}")
    return Material(text, name, f"what {name} says", {**evidence, **_shown(excerpt)})


def own_lines_material(about: About, lines: Sequence[Line], speaker: str) -> Material:
    """Shows only what one speaker said, and nothing of who it is."""
    excerpt = excerpt_speaker(about, lines, speaker, alone=True)
    name = about.name(speaker)
    return Material(f"What {name} said, in part:\n{excerpt.text}", name, f"what {name} says", _shown(excerpt))


def whole_material(about: About, lines: Sequence[Line], n_tokens: int = 700) -> Material:
    """Shows a scene as a whole."""
    excerpt = excerpt_whole(about, lines, n_tokens)
    text = _joined(_scene(about), f"What was said, in part:\n{excerpt.text}")
    return Material(text, "everybody", "the scene", _shown(excerpt))


def _persona(about: About, speaker: str) -> tuple[str, dict[str, Any]]:
    statements = about.personas.get(speaker, ())
    text, n_shown = number_facts(statements)
    left_out = {"n_statements_left_out": len(statements) - n_shown} if n_shown < len(statements) else {}
    return (f"What is known of {about.name(speaker)}:\n{text}" if text else ""), left_out


def _scene(about: About) -> str:
    return f"Where they are: {cut_text(about.scene, SCENE_TOKENS)}" if about.scene.strip() else ""


def _shown(excerpt: Excerpt) -> Mapping[str, Any]:
    return {"shown": {"turns": [place + 1 for place in excerpt.places], "n_left_out": excerpt.n_left_out}}


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
