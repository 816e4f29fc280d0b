"""Backups: whole, only after changes, fewer the older they are, never in the way."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.library.characters import create_character, list_characters
from core.library.settings import set_setting
from core.project import Project
from core.safekeeping.backups import (
    Backup,
    Rotation,
    backup_folder,
    choose_kept,
    describe_backup,
    list_backups,
    make_backup,
    restore_as_copy,
)
from models.character import CharacterBase

NOW = datetime(2026, 11, 21, 12)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


def test_a_backup_is_a_whole_project_and_comes_back_as_a_copy(project: Project, tmp_path: Path) -> None:
    create_character(project, CharacterBase(name="Mara"))
    backup = make_backup(project, now=NOW)
    create_character(project, CharacterBase(name="Theo"))
    assert sqlite3.connect(backup.path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert describe_backup(backup) == {"character": 1, "scenario": 0, "playtest": 0, "turn": 0}
    restore_as_copy(backup, tmp_path / "back.tableread")
    with pytest.raises(UserError, match="exists already"):
        restore_as_copy(backup, tmp_path / "back.tableread")
    back = Project(tmp_path / "back.tableread")
    assert [character.name for character in list_characters(back)] == ["Mara"]
    back.close()
    assert len(list_characters(project)) == 2


def test_nothing_is_made_where_nothing_changed(project: Project) -> None:
    create_character(project, CharacterBase(name="Mara"))
    assert make_backup(project, now=NOW) is not None
    set_setting(project, "where", "was I")
    assert make_backup(project, now=NOW + timedelta(hours=1)) is None
    project.undo()
    assert make_backup(project, now=NOW + timedelta(hours=2)) is not None
    assert len(list_backups(project.path)) == 2


def test_a_failed_backup_leaves_the_old_ones_and_no_draft(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    create_character(project, CharacterBase(name="Mara"))
    make_backup(project, now=NOW)
    create_character(project, CharacterBase(name="Theo"))

    def fail(_self: Project, path: Path) -> None:
        path.write_bytes(b"half")
        raise UserError("The disk is full.")

    monkeypatch.setattr(Project, "copy_to", fail)
    with pytest.raises(UserError, match="disk is full"):
        make_backup(project, now=NOW + timedelta(hours=1))
    assert [path.name for path in backup_folder(project.path).iterdir()] == ["2026-11-21 12.00.00.tableread"]


def test_files_of_others_in_the_folder_are_left_alone(project: Project) -> None:
    create_character(project, CharacterBase(name="Mara"))
    make_backup(project, now=NOW)
    other = backup_folder(project.path) / "mine.tableread"
    other.write_bytes(b"")
    for hours in range(1, 12):
        create_character(project, CharacterBase(name="Theo"))
        make_backup(project, Rotation(n_today=2), NOW + timedelta(minutes=hours))
    assert other.exists()
    assert len(list_backups(project.path)) == 2


MOMENTS = st.lists(st.integers(0, 90 * 24 * 60), max_size=60, unique=True)


@given(MOMENTS, st.integers(1, 50))
def test_rotation_keeps_the_newest_and_thins_with_age(minutes: list[int], size: int) -> None:
    backups = [Backup(Path(str(one)), NOW - timedelta(minutes=one), size) for one in minutes]
    rotation = Rotation(max_bytes=300)
    kept = choose_kept(backups, rotation)
    assert choose_kept(kept, rotation) == kept, "keeping twice is keeping once"
    if not backups:
        return
    newest = max(backups, key=lambda backup: backup.made_at)
    assert newest in kept
    assert sum(backup.n_bytes for backup in kept) <= max(300, newest.n_bytes)
    today = newest.made_at.date()
    days = [backup.made_at.date() for backup in kept]
    assert days.count(today) <= rotation.n_today
    assert all(days.count(day) == 1 for day in days if day != today)
    assert all((today - day).days <= 7 * (rotation.weeks + 1) for day in days)
    assert len(kept) <= rotation.n_today + rotation.days + rotation.weeks + 2


def test_a_year_of_opening_every_three_hours_keeps_today_a_week_and_a_month() -> None:
    kept: set[Backup] = set()
    for hours in range(0, 365 * 24, 3):
        moment = NOW + timedelta(hours=hours)
        kept = choose_kept({*kept, Backup(Path(str(hours)), moment, 1)}, Rotation())
    days = sorted({(moment.date() - backup.made_at.date()).days for backup in kept})
    assert days[:8] == list(range(8))
    assert 21 <= days[-1] <= 35
    assert len(days) >= 8 + 3
