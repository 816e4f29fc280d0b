"""Eval4Sim: how near many conversations come to people's, as too little of something is as unlike them as too much."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

import numpy as np

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.authorship import Pair, answers, cosines, grade
from core.fidelity.meaning.people import People, load_people
from core.fidelity.meaning.persona import Facts, facts_of
from core.fidelity.meaning.vectors import Vector, vectors_of
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.retrieval import curve_similarity, signed_offset

SOURCE = "Eval4Sim"
_HOW = "1 is as people do it; the evidence says by how much there is too little (-) or too much (+) of it."


def _metric(name: str, title: str, formula: str) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit="similarity to people",
        low=0.0,
        high=1.0,
        better="higher",
        needs="human reference",
        how_to_read=_HOW,
        source=SOURCE,
        scope="conversation",
        cost="light",
        inputs="many conversations with the single facts of their speakers",
        formula=formula,
    )


TOTAL = _metric("eval4sim", "Like people, on the whole", "mean of those of the three that are scored")
ADHERENCE = _metric(
    "eval4sim.adherence", "Like people: personas told apart", "sum w h m / max(sum w h^2, sum w m^2), h, m: MRR by pool"
)
CONSISTENCY = _metric(
    "eval4sim.consistency", "Like people: one voice each", "1 - |x - h| / h; x: PAN overall of character 4-grams"
)
NATURALNESS = _metric(
    "eval4sim.naturalness", "Like people: turns that follow", "1 - |x - h| / h; x: entailments and contradictions"
)
METRICS = (TOTAL, ADHERENCE, CONSISTENCY, NATURALNESS)

N_SPEAKERS = 1000
"""Speakers that are ranked, at the most."""
MIN_PAIRS = 20
"""Pairs of each kind that the verifier is graded on, at the least."""
NO_ENTAILMENT = (
    "It takes weights that judge what follows from what, and what people reach by just these: none are here."
)

Conversation = tuple[About, Sequence[Line]]


def compare_set_with_people(conversations: Sequence[Conversation], people: People | None = None) -> list[ScoreValue]:
    """Scores a set of conversations: one score for each of `METRICS`, in their order.

    Naturalness is not scored: no weights that judge entailment come with Tableread, nor has anybody measured what
    people reach by those that somebody may have.
    """
    people = people or load_people()
    parts = [_adherence(conversations, people), _consistency(conversations, people)]
    parts.append(ScoreValue(NATURALNESS.name, None, NO_ENTAILMENT))
    return [_total(parts), *parts]


def similarity(ours: float, human: float) -> float | None:
    """Returns 1 - |ours - human| / human, not below 0; None where people have 0 of it.

    Source: Eval4Sim (methods 2.4).
    """
    return max(0.0, 1 - abs(ours - human) / human) if human else None


def adherence_curve(conversations: Iterable[Conversation], pools: Sequence[int]) -> dict[int, float]:
    """Returns the mean reciprocal rank of the right speaker for each persona, by size of pool.

    Speakers with different personas are taken in their order and cut into as many whole pools of a size as there are,
    up to `N_SPEAKERS`. For each persona all speakers of its pool are ranked by the root of the mean over its statements
    of the squared best cosine of any turn; of equals the first counts as higher. Sizes for which there are too few
    speakers are left out.

    Source: Eval4Sim (methods 2.4). We differ: the house embedder takes the place of ColBERT, and small pools are many,
    as one pool of ten says little.
    """
    likeness = _likeness(distinct_cases(conversations, N_SPEAKERS))
    found = {}
    for pool in (pool for pool in pools if pool <= len(likeness)):
        starts = range(0, len(likeness) - pool + 1, pool)
        blocks = [likeness[start : start + pool, start : start + pool] for start in starts]
        found[pool] = fmean(float(reciprocal_ranks(block).mean()) for block in blocks)
    return found


def reciprocal_ranks(scores: Vector) -> Vector:
    """Returns 1 / rank of the right one in each row of (n, n) scores, which is that on the diagonal."""
    right = scores.diagonal()[:, None]
    before = np.tri(len(scores), len(scores), -1, dtype=bool)
    ranks = 1 + (scores > right).sum(axis=1) + ((scores == right) & before).sum(axis=1)
    found: Vector = (1 / ranks).astype(np.float32)
    return found


def distinct_cases(conversations: Iterable[Conversation], n_most: int) -> list[tuple[Facts, Vector]]:
    """Returns the facts and the vectors of the turns of the first speakers with different personas."""
    known: set[frozenset[str]] = set()
    cases = []
    for about, lines in conversations:
        for speaker, statements in about.personas.items():
            said = [line.text for line in lines if line.speaker == speaker]
            facts = facts_of(statements)
            if facts is None or not said or frozenset(statements) in known:
                continue
            known.add(frozenset(statements))
            cases.append((facts, vectors_of(said)))
            if len(cases) == n_most:
                return cases
    return cases


def authorship_pairs(conversations: Iterable[Conversation]) -> list[Pair]:
    """Returns pairs of the first half of what somebody said with a second half, the own one or the next speaker's."""
    pairs = []
    for _, lines in conversations:
        halves = {speaker: _halves(lines, speaker) for speaker in dict.fromkeys(line.speaker for line in lines)}
        spoken = [half for half in halves.values() if all(half)]
        if len(spoken) < 2:
            continue
        pairs += [Pair(first, second, same=True) for first, second in spoken]
        following = [*spoken[1:], spoken[0]]
        pairs += [Pair(a[0], b[1], same=False) for a, b in zip(spoken, following, strict=True)]
    return pairs


