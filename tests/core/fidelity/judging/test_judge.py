"""A judge is asked by probabilities where there are any, by samples elsewhere, and failures are no verdicts."""

import json
import math
from concurrent.futures import CancelledError
from contextlib import closing

import pytest

from core.fidelity.judging.judge import MIN_MASS, Identity, Judge, Question, labels_for
from core.fidelity.judging.verdicts import Choice, NotJudged, Preference, Rating
from core.inference.request import Finish, Generate, Generated, Request, Result, Score, Scored, WeightsSettings
from core.inference.unsupported import Unsupported
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from tests.scripted_judge import USAGE, scripted_judge, weigh_by

QUESTION = Question("You judge.", "Who speaks?")


def test_a_choice_is_the_share_of_each_option() -> None:
    choice = scripted_judge(weigh_by({"Who": {"Mila": 3.0, "Vera": 1.0}})).choose(QUESTION, ("Vera", "Mila"))
    assert isinstance(choice, Choice)
    assert choice.probabilities == pytest.approx((0.25, 0.75))
    assert choice.best == 1
    assert choice.how == "probabilities"


def test_a_rating_is_the_expected_point() -> None:
    rating = scripted_judge(weigh_by({"Who": {"1": 1.0, "5": 3.0}}, otherwise=0.0)).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert rating.value == pytest.approx(4.0, abs=1e-6)


def test_a_judge_that_always_says_a_prefers_nobody() -> None:
    preference = scripted_judge(weigh_by({"": {"A": 1.0, "B": 0.0, "Tie": 0.0}})).prefer(
        lambda a, b: Question("You judge.", f"A: {a}\nB: {b}"), "one", "two"
    )
    assert isinstance(preference, Preference)
    assert preference.p_first == pytest.approx(0.5)
    assert not preference.is_consistent


def test_without_probabilities_samples_are_counted_and_unreadable_ones_left_out() -> None:
    said = ['{"reason": "x", "score": 4}', "nothing of the kind", '{"reason": "y", "score": 2}']
    rating = scripted_judge(write=lambda _chat, seed: said[seed]).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert (rating.value, rating.how, rating.n_failed, rating.self_agreement) == (3.0, "samples", 1, 0.0)


@pytest.mark.parametrize("text", ["", "{", "[1]", json.dumps({"score": True}), json.dumps({"score": 9})])
def test_what_cannot_be_read_is_not_judged(text: str) -> None:
    assert isinstance(scripted_judge(write=lambda _chat, _seed: text).rate(QUESTION), NotJudged)


def test_options_that_are_letters_get_digits_for_labels() -> None:
    assert labels_for(("A", "B", "Tie"))[:3] == ("1", "2", "3")
    assert labels_for(("Person A", "Person B"))[0] == "1"
    assert labels_for(("1", "2"))[:2] == labels_for(("Mila", "Vera"))[:2] == ("A", "B")


def test_what_the_judge_gives_the_scale_at_all_is_told() -> None:
    rating = scripted_judge(weigh_by({"Who": {"2": 0.1, "4": 0.1}}, otherwise=0.0)).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert rating.value == pytest.approx(3.0, abs=1e-6)
    assert rating.mass == pytest.approx(0.2)


def test_points_of_unlike_tokens_are_not_compared() -> None:
    """A vocabulary that writes 10 as one token and the others as two: chances of tokens would be added up."""

    def ask(request: Request) -> Result | None:
        if isinstance(request, Score):
            ids = (7,) if request.completion == "3" else (9, int(str(request.completion)))
            return Scored(ids, ("",) * len(ids), (-1.0,) * len(ids), USAGE)
        assert isinstance(request, Generate)
        return Generated('{"reason": "r", "score": 5}', (), Finish.END, USAGE)

    rating = Judge(Identity("j", ""), ask).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert (rating.how, rating.value) == ("samples", 5.0)


def test_a_server_that_weighs_words_but_cannot_choose_is_asked_for_labels_in_every_order() -> None:
    """It likes Mila by 3 to 1, and the first place by 2 to 1: the places cancel out."""
    asked: list[Request] = []

    def ask(request: Request) -> Result | None:
        asked.append(request)
        if not isinstance(request, Score):
            raise Unsupported("A server cannot do that.")
        label = str(request.completion)
        chat = request.messages[-1].content
        chance = (0.3 if f"{label}. Mila" in chat else 0.1) * (2 if label == "A" else 1)
        return Scored((ord(label),), (label,), (math.log(chance),), USAGE)

    choice = Judge(Identity("j", "", is_server=True), ask).choose(QUESTION, ("Vera", "Mila"))
    assert isinstance(choice, Choice)
    assert choice.how == "probabilities"
    assert choice.probabilities == pytest.approx(((2 / 5 + 1 / 7) / 2, (3 / 5 + 6 / 7) / 2))
    assert choice.votes == (1, 1)
    assert choice.position_bias == pytest.approx(abs((2 / 5 + 6 / 7) / 2 - 0.5))
    assert sum(isinstance(one, Score) for one in asked) == 4


