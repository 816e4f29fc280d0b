"""What a character remembers before its turn, with weights that say given things and without any."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import UserError
from core.inference.request import Finish, Generate, Generated, Request, Result, Score, Scored, Usage
from core.memory.stream import Streams
from core.minds.moment import Moment, Stopped
from core.minds.remembering import remember, situation, stream_of
from models.memory import MemoryAct, MemoryChange
from models.playtest import Turn
from models.scenario import RoleBase
from tests.core.minds.moments import moment, rules, text_of, turn

USAGE = Usage(0, 0, 0, 0.0, 0.0)
LEFT = {"n_turns_dropped": 4}
"""The first four heard turns have left the view."""
SCENE = [
    turn(1, "r1", "The key to the boathouse lies under the third stair."),
    turn(2, "r1", "It rained all morning."),
    turn(3, "r2", "I hate that dog! It bit me and I was furious."),
    turn(4, "r1", "Soup again for dinner."),
    Turn.model_validate(turn(5, "r0", "I see.").model_dump() | {"record": LEFT}),
    turn(6, "r1", "Where is the key to the boathouse?"),
]
LAYERS = {"memories": [{"text": "{{char}} nearly drowned as a child.", "when": "at six", "importance": 9}]}


def recorded(found: Any) -> dict[str, Any]:
    assert found is not None
    return found.record


def retrieved(found: Any) -> list[str]:
    return [one["id"] for one in recorded(found)["retrieved"]]


def change(entry_id: str, act: MemoryAct, text: str = "", turn_id: int = 6) -> MemoryChange:
    return MemoryChange(turn_id=turn_id, role_id="r0", entry_id=entry_id, act=act, text=text)


def test_nothing_is_remembered_where_nobody_asked_for_it() -> None:
    assert remember(moment(SCENE), {}) is None


def test_what_matters_comes_back_and_is_told_with_its_score_in_the_record() -> None:
    found = remember(moment(SCENE, rules(memory__recall="relevance", memory__n_recalled=1)), {})
    assert text_of(found) == "You remember: Theo: The key to the boathouse lies under the third stair."
    one = recorded(found)["retrieved"][0]
    assert (one["id"], set(one)) == ("t1", {"id", "text", "meaning_distance", "mood_distance", "total"})
    assert recorded(found)["n_candidates"] == 4
    assert recorded(found)["mode"] == "relevance"


def test_the_generative_mode_keeps_the_three_parts() -> None:
    found = remember(moment(SCENE, rules(memory__recall="generative", memory__n_recalled=2)), {})
    assert set(retrieved(found)) == {"t1", "t3"}  # the one is about the key, the other felt strongly
    one = recorded(found)["retrieved"][0]
    assert one["total"] == pytest.approx(one["recency"] + one["importance"] + one["relevance"], abs=2e-4)
    assert text_of(found).splitlines()[0] == "You remember:"


def test_mood_brings_back_what_felt_alike() -> None:
    heard = [*SCENE[:5], turn(6, "r1", "I am so angry, I could shout with rage!")]
    found = remember(moment(heard, rules(memory__recall="emotion_sum", memory__n_recalled=1)), {})
    assert retrieved(found) == ["t3"]
    assert recorded(found)["mood_of_last_lines"] == {"anger": 0.875}


def test_what_the_view_still_holds_is_not_told_again() -> None:
    nothing_left = [*SCENE[:4], turn(5, "r0", "I see."), SCENE[5]]
    found = remember(moment(nothing_left, rules(memory__recall="relevance")), {})
    assert (retrieved(found), recorded(found)["n_candidates"], text_of(found)) == ([], 0, "")
    assert recorded(found)["nothing_because"] == "every line is still in the view, word for word"
    found = remember(moment(SCENE, rules(memory__recall="relevance", memory__n_recalled=50)), {})
    assert sorted(retrieved(found)) == ["t1", "t2", "t3", "t4"]


def test_memories_of_the_persona_come_back_with_their_time() -> None:
    found = remember(moment(SCENE[5:], rules(memory__recall="relevance"), layers=LAYERS), {})
    assert text_of(found) == "You remember: at six: Mara nearly drowned as a child."
    without = remember(moment(SCENE[5:], rules(memory__sessions=True), layers=LAYERS), {})
    assert text_of(without) == ""


def test_a_person_pins_adds_edits_and_deletes() -> None:
    changes = [
        change("t2", MemoryAct.PIN),
        change("aff", MemoryAct.ADD, "The key was moved to the lamp room."),
        change("t5", MemoryAct.EDIT, "I lied about the key to the boathouse."),
        change("t1", MemoryAct.DELETE),
    ]
    stage = rules(memory__recall="relevance", memory__n_recalled=2)
    found = remember(moment(SCENE, stage, changes=changes), {})
    assert recorded(found)["pinned"] == ["t2"]
    assert sorted(retrieved(found)) == ["aff", "t5"]
    assert text_of(found).splitlines()[1:] == [
        "- Theo: It rained all morning.",
        "- I lied about the key to the boathouse.",
        "- The key was moved to the lamp room.",
    ]


def test_what_is_pinned_is_told_where_recall_is_off() -> None:
    found = remember(moment(SCENE, changes=[change("t2", MemoryAct.PIN)]), {})
    assert text_of(found) == "You remember: Theo: It rained all morning."


def test_what_was_recalled_is_fresh_again() -> None:
    kept = turn(7, "r0", "So.", memory={"retrieved": [{"id": "t2"}]})
    stream = stream_of(moment([*SCENE, kept], rules(memory__recall="generative")))
    assert {entry.id: entry.accessed_s for entry in stream.entries if entry.number < 3} == {"t1": 60.0, "t2": 420.0}


def test_before_the_first_line_the_goal_is_the_situation() -> None:
    assert situation(moment(role=RoleBase(goal="Find the key."))) == "Find the key."
    assert situation(moment()) == "Mara"
    assert situation(moment(SCENE)).endswith("Theo: Where is the key to the boathouse?")


# Weights


def answer(text: str) -> Generated:
    return Generated(text, (), Finish.END, USAGE)


def scored(request: Request, digit: int, mass: float = 0.9) -> Scored:
    """All of the probability is on one digit."""
    assert isinstance(request, Score)
    share = mass if request.completion == str(digit) else 1e-9
    return Scored((1,), (str(request.completion),), (math.log(share),), USAGE)


def asking(reply: Callable[[Request], Result | None], heard: list[Turn], **values: Any) -> Moment:
    return moment(heard, rules(**values), ask=reply)


def test_the_weights_say_how_important_what_is_new_is() -> None:
    asked: list[str] = []

    def reply(request: Request) -> Result:
        assert isinstance(request, Score)
        asked.append(request.messages[-1].content)
        return scored(request, 8)

    found = remember(asking(reply, SCENE, memory__recall="relevance", memory__asks_importance=True), {})
    assert recorded(found)["importance"] == {"t5": 9.0, "t6": 9.0}
    assert ["Where is the key" in words for words in dict.fromkeys(asked)] == [False, True]
    assert len(asked) == 20
    kept = turn(7, "r0", "So.", memory=recorded(found))
    stream = stream_of(moment([*SCENE, kept], rules(memory__recall="relevance")))
    assert [entry.importance for entry in stream.entries if entry.id in ("t5", "t6")] == [9.0, 9.0]


def test_weights_that_do_not_answer_leave_it_to_the_words() -> None:
    found = remember(
        asking(lambda one: scored(one, 8, 0.01), SCENE, memory__recall="relevance", memory__asks_importance=True), {}
    )
    assert (recorded(found)["importance"], bool(recorded(found)["importance_by_rule"])) == ({}, True)

    def refuse(_request: Request) -> Result:
        raise UserError("This server cannot weigh options.")

    found = remember(asking(refuse, SCENE, memory__recall="relevance", memory__asks_importance=True), {})
    assert recorded(found)["importance_by_rule"] == "This server cannot weigh options."


def test_who_stops_stops_at_once() -> None:
    with pytest.raises(Stopped):
        remember(asking(lambda _: None, SCENE, memory__asks_importance=True, memory__recall="relevance"), {})


def test_reflection_by_rule_cites_what_it_rests_on() -> None:
    found = remember(moment(SCENE, rules(memory__reflects=True, memory__reflect_at=5)), {})
    record = recorded(found)
    assert record["reflected_by"] == "rule"
    assert record["reflected_why"] == "No weights can be asked."
    assert len(record["questions"]) == len({*record["questions"]}) > 0
    first = record["reflections"][0]
    assert first["text"].startswith("What stays with me about “")
    assert set(first["cites"]) == {"t1", "t6"}
    kept = turn(7, "r0", "So.", memory=record)
    stream = stream_of(moment([*SCENE, kept], rules(memory__reflects=True)))
    assert stream.last_reflection == 7
    assert stream.get("r7.1") is not None


def test_there_is_no_reflection_before_enough_has_happened() -> None:
    assert "reflections" not in recorded(remember(moment(SCENE, rules(memory__reflects=True)), {}))


def reflecting(question: str, insight: dict[str, Any] | str) -> Callable[[Request], Result]:
    def reply(request: Request) -> Result:
        assert isinstance(request, Generate)
        assert json.loads(request.grammar)["type"] == "object"
        if "questions" in json.loads(request.grammar)["properties"]:
            return answer(json.dumps({"questions": [question, question + " And why?", "What of the boathouse key?"]}))
        return answer(insight if isinstance(insight, str) else json.dumps(insight))

    return reply


def test_reflection_by_the_weights() -> None:
    reply = reflecting("Who has the key?", {"insight": "Theo does not know his own key.", "lines": [1, 99]})
    found = remember(asking(reply, SCENE, memory__reflects=True, memory__reflect_at=5), {})
    record = recorded(found)
    assert (record["reflected_by"], "reflected_why" in record) == ("weights", False)
    assert [one["text"] for one in record["reflections"]] == ["Theo does not know his own key."]
    assert len(record["reflections"][0]["cites"]) == 1


@pytest.mark.parametrize(
    "insight",
    [
        "no JSON",
        {"insight": "Dragons rule mountains everywhere.", "lines": [1]},
        {"insight": "The key is near.", "lines": [77]},
        {"insight": "key", "lines": [1]},
        {"insight": 3, "lines": [1]},
        "[" * 5000,
    ],
)
def test_a_conclusion_of_no_use_gives_way_to_the_rule(insight: dict[str, Any] | str) -> None:
    found = remember(
        asking(reflecting("Who has the key?", insight), SCENE, memory__reflects=True, memory__reflect_at=5), {}
    )
    assert recorded(found)["reflected_by"] == "rule"
    assert recorded(found)["reflected_why"]
    assert recorded(found)["reflections"]


# Sessions


def later(seconds: float, number: int = 7) -> Turn:
    return turn(number, "director", "Time passes.", act={"kind": "time", "seconds": seconds})


def test_a_long_pause_closes_a_session_which_comes_back_when_it_matters() -> None:
    stage = rules(memory__sessions=True)
    scene = [*SCENE, later(86_400)]
    record = recorded(remember(moment(scene, stage), {}))
    (session,) = record["sessions"]
    assert (session["from"], session["to"], session["by"], session["why"]) == (1, 6, "rule", "No weights can be asked.")
    assert "boathouse" in session["words"]
    own = turn(8, "r0", "Good morning.", memory=record)
    own.record = own.record | {"n_turns_dropped": 7}
    found = remember(moment([*scene, own, turn(9, "r1", "Did you open the boathouse?")], stage), {})
    match = recorded(found)["session_recalled"]
    assert (match["id"], match["shared"]) == ("s8", ["boathouse"])
    assert match["score"] == pytest.approx(match["overlap"] * match["decay"], abs=1e-6)
    assert text_of(found).startswith("You remember: 1 day ago: ")
    assert "sessions" not in recorded(found)


def test_a_session_that_the_view_still_holds_does_not_come_back() -> None:
    stage = rules(memory__sessions=True)
    scene = [*SCENE[:4], turn(5, "r0", "I see."), SCENE[5], later(86_400)]
    own = turn(8, "r0", "Good morning.", memory=recorded(remember(moment(scene, stage), {})))
    found = remember(moment([*scene, own, turn(9, "r1", "Did you open the boathouse?")], stage), {})
    assert "session_recalled" not in recorded(found)


def test_the_weights_sum_a_session_up_unless_they_say_nothing_of_it() -> None:
    scene = [*SCENE, later(86_400)]
    record = recorded(remember(asking(lambda _: answer("Theo hid a key."), scene, memory__sessions=True), {}))
    assert [(one["text"], one["by"]) for one in record["sessions"]] == [("Theo hid a key.", "weights")]
    record = recorded(remember(asking(lambda _: answer("Once upon time."), scene, memory__sessions=True), {}))
    assert (record["sessions"][0]["by"], bool(record["sessions"][0]["why"])) == ("rule", True)


def test_streams_that_are_kept_change_nothing() -> None:
    stage, streams = rules(memory__recall="generative", memory__reflects=True, memory__reflect_at=5), Streams()
    for end in (2, 6, 4, 6):
        assert remember(moment(SCENE[:end], stage, streams=streams), {}) == remember(moment(SCENE[:end], stage), {})
