"""A short playtest with the house weights in a real worker that remembers, weighs and reflects: what its records hold,
that it is the same again, and that no branch knows of the memories of another."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.hearing.perception import heard_by
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.characters import create_character
from core.library.memories import add_memory, delete_memory, edit_memory, set_memory_pinned
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario
from core.memory.entries import EntryKind
from core.memory.stream import Stream
from core.minds.remembering import stream_of
from core.playtest.branch import Branch
from core.playtest.directing.director import Director
from core.playtest.minds import Minds
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.stage import MemoryRules, Recall, StageRules

TIMEOUT_S = 240
N_TURNS = 11
STAGE = StageRules(
    memory=MemoryRules(recall=Recall.GENERATIVE, asks_importance=True, reflects=True, reflect_at=6, sessions=True)
)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=256, n_sequences=6, n_threads=2))) as found:
        yield found


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as found:
        yield found


def make_scenario(project: Project, stage: StageRules = STAGE) -> Scenario:
    layers = {"memories": [{"text": "The bell rang all night when the Tern went down.", "importance": 8}]}
    roles = [
        RoleBase(name=name, character_id=create_character(project, CharacterBase(name=name, layers=layers)).id)
        for name in ("Mara", "Theo")
    ]
    scenario = ScenarioBase(
        name="Inquest",
        setting="A boathouse.",
        greeting="The bell rings. The key to the boat is gone!",
        thoughts=False,
        max_turns=50,
        stage=stage.to_document(),
    )
    return create_scenario(project, scenario, roles)


def play(project: Project, playtest: Playtest, worker: Worker, n_turns: int) -> list[Turn]:
    with closing(Director(project, worker, playtest.id, lambda _event: None)) as director:
        director.play(n_turns)
        assert director.wait(TIMEOUT_S)
    row = get_playtest(project, playtest.id)
    assert row is not None
    return path_to(list_turns(project, playtest.id), row.head_id)


def stream(project: Project, playtest_id: str, role_id: str, head_id: int | None = None) -> Stream:
    """A fresh fold of a branch, from the rows."""
    branch = Branch(project, playtest_id)
    path = path_to(branch.turns, head_id or branch.head_id)
    part = branch.script.part(role_id)
    assert part is not None
    return stream_of(Minds(project, branch.script, playtest_id).moment(part, path))


def test_a_scene_that_remembers(project: Project, worker: Worker) -> None:
    scenario = make_scenario(project)
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=7, max_tokens=40))
    turns = play(project, playtest, worker, N_TURNS)
    spoken = [turn for turn in turns if turn.kind == SpeakerKind.CHARACTER]
    records = [turn.record["mind"]["memory"] for turn in spoken]
    assert all(record["mode"] == "generative" and record["query"] for record in records)
    check_importance(records)
    check_recalled(spoken)
    reflected = [record for record in records if "reflected_by" in record]
    assert reflected
    for record in reflected:
        assert record["reflected_by"] == "weights" or record["reflected_why"]
    cited = {cite for record in reflected for one in record["reflections"] for cite in one["cites"]}
    mara = stream(project, playtest.id, spoken[0].speaker_id)
    assert {entry.id for entry in mara.entries if entry.kind is EntryKind.OBSERVATION} & cited
    again = play(project, start_playtest(project, scenario.id, PlaySettings(seed=7, max_tokens=40)), worker, N_TURNS)
    assert [(turn.text, turn.record.get("mind")) for turn in again] == [
        (turn.text, turn.record.get("mind")) for turn in turns
    ]


def check_importance(records: list[dict]) -> None:
    """The weights answered with a digit, or it stands why the words decided."""
    assert all(record["importance"] or record["importance_by_rule"] for record in records)
    assert all(1 <= value <= 10 for record in records for value in record["importance"].values())


def check_recalled(spoken: list[Turn]) -> None:
    """The persona's memory comes back from the first turn on, and lines as soon as they have left the view."""
    told = [{one["id"] for one in turn.record["mind"]["memory"]["retrieved"]} for turn in spoken]
    assert all(told)
    assert "p1" in told[0]
    assert any(entry_id.startswith("t") for ids in told for entry_id in ids)
    for turn in spoken:
        recalled = turn.record["mind"]["memory"]["retrieved"]
        assert all({"recency", "importance", "relevance", "total"} <= set(one) for one in recalled)
        notes = [note["text"] for note in turn.record["mind"]["notes"] if note["origin"] == "recalled"]
        assert all(any(one["text"] in note for note in notes) for one in recalled)


# Branches, without weights


def say(branch: Branch, role_id: str, text: str, parent_id: int | None, audience: list[str] | None = None) -> Turn:
    draft = TurnBase(
        speaker_id=role_id,
        speaker="Somebody",
        kind=SpeakerKind.CHARACTER,
        text=text,
        origin=Origin.HUMAN,
        audience=audience,
    )
    return branch.commit(draft, parent_id, "")


def test_what_a_person_changed_counts_on_every_branch_through_the_turn_and_on_no_other(project: Project) -> None:
    playtest = start_playtest(project, make_scenario(project).id, PlaySettings(seed=1))
    branch = Branch(project, playtest.id)
    mara, theo = (part.role_id for part in branch.script.parts)
    first = say(branch, theo, "I owe you ten pounds.", None)
    left = say(branch, theo, "I lied.", first.id)
    right = say(branch, theo, "I never lie.", first.id)
    edit_memory(project, left.id, mara, "t1", "Theo owes me twenty pounds.", 9)
    added = add_memory(project, left.id, mara, "He blinked.")
    delete_memory(project, right.id, mara, "p1")
    set_memory_pinned(project, first.id, mara, "t1", True)

    def entries(head: Turn, role_id: str = mara) -> dict[str, tuple[str, bool]]:
        found = stream(project, playtest.id, role_id, head.id).entries
        return {entry.id: (entry.text, entry.is_pinned) for entry in found}

    bell = ("The bell rang all night when the Tern went down.", False)
    owed = "Somebody: I owe you ten pounds."
    assert entries(left) == {
        "p1": bell,
        "t1": ("Theo owes me twenty pounds.", True),
        "t2": ("Somebody: I lied.", False),
        added: ("He blinked.", False),
    }
    assert entries(right) == {"t1": (owed, True), "t2": ("Somebody: I never lie.", False)}
    assert entries(first) == {"p1": bell, "t1": (owed, True)}
    assert entries(left, theo) == {"p1": bell, "t1": (owed, False), "t2": ("Somebody: I lied.", False)}
    for _ in range(4):  # each was one step
        project.undo()
    assert entries(left) == {"p1": bell, "t1": (owed, False), "t2": ("Somebody: I lied.", False)}
    project.redo()
    assert entries(left)["t1"] == ("Theo owes me twenty pounds.", False)


def test_a_whisper_is_remembered_by_those_who_heard_it(project: Project) -> None:
    playtest = start_playtest(project, make_scenario(project).id, PlaySettings(seed=1))
    branch = Branch(project, playtest.id)
    mara, theo = (part.role_id for part in branch.script.parts)
    turn = say(branch, theo, "Nobody must know.", None, audience=[])
    assert heard_by([turn], mara) == []
    assert [entry.id for entry in stream(project, playtest.id, mara).entries] == ["p1"]
    assert [entry.id for entry in stream(project, playtest.id, theo).entries] == ["p1", "t1"]
