"""Folders of the library: a name with `/` between the parts of a path. Everything lies in one folder, or in none."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, or_, select

from core.errors import UserError
from core.library.kinds import MODELS, Listed, Reference, name_all, require_listed
from core.project import Project
from models.setting import Setting
from models.shelf import MAX_FOLDER_CHARS

FOLDERS_KEY = "library.folders"
"""Setting: folders that are there even when nothing lies in them."""


def clean_folder(path: str) -> str:
    """Returns a path as it is kept. Raises UserError when it is too long."""
    cleaned = "/".join(part for raw in path.split("/") if (part := " ".join(raw.split())))
    if len(cleaned) > MAX_FOLDER_CHARS:
        raise UserError("The path of this folder is too long.", f"At most {MAX_FOLDER_CHARS:,} letters.")
    return cleaned


def is_inside(path: str, folder: str) -> bool:
    """Returns whether a path is that of a folder, or lies somewhere in it."""
    return path == folder or path.startswith(f"{folder}/")


def list_folders(project: Project) -> list[str]:
    """Returns all folders by path, also those that hold nothing or only others."""
    with project.reading() as session:
        paths = set(_kept(session))
        for model in MODELS.values():
            paths |= set(session.exec(select(model.folder).where(col(model.deleted_at).is_(None)).distinct()))
    return with_parents(paths)


def with_parents(paths: Iterable[str]) -> list[str]:
    """Returns paths and those of all folders that they lie in, a folder before what is in it."""
    found = set()
    for path in paths:
        parts = path.split("/") if path else []
        found |= {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return sorted(found, key=lambda path: ([part.casefold() for part in path.split("/")], path))


def create_folder(project: Project, path: str) -> str:
    """Adds a folder; returns its path. Raises UserError when it has no name."""
    wanted = clean_folder(path)
    if not wanted:
        raise UserError("A folder needs a name.", "Type one.")
    with project.act(f"New folder {wanted}") as session:
        _keep(session, {*_kept(session), wanted})
    return wanted


def move_to_folder(project: Project, references: Sequence[Reference], path: str) -> None:
    """Puts things into a folder, or with an empty path into none, as one undo step."""
    wanted = clean_folder(path)
    with project.act("") as session:
        rows = require_listed(session, references)
        session.info["label"] = f"Move {name_all(rows)} to {wanted or 'no folder'}"
        for row in rows:
            row.folder = wanted


def rename_folder(project: Project, path: str, new_path: str) -> str:
    """Gives a folder another path, with all that is in it; where the new one is there already, the two become one.

    Returns the new path. Raises UserError when it would lie in itself, or have no name.
    """
    wanted = clean_folder(new_path)
    if not wanted or (wanted != path and is_inside(wanted, path)):
        raise UserError("A folder cannot lie in itself.", "Choose another name or folder.")
    with project.act(f"Rename folder {path} to {wanted}") as session:
        _move_all(session, path, wanted)
        kept = _kept(session)
        _keep(session, {_moved(one, path, wanted) for one in kept})
    return wanted


def delete_folder(project: Project, path: str) -> None:
    """Takes a folder away; what is in it moves to the folder around it. Nothing is deleted."""
    around = path.rpartition("/")[0]
    with project.act(f"Delete folder {path}") as session:
        _move_all(session, path, around)
        kept = [_moved(one, path, around) for one in _kept(session)]
        _keep(session, {one for one in kept if one})


def _move_all(session: Session, path: str, wanted: str) -> None:
    for model in MODELS.values():
        inside = or_(col(model.folder) == path, col(model.folder).startswith(f"{path}/", autoescape=True))
        rows: Sequence[Listed] = session.exec(select(model).where(inside)).all()
        for row in rows:
            row.folder = clean_folder(_moved(row.folder, path, wanted))


def _moved(path: str, old: str, new: str) -> str:
    return (new + path[len(old) :]).removeprefix("/") if is_inside(path, old) else path


def _kept(session: Session) -> list[str]:
    setting = session.get(Setting, FOLDERS_KEY)
    kept = setting.value if setting is not None else None
    return [path for path in kept if isinstance(path, str)] if isinstance(kept, list) else []


def _keep(session: Session, paths: set[str]) -> None:
    session.merge(Setting(key=FOLDERS_KEY, value=sorted(paths)))
