"""`tableread scenario export`: the beats of a scenario in the languages of interactive stories."""

from contextlib import closing
from pathlib import Path

from core.commands.pack import open_existing
from core.commands.play import find_scenario
from core.commands.printing import console
from core.errors import UserError
from core.interchange.files import read_file, write_file
from core.interchange.json_text import parse_json
from core.interchange.pack_documents import MAX_DOCUMENT_BYTES
from core.interchange.packs import SUFFIX as PACK_SUFFIX
from core.interchange.packs import read_pack
from core.interchange.story_dialogue import read_dialogue
from core.interchange.story_export import SUFFIXES, StoryForm, export_story, form_of, format_story
from core.library.playtests import list_playtests
from core.project import SUFFIX, Project
from core.world.graph import Story


def export(file: Path, to: str | None, out: Path | None, scenario: str | None, playtest: str | None) -> None:
    """Writes a story beside its file, or as `out`."""
    form = _form(to, out)
    path = out or file.with_suffix(SUFFIXES[form])
    if file.suffix == SUFFIX:
        with closing(open_existing(file)) as project:
            row = find_scenario(project, scenario)
            dialogue = read_dialogue(project, _find_playtest(project, row.id, playtest)) if playtest else None
            export_story(project, row.id, form, path, dialogue)
    else:
        if playtest:
            raise UserError("Lines of a playtest are taken from a project.", f"Name a file that ends in {SUFFIX}.")
        write_file(path, _format_file(file, form))
    console().print(f"Wrote {path}")


def _form(to: str | None, out: Path | None) -> StoryForm:
    if to is not None:
        try:
            return StoryForm(to.lower())
        except ValueError as error:
            names = ", ".join(form.value for form in StoryForm)
            raise UserError(f"There is no format “{to[:40]}”.", f"Choose one of {names}.") from error
    if out is None:
        raise UserError("No format was named.", "Name one with --to, or a file with --out.")
    return form_of(out)


def _format_file(file: Path, form: StoryForm) -> bytes:
    if file.suffix == PACK_SUFFIX:
        pack = read_pack(file)
        names = {character.id: (character.name, character.nickname) for character in pack.characters}
        story = Story.from_document(pack.scenario.model_dump(mode="json"), names)
        return format_story(form, pack.scenario.name, pack.scenario.setting, story, None, pack.scenario.id)
    document = parse_json(read_file(file, MAX_DOCUMENT_BYTES), file.name, MAX_DOCUMENT_BYTES)
    if not isinstance(document, dict):
        raise UserError(f"{file.name} is no scenario.", "Name a project, a pack or the document of a scenario.")
    said = {key: document[key] for key in ("name", "setting", "id") if isinstance(document.get(key), str)}
    story = Story.from_document(document, {})
    return format_story(form, said.get("name", file.stem), said.get("setting", ""), story, None, said.get("id", ""))


def _find_playtest(project: Project, scenario_id: str, name: str) -> str:
    for playtest in list_playtests(project, scenario_id):
        if playtest.name.casefold() == name.casefold():
            return playtest.id
    raise UserError(f"There is no playtest “{name[:60]}” of this scenario.", "See which there are in the window.")
