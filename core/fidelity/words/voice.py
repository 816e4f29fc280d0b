"""Voice: how varied and how repetitive somebody's words are, and how far that is from people's.

All three measures are O(n) in the words and exact; `VoiceCounter` takes them word by word, for texts that grow.
"""

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from core.fidelity.metric import Metric
from core.fidelity.reference import Reference
from core.fidelity.words.tokens import tokenise

METRICS = (
    Metric(
        name="voice.mattr",
        title="Variety of words, nearby",
        unit="share of distinct words",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        how_to_read="How many of 50 words in a row are different; it starts high, then is best near the human mean.",
        source="Covington and McFall (2010), MATTR with a window of 50",
    ),
    Metric(
        name="voice.hdd",
        title="Variety of words, overall",
        unit="share of distinct words",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        how_to_read="How many of 42 words picked by chance are different; best near the human mean.",
        source="McCarthy and Jarvis (2007), HD-D with samples of 42",
    ),
    Metric(
        name="voice.yule_k",
        title="Repetition of words",
        unit="repeats in 10,000 pairs",
        low=0.0,
        high=10_000.0,
        better="reference",
        needs="nothing",
        how_to_read="How often two words picked by chance are the same; best near the human mean, high is repetitive.",
        source="Yule (1944), characteristic K",
    ),
    Metric(
        name="voice.z",
        title="Distance from human voice",
        unit="standard deviations",
        low=0.0,
        high=None,
        better="lower",
        needs="human reference",
        how_to_read="How unlike people's the choice of words is at this length; people are at 0.8, few are above 2.",
        source="MirrorBench (human-anchored z-scores), mean of the absolute values",
    ),
)


MATTR_WINDOW = 50
HDD_SAMPLE = 42
VOICE_METRICS = ("voice.mattr", "voice.hdd", "voice.yule_k")


def mattr(tokens: Iterable[str], window: int = MATTR_WINDOW) -> float:
    """Returns the mean share of distinct words in all windows of this many words, in [0, 1]; 0 without words.

    Texts that are no longer than the window get their plain type-token ratio.

    Source: Covington and McFall (2010); edge cases of MirrorBench (methods 2.5).
    """
    return VoiceCounter(tokens, window).mattr


def hdd(tokens: Iterable[str], sample: int = HDD_SAMPLE) -> float:
    """Returns HD-D: the mean share of distinct words in all samples without replacement, in (0, 1]; 0 without words.

    The sample is clipped to the length of the text.

    Source: McCarthy and Jarvis (2007), pages 465-466; edge cases of MirrorBench (methods 2.5).
    """
    return VoiceCounter(tokens).hdd(sample)


def yule_k(tokens: Iterable[str]) -> float:
    """Returns Yule's K, 10^4 (sum f^2 - n) / n^2, in [0, 10^4); 0 when all words are distinct and without words.

    Source: Yule (1944); methods 2.5.
    """
    return VoiceCounter(tokens).yule_k


