"""The occasion that a path makes, and what a turn keeps of how it came to its speaker."""

from typing import Any

import pytest

from core.errors import UserError
from core.inference.request import Message, Score, Scored, Usage
from core.inference.unsupported import Unsupported
from core.minds.moment import Stopped
from core.playtest.directing.who_next import TURN_TAKING_KEY, WhoNext, again, next_speaker, talkativeness_of
from core.playtest.script import Script
from core.playtest.story.story_play import StoryPlay
from core.playtest.writing.questions import CastQuestions, ask_at_end
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import TurnPolicy
from tests.core.playtest.directing.test_stopping import numbered
from tests.core.playtest.view.test_views import make_script, make_turn


def with_card(script: Script, place: int, extra: dict[str, Any]) -> Script:
    part = script.parts[place]
    changed = part.model_copy(update={"character": part.character.model_copy(update={"card_extra": extra})})
    parts = [changed if one is part else one for one in script.parts]
    return script.model_copy(update={"parts": tuple(parts)})


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, 0.5),
        ({"data": {"extensions": {"talkativeness": 0.8}}}, 0.8),
        ({"data": {"extensions": {"talkativeness": "0.25"}}}, 0.25),
        ({"top": {"talkativeness": 0.1}}, 0.1),
        ({"data": {"extensions": {"talkativeness": "loud"}}, "top": {"talkativeness": "0.3"}}, 0.3),
        ({"data": {"extensions": {"talkativeness": None}}}, 0.5),
        ({"data": {"extensions": {"talkativeness": True}}}, 0.5),
        ({"data": {"extensions": {"talkativeness": float("nan")}}}, 0.5),
        ({"data": {"extensions": {"talkativeness": 10**400}}}, 0.5),
        ({"data": {"extensions": {"talkativeness": 7}}}, 1.0),
        ({"data": [], "top": 3}, 0.5),
    ],
)
def test_talkativeness_comes_from_the_card(extra: dict[str, Any], expected: float) -> None:
    script = with_card(make_script(2), 0, extra)
    assert talkativeness_of(script.parts[0]) == expected


def test_acts_of_the_director_and_silences_are_no_lines() -> None:
    silent = TurnBase(
        speaker_id="narrator",
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="",
        origin=Origin.STAGE,
        finish="silent",
    )
    act = TurnBase(
        speaker_id="role-2", speaker="Director", kind=SpeakerKind.DIRECTOR, text="Ruud!", origin=Origin.HUMAN
    )
    found = next_speaker(make_script(3), [make_turn(0, "Well."), silent, act])
    assert found.part is not None
    assert found.part.role_id == "role-1"


def test_a_role_that_narrates_has_not_spoken() -> None:
    told = make_turn(1, "The wind rises.").model_copy(update={"kind": SpeakerKind.NARRATOR})
    found = next_speaker(make_script(3), [make_turn(0, "Well."), told])
    assert found.part is not None
    assert found.part.role_id == "role-1"


def test_the_queue_of_the_last_line_goes_on_past_silences_and_acts() -> None:
    script = make_script(4, turn_policy=TurnPolicy.MENTION)
    line = make_turn(0, "Theo? Nils?")
    line.record = {TURN_TAKING_KEY: {"queue": ["role-3", "role-9", "role-1"]}}
    act = TurnBase(speaker_id="d", speaker="Director", kind=SpeakerKind.DIRECTOR, text="", origin=Origin.HUMAN)
    found = next_speaker(script, [line, act])
    assert found.part is not None
    assert (found.part.role_id, found.why) == ("role-3", "was waiting to speak")
    assert found.record == {"policy": "mention", "why": "was waiting to speak", "queue": ["role-1"]}
    found = next_speaker(script, [line, act], away={"role-3"})
    assert found.part is not None
    assert found.part.role_id == "role-1"


