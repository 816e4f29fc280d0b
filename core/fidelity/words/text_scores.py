"""The scores that need nothing but the words: echo, and the voice of everything a speaker has said so far."""

from collections.abc import Sequence
from typing import Any

from core.fidelity.reference import Reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.echo import score_echo
from core.fidelity.words.tokens import content_words, tokenise
from core.fidelity.words.voice import HDD_SAMPLE, MATTR_WINDOW, VOICE_METRICS, VoiceCounter, z_of

SHORT_TOKENS = 5
"""Texts under this are flagged, not left out (MirrorBench, methods 2.5)."""


def score_texts(turns: Sequence[tuple[str, str]], index: int, reference: Reference | None) -> list[ScoreValue]:
    """Scores the turn at `index` of (speaker, text) pairs; see `TextScorer.add`.

    Reads all that the speaker said before: to score every turn of a long conversation, keep a `TextScorer`.
    """
    speaker, text = turns[index]
    voice = VoiceCounter().and_then(said for name, said in turns[: index + 1] if name == speaker)
    return score_text(
        text, next((turn for turn in reversed(turns[:index]) if turn[0] != speaker), None), voice, reference
    )


def score_text(
    text: str, partner: tuple[str, str] | None, voice: VoiceCounter, reference: Reference | None
) -> list[ScoreValue]:
    """Scores a turn; see `TextScorer.add`.

    Args:
        partner: The last turn before it by anybody else: speaker and text.
        voice: Of all that its speaker has said, this turn included.
    """
    partner_words = content_words(tokenise(partner[1])) if partner else None
    echo = score_echo(content_words(tokenise(text)), partner_words, partner[0] if partner else "")
    return [echo, *score_voice(voice, reference)]


class TextScorer:
    """Scores one branch of a playtest turn by turn. What a turn costs hardly depends on how many came before."""

    def __init__(self, reference: Reference | None) -> None:
        """Starts before the first turn. Without a human reference, `voice.z` is not scored."""
        self._reference = reference
        self._voices: dict[str, VoiceCounter] = {}
        self._last_words: dict[str, frozenset[str]] = {}
        """Content words of each speaker's last turn; whoever spoke last stands last."""

    def add(self, speaker: str, text: str) -> list[ScoreValue]:
        """Adds the next turn and scores it: `echo`, `voice.mattr`, `voice.hdd`, `voice.yule_k`, `voice.z`.

        Echo compares with the last turn by anybody else. The voice is that of all turns of this speaker so far,
        joined by blanks.
        """
        tokens = tokenise(text)
        voice = self._voices.setdefault(speaker, VoiceCounter())
        voice.add(tokens)
        own = content_words(tokens)
        partner = next((name for name in reversed(self._last_words) if name != speaker), "")
        echo = score_echo(own, self._last_words.get(partner), partner)
        self._last_words.pop(speaker, None)
        self._last_words[speaker] = own
        return [echo, *score_voice(voice, self._reference)]


def score_voice(voice: VoiceCounter, reference: Reference | None) -> list[ScoreValue]:
    """We differ from MirrorBench, which counts a voice without words as 0: it is not scored."""
    if not voice.n_tokens:
        reason = "This speaker has not said a word yet that can be counted (Latin letters and digits)."
        return [ScoreValue(metric, None, reason) for metric in (*VOICE_METRICS, "voice.z")]
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