class VoiceCounter:
    """The measures of a text that grows. Adding a word costs O(1), `hdd` O(sqrt n), the others O(1)."""

    def __init__(self, tokens: Iterable[str] = (), window: int = MATTR_WINDOW) -> None:
        """Starts with some words, or none."""
        self.n_tokens = 0
        self._frequencies: Counter[str] = Counter()
        self._spectrum: Counter[int] = Counter()
        self._window = window
        self._recent: deque[str] = deque()
        self._recent_frequencies: Counter[str] = Counter()
        self._n_windows = 0
        self._n_types_in_windows = 0
        self.add(tokens)

    def __copy__(self) -> "VoiceCounter":
        copied = VoiceCounter(window=self._window)
        copied.__dict__.update({name: copy(value) for name, value in self.__dict__.items()})
        return copied

    def and_then(self, texts: Iterable[str]) -> "VoiceCounter":
        """Returns the measures of the text with others behind it, and leaves its own as they are."""
        voice = copy(self)
        for text in texts:
            voice.add(tokenise(text))
        return voice

    def add(self, tokens: Iterable[str]) -> None:
        """Appends words to the text."""
        for token in tokens:
            self._count(token)
            self._slide(token)

    @property
    def n_types(self) -> int:
        """How many different words there are."""
        return len(self._frequencies)

    @property
    def frequencies(self) -> Mapping[str, int]:
        """How often each word stands in the text."""
        return self._frequencies

    @property
    def mattr(self) -> float:
        """See the function `mattr`."""
        if self._n_windows:
            return self._n_types_in_windows / (self._n_windows * self._window)
        return self.n_types / self.n_tokens if self.n_tokens else 0.0

    def hdd(self, sample: int = HDD_SAMPLE) -> float:
        """See the function `hdd`."""
        n = self.n_tokens
        sample = min(sample, n)
        if not sample:
            return 0.0
        all_samples = _log_choose(n, sample)
        expected_types = 0.0
        for frequency, n_types in self._spectrum.items():
            others = n - frequency
            drawn = -math.expm1(_log_choose(others, sample) - all_samples) if others >= sample else 1.0
            expected_types += n_types * drawn
        return min(expected_types / sample, 1.0)

    @property
    def yule_k(self) -> float:
        """See the function `yule_k`."""
        n = self.n_tokens
        squares = sum(frequency * frequency * n_types for frequency, n_types in self._spectrum.items())
        return 1e4 * (squares - n) / n**2 if n else 0.0

    def _count(self, token: str) -> None:
        """Keeps the frequency spectrum: how many words occur once, how many twice, and so on."""
        frequency = self._frequencies[token]
        if frequency:
            self._spectrum[frequency] -= 1
            if not self._spectrum[frequency]:
                del self._spectrum[frequency]
        self._frequencies[token] = frequency + 1
        self._spectrum[frequency + 1] += 1
        self.n_tokens += 1

    def _slide(self, token: str) -> None:
        self._recent.append(token)
        self._recent_frequencies[token] += 1
        if len(self._recent) > self._window:
            oldest = self._recent.popleft()
            self._recent_frequencies[oldest] -= 1
            if not self._recent_frequencies[oldest]:
                del self._recent_frequencies[oldest]
        if len(self._recent) == self._window:
            self._n_windows += 1
            self._n_types_in_windows += len(self._recent_frequencies)


@dataclass(frozen=True, slots=True)
class VoiceZ:
    """How far a voice is from people's."""

    value: float
    """Mean of the absolute z-scores, >= 0. People themselves average about 0.8, not 0."""
    z: Mapping[str, float]
    """Signed, by name of metric."""


def voice_z(tokens: Sequence[str], reference: Reference) -> VoiceZ:
    """Returns the mean |z| of MATTR, HD-D and Yule's K against a human reference, in standard deviations.

    Where the human texts do not vary, z is 0; a text without words has the raw value 0 and is scored like any.

    Source: MirrorBench (methods 2.5), z = (x - mean_H) / sd_H. We differ: the norms are those of human texts
    cut to the same length where the reference has them. The three measures depend on length, so that against
    whole texts of 214 words people's own first 15 words have a mean |z| of 3.35; against their like, of 0.78.
    """
    return z_of(VoiceCounter(tokens), reference)


def z_of(voice: VoiceCounter, reference: Reference) -> VoiceZ:
    """Returns what `voice_z` does, of a text that is counted already."""
    raw = dict(zip(VOICE_METRICS, (voice.mattr, voice.hdd(), voice.yule_k), strict=True))
    scores = {}
    for metric, value in raw.items():
        norm = reference.norm(metric, voice.n_tokens)
        scores[metric] = (value - norm.mean) / norm.sd if norm.sd else 0.0
    return VoiceZ(math.fsum(map(abs, scores.values())) / len(scores), scores)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
