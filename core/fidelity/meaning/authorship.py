"""Authorship verification: whether two texts are by one speaker, told from their letters, and how to grade that."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from core.fidelity.validation.auc import area

GRAM = 4
NO_ANSWER = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and whether one speaker said both."""

    a: str
    b: str
    same: bool


@dataclass(frozen=True, slots=True)
class Grades:
    """How well a verifier did, each in [0, 1], higher is better."""

    auc: float
    c_at_1: float
    f05u: float
    f1: float
    brier: float
    """1 - the Brier score."""

    @property
    def overall(self) -> float:
        """Mean of the five, as PAN ranks verifiers."""
        return fmean((self.auc, self.c_at_1, self.f05u, self.f1, self.brier))


def cosines(pairs: Sequence[Pair]) -> list[float]:
    """Returns the cosine of TF-IDF of runs of four characters, in [0, 1], for each pair; idf is that of all texts.

    Source: the baseline of PAN's authorship verification (2020). We differ: idf is ln((1 + N) / (1 + df)) + 1.
    """
    counts = [(_grams(pair.a), _grams(pair.b)) for pair in pairs]
    df = Counter(gram for pair in counts for text in pair for gram in text)
    n_texts = 2 * len(pairs)
    idf = {gram: math.log((1 + n_texts) / (1 + n)) + 1 for gram, n in df.items()}
    return [_cosine(a, b, idf) for a, b in counts]


def answers(found: Sequence[float], thresholds: tuple[float, float]) -> list[float]:
    """Returns how sure the verifier is that each pair is by one speaker: below 0.5 no, 0.5 no answer, above yes.

    Cosines up to the first threshold are stretched over [0, 0.49], those from the second on over [0.51, 1].

    Source: the baseline of PAN's authorship verification (2020). We differ: stretched from 0 to 1, not from the least
    to the greatest cosine of the set, so that an answer hangs on its pair alone.
    """
    low, high = thresholds
    return [_answer(cosine, low, high) for cosine in found]


def grade(given: Sequence[float], truth: Sequence[bool]) -> Grades:
    """Grades answers: both kinds of pairs have to be among them.

    Source: PAN authorship verification (2020); methods 2.4. An answer of exactly 0.5 is none.
    """
    n_unanswered = sum(one == NO_ANSWER for one in given)
    right = [(one > NO_ANSWER) == same for one, same in zip(given, truth, strict=True) if one != NO_ANSWER]
    return Grades(
        auc=auc(given, truth),
        c_at_1=c_at_1(len(given), sum(right), n_unanswered),
        f05u=_f05u(given, truth),
        f1=_f1(given, truth),
        brier=1 - fmean((one - same) ** 2 for one, same in zip(given, truth, strict=True)),
    )


def c_at_1(n: int, n_correct: int, n_unanswered: int) -> float:
    """Returns (n_c + n_u n_c / n) / n: accuracy that does not punish an answer that is not given.

    Source: Peñas and Rodrigo (2011).
    """
    return (n_correct + n_unanswered * n_correct / n) / n


def auc(given: Sequence[float], truth: Sequence[bool]) -> float:
    """Returns how often a pair by one speaker gets more than a pair by two; equal ones count half."""
    by_one, by_two = (
        [one for one, same in zip(given, truth, strict=True) if same == wanted] for wanted in (True, False)
    )
    return area(by_one, by_two)


def find_thresholds(found: Sequence[float], truth: Sequence[bool]) -> tuple[float, float]:
    """Returns the two thresholds, in hundredths, with which the verifier does best overall."""
    grid = [step / 100 for step in range(2, 100, 2)]
    span = [one for one in grid if min(found) - 0.02 <= one <= max(found) + 0.02]
    both = [(low, high) for low in span for high in span if low <= high <= low + 0.2]
    return max(both, key=lambda pair: grade(answers(found, pair), truth).overall)


def _grams(text: str) -> Counter[str]:
    text = " ".join(text.lower().split())
    return Counter(text[start : start + GRAM] for start in range(len(text) - GRAM + 1))


def _cosine(a: Counter[str], b: Counter[str], idf: dict[str, float]) -> float:
    product = sum(count * b[gram] * idf[gram] ** 2 for gram, count in a.items() if gram in b)
    lengths = math.sqrt(_squares(a, idf) * _squares(b, idf))
    return min(1.0, product / lengths) if lengths else 0.0


def _squares(counts: Counter[str], idf: dict[str, float]) -> float:
    return math.fsum((count * idf[gram]) ** 2 for gram, count in counts.items())


def _answer(cosine: float, low: float, high: float) -> float:
    if low < cosine < high:
        return NO_ANSWER
    if cosine <= low:
        return 0.49 * cosine / low if low else 0.0
    return 0.51 + 0.49 * (cosine - high) / (1 - high) if high < 1 else 1.0


def _f05u(given: Sequence[float], truth: Sequence[bool]) -> float:
    """Source: PAN (2020): F0.5 in which an answer that is not given counts as a missed pair by one speaker."""
    pairs = list(zip(given, truth, strict=True))
    hits = sum(one > NO_ANSWER and same for one, same in pairs)
    false = sum(one > NO_ANSWER and not same for one, same in pairs)
    missed = sum(one < NO_ANSWER and same for one, same in pairs)
    unanswered = sum(one == NO_ANSWER for one in given)
    below = 1.25 * hits + 0.25 * (missed + unanswered) + false
    return 1.25 * hits / below if below else 0.0


def _f1(given: Sequence[float], truth: Sequence[bool]) -> float:
    """Of the pairs that were answered."""
    pairs = [(one > NO_ANSWER, same) for one, same in zip(given, truth, strict=True) if one != NO_ANSWER]
    hits = sum(said and same for said, same in pairs)
    wrong = sum(said != same for said, same in pairs)
    return 2 * hits / (2 * hits + wrong) if hits or wrong else 0.0
