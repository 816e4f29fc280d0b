"""A scenario's beat graph as a file of a narrative language: Twee 3, ink, Yarn Spinner, Ren'Py."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from core.errors import UserError
from core.interchange.files import write_file
from core.interchange.story_ink import format_ink
from core.interchange.story_plan import Said, StoryPlan, plan_story
from core.interchange.story_renpy import format_renpy
from core.interchange.story_twee import format_twee
from core.interchange.story_yarn import format_yarn
from core.library.rows import require
from core.playtest.story.story_rows import read_story
from core.project import Project
from core.world.graph import Story
from models.scenario import Scenario


class StoryForm(StrEnum):
    """A narrative language."""

    TWEE = "twee"
    INK = "ink"
    YARN = "yarn"
    RENPY = "renpy"


SUFFIXES = {StoryForm.TWEE: ".twee", StoryForm.INK: ".ink", StoryForm.YARN: ".yarn", StoryForm.RENPY: ".rpy"}
_WRITERS: dict[StoryForm, Callable[[StoryPlan], str]] = {
    StoryForm.TWEE: format_twee,
    StoryForm.INK: format_ink,
    StoryForm.YARN: format_yarn,
    StoryForm.RENPY: format_renpy,
}


def format_story(
    form: StoryForm,
    title: str,
    setting: str,
    story: Story,
    dialogue: Mapping[str, Sequence[Said]] | None = None,
    story_id: str = "",
) -> bytes:
    """Writes a story in a language. Raises UserError when it has no beats."""
    return _WRITERS[form](plan_story(title, setting, story, dialogue, story_id)).encode("utf-8", errors="replace")


def export_story(
    project: Project,
    scenario_id: str,
    form: StoryForm,
    path: Path,
    dialogue: Mapping[str, Sequence[Said]] | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Writes the beat graph of a scenario of a project.

    Args:
        dialogue: Beat id -> lines of a playtest that are told in it.

    Raises:
        UserError: It is gone or has no beats, or the file cannot be written.
    """
    with project.reading() as session:
        scenario = require(session, Scenario, scenario_id)
        story = read_story(session, scenario)
        data = format_story(form, scenario.name, scenario.setting, story, dialogue, scenario.id)
    write_file(path, data, overwrite=overwrite)


def form_of(path: Path) -> StoryForm:
    """Returns the language that a suffix stands for. Raises UserError when it is none."""
    for form, suffix in SUFFIXES.items():
        if path.suffix.lower() == suffix or (form == StoryForm.TWEE and path.suffix.lower() == ".tw"):
            return form
    raise UserError(f"{path.name} should end in {', '.join(SUFFIXES.values())}.", "Choose one of these.")
