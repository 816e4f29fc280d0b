"""Voice: how varied and how repetitive somebody's words are, and how far that is from people's.

All three measures are O(n) in the words and exact; `VoiceCounter` takes them word by word, for texts that grow.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np

from core.fidelity.metric import Metric
from core.fidelity.reference import Reference
from core.fidelity.words.log_samples import log_samples
from core.fidelity.words.tokens import STOP_WORDS

METRICS = (
    Metric(
        name="voice.mattr",
        title="Variety of words, nearby",
        unit="share of distinct words",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        is_cumulative=True,
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
        is_cumulative=True,
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
        is_cumulative=True,
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
        is_cumulative=True,
        how_to_read="How unlike people's the choice of words is at this length; people are at 0.8, few are above 2.",
        source="MirrorBench (human-anchored z-scores), mean of the absolute values",
    ),
)


MATTR_WINDOW = 50
HDD_SAMPLE = 42
N_MOST_REPEATED = 5
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
    """The measures of a text that grows. A word costs O(1); reading `hdd` O(sqrt n), others O(1)."""

    def __init__(self, tokens: Iterable[str] = (), window: int = MATTR_WINDOW) -> None:
        """Starts with some words, or none."""
        self.n_tokens = 0
        self._frequencies: dict[str, int] = {}
        self._spectrum: dict[int, int] = {}
        """How many words occur once, how many twice, and so on."""
        self._squares = 0
        self._most: dict[str, int] = {}
        """The content words said most often, at most `N_MOST_REPEATED`; what is not here was said less often."""
        self._least = (0, "")
        """The last of these, with how often it was said."""
        self._hdd: tuple[int, int, float] | None = None
        self._window = window
        self._recent: deque[str] = deque()
        self._recent_frequencies: dict[str, int] = {}
        self._n_windows = 0
        self._n_types_in_windows = 0
        self.add(tokens)

    def add(self, tokens: Iterable[str]) -> None:
        """Appends words to the text."""
        recent, frequencies = self._recent, self._recent_frequencies
        for token in tokens:
            self._count(token)
            recent.append(token)
            frequencies[token] = frequencies.get(token, 0) + 1
            if len(recent) > self._window:
                self._forget_oldest()
            if len(recent) == self._window:
                self._n_windows += 1
                self._n_types_in_windows += len(frequencies)

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
        if self._hdd is None or self._hdd[:2] != (n, sample):
            self._hdd = n, sample, self._expected_types(sample) / sample
        return self._hdd[2]

    @property
    def most_repeated(self) -> list[tuple[str, int]]:
        """The content words said most often, if more than once, with how often."""
        most = sorted(((count, word) for word, count in self._most.items() if count > 1), reverse=True)
        return [(word, count) for count, word in most]

    @property
    def yule_k(self) -> float:
        """See the function `yule_k`."""
        n = self.n_tokens
        return 1e4 * (self._squares - n) / n**2 if n else 0.0

    def _expected_types(self, sample: int) -> float:
        """Returns how many different words a sample has on the mean: sum over words of 1 - C(n - f, s) / C(n, s)."""
        n = self.n_tokens
        n_types = np.fromiter(self._spectrum.values(), np.float64, len(self._spectrum))
        others = n - np.fromiter(self._spectrum, np.int64, len(self._spectrum))
        drawn = log_samples(n, sample)
        missed = np.exp(drawn[others] - drawn[n])
        return min(self.n_types - float(n_types @ missed), float(sample))

    def _count(self, token: str) -> None:
        """Keeps the frequency spectrum, the sum of squares, and the words said most often."""
        frequency = self._frequencies.get(token, 0)
        spectrum = self._spectrum
        if frequency:
            spectrum[frequency] -= 1
            if not spectrum[frequency]:
                del spectrum[frequency]
        self._frequencies[token] = frequency + 1
        spectrum[frequency + 1] = spectrum.get(frequency + 1, 0) + 1
        self._squares += 2 * frequency + 1
        self.n_tokens += 1
        if frequency and token not in STOP_WORDS:
            self._keep_most(frequency + 1, token)

    def _keep_most(self, count: int, token: str) -> None:
        """Counts only grow, so a word that is not among the first can only get there when it is said."""
        most = self._most
        if token not in most and len(most) == N_MOST_REPEATED:
            if (count, token) < self._least:
                return
            del most[self._least[1]]
        most[token] = count
        if token == self._least[1] or self._least[1] not in most or (count, token) < self._least:
            self._least = min((count, word) for word, count in most.items())

    def _forget_oldest(self) -> None:
        oldest = self._recent.popleft()
        frequency = self._recent_frequencies[oldest]
        if frequency == 1:
            del self._recent_frequencies[oldest]
        else:
            self._recent_frequencies[oldest] = frequency - 1


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
    return VoiceZ(fsum(map(abs, scores.values())) / len(scores), scores)
