"""Relationships are directed, undoable, and gone with their characters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from core.library.characters import create_character, delete_character
from core.library.relationships import list_relationships, relate, unrelate
from core.project import Project
from models.character import CharacterBase


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "p.tableread")
    yield project
    project.close()


@pytest.fixture
def pair(project: Project) -> tuple[str, str]:
    return tuple(create_character(project, CharacterBase(name=name)).id for name in ("Mara", "Theo"))


def edges(project: Project) -> dict[tuple[str, str], tuple[str, int]]:
    return {(row.character_id, row.other_id): (row.label, row.trust) for row in list_relationships(project)}


def test_each_direction_is_its_own_and_undone_by_itself(project: Project, pair: tuple[str, str]) -> None:
    mara, theo = pair
    relate(project, mara, theo, label="the magistrate", trust=-40)
    relate(project, theo, mara, label="a witness")
    relate(project, mara, theo, trust=10)
    assert edges(project) == {(mara, theo): ("the magistrate", 10), (theo, mara): ("a witness", 0)}
    assert project.undo() == "Mara and Theo"
    assert edges(project)[mara, theo] == ("the magistrate", -40)
    unrelate(project, theo, mara)
    assert set(edges(project)) == {(mara, theo)}
    assert project.undo() == "Forget Theo and Mara"
    assert len(edges(project)) == 2


def test_a_deleted_character_takes_its_relationships_along_until_it_is_back(
    project: Project, pair: tuple[str, str]
) -> None:
    relate(project, *pair, trust=5)
    delete_character(project, pair[1])
    assert edges(project) == {}
    project.undo()
    assert len(edges(project)) == 1


@pytest.mark.parametrize("fields", [{"trust": 101}, {"power": -101}, {"label": "x" * 201}])
def test_what_is_not_allowed_changes_nothing(
    project: Project, pair: tuple[str, str], fields: dict[str, object]
) -> None:
    relate(project, *pair, trust=5)
    with pytest.raises(UserError):
        relate(project, *pair, **fields)
    assert edges(project)[pair] == ("", 5)


def test_nobody_is_related_to_themselves(project: Project, pair: tuple[str, str]) -> None:
    with pytest.raises(UserError, match="themselves"):
        relate(project, pair[0], pair[0])
