"""The voice of each speaker of a conversation, turn by turn: of all that was said so far."""

from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.reference import load_reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import read_words
from core.fidelity.words.text_scores import score_voice
from core.fidelity.words.voice import METRICS, VoiceCounter


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


MEASURE = Measure(METRICS, _Voices)
