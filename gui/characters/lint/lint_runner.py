"""Runs the rules in the background, a moment after what they read has changed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from core.authoring.lore_lint import find_faults_of_character
from core.authoring.separation import PersonaSpace, find_too_close
from core.authoring.statement_use import ENOUGH_TURNS, count_uses, spoken_words
from core.characters.fragments import Resolved
from core.characters.lint.check import check_character
from core.characters.lint.finding import Finding, Surroundings
from core.characters.lint.numbers import years_in
from core.library.characters import list_characters
from core.library.scenarios import get_scenario
from core.project import Project
from gui.characters.prompt_source import find_castings
from gui.workspace import Workspace
from models.scenario import Scenario

DELAY_MS = 350
TURNS_DELAY_MS = 2_000
"""While a playtest runs, its turns are read again no more often."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked."""

    character_id: str
    resolved: Resolved
    n_tokens: dict[str, int] = field(default_factory=dict)
    n_ctx: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    findings: tuple[Finding, ...]
    uses: tuple[int, ...] | None
    """In how many turns each statement shows; None: the character has never spoken."""


@dataclass(slots=True)
class _Memory:
    """What is read from rows only when they changed. Belongs to the jobs' thread."""

    space: PersonaSpace = field(default_factory=PersonaSpace)
    spoken: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    """The words of the turns of one character, by its id."""


class LintRunner(QObject):
    """Checks one character, the one that `read_subject` names."""

    reported = Signal(object)
    """A Report about the character that is open."""

    def __init__(self, workspace: Workspace, read_subject: Callable[[], Subject | None], parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._read_subject = read_subject
        self._memory = _Memory()
        self._number = 0
        self._personas_changed = self._turns_changed = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._run)

    def check_soon(self) -> None:
        """What the character says has changed."""
        if not self._timer.isActive() or self._timer.remainingTime() > DELAY_MS:
            self._timer.start(DELAY_MS)

    def forget_personas(self) -> None:
        """Other characters have changed."""
        self._personas_changed = True
        self.check_soon()

    def forget_turns(self) -> None:
        """There are other turns."""
        self._turns_changed = True
        if not self._timer.isActive():
            self._timer.start(TURNS_DELAY_MS)

    def reset(self) -> None:
        """Another project is open."""
        self._number += 1
        self._memory = _Memory()
        self._personas_changed = self._turns_changed = True

    def stop(self) -> None:
        """Checks nothing until it is told to; what is being checked is not reported."""
        self._number += 1
        self._timer.stop()

    def _run(self) -> None:
        subject = self._read_subject()
        if subject is None:
            return
        self._number += 1
        number, project, memory = self._number, self._workspace.project, self._memory
        personas, turns = self._personas_changed, self._turns_changed
        self._personas_changed = self._turns_changed = False
        self._workspace.jobs.run(
            lambda: _check(project, memory, subject, personas=personas, turns=turns),
            lambda report: self._report(number, report),
            lambda _error: None,
        )

    def _report(self, number: int, report: Report) -> None:
        if number == self._number:
            self.reported.emit(report)


def _check(project: Project, memory: _Memory, subject: Subject, *, personas: bool, turns: bool) -> Report:
    """On the jobs' thread."""
    if personas:
        memory.space.update(list_characters(project))
    character = subject.resolved.character
    if turns:
        memory.spoken.clear()
    if subject.character_id not in memory.spoken:
        memory.spoken[subject.character_id] = spoken_words(project, subject.character_id, character.name)
    spoken = memory.spoken[subject.character_id]
    uses = tuple(count_uses(character.statements, character.name, spoken)) if spoken else None
    scenes = _scenes(project, subject.character_id)
    around = Surroundings(
        scene_years=tuple(year for scene in scenes for year in years_in(scene.setting)),
        user_names=tuple(scene.user_name for scene in scenes),
        uses=uses if len(spoken) >= ENOUGH_TURNS else None,
        n_tokens=subject.n_tokens,
        n_ctx=subject.n_ctx,
    )
    neighbour = memory.space.nearest(subject.character_id, character)
    found = (*check_character(subject.resolved, around), *find_too_close(neighbour))
    return Report((*found, *find_faults_of_character(project, subject.character_id)), uses)


def _scenes(project: Project, character_id: str) -> list[Scenario]:
    """The scenes that a character is cast in."""
    castings = find_castings(project, character_id)
    scenes = [get_scenario(project, one) for one in dict.fromkeys(casting.scenario_id for casting in castings)]
    return [scene for scene in scenes if scene is not None]
