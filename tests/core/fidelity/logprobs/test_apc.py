"""Persona constraints: the formulas by hand, answers of the authors' example, and labels by log-probabilities."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.logprobs import demanded
from core.fidelity.logprobs.apc import Constraint, apc, delta_apc, nearest, score_apc
from core.fidelity.logprobs.constraint_trial import balanced_accuracy, labelled_turns, try_weights
from core.fidelity.logprobs.verbaliser import STANDINGS, YES_NO, Verbaliser, calibrate, shares
from core.inference.request import Request, Result, Score, Scored, Usage

SHARE = st.floats(0, 1)


def constraint(r: float, e: float, c: float) -> Constraint:
    return Constraint(1, "A fact.", r, e, c)


def verbaliser(weigh: Callable[[str, str], float]) -> Verbaliser:
    def ask(request: Request) -> Result | None:
        assert isinstance(request, Score)
        share = weigh(request.messages[-1].content, str(request.completion))
        return Scored((0,), (str(request.completion),), (math.log(share),), Usage(0, 0, 0, 0.0, 0.0))

    return Verbaliser(ask)


@pytest.mark.parametrize(
    ("r", "e", "c", "satisfied", "delta"),
    [(1, 1, 0, 1, 1), (1, 0, 0, 0, 0), (0, 0, 0, 1, 0), (0, 0, 1, 0, -1), (0.5, 0.4, 0.2, 0.6, 0.1)],
)
def test_formulas(r: float, e: float, c: float, satisfied: float, delta: float):
    assert constraint(r, e, c).satisfied == pytest.approx(satisfied, abs=1e-12)
    assert constraint(r, e, c).delta == pytest.approx(delta, abs=1e-12)


@given(st.lists(st.tuples(SHARE, SHARE, SHARE), min_size=1, max_size=30))
def test_delta_is_apc_less_that_of_a_neutral_answer(rows: list[tuple[float, float, float]]):
    found = [constraint(*row) for row in rows]
    neutral = [constraint(r, 0, 0) for r, _, _ in rows]
    assert delta_apc(found) == pytest.approx(apc(found) - apc(neutral))
    assert 0 <= apc(found) <= len(found)
    assert -len(found) <= delta_apc(found) <= len(found)


SISTER = "Satori lives with her sister."
HOME = "Satori lives in Chireiden."


def of_the_example(chat: str, label: str) -> float:
    """Knows the example: what is relevant to the question, and which fact which answer says."""
    if label in ("yes", "no"):
        share = 0.95 if HOME in chat else 0.7
        return share if label == "yes" else 1 - share
    says = {
        HOME: "Chireiden" in chat.split("answers:")[1].split("A fact", maxsplit=1)[0],
        SISTER: "sister." in chat.split("A fact", maxsplit=1)[0],
    }
    statement = HOME if f"“{HOME}”" in chat else SISTER
    denied = "Hakurei" in chat and statement == HOME
    right = "entailed" if says[statement] else "contradicted" if denied else "neutral"
    return 0.9 if label == right else 0.05


def test_apc_of_what_says_all_half_and_the_contrary():
    """The labels are scripted: what is tested is what comes of them, not whether weights would find them."""
    values = [
        score_apc(verbaliser(of_the_example), "Satori", [SISTER, HOME], "Where do you live?", answer).evidence["apc"]
        for answer in ("I live in Chireiden with my sister.", "I live in Chireiden.", "At the Hakurei Shrine.")
    ]
    home, sister, silent = 0.05 * 0.95 + 0.95 * 0.9, 0.3 * 0.95 + 0.7 * 0.9, 0.3 * 0.95 + 0.7 * 0.05
    assert values == pytest.approx([home + sister, home + silent, 0.05 * 0.1 + 0.95 * 0.05 + silent])


def test_evidence_names_the_statement_and_its_probabilities():
    found = score_apc(
        verbaliser(of_the_example), "Satori", [SISTER, HOME], "Where do you live?", "I live in Chireiden."
    )
    assert (found.evidence["statement"], found.evidence["statement_number"]) == (HOME, 2)
    first = found.evidence["statements"][0]
    assert first["delta"] == pytest.approx(0.95 * 0.9 - 0.05 * 0.05)
    assert found.value == pytest.approx(sum(one["delta"] for one in found.evidence["statements"]))
    assert found.evidence["why"] == "The turn says this, and it was asked for."


@pytest.mark.parametrize(
    ("statements", "query", "response", "reason"),
    [
        ((), "Who?", "I.", "no statements"),
        ((HOME,), " ", "I.", "Nobody has said"),
        ((HOME,), "Who?", " ", "no words"),
    ],
)
def test_what_cannot_be_scored_says_why(statements: tuple[str, ...], query: str, response: str, reason: str):
    found = score_apc(verbaliser(of_the_example), "Satori", statements, query, response)
    assert found.value is None
    assert reason in found.reason


def test_only_the_nearest_statements_are_asked_whether_they_matter():
    facts = [f"Fact {number} about the harbour." for number in range(29)] + ["I play the violin in the evening."]
    assert 29 in nearest(facts, "Do you play the violin?", 3)
    asked = []

    def weigh(chat: str, label: str) -> float:
        if label == "yes":
            asked.append(chat)
        return 0.3

    found = score_apc(verbaliser(weigh), "Mara", facts, "Do you play the violin?", "Yes, the violin.")
    assert len(asked) == 20
    assert sum("violin in the evening" in chat for chat in asked) == 1
    assert found.evidence["n_statements"] == 30


def test_temperature_takes_sureness_away_and_is_found_on_labels():
    assert shares([math.log(0.8), math.log(0.2)]) == pytest.approx((0.8, 0.2))
    assert shares([4.0, 0.0], 1e6) == pytest.approx((0.5, 0.5), abs=1e-5)
    assert calibrate([]) == 1.0
    # three of four are right at odds of e^2: the least surprise is where the odds are 3 to 1
    assert calibrate([([2.0, 0.0], 0)] * 3 + [([2.0, 0.0], 1)]) == pytest.approx(2 / math.log(3), abs=1e-3)


def test_the_hand_labels_are_of_all_kinds():
    turns = labelled_turns()
    assert len(turns) == len(set(turns)) == 25
    assert {turn.standing for turn in turns} == set(STANDINGS)
    assert min([turn.standing for turn in turns].count(one) for one in STANDINGS) >= 8
    assert 10 <= sum(turn.relevant for turn in turns) <= 15


def test_weights_that_know_the_labels_pass_and_others_say_why_not():
    def know(chat: str, label: str) -> float:
        turn = next(
            turn
            for turn in labelled_turns()
            if turn.fact in chat and f"“{turn.query}”" in chat and (f"“{turn.answer}”" in chat or label in YES_NO)
        )
        right = turn.standing if label in STANDINGS else "yes" if turn.relevant else "no"
        return 0.8 if label == right else 0.1

    good = try_weights(verbaliser(know))
    assert (good.relevance, good.standing, good.reason) == (1.0, 1.0, "")
    assert good.tuned(verbaliser(know)).temperatures[STANDINGS] < 1
    deaf = try_weights(verbaliser(lambda _chat, label: 0.6 if label in ("yes", "entailed") else 0.2))
    assert (deaf.relevance, deaf.standing) == (0.5, pytest.approx(1 / 3))
    assert "50% (chance 50%)" in deaf.reason
    assert balanced_accuracy([([0.0, 0.0], 0), ([0.0, 0.0], 1)]) == 0.0


def test_weights_are_tried_once_on_a_machine(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def weigh(_chat: str, label: str) -> float:
        asked.append(label)
        return 0.3

    monkeypatch.setattr(demanded, "_TRIALS", {})
    first = demanded.trial_of(verbaliser(weigh), "e" * 64)
    assert len(asked) == 25 * 5
    monkeypatch.setattr(demanded, "_TRIALS", {})
    assert demanded.trial_of(verbaliser(weigh), "e" * 64) == first
    assert len(asked) == 25 * 5
    demanded.trial_of(verbaliser(weigh), "")
    assert len(asked) == 2 * 25 * 5