def test_samples_of_a_choice_see_the_options_and_keep_a_reason_of_the_winner() -> None:
    asked: list[Request] = []
    said = ['{"reason": "no", "answer": "Vera"}'] + ['{"reason": " she \\n is", "answer": "Mila"}'] * 2
    choice = scripted_judge(write=lambda _chat, seed: said[seed], asked=asked).choose(QUESTION, ("Vera", "Mila"))
    assert isinstance(choice, Choice)
    assert (choice.how, choice.votes, choice.rationale) == ("samples", (0, 1, 1), "she is")
    written = next(one for one in asked if isinstance(one, Generate))
    assert "- Vera\n- Mila" in written.messages[-1].content


def test_a_server_without_a_grammar_is_told_the_schema() -> None:
    asked: list[Request] = []

    def ask(request: Request) -> Result | None:
        asked.append(request)
        if not isinstance(request, Generate) or request.grammar or request.sampling.min_p:
            raise Unsupported("A server cannot do that.")
        return Generated('I think:\n```json\n{"reason": "r", "score": 2}\n```', (), Finish.END, USAGE)

    rating = Judge(Identity("j", "", is_server=True), ask).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert (rating.value, rating.n_failed) == (2.0, 0)
    last = asked[-1]
    assert isinstance(last, Generate)
    assert '"score": {"enum": [1, 2, 3, 4, 5]}' in last.messages[-1].content


def test_a_verdict_is_explained_under_a_grammar() -> None:
    asked: list[Request] = []
    judge = scripted_judge(write=lambda _chat, _seed: '{"reason": "She says \\"aye\\"."}', asked=asked)
    assert judge.explain(QUESTION, "4 of 5") == 'She says "aye".'
    (written,) = asked
    assert isinstance(written, Generate)
    assert "4 of 5" in written.messages[-1].content
    assert written.grammar
    assert scripted_judge(write=lambda _chat, _seed: "no").explain(QUESTION, "4 of 5") == ""


def test_a_judge_that_is_stopped_says_so() -> None:
    def ask(_request: Request) -> None:
        return None

    judge = Judge(Identity("j", ""), ask)
    assert judge.rate(QUESTION) == judge.choose(QUESTION, ("a", "b")) == NotJudged("The judge was stopped.")

    def end(_request: Request) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        Judge(Identity("j", ""), end).rate(QUESTION)


def test_house_weights_judge_by_single_tokens() -> None:
    """Small, real: shares are those of the digits' own tokens, and a choice has every order."""
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=512, n_sequences=4), lambda _event: None)) as engine:
        judge = Judge(Identity("house", engine.info.sha256), lambda request: engine.submit(request).result())
        rating = judge.rate(QUESTION)
        choice = judge.choose(QUESTION, ("Person A", "Person B"))
        answers = judge.answer(QUESTION, {"type": "object", "properties": {"ok": {"enum": [True]}}, "required": ["ok"]})
    assert isinstance(rating, Rating)
    assert set(rating.probabilities) == {1, 2, 3, 4, 5}
    assert sum(rating.probabilities.values()) == pytest.approx(1.0)
    assert rating.mass is not None
    assert 0 < rating.mass <= 1
    assert rating.how == ("probabilities" if rating.mass >= MIN_MASS else "samples")
    assert isinstance(choice, Choice)
    assert (choice.how, len(choice.votes)) == ("probabilities", 2)
    assert answers == [{"ok": True}] * 3


def test_half_a_pair_of_surrogates_can_be_written_down() -> None:
    (answer,) = scripted_judge(
        write=lambda *_: '{"why": "No \\ud83d.", "words": [{"\\ud83d": 1}]}', n_samples=1
    ).answer(QUESTION, {})
    assert answer == {"why": "No ?.", "words": [{"?": 1}]}
    json.dumps(answer, ensure_ascii=False).encode("utf-8")


def test_a_judge_that_would_say_something_else_is_had_write() -> None:
    tiny = [1e-6]

    def weigh(_chat: str, options: list[str]) -> list[float]:
        return tiny * len(options)

    written = scripted_judge(weigh, lambda *_: '{"reason": "So.", "score": 2}').rate(QUESTION)
    assert isinstance(written, Rating)
    assert (written.value, written.how, written.mass) == (2.0, "samples", pytest.approx(5e-6))
    nothing = scripted_judge(weigh, lambda *_: "Well.").rate(QUESTION)
    assert isinstance(nothing, NotJudged)
    assert "something else" in nothing.reason
