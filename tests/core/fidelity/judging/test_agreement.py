"""Agreement: published values, values by hand, and the real labels of MirrorBench."""

import json
import lzma
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.judging.agreement import (
    auc,
    cohen_kappa,
    kendall_tau_b,
    krippendorff_alpha,
    mean_ranks,
    pearson,
    spearman,
    weighted_kappa,
)

NAN = None
CODERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3),
    (NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN),
)
"""Four coders, twelve units. Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability."""
UNITS = [list(unit) for unit in zip(*CODERS, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_as_published(level: str, alpha: float) -> None:
    assert krippendorff_alpha(UNITS, level) == pytest.approx(alpha, abs=5e-4)


def test_alpha_says_nothing_without_pairs_or_variation() -> None:
    assert krippendorff_alpha([[1], [2], []]) is None
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([[1, 1], [2, 2]]) == 1.0


def test_kappa_of_fifty_grants() -> None:
    """Two readers, 50 proposals: 20 both yes, 15 both no, 5 and 10 apart: 0.7 seen, 0.5 by chance."""
    first = [1] * 20 + [1] * 5 + [0] * 10 + [0] * 15
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    assert cohen_kappa([1, 1], [1, 1]) is None
    assert cohen_kappa([], []) is None
    assert weighted_kappa(first, second) == pytest.approx(0.4)


def test_weighted_kappa_by_hand() -> None:
    """Points 1 2 3 against 1 3 2: squared misses 0+1+1 over the 12 of all nine pairs: 1 - (2/3)/(12/9) = 0.5."""
    assert weighted_kappa([1, 2, 3], [1, 3, 2]) == pytest.approx(0.5)
    assert weighted_kappa([1, 2, 3], [1, 3, 2], "linear") == pytest.approx(1 - (2 / 3) / (8 / 9))
    assert weighted_kappa([1, 2, 3], [1, 3, 2], "none") == pytest.approx(cohen_kappa([1, 2, 3], [1, 3, 2]))


def test_tau_b_with_ties_by_hand() -> None:
    """1 2 2 3 against 1 2 3 3: four pairs agree, one tie on each side of six: 4 / sqrt(5 * 5)."""
    assert kendall_tau_b([1, 2, 2, 3], [1, 2, 3, 3]) == pytest.approx(0.8)
    assert kendall_tau_b([1, 1], [1, 2]) is None


def test_ranks_of_equals_are_shared() -> None:
    assert mean_ranks([3.0, 1.0, 3.0, 2.0]) == [3.5, 1.0, 3.5, 2.0]


def test_auc_counts_equals_half() -> None:
    assert auc([2, 3], [1, 2]) == pytest.approx(0.875)
    assert auc([], [1]) is None


def test_agreement_with_the_labels_of_people(shared: Path) -> None:
    """Source: SAP/mirrorbench, human_corr run, GTEval, 100 items."""
    folder = shared / "cases" / "metrics"
    with lzma.open(folder / "gteval_labeled.json.xz", "rt", encoding="utf-8") as file:
        labels = {one["sample_id"]: one["human_label"] for one in json.load(file)}
    scores = {
        one["sample_id"]: one["judge_score"] for one in json.loads((folder / "gteval_judge_scores.json").read_text())
    }
    people, judge = [labels[key] for key in labels], [scores[key] for key in labels]
    assert len(people) == 100
    assert statistics.fmean(people) == pytest.approx(0.5345, abs=5e-5)
    assert statistics.fmean(judge) == pytest.approx(0.5780, abs=5e-5)
    assert spearman(people, judge) == pytest.approx(0.69694, abs=5e-6)
    assert pearson(people, judge) == pytest.approx(0.68181, abs=5e-6)
    assert kendall_tau_b(people, judge) == pytest.approx(0.61659, abs=5e-6)


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=12))
def test_correlations_lie_between_minus_one_and_one_and_know_no_order(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    for measure in (pearson, spearman, kendall_tau_b):
        found = measure(first, second)
        assert found is None or -1 <= found <= 1 + 1e-12
        turned = measure(second, first)
        assert (found is None) == (turned is None)
        assert found is None or turned == pytest.approx(found)
        same = measure(first, first)
        assert same is None or same == pytest.approx(1.0)


def test_lists_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="held against"):
        pearson([1.0], [])
