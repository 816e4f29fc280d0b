"""Scenarios as the command line names them: a project, a pack, a template, or the document of a scenario."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.commands.pack import open_existing
from core.commands.play import find_scenario
from core.errors import UserError
from core.interchange.files import read_file
from core.interchange.json_text import parse_json
from core.interchange.loose_fields import as_table, as_tables
from core.interchange.pack_documents import MAX_DOCUMENT_BYTES
from core.interchange.packs import SUFFIX as PACK_SUFFIX
from core.interchange.packs import read_pack
from core.playtest.story.story_rows import read_story
from core.project import SUFFIX, Project
from core.world.graph import Story


@dataclass(frozen=True, slots=True)
class NamedStory:
    """A story, and what else its file says of the scenario."""

    story: Story
    name: str
    setting: str = ""
    id: str = ""


def is_project(file: Path) -> bool:
    """Tells whether a file is called as projects are, in any case of letters."""
    return file.suffix.lower() == SUFFIX


def read_story_file(file: Path, scenario: str | None = None) -> NamedStory:
    """Reads a scenario from any file that can hold one.

    Args:
        scenario: Which of a project's; None: the first one.

    Raises:
        UserError: The file cannot be read, or holds none.
    """
    if is_project(file):
        with closing(open_existing(file)) as project:
            return _read_row(project, scenario)
    if file.suffix.lower() == PACK_SUFFIX:
        pack = read_pack(file)
        names = {character.id: (character.name, character.nickname) for character in pack.characters}
        document = pack.scenario.model_dump(mode="json")
        return NamedStory(
            Story.from_document(document, names), pack.scenario.name, pack.scenario.setting, pack.scenario.id
        )
    document = parse_json(read_file(file, MAX_DOCUMENT_BYTES), file.name, MAX_DOCUMENT_BYTES)
    if not isinstance(document, dict):
        raise UserError(f"{file.name} is no scenario.", "Name a project, a pack or the document of a scenario.")
    return _read_document(document, file.stem)


def _read_row(project: Project, scenario: str | None) -> NamedStory:
    row = find_scenario(project, scenario)
    with project.reading() as session:
        return NamedStory(read_story(session, row), row.name, row.setting, row.id)


def _read_document(document: dict[str, Any], name: str) -> NamedStory:
    """Reads the document of a scenario, or of a template, which has its cast beside it."""
    scenario = as_table(document["scenario"]) if "scenario" in document else document
    cast = as_tables(document.get("characters")) if "scenario" in document else []
    names = {str(one.get("id")): (str(one.get("name", "")), str(one.get("nickname", ""))) for one in cast}
    said = {key: scenario[key] for key in ("name", "setting", "id") if isinstance(scenario.get(key), str)}
    story = Story.from_document(scenario, names)
    return NamedStory(story, said.get("name", name), said.get("setting", ""), said.get("id", ""))
