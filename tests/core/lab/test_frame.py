"""Frames: what is read of real rows, what comes later, branches, filters."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.lab.flags import ALARM, REMINDER, Flag, read_flags
from core.lab.frame import GOOD, OFF, Filter, ScoreFrame, column_key
from core.lab.frame_reading import read_frame, read_more
from core.library.labels import label_turn
from core.library.playtests import delete_playtest, get_playtest
from core.project import Project
from models.branch_score import BranchScore
from models.judge import Judge
from models.label import Verdict
from models.own_metric import OwnMetric, OwnMetricKind
from models.score import Score
from models.turn_mark import TurnMark
from tests.examples import n_examples
from tests.gui.played_scene import PlayedScene
from tests.gui.stage_scene import add_turns, make_scene
from tests.licences import licence_with


@pytest.fixture
def project(tmp_path: Path):
    project = Project(tmp_path / "frame.tableread")
    yield project
    project.close()


@pytest.fixture
def scene(project: Project) -> PlayedScene:
    scene = PlayedScene(project)
    scene.play(6)
    return scene


def _score(project: Project, turn_id: int, metric: str, value: float | None, judge_id: str | None = None) -> None:
    reason = "It is too short." if value is None else None
    with project.append() as session:
        session.add(Score(turn_id=turn_id, metric=metric, value=value, reason=reason, judge_id=judge_id))


def test_a_frame_has_what_the_rows_say(project: Project, scene: PlayedScene) -> None:
    frame = read_frame(project, [scene.playtest_id])
    turns = scene.branch.path()
    assert frame.turn_id.tolist() == [turn.id for turn in turns]
    assert frame.number.tolist() == [1, 2, 3, 4, 5, 6]
    assert [frame.speakers[place].name for place in frame.speaker] == [turn.speaker for turn in turns]
    assert frame.sides[0].rows.tolist() == [0, 1, 2, 3, 4, 5]
    with project.reading() as session:
        for score in session.exec(select(Score)):
            assert frame.values(score.metric)[frame.row_of(score.turn_id)] == pytest.approx(score.value, rel=1e-12)
    assert list(frame.columns) == ["grounding", "drift"]


def test_the_latest_score_counts_and_none_is_nan(project: Project, scene: PlayedScene) -> None:
    first, second = (turn.id or 0 for turn in scene.branch.path()[:2])
    _score(project, first, "echo", 0.5)
    _score(project, first, "echo", 0.25)
    _score(project, second, "echo", None)
    values = read_frame(project, [scene.playtest_id]).values("echo")
    assert values[0] == 0.25
    assert np.isnan(values[1:]).all()


def test_each_judge_has_a_column_with_its_badge(project: Project, scene: PlayedScene) -> None:
    turn_id = scene.branch.path()[0].id or 0
    with project.append() as session:
        session.add(Judge(id="j1", name="Green one", licence=licence_with("green")))
        session.add(Judge(id="j2", name="New one"))
    _score(project, turn_id, "personagym.consistency", 4.0, "j1")
    _score(project, turn_id, "personagym.consistency", 2.0, "j2")
    frame = read_frame(project, [scene.playtest_id])
    one, other = (frame.columns[column_key("personagym.consistency", judge)] for judge in ("j1", "j2"))
    assert (frame.values(one.key)[0], frame.values(other.key)[0]) == (4.0, 2.0)
    assert one.judge is not None
    assert other.judge is not None
    assert (one.judge.badge, other.judge.badge) == ("green", "")


def test_own_and_unknown_measures_have_names(project: Project, scene: PlayedScene) -> None:
    turn_id = scene.branch.path()[0].id or 0
    with project.append() as session:
        session.add(OwnMetric(id="o1", name="Sea words", kind=OwnMetricKind.PHRASES, better="higher"))
    _score(project, turn_id, "own.o1", 1.0)
    _score(project, turn_id, "of.tomorrow", 1.0)
    columns = read_frame(project, [scene.playtest_id]).columns
    assert columns["own.o1"].title == "Sea words"
    assert columns["own.o1"].metric.better == "higher"
    assert columns["of.tomorrow"].title == "of.tomorrow"


def test_what_is_new_is_added_and_the_old_frame_stays(project: Project, scene: PlayedScene) -> None:
    before = read_frame(project, [scene.playtest_id])
    kept = before.values("grounding").copy()
    scene.play(3)
    _score(project, int(before.turn_id[0]), "grounding", 0.99)
    after = read_more(project, before)
    whole = read_frame(project, [scene.playtest_id])
    assert np.array_equal(before.values("grounding"), kept)
    assert after.n_rows == whole.n_rows == 9
    for key in whole.columns:
        assert np.array_equal(after.values(key), whole.values(key), equal_nan=True)
    assert after.sides[0].rows.tolist() == whole.sides[0].rows.tolist()


def test_branches_are_paths_and_deleted_ones_are_gone(project: Project, scene: PlayedScene) -> None:
    path = scene.branch.path()
    other = scene.say(0, "I will say it differently.", parent_id=path[2].id)
    frame = read_frame(project, [scene.playtest_id], {scene.playtest_id: [path[5].id or 0, other.id or 0]})
    assert [side.rows.tolist() for side in frame.sides] == [[0, 1, 2, 3, 4, 5], [0, 1, 2, 6]]
    assert frame.leaves(scene.playtest_id) == [other.id, path[5].id]
    assert frame.sides_of(2) == [0, 1]
    with project.append() as session:
        session.add(TurnMark(turn_id=path[3].id, is_cut=True))
        session.add(TurnMark(turn_id=other.id, name="The other way"))
    frame = read_more(project, frame)
    assert frame.leaves(scene.playtest_id) == [other.id]
    assert frame.branch(other.id or 0).name == "The other way"
    assert not frame.on_sides[3:6].any()


def test_two_playtests_share_their_characters(project: Project, scene: PlayedScene) -> None:
    playtest = get_playtest(project, scene.playtest_id)
    assert playtest is not None
    second = PlayedScene(project, playtest.scenario_id or "")
    second.play(4)
    frame = read_frame(project, [scene.playtest_id, second.playtest_id])
    assert len([one for one in frame.speakers if one.is_character]) == 3
    assert [len(side.rows) for side in frame.sides] == [6, 4]
    alone = read_frame(project, [second.playtest_id])
    assert alone.n_rows == 4
    assert np.array_equal(alone.values("drift"), frame.values("drift")[6:])
    delete_playtest(project, second.playtest_id)
    assert len(read_more(project, frame).playtests) == 1


def test_labels_of_turns_are_columns_and_undo_takes_them_back(project: Project, scene: PlayedScene) -> None:
    first, second = (turn.id or 0 for turn in scene.branch.path()[:2])
    label_turn(project, first, Verdict.GOOD)
    label_turn(project, second, Verdict.OFF)
    frame = read_frame(project, [scene.playtest_id])
    assert frame.label[:3].tolist() == [GOOD, OFF, 0]
    assert Filter(labels=frozenset({OFF})).mask(frame).tolist() == [False, True, False, False, False, False]
    project.undo()
    assert read_more(project, frame).label[:2].tolist() == [GOOD, 0]


def test_scores_of_speakers_are_read(project: Project, scene: PlayedScene) -> None:
    head = scene.branch.head_id or 0
    role = scene.script.parts[0].role_id
    with project.append() as session:
        for value in (1.0, 2.0):
            session.add(
                BranchScore(playtest_id=scene.playtest_id, head_id=head, role_id=role, metric="x.y", value=value)
            )
    found = read_frame(project, [scene.playtest_id]).speaker_scores
    assert [(one.role_id, one.value) for one in found] == [(role, 2.0)]


def test_a_judge_that_could_not_be_run_takes_nothings_place(project: Project, scene: PlayedScene) -> None:
    head, role = scene.branch.head_id or 0, scene.script.parts[0].role_id
    turn_id = scene.branch.path()[0].id or 0
    at = {"playtest_id": scene.playtest_id, "head_id": head, "role_id": role, "metric": "x.y", "judge_id": "j"}
    with project.append() as session:
        session.add(Judge(id="j", name="One", weights_sha256="1"))
        session.flush()
        for value, evidence in ((4.0, {}), (None, {"failed": True})):
            session.add(Score(turn_id=turn_id, metric="x.t", judge_id="j", value=value, evidence=evidence))
            session.add(BranchScore(**at, value=value, evidence=evidence))
    frame = read_frame(project, [scene.playtest_id])
    with project.append() as session:
        session.add(Score(turn_id=turn_id, metric="x.t", judge_id="j", evidence={"failed": True}))
    for one in (frame, read_more(project, frame)):
        assert one.scores[column_key("x.t", "j")][one.row_of(turn_id)] == 4.0
        assert [score.value for score in one.speaker_scores] == [4.0]


def test_an_empty_project_has_an_empty_frame(project: Project) -> None:
    frame = read_frame(project, ["nobody"])
    assert frame.n_rows == 0
    assert Filter(column="grounding").mask(frame).tolist() == []
    assert frame.row_of(1) == -1
    assert read_more(project, frame).n_rows == 0


def test_flags_are_read_from_records_whatever_they_hold(project: Project) -> None:
    scenario_id, roles = make_scene(project)
    records = [
        {"alarms": [{"kind": "secret_out"}, "nonsense"]},
        {"mind": {"reminder": {"fired": True}}},
        {"mind": {"reminder": {"fired": False}}, "alarms": 7},
        {"words": "alarms"},
    ]
    turns = [{"speaker_id": roles[0], "text": "The key.", "record": record} for record in records]
    playtest_id = add_turns(project, scenario_id, turns)
    first = int(read_frame(project, [playtest_id]).turn_id[0])
    flags = read_flags(project, [playtest_id])
    assert flags == [Flag(first, ALARM, "secret_out"), Flag(first + 1, REMINDER)]
    assert read_flags(project, [playtest_id], first) == flags[1:]


def _frame(values: list[float | None], speakers: list[int]) -> ScoreFrame:
    from core.lab.frame import Side, Speaker

    n = len(values)
    return ScoreFrame(
        speakers=tuple(Speaker(str(place), f"Name {place}", True) for place in range(3)),
        turn_id=np.arange(1, n + 1),
        parent=np.arange(-1, n - 1),
        playtest=np.zeros(n, np.int32),
        number=np.arange(1, n + 1, dtype=np.int32),
        speaker=np.array(speakers, np.int32),
        label=np.zeros(n, np.int8),
        is_cut=np.zeros(n, np.bool_),
        scores={"x": np.array([np.nan if one is None else one for one in values])},
        sides=(Side("p", n, "p", np.arange(n)),),
    )


@settings(max_examples=n_examples(40, 400), deadline=None)
@given(
    st.lists(st.tuples(st.none() | st.floats(-5, 5), st.integers(0, 2)), min_size=1, max_size=30),
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.sets(st.integers(0, 2)),
)
def test_filters_let_exactly_those_pass(
    rows: list[tuple[float | None, int]], one: float, other: float, wanted: set[int]
) -> None:
    low, high = min(one, other), max(one, other)
    frame = _frame([value for value, _speaker in rows], [speaker for _value, speaker in rows])
    speakers = frozenset((str(place), f"Name {place}") for place in wanted)
    mask = Filter(speakers=speakers, column="x", low=low, high=high).mask(frame)
    expected = [
        value is not None and low <= value <= high and (not wanted or speaker in wanted) for value, speaker in rows
    ]
    assert mask.tolist() == expected


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_a_path_is_that_of_the_parents(choices: list[int]) -> None:
    parents = np.array([choice % (row + 1) - 1 for row, choice in enumerate(choices)], np.intp)
    n_rows = len(parents)
    frame = ScoreFrame(turn_id=np.arange(n_rows) * 2 + 1, parent=parents, is_cut=np.zeros(n_rows, np.bool_))
    for last in range(n_rows):
        row, path = last, []
        while row >= 0:
            path.append(row)
            row = int(parents[row])
        assert frame.path_to(last * 2 + 1).tolist() == path[::-1]
