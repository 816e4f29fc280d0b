"""The measures that go through a conversation line by line, by what they need. Each is in the file of its formula."""

from core.fidelity.meaning import adherence, coherence, contrast, drift, separation, think_act
from core.fidelity.meaning import echo as meaning_echo
from core.fidelity.measuring import Measure
from core.fidelity.words import (
    abstention,
    balance,
    bleed,
    echo,
    ending,
    fingerprints,
    mechanics,
    repetition,
    talk,
    thought_leak,
    voices,
)
from core.fidelity.words import adherence as words_of_persona

WORD_MEASURES: tuple[Measure, ...] = (
    echo.MEASURE,
    repetition.MEASURE,
    voices.MEASURE,
    words_of_persona.MEASURE,
    abstention.MEASURE,
    bleed.MEASURE,
    talk.MEASURE,
    fingerprints.MEASURE,
    balance.MEASURE,
    ending.MEASURE,
    mechanics.MEASURE,
    thought_leak.MEASURE,
)
"""Need nothing but the words."""

MEANING_MEASURES: tuple[Measure, ...] = (
    adherence.MEASURE,
    contrast.MEASURE,
    drift.MEASURE,
    meaning_echo.MEASURE,
    coherence.MEASURE,
    think_act.MEASURE,
    separation.MEASURE,
)
"""Need the house embedder."""
