"""Damaged weights cost a process at most. `tests/fuzz/gguf.py` tries thousands; these are some of each way."""

import os

import pytest

from tests.fuzz.gguf import run_fuzz, summarise
from tests.fuzz.gguf_damage import WAYS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks")


def test_damaged_weights_never_harm_the_app() -> None:
    outcomes = list(run_fuzz(range(2 * len(WAYS)), seed=7))
    assert summarise(outcomes)["faults"] == []
    assert {outcome.kind for outcome in outcomes if outcome.way == "sound"} == {"works"}
    assert {outcome.kind for outcome in outcomes} >= {"works", "refused by its head", "refused by the worker"}
    assert all(outcome.sentence for outcome in outcomes)


def test_weights_that_abort_llama_cpp_are_refused_in_a_sentence() -> None:
    (outcome,) = run_fuzz(range(178, 179), seed=1)  # its alignment makes llama.cpp give up
    assert (outcome.kind, outcome.fault) == ("died", "")
    assert outcome.sentence.startswith(
        "weights.gguf cannot be loaded. The process of the weights died: llama.cpp gave up"
    )
