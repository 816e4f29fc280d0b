"""Faculties together: their order, advice, and that a mind in which all is off changes nothing."""

from pathlib import Path

import pytest

from core.minds.coach import advise
from core.minds.mind import FACULTIES, prepare, recall_notes
from core.playtest.script import Part, Script
from core.playtest.view.views import build_view
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import RoleBase, ScenarioBase
from models.stage import PlanRules, StageRules
from tests.core.minds.moments import moment, rules, text_of, turn

GOLDEN = Path(__file__).parent / "golden" / "all_off.txt"


def script(**scenario: object) -> Script:
    things = (("Mara Voss", "the key"), ("Theo Dane", "the boat"))
    parts = tuple(
        Part(
            role_id=f"r{number}",
            role=RoleBase(name=name, goal=f"Find {thing}.", secret=f"{thing} is yours.", emotion="calm"),
            character=CharacterBase(
                name=name,
                description=f"{name} keeps {thing}.",
                statements=[f"{name} likes tea."],
                voice="Dry.",
                knowledge="The tides.",
                boundaries="Never swears.",
                post_history_instructions="Keep it short.",
                layers={
                    "horizon": {"date": "March 1926", "unknown": ["who Kennedy was"]},
                    "voice_rules": ["Short words."],
                },
            ),
        )
        for number, (name, thing) in enumerate(things)
    )
    return Script(
        scenario=ScenarioBase(name="Inquest", setting="A boathouse.", rules="Speak plainly.", **scenario), parts=parts
    )


def line(speaker: int, text: str, thought: str) -> TurnBase:
    name = ("Mara Voss", "Theo Dane")[speaker]
    kind, origin = SpeakerKind.CHARACTER, Origin.WEIGHTS
    return TurnBase(speaker_id=f"r{speaker}", speaker=name, kind=kind, text=text, thought=thought, origin=origin)


HISTORY = [line(0, "Where is it?", "I feel cold."), line(1, "Where is what?", "She knows.")]


def chats(found: Script, notes: tuple = ()) -> str:
    return "\n=====\n".join(
        "\n".join(f"[{one.role}]\n{one.content}" for one in build_view(found, part, HISTORY, notes=notes).messages)
        for part in found.parts
    )


def test_with_everything_off_the_weights_read_what_they_did_before() -> None:
    inner = prepare(moment([turn(1, "r1", "Where is what?")], role=RoleBase(goal="Find the key."), thinks=True))
    assert inner.notes == ()
    assert inner.record == {}
    assert inner.opening is None
    assert inner.think_tokens is None
    assert chats(script(), inner.notes) + "\n" == GOLDEN.read_text()


def test_earlier_thoughts_are_not_read_again_where_they_are_not_kept() -> None:
    text = chats(script(stage=rules(thought__keeps=False).to_document()))
    assert "I feel cold." not in text
    assert "She knows." not in text
    assert "Where is it?" in text


def test_without_reasoning_nobody_is_told_to_think() -> None:
    found = script(stage=rules(thought__reasoning="none").to_document())
    assert not found.thinks
    assert not found.scene.thoughts
    assert script().thinks


def test_the_order_of_the_faculties() -> None:
    order = ["memory", "mood", "horizon", "variant", "plan", "coach", "workspace", "reminder", "thought"]
    assert [name for name in FACULTIES if name in order] == [name for name in order if name in FACULTIES]


def test_the_coach_has_a_line_for_one_role() -> None:
    stage = StageRules(plan=PlanRules(coach={"r0": "Flatter {{user}}", "r1": "Shout."}))
    assert text_of(advise(moment(stage=stage), {})) == "Advice for you: Flatter You."
    assert advise(moment(), {}) is None


@pytest.mark.parametrize("record", [None, [], {"notes": 3}, {"notes": [{"origin": ["mood"], "text": "x"}, 3, {}]}])
def test_notes_of_a_strangers_record_are_left_out(record: object) -> None:
    assert recall_notes(record) == ()
