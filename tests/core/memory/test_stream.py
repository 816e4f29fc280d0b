"""The stream of memories is a function of the path: of what the role heard, kept, and what a person changed."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.hearing.perception import hears
from core.memory.entries import EntryKind
from core.memory.persona import persona_entries, told_character
from core.memory.readings import Readings
from core.memory.stream import NO_TURN, Streams, heard_text
from core.playtest.directing.lines import edited
from models.character import CharacterBase
from models.memory import MemoryAct
from models.playtest import SpeakerKind, Turn
from models.stage import MemoryRules, Recall
from tests.core.memory.trees import ROLES, Tree, change, trees, turn


def tree_of(*turns: Turn) -> Tree:
    for before, after in pairwise(turns):
        after.parent_id = before.id
    return Tree({one.id or 0: one for one in turns})


def ids(tree: Tree, turn_id: int, role_id: str = "mara") -> list[str]:
    return [entry.id for entry in tree.stream(Streams(), turn_id, role_id).entries]


@settings(max_examples=40, deadline=None)
@given(trees(), st.data())
def test_a_stream_that_lived_through_many_branches_equals_a_fresh_fold_of_its_path(
    tree: Tree, data: st.DataObject
) -> None:
    streams = Streams()
    for _ in range(6):
        turn_id, role_id = data.draw(st.sampled_from(sorted(tree.turns))), data.draw(st.sampled_from(ROLES))
        assert tree.stream(streams, turn_id, role_id) == tree.stream(Streams(), turn_id, role_id)


@settings(max_examples=30, deadline=None)
@given(trees(), st.sampled_from(ROLES))
def test_no_memory_is_of_a_turn_that_the_role_did_not_hear(tree: Tree, role_id: str) -> None:
    for turn_id in tree.turns:
        path = {one.number: one for one in tree.path(turn_id)}
        for entry in tree.stream(Streams(), turn_id, role_id).entries:
            if entry.kind is EntryKind.OBSERVATION:
                assert hears(path[entry.number], role_id)
                assert entry.is_changed or entry.text == heard_text(path[entry.number])
            elif entry.kind in (EntryKind.REFLECTION, EntryKind.SESSION):
                assert path[entry.number].speaker_id == role_id


@settings(max_examples=30, deadline=None)
@given(trees(), st.sampled_from(ROLES))
def test_a_change_on_one_branch_never_shows_on_another(tree: Tree, role_id: str) -> None:
    for turn_id in tree.turns:
        on_path = {one.id for one in tree.path(turn_id)}
        rest = Tree(tree.turns, [one for one in tree.changes if one.turn_id in on_path])
        assert tree.stream(Streams(), turn_id, role_id) == rest.stream(Streams(), turn_id, role_id)


def test_what_is_heard_is_remembered_as_it_was_heard() -> None:
    tree = tree_of(
        turn(1, "narrator", "The tide bell\nrings.", kind=SpeakerKind.NARRATOR),
        turn(2, "mara", "  Who is there? "),
        turn(3, "theo", "Me.", audience=["mara"], record={"whisper": {"as": "(whispers to Mara) "}}),
        turn(
            4,
            "director",
            "Find the key.",
            audience=["mara"],
            kind=SpeakerKind.DIRECTOR,
            record={"act": {"kind": "whisper"}},
        ),
        turn(5, "director", "mood", audience=["mara"], kind=SpeakerKind.DIRECTOR, record={"act": {"kind": "mood"}}),
        turn(6, "theo", "   "),
        turn(7, "theo", "Not for you.", audience=["ann"]),
    )
    entries = tree.stream(Streams(), 7, "mara").entries
    assert [(entry.id, entry.text) for entry in entries] == [
        ("t1", "The tide bell rings."),
        ("t2", "Mara: Who is there?"),
        ("t3", "Theo: (whispers to Mara) Me."),
        ("t4", "Find the key."),
    ]
    assert [entry.is_own for entry in entries] == [False, True, False, False]
    assert ids(tree, 7, "ann") == ["t1", "t2", "t7"]


def test_time_is_that_of_the_story() -> None:
    act = {"act": {"kind": "time", "seconds": 7200}}
    tree = tree_of(turn(1), turn(2, "director", "2 hours pass.", kind=SpeakerKind.DIRECTOR, record=act), turn(3))
    stream = tree.stream(Streams(), 3, "mara")
    assert [entry.time_s for entry in stream.entries] == [60.0, 7380.0]
    assert stream.now_s == 7440.0


def test_what_was_recalled_counts_as_touched_at_that_time() -> None:
    kept = {"mind": {"memory": {"retrieved": [{"id": "t1"}]}}}
    tree = tree_of(turn(1, "theo"), turn(2, "theo"), turn(3, "mara", record=kept), turn(4, "theo"))
    accessed = {entry.id: entry.accessed_s for entry in tree.stream(Streams(), 4, "mara").entries}
    assert accessed == {"t1": 180.0, "t2": 120.0, "t3": 180.0, "t4": 240.0}


def test_reflections_and_sessions_are_read_from_own_turns_only() -> None:
    memory = {
        "reflections": [{"text": "Theo lies.", "cites": ["t1"], "importance": 7}],
        "reflected_by": "rule",
        "sessions": [{"text": "We met.", "words": ["met"], "from": 1, "to": 1}],
        "importance": {"t1": 9.5, "t9": 3},
    }
    kept = {"mind": {"memory": memory}}
    tree = tree_of(turn(1, "theo"), turn(2, "mara", record=kept))
    stream = tree.stream(Streams(), 2, "mara")
    assert [entry.id for entry in stream.entries] == ["t1", "s2", "r2.1", "t2"]
    assert (stream.last_reflection, stream.last_session) == (2, 1)
    reflection = stream.get("r2.1")
    assert reflection is not None
    assert (reflection.importance, reflection.cites) == (7.0, ("t1",))
    assert [entry.importance for entry in stream.entries if entry.id == "t1"] == [9.5]
    assert ids(tree, 2, "theo") == ["t1", "t2"]


@pytest.mark.parametrize(
    "memory",
    [
        "text",
        {"retrieved": "t1", "reflections": {"text": "x"}, "sessions": 7, "importance": []},
        {"retrieved": [1, {"id": 2}], "reflections": [None, {"text": 3}, {"text": " "}], "importance": {"t1": "9"}},
        {"importance": {"t1": float("nan")}, "sessions": [{"text": "x", "to": -4, "from": True, "words": [1]}]},
        {"reflections": [{"text": "x", "importance": 1e300, "cites": "t1"}]},
    ],
)
def test_a_record_that_is_odd_breaks_nothing(memory: object) -> None:
    record = {"mind": {"memory": memory}, "n_turns_dropped": "many", "earlier": {"pinned": ["x"]}}
    tree = tree_of(turn(1, "theo"), turn(2, "mara", record=record))
    stream = tree.stream(Streams(), 2, "mara")
    assert {"t1", "t2"} <= {entry.id for entry in stream.entries}
    assert all(1 <= entry.importance <= 10 for entry in stream.entries)


def test_what_the_view_still_holds_is_known_from_the_last_own_turn() -> None:
    kept = {"n_turns_dropped": 2, "earlier": {"n_turns": 2, "pinned": [1]}}
    tree = tree_of(turn(1, "theo"), turn(2, "theo"), turn(3, "theo"), turn(4, "mara", record=kept), turn(5, "theo"))
    stream = tree.stream(Streams(), 5, "mara")
    assert {entry.id: stream.is_visible(entry) for entry in stream.entries} == {
        "t1": True,
        "t2": False,
        "t3": True,
        "t4": True,
        "t5": True,
    }
    nothing_left = tree.stream(Streams(), 3, "mara")
    assert all(map(nothing_left.is_visible, nothing_left.entries))
    all_left = tree_of(turn(1, "theo"), turn(2, "mara", record={"n_turns_dropped": 99}))
    assert all_left.stream(Streams(), 2, "mara").visible_from == NO_TURN


def test_a_person_adds_edits_pins_and_deletes() -> None:
    tree = tree_of(turn(1, "theo", "I owe you."), turn(2, "theo"), turn(3, "theo"))
    tree.changes = [
        change(1, "aff", MemoryAct.ADD, "My brother drowned.", 9),
        change(2, "t1", MemoryAct.EDIT, "Theo owes me ten pounds."),
        change(2, "aff", MemoryAct.PIN),
        change(3, "t2", MemoryAct.DELETE),
        change(3, "t99", MemoryAct.DELETE),
        change(3, "x1", MemoryAct.ADD, "not an id of ours"),
    ]
    entries = {entry.id: entry for entry in tree.stream(Streams(), 3, "mara").entries}
    assert list(entries) == ["t1", "aff", "t3"]
    assert (entries["aff"].importance, entries["aff"].is_pinned, entries["aff"].number) == (9.0, True, 1)
    assert (entries["t1"].text, entries["t1"].is_changed) == ("Theo owes me ten pounds.", True)
    assert ids(tree, 2, "mara") == ["t1", "aff", "t2"]


def test_a_later_place_of_the_path_has_the_last_word_whenever_it_was_changed() -> None:
    tree = tree_of(turn(1, "theo"), turn(2, "theo"))
    tree.changes = [change(2, "t1", MemoryAct.EDIT, "second"), change(1, "t1", MemoryAct.EDIT, "first")]
    assert tree.stream(Streams(), 2, "mara").entries[0].text == "second"
    assert tree.stream(Streams(), 1, "mara").entries[0].text == "first"


def test_memories_of_a_persona_come_first_and_leave_the_prompt_where_they_are_recalled() -> None:
    layers = {"memories": [{"text": "{{char}} fell through ice.", "when": "at six", "importance": 8}, {"text": " "}]}
    character = CharacterBase(name="Mara", layers=layers)
    entries = persona_entries(character, lambda text: text.replace("{{char}}", "Mara"), Readings())
    assert [(one.id, one.text, one.when, one.importance) for one in entries] == [
        ("p1", "Mara fell through ice.", "at six", 8.0)
    ]
    assert told_character(character, MemoryRules()) is character
    assert "memories" not in told_character(character, MemoryRules(recall=Recall.GENERATIVE)).layers
    assert character.layers == layers


def test_an_edited_turn_keeps_what_its_speaker_remembered_before_it() -> None:
    memory = {"reflections": [{"text": "Theo lies.", "cites": ["t1"]}], "reflected_by": "rule"}
    spoken = turn(2, "mara", "So.", record={"mind": {"memory": memory, "mood": {"told": "x"}}, "weights": {}})
    changed = edited(spoken, "Hm.", None)
    tree = tree_of(turn(1, "theo"), Turn(**changed.model_dump(), id=3, playtest_id="p", number=2))
    assert [(one.id, one.text) for one in tree.stream(Streams(), 3, "mara").entries][1:] == [
        ("r2.1", "Theo lies."),
        ("t2", "Mara: Hm."),
    ]


def test_an_invitation_spreads_through_a_village_of_twelve_by_word_of_mouth_alone() -> None:
    """Generative Agents, section 7.1: here each speaker is scripted, so that who must know is known."""
    village = [f"v{number}" for number in range(12)]
    chance, knowing, turns = Random(5), {village[0]}, list[Turn]()
    expected: list[set[str]] = []
    for number in range(1, 61):
        teller, hearer = chance.sample(village, 2)
        said = "Come to the midsummer party at the mill." if teller in knowing else "The hay is late this year."
        turns.append(turn(number, teller, said, audience=[hearer]))
        knowing |= {hearer} if teller in knowing else set()
        expected.append(set(knowing))
    tree, streams = tree_of(*turns), Streams()
    shares = []
    for number in range(1, 61):
        know = {
            one for one in village if "party" in " ".join(e.text for e in tree.stream(streams, number, one).entries)
        }
        assert know | {village[0]} == expected[number - 1]
        shares.append(len(know) / len(village))
    assert all(before <= after for before, after in pairwise(shares))
    assert shares[-1] > 0.5 > shares[0]
