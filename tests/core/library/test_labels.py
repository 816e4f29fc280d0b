"""Labels are one key, one undo step, one word of each person on each turn; judges are found again by their weights."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import UserError
from core.library.judges import find_or_add_judge, list_judges, save_licence
from core.library.labels import contest_score, label_turn, labels_of_turn, list_labels, set_label
from core.project import Project
from models.label import Verdict
from models.score import Score
from tests.core.lab.judged_scene import play_scene, spoken


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def turn_id(project: Project) -> int:
    return spoken(project, play_scene(project, 1))[0].id


def said(project: Project, turn_id: int) -> list[tuple[str, str, str]]:
    return [(one.verdict, one.why, one.metric) for one in labels_of_turn(project, turn_id)]


def test_the_same_key_twice_takes_the_label_away(project: Project, turn_id: int) -> None:
    assert label_turn(project, turn_id, Verdict.GOOD) == Verdict.GOOD
    assert label_turn(project, turn_id, Verdict.OFF) == Verdict.OFF
    assert said(project, turn_id) == [("off", "", "")]
    assert label_turn(project, turn_id, Verdict.OFF) is None
    assert said(project, turn_id) == []


def test_each_label_is_one_undo_step(project: Project, turn_id: int) -> None:
    set_label(project, turn_id, Verdict.GOOD)
    set_label(project, turn_id, Verdict.OFF, " She would not say so. ")
    assert said(project, turn_id) == [("off", "She would not say so.", "")]
    assert project.undo() == "Label turn as off"
    assert said(project, turn_id) == [("good", "", "")]
    project.undo()
    assert said(project, turn_id) == []
    project.redo()
    assert said(project, turn_id) == [("good", "", "")]


def test_each_person_has_a_word(project: Project, turn_id: int) -> None:
    set_label(project, turn_id, Verdict.GOOD)
    set_label(project, turn_id, Verdict.OFF, person="Ann")
    assert len(labels_of_turn(project, turn_id)) == 2
    set_label(project, turn_id, None, person="Ann")
    assert said(project, turn_id) == [("good", "", "")]


def test_a_score_is_contested_beside_the_turns_label(project: Project, turn_id: int) -> None:
    with project.append() as session:
        score, none = Score(turn_id=turn_id, metric="echo", value=0.9), Score(turn_id=turn_id, metric="x", reason="No.")
        session.add_all([score, none])
        session.flush()
        ids = (score.id, none.id)
    set_label(project, turn_id, Verdict.GOOD)
    contest_score(project, ids[0], "A refrain.")
    assert said(project, turn_id) == [("good", "", ""), ("off", "A refrain.", "echo")]
    assert labels_of_turn(project, turn_id)[1].score_id == ids[0]
    assert project.undo_label() == "Disagree with score"
    with pytest.raises(UserError, match="not scored"):
        contest_score(project, ids[1])
    with pytest.raises(UserError, match="any more"):
        contest_score(project, 10_000)


def test_labels_of_a_playtest_are_listed(project: Project, turn_id: int) -> None:
    other = play_scene(project, 1)
    label_turn(project, turn_id, Verdict.GOOD)
    assert list_labels(project, other.id) == []


def test_no_label_without_a_turn(project: Project) -> None:
    with pytest.raises(UserError):
        set_label(project, 77, Verdict.GOOD)


def test_a_judge_is_known_by_its_weights(project: Project) -> None:
    one = find_or_add_judge(project, "Small", "a" * 64)
    assert find_or_add_judge(project, "Renamed", "a" * 64).id == one.id
    other = find_or_add_judge(project, "Small", "a" * 64, n_samples=5)
    assert {judge.id for judge in list_judges(project)} == {one.id, other.id}
    save_licence(project, one.id, {"badge": "red"})
    assert find_or_add_judge(project, "Small", "a" * 64).licence == {"badge": "red"}
    assert project.undo_label() is None


def test_two_judges_of_one_measure_are_contested_apart(project: Project, turn_id: int) -> None:
    judges = [find_or_add_judge(project, name, name).id for name in ("one", "two")]
    with project.append() as session:
        rows = [Score(turn_id=turn_id, metric="moral", value=1.0, judge_id=judge) for judge in (*judges, judges[0])]
        session.add_all(rows)
        session.flush()
        first, second, later = (row.id for row in rows)
    contest_score(project, first, "Too low.")
    contest_score(project, second, "Too high.")
    assert [(one.score_id, one.why) for one in labels_of_turn(project, turn_id)] == [
        (first, "Too low."),
        (second, "Too high."),
    ]
    contest_score(project, later, "Still too low.")
    set_label(project, turn_id, None, metric="moral", score_id=second)
    assert [(one.score_id, one.why) for one in labels_of_turn(project, turn_id)] == [(later, "Still too low.")]
