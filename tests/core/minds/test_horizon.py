"""What lies beyond a horizon is noticed, and who claims to know it all the same; scripted agents of methods 3.10."""

from collections.abc import Callable

import pytest

from core.fidelity.words.abstaining import abstains
from core.minds.aftermath import look_back
from core.minds.horizon import guard
from tests.core.minds.moments import moment, rules, text_of, turn
from tests.core.minds.questions import BEYOND, PERSONA, WITHIN

HORIZON = {
    "horizon": {"date": "March 1926", "place": "the island of Skerra", "unknown": ["who Kennedy was", "the atom bomb"]}
}


def asked(question: str, layers: dict | None = None, **more: object) -> str:
    return text_of(guard(moment([turn(1, "r1", question)], layers=layers or HORIZON, **more), {}))


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Who was president in 1961?", "You cannot know about the year 1961: it is after your time. Say so."),
        ("Do you know who Kennedy was?", "You cannot know this: who Kennedy was. Say so."),
        ("Tell me about the atom bomb.", "You cannot know this: the atom bomb. Say so."),
        (
            "Have you ever been to New York?",
            "You cannot know about New York: it is beyond what you know. Say so.",
        ),
        ("Who was president in 1920?", ""),
        (
            "What happened in December 1926?",
            "You cannot know about December 1926: it is after your time. Say so.",
        ),
        ("What was it like in the 1950s?", "You cannot know about the 1950s: it is after your time. Say so."),
        ("In 1961 there was a war.", ""),
        ("Is it nice in Skerra, Mara?", ""),
        ("Where were you on Tuesday?", ""),
        ("What did Theo give to Ilse?", ""),
    ],
)
def test_a_question_beyond_the_horizon_is_noticed(question: str, note: str) -> None:
    assert asked(question) == note


def test_questions_beyond_are_noticed_and_others_are_left_alone() -> None:
    who = {name: value for name, value in PERSONA.items() if name in {"description", "statements"}}

    def notices(question: str) -> bool:
        return bool(asked(question, PERSONA["layers"], character=who))

    n_noticed, n_left = sum(map(notices, BEYOND)), sum(not notices(one) for one in WITHIN)
    assert (n_noticed / len(BEYOND) + n_left / len(WITHIN)) / 2 >= 0.9


def test_only_what_was_said_since_the_own_last_turn_counts() -> None:
    heard = [turn(1, "r1", "Who rules in 1961?"), turn(2, "r0", "I cannot know.")]
    assert guard(moment(heard, layers=HORIZON), {}) is None


def test_no_horizon_and_a_rule_that_is_off_say_nothing() -> None:
    assert asked("Who was president in 1961?", {"social": {"age": 3}}) == ""
    assert asked("Who was president in 1961?", stage=rules(mind__guards_horizon=False)) == ""


def test_what_the_persona_speaks_of_is_within_its_horizon() -> None:
    assert asked("Have you been to Bergen?") != ""
    assert asked("Have you been to Bergen?", character={"statements": ["You were born in Bergen."]}) == ""


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know who that is.",
        "I cannot say. Nobody can know that.",
        "I died before that.",
        "That is after my time.",
        "How should I know?",
        "I’ve never heard of him.",
        "They say he was a king.",
        "It means nothing to me. That name says nothing to me.",
        "No idea, Theo.",
    ],
)
def test_these_abstain(answer: str) -> None:
    assert abstains(answer)


@pytest.mark.parametrize("answer", ["It was Kennedy.", "Kennedy.", "He won the election in November.", "A tall man."])
def test_these_do_not(answer: str) -> None:
    assert not abstains(answer)


def judged(question: str, answer: str) -> dict:
    found = guard(moment([turn(1, "r1", question)], layers=HORIZON), {})
    assert found is not None
    return look_back({"horizon": found.record}, "r0", answer, None)


def test_a_claim_is_an_alarm_and_an_evasion_is_none() -> None:
    claimed = judged("Who was president in 1961?", "It was Kennedy, of course.")
    assert claimed["alarms"] == [{"kind": "cannot_know", "about": "the year 1961", "limit": "date", "role": "r0"}]
    assert claimed["mind"]["horizon"]["claims"]
    assert claimed["mind"]["horizon"]["named"] == ["Kennedy"]
    for answer in ("I cannot know that.", "Pass me the rope.", "Who, Theo?"):
        assert "alarms" not in judged("Who was president in 1961?", answer)
    assert "alarms" in judged("Tell me about the atom bomb.", "The bomb fell on a town.")


INAUGURATED = {
    46: (2021, "Biden"), 45: (2017, "Trump"), 44: (2009, "Obama"), 43: (2001, "Bush"), 42: (1993, "Clinton"),
    41: (1989, "Bush"), 40: (1981, "Reagan"), 39: (1977, "Carter"), 38: (1974, "Ford"), 37: (1969, "Nixon"),
    36: (1963, "Johnson"), 35: (1961, "Kennedy"), 34: (1953, "Eisenhower"), 33: (1945, "Truman"),
    32: (1933, "Roosevelt"), 31: (1929, "Hoover"), 30: (1923, "Coolidge"), 29: (1921, "Harding"),
    28: (1913, "Wilson"), 27: (1909, "Taft"), 26: (1901, "Roosevelt"), 25: (1897, "McKinley"),
    24: (1885, "Cleveland"), 23: (1889, "Harrison"), 22: (1885, "Cleveland"), 21: (1881, "Arthur"),
    20: (1881, "Garfield"),
}  # fmt: skip
DIED = {"Christie": (1976, 8), "Einstein": (1955, 12)}
"""Year of death, and how many of the 27 came to office after it (methods 3.10)."""


@pytest.mark.parametrize("name", DIED)
@pytest.mark.parametrize(
    ("agent", "abstention", "answers"),
    [
        (lambda _president, _after: "I died before that.", (1.0, 1.0), (0.0, 0.0)),
        (lambda president, after: "I cannot know that." if after else f"It was {president}.", (1.0, 0.0), (0.0, 1.0)),
        (lambda president, _after: f"It was {president}.", (0.0, 0.0), (1.0, 1.0)),
    ],
    ids=["always abstains", "oracle", "always answers"],
)
def test_scripted_agents(
    name: str, agent: Callable[[str, bool], str], abstention: tuple[float, float], answers: tuple[float, float]
) -> None:
    died, n_after = DIED[name]
    groups: dict[bool, list[tuple[bool, bool]]] = {True: [], False: []}
    for year, president in INAUGURATED.values():
        question = f"Who came to be president in {year}?"
        found = guard(moment([turn(1, "r1", question)], layers={"horizon": {"date": str(died)}}), {})
        after = found is not None
        assert after == (year > died)
        answer = agent(president, after)
        record = look_back({"horizon": found.record}, "r0", answer, None) if found is not None else {}
        assert ("alarms" in record) == (after and president in answer)
        groups[after].append((abstains(answer), president in answer))
    assert len(groups[True]) == n_after
    assert len(INAUGURATED) == 27
    for place, after in enumerate((True, False)):
        rows = groups[after]
        assert sum(abstained for abstained, _ in rows) / len(rows) == abstention[place]
        assert sum(named for _, named in rows) / len(rows) == answers[place]
