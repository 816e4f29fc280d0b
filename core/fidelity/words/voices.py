"""The voice of each speaker of a conversation, turn by turn: of all that was said so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.reference import Reference, load_reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import NO_WORDS, read_words
from core.fidelity.words.voice import HDD_SAMPLE, MATTR_WINDOW, METRICS, VOICE_METRICS, VoiceCounter, z_of

SHORT_TOKENS = 5
"""Texts under this are flagged, not left out (MirrorBench, methods 2.5)."""


class _Voices:
    """Goes through a conversation and counts each speaker's words."""

    def __init__(self, _about: About) -> None:
        self._reference = load_reference()
        self._voices: dict[str, VoiceCounter] = {}

    def add(self, line: Line) -> list[ScoreValue]:
        voice = self._voices.setdefault(line.speaker, VoiceCounter())
        voice.add(read_words(line.text).tokens)
        return score_voice(voice, self._reference)

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Returns the voice over all turns, which is not the mean of those on the way."""
        return {speaker: score_voice(voice, self._reference) for speaker, voice in self._voices.items()}


def score_voice(voice: VoiceCounter, reference: Reference | None) -> list[ScoreValue]:
    """We differ from MirrorBench, which counts a voice without words as 0: it is not scored."""
    if not voice.n_tokens:
        return [ScoreValue(metric, None, NO_WORDS) for metric in (*VOICE_METRICS, "voice.z")]
    length = {"n_tokens": voice.n_tokens, "short": voice.n_tokens < SHORT_TOKENS}
    variety = {**length, "n_types": voice.n_types}
    repeated = {**length, "most_repeated": _most_repeated(voice)}
    return [
        ScoreValue("voice.mattr", voice.mattr, evidence={**variety, "window": MATTR_WINDOW}),
        ScoreValue("voice.hdd", voice.hdd(), evidence={**variety, "sample": HDD_SAMPLE}),
        ScoreValue("voice.yule_k", voice.yule_k, evidence=repeated),
        _score_z(voice, reference, length),
    ]


def _score_z(voice: VoiceCounter, reference: Reference | None, length: dict[str, Any]) -> ScoreValue:
    if reference is None:
        return ScoreValue("voice.z", None, "There is no human reference to compare with.", length)
    result = z_of(voice, reference)
    return ScoreValue("voice.z", result.value, evidence={**length, "z": dict(result.z), "reference": reference.name})


def _most_repeated(voice: VoiceCounter) -> list[dict[str, Any]]:
    return [{"word": word, "count": count} for word, count in voice.most_repeated]


MEASURE = Measure(METRICS, _Voices)
