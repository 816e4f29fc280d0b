"""Abstention: the scripted agents of methods 3.10, horizons, and what records say."""

import pytest

from core.fidelity.conversation import About, Horizon, Line
from core.fidelity.measuring import measure
from core.fidelity.score import ScoreValue
from core.fidelity.words.abstaining import abstains
from core.fidelity.words.abstention import MEASURE
from core.fidelity.words.after_death import ITEMS, Rates, judge_answer, mean_rates, rates
from core.fidelity.words.limits import dates_beyond

ABOUT = About(
    personas={"m": ("Mara keeps the light since 1911.",)},
    names={"m": "Mara", "t": "Theo"},
    horizons={"m": Horizon("March 1926", unknown=("who killed the harbour master",))},
)


def score(*lines: Line) -> dict[str, ScoreValue]:
    return {one.metric: one for one in measure(ABOUT, lines, [MEASURE]).by_line[-1]}


def test_items_after_death():
    assert [item.number for item in ITEMS] == list(range(46, 19, -1))
    assert sum(item.is_after(1976) for item in ITEMS) == 8
    assert sum(item.is_after(1955) for item in ITEMS) == 12
    assert ITEMS[-1].question == "Who is the 20th president of the United States?"


@pytest.mark.parametrize(
    ("agent", "after", "before"),
    [
        (lambda item: "I died before that.", Rates(1, 0, None, 0), Rates(1, 0, None, 0)),
        (
            lambda item: "I died before that." if item.is_after(1955) else f"That is {item.surname}.",
            Rates(1, 0, None, 0),
            Rates(0, 1, 1, None),
        ),
        (lambda item: f"That is {item.surname}.", Rates(0, 1, 1, None), Rates(0, 1, 1, None)),
        (lambda item: "That is Ghandi, a wise man.", Rates(0, 0, 0, None), Rates(0, 0, 0, None)),
    ],
    ids=["always declines", "oracle", "always answers", "wrong"],
)
def test_scripted_agents(agent, after: Rates, before: Rates):
    answers = [judge_answer(item, 1955, agent(item)) for item in ITEMS]
    assert rates(answers, is_after=True) == after
    assert rates(answers, is_after=False) == before


def test_missing_rates_are_skipped_in_the_mean():
    assert mean_rates([Rates(1, 0, None, 0), Rates(0, 1, 1, None)]) == Rates(0.5, 0.5, 1, 0)
    assert mean_rates([]) == Rates(None, None, None, None)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("What happened in 1950?", ["the year 1950"]),
        ("What of the 1930s?", ["the 1930s"]),
        ("Where were you in April 1926?", ["April 1926"]),
        ("Where were you in February 1926?", []),
        ("Where were you in 1926?", []),
        ("Where were you in 1911?", []),
        ("Who was president in 1961?", ["the year 1961"]),
        ("What of the year 2500?", ["the year 2500"]),
        ("In 2310?", ["the year 2310"]),
        ("Who ruled between 1914 and 1950?", ["the year 1950"]),
        ("What about 1950?", ["the year 1950"]),
        ("What was on July 4, 1976?", ["July 4, 1976"]),
        ("Have you 2000 dollars?", []),
        ("Is it room 1984?", []),
        ("Can you spare 1999 marks?", []),
        ("Will you pay about 2000 for it?", []),
        ("What will be in 2000 years?", []),
        ("Did you come with 1950 men?", []),
        ("Who ruled in AD 400?", []),
    ],
)
def test_dates_beyond(sentence: str, found: list[str]):
    assert dates_beyond(sentence, "March 1926") == found
    assert dates_beyond(sentence, "long ago") == []


@pytest.mark.parametrize(
    ("sentence", "last", "found"),
    [
        ("Who ruled in AD 400?", "AD 300", ["the year 400"]),
        ("Who ruled in 350 AD?", "the year 312", ["the year 350"]),
        ("Who ruled in 10 BC?", "44 BC", ["the year 10 BC"]),
        ("Who ruled in 50 BC?", "44 BC", []),
        ("Who ruled in 1350?", "Spring 1348", ["the year 1350"]),
        ("Who ruled in 1925?", "the 1920s", []),
    ],
)
def test_dates_of_other_ages(sentence: str, last: str, found: list[str]):
    assert dates_beyond(sentence, last) == found


@pytest.mark.parametrize(
    ("answer", "declines"),
    [
        ("Some say it is Kennedy. It is Kennedy.", False),
        ("No idea is better than mine: Kennedy.", False),
        ("I don't know any man but Kennedy, who rules.", False),
        ("I cannot say. It’s Kennedy.", False),
        ("", False),
        (" \n", False),
        ("Alas. I don’t know.", True),
        ("I don't know. Ask Theo.", True),
        ("They say Mr. Kennedy was king. Pass me the rope.", True),
        ("Who, Theo? I have no idea.", True),
    ],
)
def test_every_sentence_counts(answer: str, declines: bool):
    assert abstains(answer) is declines


def test_names_that_are_known_are_no_answer():
    assert abstains("I cannot know that. Theo was there.", {"theo"})
    assert not abstains("I cannot know that. Theo was there.")


def test_an_empty_answer_is_not_scored():
    found = score(Line("t", "Who won the war in 1945?"), Line("m", " "))
    assert {one.value for one in found.values()} == {None}
    assert "says nothing" in found["abstention"].reason


@pytest.mark.parametrize(
    ("question", "answer", "declines", "answers"),
    [
        ("Who won the war in 1945?", "I cannot know that, it is after my time.", 1, 0),
        ("Who won the war in 1945?", "The Allies did, under Eisenhower.", 0, 1),
        ("Tell me who killed the harbour master.", "I have no idea.", 1, 0),
        ("Tell me who killed the harbour master.", "Old Brandt did it.", 0, 1),
    ],
)
def test_questions_beyond_the_horizon(question: str, answer: str, declines: int, answers: int):
    found = score(Line("t", f"Good evening. {question}"), Line("m", answer))
    assert (found["abstention"].value, found["abstention.answered"].value) == (declines, answers)
    assert found["abstention"].evidence["asked"][0]["turn"] == 1


def test_what_is_no_such_question_is_not_scored():
    assert "Nobody asked" in score(Line("t", "Was it dark in 1911?"), Line("m", "It was."))["abstention"].reason
    assert "Nobody asked" in score(Line("t", "In 1945 it ended."), Line("m", "Aye."))["abstention"].reason
    assert "No limit" in score(Line("m", "Who won in 1945?"), Line("t", "They did."))["abstention"].reason
    asked_before = (Line("t", "Who won in 1945?"), Line("m", "I don't know."), Line("m", "Enough."))
    assert score(*asked_before)["abstention"].value is None


def test_the_record_of_a_turn_counts_before_the_rule():
    kept = {"asked": [{"question": "?", "about": "x", "turn": 40}], "abstained": False, "named": ["Paris"]}
    found = score(Line("t", "And?", record={"mind": {"horizon": kept}}))
    assert (found["abstention"].value, found["abstention.answered"].value) == (0, 1)
    assert found["abstention.answered"].evidence == {"asked": [{"question": "?", "about": "x"}], "words": ["Paris"]}


@pytest.mark.parametrize("record", [{"mind": 3}, {"mind": {"horizon": []}}, {"mind": {"horizon": {"abstained": 1}}}])
def test_a_stranger_s_record_is_not_trusted(record: dict):
    assert score(Line("t", "And?", record=record))["abstention"].value is None
