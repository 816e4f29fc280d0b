"""What the library lists: one entry for each character, scenario and playtest, with the words it is found by. No Qt."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.library.characters import list_characters
from core.library.playtests import count_turns, list_playtests
from core.library.scenarios import list_roles, list_scenarios
from core.project import Project
from gui.widgets.portrait import Face
from models.character import Character
from models.playtest import Playtest
from models.scenario import Role, Scenario

CHARACTER, SCENARIO, PLAYTEST = "character", "scenario", "playtest"
KINDS = (CHARACTER, SCENARIO, PLAYTEST)
MAX_SUBTITLE = 240


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the project."""

    kind: str
    id: str
    name: str
    subtitle: str
    changed: str
    """ISO 8601, UTC."""
    detail: str
    """Tags, or how far a playtest is."""
    faces: tuple[Face, ...]
    words: str
    """All that is searched, folded."""


def read_entries(project: Project) -> list[Entry]:
    """Reads everything, by kind and within it as the project lists it. Any thread."""
    characters = list_characters(project)
    scenarios = list_scenarios(project)
    roles = {scenario.id: list_roles(project, scenario.id) for scenario in scenarios}
    colors = _color_indexes(characters, roles.values())
    faces = {one.id: Face(one.name, colors[one.id], one.portrait) for one in characters}
    n_turns = count_turns(project)
    names = {scenario.id: scenario.name for scenario in scenarios}
    return [
        *(_character_entry(character, faces[character.id]) for character in characters),
        *(_scenario_entry(scenario, roles[scenario.id], faces) for scenario in scenarios),
        *(_playtest_entry(playtest, names, n_turns) for playtest in list_playtests(project)),
    ]


def find_entries(entries: Sequence[Entry], query: str, also: Container[str] = ()) -> list[Entry]:
    """Returns the entries that hold every word of a query, or whose id is in `also`."""
    words = query.casefold().split()
    if not words:
        return list(entries)
    return [entry for entry in entries if all(word in entry.words for word in words) or entry.id in also]


def _color_indexes(characters: Sequence[Character], casts: Any) -> dict[str, int]:
    """As `gui.widgets.portrait.find_color_indexes`, from rows that were read already."""
    found: dict[str, int] = {}
    for cast in casts:
        for place, character_id in enumerate(role.character_id for role in cast if role.character_id):
            found.setdefault(character_id, place)
    for place, character in enumerate(sorted(characters, key=lambda one: (one.created_at, one.id))):
        found.setdefault(character.id, place)
    return found


def _character_entry(character: Character, face: Face) -> Entry:
    texts = (
        character.name, character.nickname, character.summary, character.description, character.personality,
        character.voice, character.knowledge, character.boundaries, character.situation, character.greeting,
        *character.statements, *character.tags, character.creator_notes,
    )  # fmt: skip
    about = character.summary or character.description
    tags = " · ".join(character.tags[:4])
    return Entry(
        CHARACTER, character.id, character.name, one_line(about), character.updated_at, tags, (face,), _fold(texts)
    )


def _scenario_entry(scenario: Scenario, roles: Sequence[Role], faces: Mapping[str, Face]) -> Entry:
    texts = (scenario.name, scenario.summary, scenario.setting, scenario.rules, scenario.greeting)
    cast = tuple(faces[role.character_id] for role in roles if role.character_id in faces)
    of_roles = [text for role in roles for text in (role.name, role.goal, role.secret)]
    about = scenario.summary or scenario.setting
    return Entry(
        SCENARIO, scenario.id, scenario.name, one_line(about), scenario.updated_at, "", cast,
        _fold((*texts, *of_roles, *(face.name for face in cast))),
    )  # fmt: skip


def _playtest_entry(playtest: Playtest, names: Mapping[str, str], n_turns: Mapping[str, int]) -> Entry:
    scenario = names.get(playtest.scenario_id or "", "") or playtest.script.get("scenario", {}).get("name", "")
    turns = n_turns.get(playtest.id, 0)
    weights = playtest.weights.get("name", "")
    detail = f"{turns} turn{'' if turns == 1 else 's'}" + (f" · {weights}" if weights else "")
    return Entry(
        PLAYTEST, playtest.id, playtest.name, one_line(scenario), playtest.created_at, detail, (),
        _fold((playtest.name, scenario, weights)),
    )  # fmt: skip


def one_line(text: str) -> str:
    """Returns the beginning of a text on one line."""
    return " ".join(text[: MAX_SUBTITLE * 2].split())[:MAX_SUBTITLE]


def _fold(texts: Sequence[str]) -> str:
    return "\n".join(text for text in texts if text).casefold()
