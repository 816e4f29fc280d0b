"""Writing the beat graph of a scenario for other tools: asks for a file, and writes it off the window's thread."""

from pathlib import Path

from core.interchange.story_export import SUFFIXES, StoryForm, export_story, form_of
from gui.place import Place
from gui.widgets.ask import ask_save_file, file_name

_NAMES = {StoryForm.TWEE: "Twee 3", StoryForm.INK: "ink", StoryForm.YARN: "Yarn Spinner", StoryForm.RENPY: "Ren'Py"}


def ask_story_file(place: Place, scenario_id: str, name: str) -> None:
    """Asks for a file and writes the graph; the suffix says in which language. The place has `note_raised`."""
    filters = ";;".join(f"{_NAMES[form]} (*{suffix})" for form, suffix in SUFFIXES.items())
    suggestion = f"{file_name(name)}{SUFFIXES[StoryForm.TWEE]}"
    ask_save_file(
        place, place.tr("Export story"), filters, suggestion, lambda path: write_story(place, scenario_id, path)
    )


def write_story(place: Place, scenario_id: str, path: Path) -> None:
    """Writes the graph of a scenario; the dialog has asked before another file is replaced."""
    workspace = place.workspace
    project = workspace.project

    def work() -> None:
        export_story(project, scenario_id, form_of(path), path, overwrite=True)

    done = place.tr("The story was written.")
    workspace.jobs.run(work, lambda _result: place.note_raised.emit(done, str(path)))  # type: ignore[attr-defined]
