"""How items are asked: each by itself, nothing of it seen later; by digits, freely, as a whole form, in two stages."""

import math
import re
from collections.abc import Callable
from concurrent.futures import CancelledError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.interviews.administer import administer
from core.fidelity.interviews.digits import orders_of
from core.fidelity.interviews.free_answers import PARTICIPANT, hide_name
from core.fidelity.interviews.questionnaire import IPIP, load_life_talk, load_questionnaire
from core.fidelity.interviews.respondent import Respondent
from core.fidelity.interviews.two_stages import compare_totals, hold_talk
from core.fidelity.interviews.whole_form import form_grammar, form_question, read_form
from core.inference.request import Finish, Generate, Generated, Message, Request, Result, Score, Scored, Usage
from core.inference.unsupported import Unsupported
from tests.scripted_judge import scripted_judge

FORM, SHORT = load_questionnaire(IPIP), load_questionnaire("self-regard")
VIEW = (Message("system", "You are Mara Voss."), Message("user", "(The scene begins.)"))
USAGE = Usage(10, 6, 0, 0.0, 0.0)


def respondent(
    weigh: Callable[[str, str], float] | None = None,
    write: Callable[[Generate], str] | None = None,
    asked: list[Request] | None = None,
    **more: object,
) -> Respondent:
    """A character whose weights a test gives: a weight for (last message, digit), and what is written."""

    def ask(request: Request) -> Result | None:
        if asked is not None:
            asked.append(request)
        match request:
            case Score() if weigh is not None:
                digit = str(request.completion)[-1]
                return Scored((7,), (digit,), (math.log(weigh(request.messages[-1].content, digit)),), USAGE)
            case Generate() if write is not None:
                return Generated(write(request), (), Finish.END, USAGE)
        raise Unsupported("Not by this test.")

    return Respondent("Mara Voss", VIEW, ask, **more)


def extravert(question: str, digit: str) -> float:
    """Knows which sentences are about extraversion and answers by their meaning, whatever digit stands for it."""
    item = next(item for item in FORM.items if f"“{item.text}”" in question)
    points = dict(re.findall(r"(\d) = ([a-z ]+)", question))
    wanted = "neither accurate nor inaccurate"
    if item.scale == "extraversion":
        wanted = "very inaccurate" if item.is_reversed else "very accurate"
    return 0.96 if points[digit] == wanted else 0.01


def test_a_scripted_extravert_is_one():
    asked = administer(respondent(extravert), FORM)
    values = {name: score.value for name, score in asked.scales.items()}
    assert values["extraversion"] == pytest.approx(50, abs=1.1)
    assert all(values[name] == pytest.approx(30, abs=1e-6) for name in values if name != "extraversion")
    assert all(score.spread > 0 for score in asked.scales.values())
    assert asked.mass == pytest.approx(1.0)


