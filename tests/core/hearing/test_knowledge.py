"""The knowledge matrix of a path: who knows what, since when, and how they came to."""

from core.hearing.knowledge import Change, How, trace_knowledge
from core.hearing.learning import Knowing
from core.world.state import WorldState
from core.world.steps import Line, Rules
from models.playtest import Origin, SpeakerKind, TurnBase
from tests.core.world.stories import make_story

FACTS = [
    {"id": "f1", "text": "The boat is sold.", "known_by": {"r1": "denies", "r2": "suspects"}},
    {"id": "f2", "text": "The lamp is out."},
]
BEATS = [{"name": "in", "kind": "start"}, {"name": "letter", "effects": "Old Mara learns f1\nTheo forgets f1"}]


def turn(record: dict, kind: SpeakerKind = SpeakerKind.CHARACTER, speaker: str = "Theo") -> TurnBase:
    return TurnBase(
        speaker_id="r1", speaker=speaker, kind=kind, text="Hm.", origin=Origin.WEIGHTS, audience=["r2"], record=record
    )


def test_each_change_says_when_and_how() -> None:
    rules = Rules(make_story({"facts": FACTS}, BEATS, [{"from_id": "in", "to_id": "letter"}]))
    start = rules.begin(lambda _: 0.0)
    letter, step = rules.advance(start, Line("r1", "Hm."), lambda _: 0.0)
    heard = rules.learn(letter, {"r1": {"f2": 1}})
    surer = rules.learn(heard, {"r1": {"f2": 2}, "r2": {"f2": 2}})
    by_hand = surer.with_acts(rules.read_changes("Theo learns f1"), rules.slots)
    states: list[WorldState] = [start, letter, heard, surer, by_hand]
    path = [
        turn({"world": {"step": {"to": step.beat_id if step else ""}}}),
        turn({"suspected": {"r1": ["f2"]}}, speaker="Old Mara"),
        turn({"learned": {"r1": ["f2"], "r2": ["f2"]}, "overheard": ["r2"]}, speaker="Nils"),
        turn({"world": {"set": "Theo learns f1"}}, SpeakerKind.DIRECTOR, "Director"),
    ]
    found = trace_knowledge(rules.slots, states, path)
    assert found.changes == (
        Change("f1", "r1", Knowing.KNOWS, How.START),
        Change("f1", "r2", Knowing.SUSPECTS, How.START),
        Change("f1", "r1", Knowing.UNKNOWN, How.BEAT, 1, None, "letter"),
        Change("f1", "r2", Knowing.KNOWS, How.BEAT, 1, None, "letter"),
        Change("f2", "r1", Knowing.SUSPECTS, How.HEARD, 2, None, "Old Mara"),
        Change("f2", "r1", Knowing.KNOWS, How.HEARD, 3, None, "Nils"),
        Change("f2", "r2", Knowing.KNOWS, How.OVERHEARD, 3, None, "Nils"),
        Change("f1", "r1", Knowing.KNOWS, How.DIRECTOR, 4, None, "Director"),
    )
    assert [found.share("f1", number) for number in range(5)] == [0.5, 0.5, 0.5, 0.5, 1.0]
    assert found.cell("f1", "r1", 2) == found.changes[2]
    assert found.cell("f2", "r2", 2) is None
    document = found.to_document(2)
    assert document["facts"] == {"f1": {"r2": "knows"}, "f2": {"r1": "suspects"}}
    assert document["changes"][-1] == {
        "fact": "f2", "role": "r1", "status": "suspects", "how": "heard", "number": 2, "turn": None,
        "source": "Old Mara",
    }  # fmt: skip
