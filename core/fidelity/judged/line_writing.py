"""Candidates for an audience: pieces of advice, usual and unusual, and a line for each of some sets of them.

Source: EGS, explore-generate-simulate (2025). The author may be any weights; it need not be the judge.
"""

import random
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import first_answer, object_schema, read_list, read_text, text_schema
from core.fidelity.judged.excerpt import SCENE_TOKENS, cut_text, excerpt_before, number_facts
from core.fidelity.judged.line_audience import Candidate
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.verdicts import NotJudged

_LINES_TOKENS = 500
_MAX_ADVICE_CHARS = 160
_MAX_LINE_CHARS = 500


def explore_advice(
    author: Judge, about: About, lines: Sequence[Line], speaker: str, k: int = 5
) -> tuple[str, ...] | NotJudged:
    """Asks for `k` pieces of advice on the next line, half of them unusual.

    Raises:
        UserError: The author cannot be run at all.
    """
    task = (
        f"Give exactly {k} pieces of advice on what {about.name(speaker)} should say next, and how. Make about half of "
        "them what anybody would advise, and the others unusual. One short sentence each, no two alike."
    )
    advice = {"type": "array", "items": text_schema(_MAX_ADVICE_CHARS), "minItems": k, "maxItems": k}
    question = Question("You advise people who write scenes.", f"{_scene(about, lines, speaker)}\n\n{task}")
    schema = object_schema({"advice": advice})
    answer = first_answer(author, question, schema, lambda one: len(_advice(one)) == k, max_tokens=80 * k)
    return answer if isinstance(answer, NotJudged) else _advice(answer)


def write_candidates(
    author: Judge,
    about: About,
    lines: Sequence[Line],
    speaker: str,
    advice: Sequence[str],
    subsets: Sequence[tuple[int, ...]],
) -> list[Candidate]:
    """Has a line written for each subset of the advice; what fails, or was written before, is left out.

    Raises:
        UserError: The author cannot be run at all.
    """
    written: dict[str, Candidate] = {}
    for subset in subsets:
        heeded = "\n".join(f"- {cut_text(advice[place], 60)}" for place in subset)
        task = f"Write what {about.name(speaker)} says next: the words alone. Heed this advice:\n{heeded}"
        question = Question("You write lines for scenes.", f"{_scene(about, lines, speaker)}\n\n{task}")
        schema = object_schema({"line": text_schema(_MAX_LINE_CHARS)})
        answer = first_answer(author, question, schema, lambda one: bool(read_text(one.get("line"))), max_tokens=300)
        if not isinstance(answer, NotJudged):
            text = read_text(answer["line"])
            written.setdefault(text, Candidate(text, subset))
    return list(written.values())


def draw_subsets(k: int, *, max_size: int = 3, n_wanted: int = 10, seed: int = 0) -> list[tuple[int, ...]]:
    """Draws different sets of 1 to `max_size` of `k` pieces of advice; each piece is in one, where that is possible."""
    every = [one for size in range(1, min(max_size, k) + 1) for one in combinations(range(k), size)]
    if len(every) <= n_wanted:
        return every
    rng = random.Random(seed)
    alone, together = every[:k], every[k:]
    if n_wanted < k:
        return sorted(rng.sample(every, n_wanted), key=lambda one: (len(one), one))
    return alone + sorted(rng.sample(together, n_wanted - k), key=lambda one: (len(one), one))


def _scene(about: About, lines: Sequence[Line], speaker: str) -> str:
    """Shows the scene with its real names: an author writes for these people."""
    facts, _ = number_facts(about.personas.get(speaker, ()))
    where = cut_text(about.scene, SCENE_TOKENS)
    parts = [
        f"What is known of {about.name(speaker)}:\n{facts}" if facts else "",
        f"Where they are: {where}" if where else "",
        f"So far:\n{excerpt_before(about, lines, len(lines) - 1, _LINES_TOKENS).text}" if lines else "",
    ]
    return "\n\n".join(part for part in parts if part) or f"{about.name(speaker)} begins."


def _advice(answer: dict[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(read_text, read_list(answer.get("advice"))) if text))
