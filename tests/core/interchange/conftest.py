"""Projects and pictures that the tests of interchange share, and the real files if this machine has them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.project import Project
from tests.core.interchange.samples import SampleProject, fill_project


@pytest.fixture(scope="session")
def cases() -> Path:
    """Real files by other people, beside the repository; see the README there."""
    folder = Path(__file__).parents[4] / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip(f"skipped: the real files are not in {folder}")
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[SampleProject]:
    """A project with a cast of three, portraits, and a playtest with branches and scores."""
    project = Project(tmp_path / "sample.tableread")
    yield fill_project(project)
    project.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Project]:
    """A project without anything."""
    project = Project(tmp_path / "empty.tableread")
    yield project
    project.close()
