"""Tags and folders of everything that the library lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.library.characters import create_character, delete_character, duplicate_character, get_character
from core.library.folders import (
    clean_folder,
    create_folder,
    delete_folder,
    is_inside,
    list_folders,
    move_to_folder,
    rename_folder,
    with_parents,
)
from core.library.scenarios import create_scenario, duplicate_scenario, get_scenario
from core.library.tags import add_tag, count_tags, delete_tag, remove_tag, rename_tag
from core.project import Project
from models.character import CharacterBase
from models.scenario import ScenarioBase


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


@pytest.fixture
def refs(project: Project) -> list[tuple[str, str]]:
    mara = create_character(project, CharacterBase(name="Mara", tags=["Island"]))
    inquest = create_scenario(project, ScenarioBase(name="Inquest"))
    return [("character", mara.id), ("scenario", inquest.id)]


def tags_of(project: Project, refs: list[tuple[str, str]]) -> list[list[str]]:
    return [get_character(project, refs[0][1]).tags, get_scenario(project, refs[1][1]).tags]


def test_a_tag_is_added_to_many_in_one_step(project: Project, refs: list[tuple[str, str]]) -> None:
    add_tag(project, refs, "  island ")
    assert tags_of(project, refs) == [["Island"], ["island"]]
    assert project.undo() == "Tag 2 things island"
    assert tags_of(project, refs) == [["Island"], []]
    with pytest.raises(UserError, match="letter"):
        add_tag(project, refs, "  ")


def test_tags_are_renamed_merged_removed_and_deleted_everywhere(project: Project, refs: list[tuple[str, str]]) -> None:
    add_tag(project, refs, "sea")
    rename_tag(project, "Sea", "island")
    assert tags_of(project, refs) == [["island"], ["island"]]
    remove_tag(project, refs[:1], "ISLAND")
    assert tags_of(project, refs) == [[], ["island"]]
    delete_tag(project, "island")
    assert tags_of(project, refs) == [[], []]
    for _step in range(4):
        project.undo()
    assert tags_of(project, refs) == [["Island"], []]


def test_tags_are_counted_as_most_write_them() -> None:
    assert count_tags([["Sea", "sea"], ["sea"], ["sea", "Ada"]]) == {"Ada": 1, "sea": 3}


def test_folders_nest_by_their_names(project: Project, refs: list[tuple[str, str]]) -> None:
    move_to_folder(project, refs, " Act one / Cast/")
    create_folder(project, "Drafts")
    assert list_folders(project) == ["Act one", "Act one/Cast", "Drafts"]
    assert rename_folder(project, "Act one", "Acts/1") == "Acts/1"
    assert get_character(project, refs[0][1]).folder == "Acts/1/Cast"
    rename_folder(project, "Acts/1/Cast", "Drafts")
    assert list_folders(project) == ["Drafts"]
    project.undo()
    assert list_folders(project) == ["Acts", "Acts/1", "Acts/1/Cast", "Drafts"]
    with pytest.raises(UserError, match="in itself"):
        rename_folder(project, "Acts", "Acts/1/Acts")
    with pytest.raises(UserError, match="name"):
        create_folder(project, " / ")


def test_a_folder_that_is_deleted_leaves_its_things_in_the_one_around_it(
    project: Project, refs: list[tuple[str, str]]
) -> None:
    move_to_folder(project, refs, "A/B")
    create_folder(project, "A/B/C_%")
    delete_folder(project, "A/B")
    assert get_character(project, refs[0][1]).folder == "A"
    assert list_folders(project) == ["A", "A/C_%"]
    delete_folder(project, "A")
    assert list_folders(project) == ["C_%"]
    project.undo()
    assert list_folders(project) == ["A", "A/C_%"]


def test_copies_lie_beside_the_original_and_the_trash_has_no_folders(
    project: Project, refs: list[tuple[str, str]]
) -> None:
    move_to_folder(project, refs, "A")
    add_tag(project, refs, "sea")
    assert duplicate_scenario(project, refs[1][1]).folder == "A"
    assert duplicate_scenario(project, refs[1][1]).tags == ["sea"]
    copy = duplicate_character(project, refs[0][1])
    assert (copy.folder, copy.tags) == ("A", ["Island", "sea"])
    move_to_folder(project, [("character", copy.id)], "B")
    delete_character(project, copy.id)
    assert list_folders(project) == ["A"]


@given(st.lists(st.text("ab/ ", max_size=8)))
def test_paths_are_clean_and_have_their_parents(paths: list[str]) -> None:
    cleaned = [clean_folder(path) for path in paths]
    assert all(clean_folder(path) == path for path in cleaned)
    folders = with_parents(cleaned)
    assert set(filter(None, cleaned)) <= set(folders)
    assert all(path.rpartition("/")[0] in ("", *folders) and is_inside(path, path.split("/")[0]) for path in folders)
