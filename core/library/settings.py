"""Settings of a project: where the user was, not what they made."""

from typing import Any

from core.project import Project
from models.setting import Setting


def get_setting(project: Project, key: str, default: Any = None) -> Any:
    """Returns a setting of the project."""
    with project.reading() as session:
        setting = session.get(Setting, key)
        return default if setting is None else setting.value


def set_setting(project: Project, key: str, value: Any) -> None:
    """Keeps a setting in the project. Not an undo step: it says where the user was, not what they made.

    A project that is open to read keeps none.
    """
    if project.is_read_only:
        return
    with project.append() as session:
        session.merge(Setting(key=key, value=value))
