"""The demo project: made from the packs in `assets/demo`, and to be had again at any time."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path

from core.app_settings import app_dir
from core.interchange.packs import import_pack, read_pack
from core.project import SUFFIX, Project

DEMO_NAME = "Demo"


def ensure_demo_project() -> Path:
    """Returns the demo project, made if it is not there."""
    path = projects_dir() / f"{DEMO_NAME}{SUFFIX}"
    if not path.exists():
        make_demo_project(path)
    return path


def fresh_demo_copy() -> Path:
    """Makes the demo project once more, under a name that is free."""
    path = free_path(projects_dir(), DEMO_NAME)
    make_demo_project(path)
    return path


def make_demo_project(path: Path) -> None:
    """Writes the demo project to a file that must not exist yet. A fault leaves no half-made project behind."""
    project = Project(path)
    try:
        for pack in sorted((files("assets") / "demo").iterdir(), key=lambda entry: entry.name):
            if pack.name.endswith(".trpack"):
                import_pack(project, read_pack(pack.read_bytes()))
    except BaseException:
        project.close()
        path.unlink(missing_ok=True)
        raise
    project.close()


def projects_dir() -> Path:
    """Returns the folder where new projects go unless the user says otherwise."""
    folder = app_dir() / "projects"
    folder.mkdir(exist_ok=True)
    return folder


def free_path(folder: Path, name: str) -> Path:
    """Returns a project path in a folder that no file has yet: `NAME`, `NAME 2`, …"""
    number = 1
    while (path := folder / f"{name}{'' if number == 1 else f' {number}'}{SUFFIX}").exists():
        number += 1
    return path


def dated_folder(name: str) -> Path:
    """Makes and returns a new folder for one run without a window."""
    folder = app_dir() / "plays" / f"{name} {datetime.now():%Y-%m-%d %H.%M.%S.%f}"
    folder.mkdir(parents=True)
    return folder
