"""Somebody who steps in when the talk has left its subject or has grown heated."""

from collections.abc import Sequence

import numpy as np

from core.fidelity.meaning.embedder import house_embedder
from core.turn_taking.occasion import Decision, Occasion

LOOKS_BACK = 4
"""Lines that are looked at."""
OFF_SUBJECT_BELOW = 0.2
"""Nearness below which the talk has left its subject; see `nearness`.

Of 901 times four lines of the dialogues of Synthetic-Persona-Chat (test split, the first 150), 10 % lie below it with
their own speakers' personas for a subject, 30 % with those of strangers: it is quiet rather than quick.
"""
HEATED_FROM = 0.4
"""Mean heat of the lines from which the talk is heated: two lines of four with strong words, or all with some."""


def step_in(occasion: Occasion) -> Decision | None:
    """Returns the facilitator's turn, or None: it is not there, it is not time to look, or nothing is wrong.

    It looks each time that `facilitate_every` lines have been spoken since its own last one. Who waits to speak goes
    on waiting.

    Source: SynDisco (2025): a facilitator acts every k turns when heat or distance from the subject rises.
    """
    rules = occasion.rules
    here = {one.role_id for one in occasion.candidates} - occasion.away
    if rules.facilitator not in here or len(here) < 2:
        return None
    own = [place for place, line in enumerate(occasion.lines) if line.speaker_id == rules.facilitator]
    since = occasion.lines[own[-1] + 1 if own else 0 :]
    if not since or len(since) % rules.facilitate_every:
        return None
    texts = [line.text for line in since[-LOOKS_BACK:] if line.is_heard_by(rules.facilitator) and line.text.strip()]
    if not texts:
        return None
    if occasion.ask is None:  # to look costs more than a window may wait
        return Decision(None, "the facilitator looks whether to step in", waits=True)
    heat = sum(map(occasion.heat_of, texts)) / len(texts)
    near = nearness(texts, occasion.subject)
    details = {"facilitator": {"heat": round(heat, 4), "nearness": near if near is None else round(near, 4)}}
    if heat >= HEATED_FROM:
        why = f"steps in: the talk has grown heated ({heat:.2f}, from {HEATED_FROM:g})"
    elif near is not None and near < OFF_SUBJECT_BELOW:
        why = f"steps in: the talk has left its subject (nearness {near:.2f}, under {OFF_SUBJECT_BELOW:g})"
    else:
        return None
    return Decision(rules.facilitator, why, queue=tuple(occasion.queue), details=details)


def nearness(texts: Sequence[str], subject: Sequence[str]) -> float | None:
    """Returns how near lines are to a subject in meaning: the cosine of the lines together to the nearest text of it.

    By the house embedder, in [-1, 1]; None where there is no subject.
    """
    subject = [text for text in subject if text.strip()]
    if not subject:
        return None
    vectors = house_embedder().embed([" ".join(texts), *subject])
    return float(np.max(vectors[1:] @ vectors[0]))
