"""Own measures as rows, and the programs that may be run on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app_settings import load_settings
from core.errors import UserError
from core.library.own_metrics import (
    add_own_metric,
    allow_python,
    change_own_metric,
    delete_own_metric,
    forbid_python,
    get_own_metric,
    is_allowed,
    list_own_metrics,
    python_text,
)
from core.project import Project
from models.own_metric import OwnMetricBase, OwnMetricKind

DRAFT = OwnMetricBase(name="Archaic words", kind=OwnMetricKind.PHRASES, body="thou\nthee", better="higher")
PROGRAM = "def score(line, history, persona):\n    return 1\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project(tmp_path / "a.tableread")
    yield opened
    opened.close()


def test_a_measure_is_made_changed_deleted_and_brought_back(project: Project) -> None:
    made = add_own_metric(project, DRAFT)
    assert project.undo_label() == "New measure Archaic words"
    change_own_metric(project, made.id, body="thou", name="Thou")
    assert get_own_metric(project, made.id).body == "thou"
    delete_own_metric(project, made.id)
    assert list_own_metrics(project) == []
    assert get_own_metric(project, made.id) is None
    with pytest.raises(UserError, match="not in the project any more"):
        change_own_metric(project, made.id, body="")
    project.undo()
    assert [one.name for one in list_own_metrics(project)] == ["Thou"]
    project.undo()
    project.undo()
    assert list_own_metrics(project) == []


def test_what_is_not_allowed_changes_nothing(project: Project) -> None:
    made = add_own_metric(project, DRAFT)
    with pytest.raises(UserError, match="name"):
        change_own_metric(project, made.id, name="")
    assert get_own_metric(project, made.id).name == "Archaic words"


def test_measures_stand_by_name(project: Project) -> None:
    for name in ("Zeal", "Anger"):
        add_own_metric(project, DRAFT.model_copy(update={"name": name}))
    assert [one.name for one in list_own_metrics(project)] == ["Anger", "Zeal"]


def test_only_the_text_that_was_allowed_may_run(project: Project) -> None:
    mine = add_own_metric(project, OwnMetricBase(name="Mine", kind=OwnMetricKind.PYTHON, body="mine.py"))
    (project.path.parent / "mine.py").write_text(PROGRAM, encoding="utf-8")
    text = python_text(project, mine)
    assert text == PROGRAM
    assert not is_allowed(text)
    allow_python(text)
    allow_python(text)
    assert is_allowed(text)
    assert not is_allowed(text + "# changed")
    assert len(load_settings().allowed_programs) == 1
    forbid_python(text)
    assert not is_allowed(text)


@pytest.mark.parametrize(
    "body", ["", "mine", "../mine.py", "/tmp/mine.py", "gone.py", "C:\\mine.py", "big.py", "odd.py"]
)
def test_a_file_that_cannot_be_read_is_said(project: Project, body: str) -> None:
    folder = project.path.parent
    (folder / "big.py").write_text("#" * 200_001, encoding="utf-8")
    (folder / "odd.py").write_bytes(b"\xff\xfe\xfa")
    mine = add_own_metric(project, OwnMetricBase(name="Mine", kind=OwnMetricKind.PYTHON, body=body))
    with pytest.raises(UserError):
        python_text(project, mine)


def test_only_python_has_a_text(project: Project) -> None:
    with pytest.raises(UserError, match="no Python function"):
        python_text(project, add_own_metric(project, DRAFT))


def test_which_way_is_better_is_one_of_four(project: Project):
    own = add_own_metric(project, DRAFT)
    with pytest.raises((UserError, ValueError)):
        change_own_metric(project, own.id, better="sideways")
    change_own_metric(project, own.id, better="lower")
    assert list_own_metrics(project)[0].better == "lower"
    with pytest.raises(ValueError, match="better"):
        OwnMetricBase.model_validate(DRAFT.model_dump() | {"better": "sideways"})
