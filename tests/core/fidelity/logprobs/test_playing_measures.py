"""The trust game and the refusal matrix: arithmetic by hand, and scripted characters whose scores are known."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.fidelity.interviews.respondent import Respondent
from core.fidelity.interviews.role_knowledge import Limits, ask_role_items, make_items, score_role_knowledge
from core.fidelity.interviews.trust_play import play_trust_game, score_trust_game
from core.fidelity.logprobs.distributions import total_variation, wasserstein
from core.fidelity.logprobs.refusal import ROWS, refusal_matrix
from core.fidelity.logprobs.trust_game import (
    attribute_effect,
    belief_error,
    consistency,
    expected_consistency,
    forecast_errors,
    log_score,
    payoffs,
    pull,
)
from core.fidelity.logprobs.verbaliser import shares
from core.inference.request import Message, Request, Result, Score, Scored, Usage

SHARES = st.lists(st.floats(0.01, 1), min_size=11, max_size=11)
VIEW = (Message("system", "You are Mara."), Message("user", "Go on."))
STATEMENTS = [f"I own {thing}." for thing in ("a boat", "a key", "a dog", "two hens", "a lamp", "a coat", "a net")]


def at(amount: int) -> list[float]:
    return [1.0 if place == amount else 0.0 for place in range(11)]


def character(weigh: Callable[[str, str], float]) -> Respondent:
    def ask(request: Request) -> Result | None:
        assert isinstance(request, Score)
        share = weigh(request.messages[-1].content, str(request.completion))
        return Scored((0,), (str(request.completion),), (math.log(max(share, 1e-300)),), Usage(1, 1, 0, 0.0, 0.0))

    return Respondent("Mara", VIEW, ask)


def test_distances_by_hand():
    assert total_variation((0.6, 0.3, 0.1), (1, 1, 1)) == pytest.approx(0.26667, abs=1e-5)
    assert total_variation((0.2, 0.5, 0.3), (0.6, 0.3, 0.1)) == pytest.approx(0.4)
    assert wasserstein(at(2), at(7)) == pytest.approx(5)


@given(SHARES, SHARES)
def test_distances_are_symmetric_and_bounded(p: list[float], q: list[float]):
    assert 0 <= total_variation(p, q) <= 1 + 1e-12
    assert total_variation(p, q) == pytest.approx(total_variation(q, p))
    assert wasserstein(p, q) == pytest.approx(wasserstein(q, p))
    assert wasserstein(p, q) <= 10 * total_variation(p, q) + 1e-9
    assert total_variation(p, p) == wasserstein(p, p) == 0


def test_payoffs():
    assert payoffs(10, 15) == (15, 15)
    assert payoffs(0, 0) == (10, 0)
    for sent, returned in ((11, 0), (-1, 0), (2, 7)):
        with pytest.raises(ValueError, match="cannot be"):
            payoffs(sent, returned)


def test_beliefs_against_actions():
    half = [0.5 if place in (0, 10) else 0.0 for place in range(11)]
    assert belief_error(at(3), 5) == pytest.approx(0.2)
    assert belief_error(half, 5) == 0
    assert log_score(half, 10) == pytest.approx(math.log(0.5))
    assert log_score(half, 5) is None
    true = consistency([at(2), at(5), at(9)], [2, 5, 9])
    assert (true.error, true.log_score, true.rho, true.population) == (0, 0, pytest.approx(1), 0)
    false = consistency([at(0), at(10)], [10, 0])
    assert (false.error, false.log_score, false.rho, false.population) == (1, None, pytest.approx(-1), 0)
    assert forecast_errors([at(2), at(4), at(6)], [0, 0, 5], 2) == pytest.approx([0.3])


def test_attributes_and_imposed_beliefs():
    found = attribute_effect({"old": [6, 8], "young": [4, 4]}, {"old": [2, 2], "young": [4, 4]})
    assert (found.believed, found.played, found.eta_squared, found.same_sign) == (3, -2, pytest.approx(1), False)
    assert pull(4, 5, 3, 5) == pytest.approx(0.5)
    assert pull(4, 5, 3, 3) is None


@pytest.mark.parametrize(("sends", "expected"), [(7, 1.0), (2, 0.5)])
def test_a_scripted_trustor(sends: int, expected: float):
    """Always expects to give 7; sends something of its own."""

    def weigh(chat: str, completion: str) -> float:
        return 1.0 if completion == (f"{sends}." if "do you send?" in chat else "7.") else 0.0

    found = score_trust_game(play_trust_game(character(weigh)))
    assert found.value == pytest.approx(expected)
    assert found.evidence["action"][sends] == pytest.approx(1)
    assert found.evidence["conditions"]["rules"]["error"] == pytest.approx(1 - expected)


def test_what_is_sent_counts_by_its_chance_and_nothing_is_drawn():
    """Expects 4; sends 2 or 10, one in four times 10; afterwards it expects what it sent."""

    def weigh(chat: str, completion: str) -> float:
        if "do you send?" in chat:
            return {"2.": 0.75, "10.": 0.25}.get(completion, 0.0)
        if "You sent" in chat:
            return float(completion == ("2." if "You sent 2 " in chat else "10."))
        return float(completion == "4.")

    found = score_trust_game(play_trust_game(character(weigh)))
    assert found.value == pytest.approx(1 - (0.75 * 0.2 + 0.25 * 0.6))
    assert found.evidence["conditions"]["after"]["error"] == pytest.approx(0)
    assert found.evidence["conditions"]["after"]["distance"] == pytest.approx(0)
    assert found.evidence["conditions"]["after"]["share"] == pytest.approx(1)
    assert found.evidence["conditions"]["before"]["distance"] == pytest.approx((0.75 * 2 + 0.25 * 6) / 10)


def test_many_rounds_come_to_the_expectation():
    half = [0.0] * 5 + [0.5] + [0.0] * 4 + [0.5]
    played = consistency([half] * 4, [5, 5, 5, 10])
    known = expected_consistency(dict.fromkeys(range(11), half), [0.0] * 5 + [0.75] + [0.0] * 4 + [0.25])
    assert (known.error, known.log_score, known.population) == (
        pytest.approx(played.error),
        pytest.approx(played.log_score),
        pytest.approx(played.population),
    )


def test_weights_that_give_no_answer_a_probability_are_told_so():
    def ask(request: Request) -> Result | None:
        assert isinstance(request, Score)
        return Scored((0,), ("",), (-math.inf,), Usage(1, 1, 0, 0.0, 0.0))

    mute = Respondent("Mara", VIEW, ask)
    with pytest.raises(UserError, match="probability"):
        play_trust_game(mute)
    with pytest.raises(UserError, match="probability"):
        ask_role_items(mute, make_items("Mara", STATEMENTS, Limits()))
    with pytest.raises(UserError, match="probability"):
        shares([math.nan, 0.0])
    assert shares([-math.inf, 0.0]) == (0.0, 1.0)


def test_the_matrix_by_hand():
    rows = [("setting", 1.0), ("knowledge", 0.5), ("factual", 1.0), ("absent", 0.5), ("none", 0.25), ("none", 0.0)]
    found = refusal_matrix(rows)
    assert found.rates == {"setting": 1.0, "knowledge": 0.5, "factual": 1.0, "absent": 0.5, "none": 0.125}
    assert found.balanced == pytest.approx((0.75 + 0.875) / 2)
    assert refusal_matrix([("none", 0.0)]).balanced is None


def test_sixty_questions_of_the_characters_own_and_general_ones():
    limits = Limits("March 1926", "the island", ("the telephone", "the war to come"))
    items = make_items("Mara", STATEMENTS, limits, "Ilse", seed=1)
    assert [sum(item.row == row for item in items) for row in ROWS] == [12] * 5
    assert len({item.text for item in items}) == 60
    assert items == make_items("Mara", STATEMENTS, limits, "Ilse", seed=1)
    texts = " ".join(item.text for item in items)
    assert all(word in texts for word in ("the telephone", "March 1926", "the island", "Ilse"))
    own = [item for item in items if item.statement_number]
    assert len(own) == 6
    assert all(STATEMENTS[item.statement_number - 1] in item.text for item in own)
    assert len(make_items("Mara", [], Limits())) == 60


@pytest.mark.parametrize(
    ("refuses", "balanced"),
    [(lambda _item: True, 0.5), (lambda _item: False, 0.5), (lambda item: item.row != "none", 1.0)],
)
def test_scripted_refusers(refuses: Callable[..., bool], balanced: float):
    items = make_items("Mara", STATEMENTS, Limits())
    by_text = {item.text: item for item in items}

    def weigh(chat: str, completion: str) -> float:
        item = by_text[chat[chat.index("“") + 1 : chat.rindex("”")]]
        return 1.0 if (completion.casefold() == "no") == refuses(item) else 0.0

    refusals = ask_role_items(character(weigh), items)
    found = score_role_knowledge(items, refusals)
    assert found.value == pytest.approx(balanced)
    assert found.evidence["n_items"] == dict.fromkeys(ROWS, 12)