def test_no_item_sees_another_nor_any_answer():
    requests: list[Request] = []
    administer(respondent(extravert, asked=requests), FORM, n_orders=2)
    assert len(requests) == 50 * 2 * 5
    for place, request in enumerate(requests):
        assert isinstance(request, Score)
        item = FORM.items[place // 10]
        assert request.messages[0] == VIEW[0]
        assert len(request.messages) == len(VIEW)
        assert [one.number for one in FORM.items if f"“{one.text}”" in request.messages[-1].content] == [item.number]
        assert request.lane == "interview"


def test_orders_change_what_a_digit_means_and_average_out_a_liking_for_one():
    always_five = respondent(lambda _question, digit: 0.9 if digit == "5" else 0.025)
    straight = administer(always_five, FORM).answers[0].value
    both = administer(always_five, FORM, n_orders=2).answers[0]
    assert straight > 4.5
    assert both.value == pytest.approx(3.0)
    assert sum(both.probabilities.values()) == pytest.approx(1.0)
    knowing = administer(respondent(extravert), FORM, n_orders=5)
    assert knowing.scales["extraversion"].value == pytest.approx(50, abs=1.1)


@given(st.integers(1, 5), st.integers(0, 2**32))
def test_orders_are_permutations_and_repeatable(n_orders: int, seed: int):
    orders = orders_of(FORM, n_orders, seed)
    assert len(set(orders)) == len(orders) == n_orders
    assert all(sorted(order) == [1, 2, 3, 4, 5] for order in orders)
    assert orders == orders_of(FORM, n_orders, seed)


def test_a_digit_stands_behind_the_opening():
    requests: list[Request] = []
    found = administer(respondent(extravert, asked=requests, opening="<think></think>"), FORM)
    assert {request.completion for request in requests} == {f"<think></think>{digit}" for digit in range(1, 6)}
    assert found.scales["extraversion"].value == pytest.approx(50, abs=1.1)


def test_entropy_is_kept_with_each_answer():
    even = administer(respondent(lambda _question, _digit: 0.2), FORM)
    row = even.documents()[5]
    assert row["entropy_bits"] == pytest.approx(math.log2(5))
    assert (row["number"], row["scale"], row["reversed"]) == (6, "extraversion", True)


def test_progress_and_cancel():
    steps: list[tuple[int, int]] = []
    administer(respondent(extravert), FORM, on_item=lambda *step: steps.append(step))
    assert steps[0] == (0, 50)
    assert steps[-1] == (50, 50)
    stopped = Respondent("Mara Voss", VIEW, lambda _request: None)
    with pytest.raises(CancelledError):
        administer(stopped, FORM)


def test_free_answers_are_read_by_a_judge_that_sees_no_name():
    requests: list[Request] = []
    judge = scripted_judge(
        lambda _chat, options: [0.9 if option == "5" else 0.025 for option in options], asked=requests
    )
    said = respondent(write=lambda request: f"I, Mara, say so. ({request.sampling.seed})")
    found = administer(said, SHORT, "free", judge=judge, seed=7)
    assert [answer.words for answer in found.answers][:2] == ["I, Mara, say so. (8)", "I, Mara, say so. (9)"]
    assert all(answer.value == pytest.approx(4.75) for answer in found.answers)
    for request in requests:
        shown = "\n".join(message.content for message in request.messages)
        assert "Mara" not in shown
        assert "Voss" not in shown
        assert PARTICIPANT in shown


def test_free_answers_that_are_none_say_why():
    found = administer(respondent(write=lambda _request: " "), SHORT, "free", judge=scripted_judge())
    assert {answer.reason for answer in found.answers} == {"Nothing was said."}
    assert found.scales["self_regard"].value is None
    unread = administer(
        respondent(write=lambda _request: "Yes."), SHORT, "free", judge=scripted_judge(write=lambda *_: "?")
    )
    assert all(answer.reason for answer in unread.answers)


def test_a_name_is_hidden_whole_and_in_parts():
    assert hide_name("I am Mara. Voss is my name, Mara Voss.", "Mara Voss") == (
        "I am the participant. the participant is my name, the participant."
    )


def test_a_whole_form_is_one_question():
    requests: list[Request] = []
    lines = "\n".join(f"{item.number}: {item.number % 5 + 1}" for item in SHORT.items)
    found = administer(respondent(write=lambda _request: lines, asked=requests), SHORT, "whole")
    assert [answer.value for answer in found.answers] == [2, 3, 4, 5, 1, 2, 3, 4]
    assert len(requests) == 1
    assert all(item.text in requests[0].messages[-1].content for item in SHORT.items)
    assert requests[0].grammar == form_grammar(SHORT)


def test_a_form_without_a_grammar_is_read_as_far_as_it_goes():
    def write(request: Generate) -> str:
        if request.grammar:
            raise Unsupported("No grammar here.")
        return "Here it is:\n1: 4\n2. 5\n3) 9\n4: 12\n1: 1\n"

    found = administer(respondent(write=write), SHORT, "whole")
    assert [answer.value for answer in found.answers] == [4, 5, None, None, None, None, None, None]
    assert found.scales["self_regard"].reason == "Only 2 of 8 items were answered."


@given(st.lists(st.integers(1, 5), min_size=8, max_size=8))
def test_a_form_that_was_written_is_read(values: list[int]):
    text = "\n".join(f"{number}: {value}" for number, value in enumerate(values, 1))
    assert [answer.value for answer in read_form(SHORT, text)] == values
    assert form_question(SHORT).count("\n") == len(SHORT.items) + 1


def test_two_stages_a_talk_that_remembers_then_both_ways_of_asking():
    requests: list[Request] = []
    talk = load_life_talk()
    said, after = hold_talk(respondent(write=lambda request: f"Answer {request.sampling.seed}.", asked=requests), talk)
    assert [one.words for one in said][:2] == ["Answer 0.", "Answer 1."]
    last = "\n".join(message.content for message in requests[-1].messages)
    assert all(question in last for question in talk.questions)
    assert talk.opening in last
    assert "Answer 10." in last
    assert after.messages[-1].role == "user"
    assert after.messages[-2] == Message("assistant", "Answer 11.")
    by_item = administer(respondent(lambda _question, digit: 0.9 if digit == "2" else 0.025), SHORT)
    healthy = "\n".join(f"{item.number}: {1 if item.is_reversed else 5}" for item in SHORT.items)
    whole = administer(respondent(write=lambda _request: healthy), SHORT, "whole")
    (found,) = compare_totals(by_item, whole)
    assert (found.by_item, found.whole) == (pytest.approx(24), 40)
    assert found.difference == pytest.approx(16)
    assert found.n_differ == 8
