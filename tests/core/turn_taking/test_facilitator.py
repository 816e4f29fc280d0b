"""The facilitator steps in for a reason, and at its time."""

from collections.abc import Callable

from core.memory.emotion import EMOTIONS, read_emotion
from core.turn_taking.facilitator import HEATED_FROM, OFF_SUBJECT_BELOW, nearness, step_in
from core.turn_taking.occasion import Occasion
from tests.core.turn_taking.occasions import Answers, occasion, said

SETTING = "A council of fishermen meets in the boathouse to decide how much each boat may catch this month."
ON_SUBJECT = [
    "We take ten tons each, or there will be no fish next month.",
    "My boat needs fifteen tons of fish to pay the crew.",
    "The lake gives a hundred tons; with five boats that is ten each.",
    "If all of us catch less now, the fish come back by spring.",
]
OFF_SUBJECT = [
    "My sister bought a purple sofa in the city.",
    "The opera singer forgot the words of the second song.",
    "I like crossword puzzles and old films.",
    "Did the piano teacher marry her cousin?",
]
HEATED = ["You disgusting liar, I hate you!", "I am furious. You make me sick with rage.", "Damn you, traitor!"]


def heat_of(text: str) -> float:
    feelings = read_emotion(text)
    return max(feelings[EMOTIONS.index("anger")], feelings[EMOTIONS.index("disgust")])


def talk(texts: list[str], every: int = 4, heat: Callable[[str], float] = heat_of, **changes: object) -> Occasion:
    lines = [said("mt"[place % 2], text) for place, text in enumerate(texts)]
    rules = {"facilitator": "n", "facilitate_every": every}
    fields = {"ask": Answers({}), **changes}
    return occasion(*lines, rules=rules, subject=[SETTING], heat_of=heat, **fields)


def test_the_bound_of_the_subject_lies_between_talk_of_it_and_talk_of_other_things() -> None:
    near, far = nearness(ON_SUBJECT, [SETTING]), nearness(OFF_SUBJECT, [SETTING])
    assert near is not None
    assert far is not None
    assert far < OFF_SUBJECT_BELOW < near
    assert nearness(ON_SUBJECT, ["", " "]) is None


def test_it_steps_in_when_the_talk_has_left_its_subject() -> None:
    assert step_in(talk(ON_SUBJECT)) is None
    found = step_in(talk(OFF_SUBJECT, queue=("i",)))
    assert found is not None
    assert found.role_id == "n"
    assert found.queue == ("i",)
    assert found.why.startswith("steps in: the talk has left its subject (nearness ")


def test_it_steps_in_when_the_talk_is_heated() -> None:
    found = step_in(talk(HEATED, every=3))
    assert found is not None
    assert "heated" in found.why
    assert found.details["facilitator"]["heat"] >= HEATED_FROM


def test_it_looks_only_at_its_time_and_only_where_it_is_there() -> None:
    assert step_in(talk(OFF_SUBJECT, every=3)) is None
    assert step_in(talk(OFF_SUBJECT, away=frozenset("n"))) is None
    found = step_in(talk(OFF_SUBJECT, ask=None))
    assert found is not None
    assert found.waits


def test_its_own_line_begins_the_count_again() -> None:
    lines = [said("m", text) for text in OFF_SUBJECT] + [said("n", "Back to the fish, please.")]
    rules = {"facilitator": "n", "facilitate_every": 4}
    assert step_in(occasion(*lines, rules=rules, subject=[SETTING], ask=Answers({}))) is None
