"""The branch that the panels work on: the first one that Fidelity shows, with its script and all its turns."""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from core.errors import UserError
from core.lab.conversations import BranchConversation, as_conversation
from core.library.playtests import get_playtest, list_turns
from core.playtest.script import Script
from core.playtest.tree import path_to
from core.project import Project
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class BranchAt:
    """Which branch."""

    playtest_id: str
    head_id: int
    title: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class OpenBranch:
    """A branch as it was read."""

    at: BranchAt
    script: Script
    path: tuple[Turn, ...]

    @property
    def conversation(self) -> BranchConversation:
        """What was said on it."""
        return as_conversation(self.script, self.path)

    @property
    def names(self) -> dict[str, str]:
        """Role id -> name, in the order of the cast."""
        return {part.role_id: part.character.name for part in self.script.parts}


def read_branch(project: Project, at: BranchAt) -> OpenBranch:
    """Reads a branch. For a thread that may take its time.

    Raises:
        UserError: It is gone, or its script cannot be read.
    """
    playtest = get_playtest(project, at.playtest_id)
    if playtest is None:
        raise UserError(_tr("This playtest is not in the project any more."), _tr("Undo may bring it back."))
    try:
        script = Script.model_validate(playtest.script)
    except ValueError as error:
        raise UserError(_tr("The script of this playtest cannot be read."), _tr("Choose another playtest.")) from error
    return OpenBranch(at, script, tuple(path_to(list_turns(project, at.playtest_id), at.head_id or None)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("OpenBranch", text)