@pytest.mark.parametrize("record", [{"queue": 3}, {"queue": [1, None, {}]}, [], "x", {"queue": ["role-1"] * 5}])
def test_a_strangers_record_breaks_nothing(record: object) -> None:
    line = make_turn(0, "Well.")
    line.record = {TURN_TAKING_KEY: record, "round": "many"}
    for policy in TurnPolicy:
        found = next_speaker(make_script(3, turn_policy=policy), [line])
        assert found.part is not None or found.waits


def test_an_alternative_keeps_its_round_and_its_queue() -> None:
    turn = make_turn(1, "Ten.")
    turn.record = {TURN_TAKING_KEY: {"policy": "simultaneous", "waiting": ["role-2"]}, "round": 4}
    part = make_script(2).parts[1]
    found = again(part, turn)
    assert (found.part, found.in_round, found.record["waiting"]) == (part, 4, ["role-2"])


def test_everybody_away_is_said() -> None:
    with pytest.raises(UserError, match="Everybody has left"):
        next_speaker(make_script(2), [], away={"role-0", "role-1"})


def test_the_same_path_has_the_same_answer_and_another_place_another_draw() -> None:
    script = make_script(4, turn_policy=TurnPolicy.WEIGHTED)
    who = WhoNext(script, StoryPlay(script))
    path = numbered(*(make_turn(None, f"Bell {number}.") for number in range(40)))
    found = [who.find(path[:number]).part for number in range(40)]
    assert found == [who.find(path[:number]).part for number in range(40)]
    assert len({part.role_id for part in found if part is not None}) == 4


def ask_of(answers: dict[tuple[str, str], float], asked: list[Score]):
    def find(role_id: str):
        def ask(request):
            asked.append(request)
            logprob = answers[role_id, request.completion]
            return Scored((1,), (request.completion,), (logprob,), Usage(30, 20, 0, 0, 0))

        return ask

    return find


VIEW = (Message("system", "You are Mara."), Message("user", "Theo: Well?"))


def test_a_question_stands_at_the_end_of_the_own_view_on_the_own_lane() -> None:
    asked: list[Score] = []
    answers = {("role-0", "Yes"): -1.0, ("role-0", "No"): -1.0}
    questions = CastQuestions(lambda _role_id: VIEW, ask_of(answers, asked), lambda _role_id: ())
    assert questions.weigh("role-0", "Will you speak?", ("Yes", "No")) == (0.5, 0.5)
    assert [request.lane for request in asked] == ["role-0", "role-0"]
    assert asked[0].messages == (VIEW[0], Message("user", "Theo: Well?\n\n(Will you speak?)"))
    assert ask_at_end(VIEW, "Will you speak?") == asked[0].messages
    assert questions.record() == {"n_asked": 2, "n_read_tokens": 20, "n_reused_tokens": 40}


def test_what_cannot_be_asked_is_said() -> None:
    def refuse(_role_id: str):
        def ask(_request):
            raise Unsupported("This server only writes.", "Use weights.")

        return ask

    questions = CastQuestions(lambda _role_id: VIEW, refuse, lambda _role_id: ())
    assert questions.weigh("role-0", "Will you speak?", ("Yes", "No")) is None
    assert questions.choose("role-0", "Who?", ("A", "B")) is None
    assert questions.record() == {"not_asked": "This server only writes."}
    script = make_script(3, turn_policy=TurnPolicy.BIDDING)
    found = WhoNext(script, StoryPlay(script)).find(numbered(make_turn(0, "Ruud?")), questions)
    assert found.part is not None
    assert found.part.role_id == "role-2"
    assert found.record["asked"] == "rules"
    assert found.record["not_asked"] == "This server only writes."


def test_stopping_while_it_asks_stops() -> None:
    questions = CastQuestions(lambda _role_id: VIEW, lambda _role_id: lambda _request: None, lambda _role_id: ())
    with pytest.raises(Stopped):
        questions.weigh("role-0", "Will you speak?", ("Yes", "No"))
