"""Which memories come back: the numbers of methods 3.13, and what holds for any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory.emotion import CALM, read_emotion
from core.memory.entries import Entry, EntryKind
from core.memory.readings import Readings
from core.memory.retrieval import (
    Candidates,
    mood_distances,
    normalise,
    recall,
    recall_by_emotion_product,
    recall_by_emotion_sum,
    recall_by_relevance,
    recall_generative,
    recall_meaning_first,
    recall_mood_first,
    weigh,
)
from models.stage import MemoryRules, Recall


def candidates(**given_columns: list[float]) -> Candidates:
    n = len(next(iter(given_columns.values())))
    names = ("hours", "importance", "relevance", "meaning_distance", "mood_distance")
    return Candidates(**{name: np.array(given_columns.get(name, [0.0] * n), np.float64) for name in names})


def numbered(order: np.ndarray) -> list[int]:
    return [place + 1 for place in order.tolist()]


def test_generative_agents_by_hours() -> None:
    found = candidates(hours=[1, 10, 100], importance=[2, 8, 5], relevance=[0.1, 0.4, 0.9])
    assert (0.995**found.hours).round(4).tolist() == [0.9950, 0.9511, 0.6058]
    ranking = recall_generative(found)
    last_digit = 1e-4  # methods 3.13 says .8873 and 2.2623; the numbers are .88724 and 2.26224
    assert ranking.parts["recency"] == pytest.approx([1, 0.8873, 0], abs=last_digit)
    assert ranking.parts["importance"].tolist() == [0, 1, 0.5]
    assert ranking.parts["relevance"].round(12).tolist() == [0, 0.375, 1]
    assert ranking.parts["total"] == pytest.approx([1.0, 2.2623, 1.5], abs=last_digit)
    assert numbered(ranking.order) == [2, 3, 1]


def test_weights_of_the_three_parts() -> None:
    found = candidates(hours=[1, 10, 100], importance=[2, 8, 5], relevance=[0.1, 0.4, 0.9])
    assert numbered(recall_generative(found, 1, 0, 0).order) == [1, 2, 3]
    assert numbered(recall_generative(found, 0, 1, 0).order) == [2, 3, 1]
    assert numbered(recall_generative(found, 0, 0, 1).order) == [3, 2, 1]


def test_what_was_recalled_last_is_the_most_recent_not_the_oldest() -> None:
    ranking = recall_generative(candidates(hours=[500, 50, 5]))
    assert numbered(ranking.order) == [3, 2, 1]


def test_a_part_that_is_equal_for_all_counts_half() -> None:
    assert normalise(np.array([3.0, 3.0])).tolist() == [0.5, 0.5]
    assert normalise(np.array([])).tolist() == []


MOODS = {"meaning_distance": [0.2, 0.5, 0.9], "mood_distance": [0.9, 0.1, 0.2]}


def test_emotional_rag_plain() -> None:
    assert numbered(recall_by_relevance(candidates(**MOODS)).order) == [1, 2, 3]


def test_emotional_rag_sum() -> None:
    ranking = recall_by_emotion_sum(candidates(**MOODS))
    assert ranking.parts["total"].round(6).tolist() == [1.1, 0.6, 1.1]
    assert numbered(ranking.order)[0] == 2


def test_emotional_rag_product() -> None:
    ranking = recall_by_emotion_product(candidates(**MOODS))
    assert ranking.parts["total"].round(6).tolist() == [0.18, 0.05, 0.18]
    assert numbered(ranking.order)[0] == 2


def test_emotional_rag_in_two_steps() -> None:
    assert numbered(recall_mood_first(candidates(**MOODS), first_cut=2).order) == [2, 3]
    assert numbered(recall_meaning_first(candidates(**MOODS), first_cut=2).order) == [2, 1]


@pytest.mark.parametrize("mode", [mode for mode in Recall if mode is not Recall.OFF])
def test_of_equal_memories_the_newer_comes_first(mode: Recall) -> None:
    ranking = recall(candidates(hours=[1, 1, 1, 1]), MemoryRules(recall=mode))
    assert numbered(ranking.order) == [4, 3, 2, 1]


def test_a_text_that_feels_nothing_is_far_from_any_mood() -> None:
    glad, sad = read_emotion("joy"), read_emotion("grief")
    assert mood_distances(np.array([CALM, glad, sad]), glad).round(6).tolist() == [1.0, 0.0, 1.0]
    assert mood_distances(np.array([glad]), CALM).tolist() == [1.0]


def entry(number: int, text: str, importance: float = 3.0) -> Entry:
    time_s = 60.0 * number
    return Entry(f"t{number}", EntryKind.OBSERVATION, text, number, time_s, importance, accessed_s=time_s)


def test_what_is_about_the_matter_comes_back() -> None:
    entries = [
        entry(1, "Theo: The key lies under the stone by the harbour gate."),
        entry(2, "Mara: I had soup for dinner."),
        entry(3, "Theo: The weather is fine."),
    ]
    found = weigh(entries, "Where is the key to the gate?", CALM, 600.0, Readings())
    assert numbered(recall_by_relevance(found).order)[0] == 1
    assert found.hours.round(4).tolist() == [0.15, 0.1333, 0.1167]


def test_a_text_without_words_is_far_from_all_that_has_some() -> None:
    found = weigh([entry(1, "…"), entry(2, "the key")], "the key", CALM, 200.0, Readings())
    assert found.meaning_distance.round(3).tolist() == [1.0, 0.0]
    assert found.relevance.round(3).tolist() == [0.0, 1.0]


ROWS = st.lists(
    st.tuples(*[st.floats(0, 1e4)] * 2, st.floats(-1, 1), st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=60
)


@given(ROWS, st.sampled_from([mode for mode in Recall if mode is not Recall.OFF]))
def test_each_mode_orders_by_its_own_total_and_repeats_none(rows: list[tuple[float, ...]], mode: Recall) -> None:
    found = Candidates(*(np.array(column) for column in zip(*rows, strict=True)))
    ranking = recall(found, MemoryRules(recall=mode))
    order = ranking.order.tolist()
    assert len(set(order)) == len(order)
    in_two_steps = mode in (Recall.MEANING_FIRST, Recall.MOOD_FIRST)
    assert len(order) == (min(len(rows), 20) if in_two_steps else len(rows))
    totals = ranking.parts["total"][order]
    assert np.all(np.diff(totals if mode is not Recall.GENERATIVE else -totals) >= 0)
    assert all(np.isfinite(values).all() for values in ranking.parts.values())
