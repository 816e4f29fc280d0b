"""`tableread scenario export`: the beats of a scenario in the languages of interactive stories."""

from contextlib import closing
from pathlib import Path

from core.commands.pack import open_existing
from core.commands.play import find_scenario
from core.commands.printing import console
from core.commands.scenario_files import is_project, read_story_file
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.interchange.files import write_file
from core.interchange.story_dialogue import read_dialogue
from core.interchange.story_export import SUFFIXES, StoryForm, export_story, form_of, format_story
from core.library.playtests import list_playtests
from core.project import SUFFIX, Project


def export(file: Path, to: str | None, out: Path | None, scenario: str | None, playtest: str | None) -> None:
    """Writes a story beside its file, or as `out`."""
    form = _form(to, out)
    path = out or file.with_suffix(SUFFIXES[form])
    if is_project(file):
        with closing(open_existing(file)) as project:
            row = find_scenario(project, scenario)
            dialogue = read_dialogue(project, _find_playtest(project, row.id, playtest)) if playtest else None
            export_story(project, row.id, form, path, dialogue)
    else:
        if playtest:
            raise UserError("Lines of a playtest are taken from a project.", f"Name a file that ends in {SUFFIX}.")
        found = read_story_file(file)
        write_file(path, format_story(form, found.name, found.setting, found.story, None, found.id))
    console().print(f"Wrote {path}")


def _form(to: str | None, out: Path | None) -> StoryForm:
    if to is not None:
        try:
            return StoryForm(to.lower())
        except ValueError as error:
            names = ", ".join(form.value for form in StoryForm)
            raise WrongUsage(f"There is no format “{to[:40]}”.", f"Choose one of {names}.") from error
    if out is None:
        raise WrongUsage("No format was named.", "Name one with --to, or a file with --out.")
    return form_of(out)


def _find_playtest(project: Project, scenario_id: str, name: str) -> str:
    for playtest in list_playtests(project, scenario_id):
        if playtest.name.casefold() == name.casefold():
            return playtest.id
    raise UserError(f"There is no playtest “{name[:60]}” of this scenario.", "See which there are in the window.")