def _adherence(conversations: Sequence[Conversation], people: People) -> ScoreValue:
    curve = adherence_curve(conversations, sorted(people.adherence))
    if len(curve) < 2:
        needed = sorted(people.adherence)[1]
        return ScoreValue(ADHERENCE.name, None, f"It takes {needed} speakers with different personas, or more.")
    human, ours = [people.adherence[pool] for pool in curve], list(curve.values())
    value = curve_similarity(human, ours, list(curve))
    evidence = {
        "pools": list(curve),
        "ours": ours,
        "human": human,
        "offset_percent": signed_offset(value, human, ours, list(curve)),
        "reference": people.sources["adherence"],
        "retriever": "house embedder",
    }
    return ScoreValue(ADHERENCE.name, value, evidence=evidence)


def _consistency(conversations: Sequence[Conversation], people: People) -> ScoreValue:
    pairs = authorship_pairs(conversations)
    if len(pairs) < 2 * MIN_PAIRS:
        return ScoreValue(CONSISTENCY.name, None, f"It takes {MIN_PAIRS} speakers with two turns each, or more.")
    given = answers(cosines(pairs), people.thresholds)
    grades = grade(given, [pair.same for pair in pairs])
    value = similarity(grades.overall, people.consistency)
    if value is None:
        return ScoreValue(
            CONSISTENCY.name, None, "People have none of it in the reference, so nothing can be compared."
        )
    evidence = {
        "ours": grades.overall,
        "human": people.consistency,
        "offset_percent": _signed(value, grades.overall - people.consistency),
        "auc": grades.auc,
        "c_at_1": grades.c_at_1,
        "f05u": grades.f05u,
        "f1": grades.f1,
        "brier": grades.brier,
        "n_pairs": len(pairs),
        "reference": people.sources["consistency"],
    }
    return ScoreValue(CONSISTENCY.name, value, evidence=evidence)


def _total(parts: Sequence[ScoreValue]) -> ScoreValue:
    """We differ where a part is not scored: the mean is over the others, and the evidence names what is missing."""
    scored = {part.metric: part.value for part in parts if part.value is not None}
    missing = {part.metric: part.reason for part in parts if part.value is None}
    if not scored:
        return ScoreValue(TOTAL.name, None, "None of its parts could be scored.", {"missing": missing})
    return ScoreValue(TOTAL.name, fmean(scored.values()), evidence={"parts": scored, "missing": missing})


def _likeness(cases: Sequence[tuple[Facts, Vector]]) -> Vector:
    """Returns (n, n): how well what each speaker said (columns) fits each persona (rows)."""
    if not cases:
        return np.zeros((0, 0), np.float32)
    turns = np.concatenate([said for _, said in cases])
    starts = np.cumsum([0, *(len(said) for _, said in cases[:-1])])
    rows = []
    for facts, _ in cases:
        best = np.maximum.reduceat(facts.vectors @ turns.T, starts, axis=1)
        rows.append(np.sqrt((np.maximum(best, 0) ** 2).mean(axis=0)))
    return np.stack(rows)


def _halves(lines: Sequence[Line], speaker: str) -> tuple[str, str]:
    said = [line.text for line in lines if line.speaker == speaker]
    middle = len(said) // 2
    return " ".join(said[:middle]).strip(), " ".join(said[middle:]).strip()


def _signed(value: float, difference: float) -> float:
    """Returns by how many percent less (-) or more (+) than people there is."""
    offset = abs(value - 1) * 100
    return offset if difference > 0 else -offset


def as_facts_and_lines(personas: Mapping[str, Sequence[str]], turns: Iterable[tuple[str, str]]) -> Conversation:
    """Returns (speaker, text) pairs as these measures read them."""
    about = About(personas={speaker: tuple(facts) for speaker, facts in personas.items()})
    return about, [Line(speaker, text) for speaker, text in turns]
