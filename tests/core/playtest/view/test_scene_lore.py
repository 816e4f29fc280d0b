"""Lore at play: real rows and a real director, with scripted weights that note what they were given to read."""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from core.characters.prompt import BlockOrigin
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library import lore
from core.library.characters import create_character, duplicate_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario, duplicate_scenario
from core.lore.placement import Injection, Placement, Spot
from core.lore.verdicts import Rule
from core.playtest.directing.director import Director
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.long_scene import LongScene
from core.playtest.view.scene_lore import LORE_KEY, SceneLore
from core.playtest.view.views import build_view
from core.project import Project
from models.character import CharacterBase
from models.lore import LorebookDraft, LoreEntryBase, LorePosition, LoreRole
from models.scenario import RoleBase, Scenario, ScenarioBase

TIMEOUT_S = 20


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    mara = create_character(project, CharacterBase(name="Mara", description="Keeps the light."))
    theo = create_character(project, CharacterBase(name="Theo", description="Asks."))
    roles = [RoleBase(name="keeper", character_id=mara.id), RoleBase(name="guest", character_id=theo.id)]
    draft = ScenarioBase(name="Inquest", greeting="A lamp burns.", thoughts=False, max_turns=50)
    scenario = create_scenario(project, draft, roles)
    add(project, LoreEntryBase(name="Lamp", keys=["lamp"], content="LAMP-TEXT", sticky=3))
    add(project, LoreEntryBase(name="Own", keys=["lamp"], content="MARA-SECRET"), character_id=mara.id)
    add(
        project,
        LoreEntryBase(name="Scene", constant=True, content="SCENE-TEXT", position=LorePosition.DEPTH, depth=1),
        LoreEntryBase(name="Never", keys=["dragon"], content="NEVER"),
        LoreEntryBase(name="Unlucky", constant=True, probability=0, content="UNLUCKY"),
        scenario_id=scenario.id,
    )
    return scenario


def add(project: Project, *entries: LoreEntryBase, **owner: str) -> None:
    lore.create_book(project, LorebookDraft(name="Book", entries=list(entries)), **owner)


class Played:
    """A playtest that was played for some turns, and what its weights read."""

    def __init__(self, project: Project, scenario: Scenario, n_turns: int, line: str = "Yes.") -> None:
        self.project = project
        self.read: list[Generate] = []

        def say(request: Generate) -> str:
            self.read.append(request)
            return line

        self.engine = ScriptedEngine(say)
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, score_every=0))
        self.playtest_id = playtest.id
        self.director = Director(project, self.engine, playtest.id, lambda _event: None)
        self.director.play(n_turns)
        assert self.director.wait(TIMEOUT_S)

    def close(self) -> None:
        self.director.close()
        self.engine.close()

    @property
    def path(self):
        row = get_playtest(self.project, self.playtest_id)
        return path_to(list_turns(self.project, self.playtest_id), row.head_id)

    def texts(self) -> list[tuple[str, str]]:
        return [(request.lane, "\n".join(one.content for one in request.messages)) for request in self.read]


@pytest.fixture
def played(project: Project, scenario: Scenario) -> Iterator[Played]:
    played = Played(project, scenario, 3)
    yield played
    played.close()


def test_lore_enters_the_views_that_may_read_it(project: Project, scenario: Scenario, played: Played) -> None:
    script = Script.model_validate(get_playtest(project, played.playtest_id).script)
    mara, theo = (part.role_id for part in script.parts)
    for lane, text in played.texts():
        assert "LAMP-TEXT" in text
        assert "SCENE-TEXT" in text
        assert ("MARA-SECRET" in text) == lane.endswith(mara)
        assert "NEVER" not in text
        assert "UNLUCKY" not in text
    listened = [listener for request in played.read for listener in request.listeners if listener.lane.endswith(theo)]
    assert all("MARA-SECRET" not in one.content for listener in listened for one in listener.messages)
    assert played.read


def test_a_turn_keeps_what_fired_and_what_was_dropped(project: Project, played: Played) -> None:
    record = played.path[1].record[LORE_KEY]
    book = {entry.id: entry.name for one in lore.list_books(project) for entry in lore.list_entries(project, one.id)}
    fired = {book[row["id"]]: row["rule"] for row in record["fired"]}
    dropped = {book[row["id"]]: row["rule"] for row in record["dropped"]}
    assert fired == {"Scene": Rule.CONSTANT, "Own": Rule.KEY, "Lamp": Rule.KEY}
    assert dropped == {"Unlucky": Rule.PROBABILITY}
    assert record["tokens"] > 0
    assert "lore" not in played.path[0].record


def test_later_edits_of_a_book_change_nothing_that_runs(project: Project, played: Played) -> None:
    for book in lore.list_books(project):
        for entry in lore.list_entries(project, book.id):
            lore.update_entries(project, {entry.id: {"content": "CHANGED", "keys": []}})
    played.director.play(1)
    assert played.director.wait(TIMEOUT_S)
    assert "CHANGED" not in played.texts()[-1][1]
    assert "SCENE-TEXT" in played.texts()[-1][1]


def test_what_a_turn_read_can_be_recalled(project: Project, played: Played) -> None:
    script = Script.model_validate(get_playtest(project, played.playtest_id).script)
    scene = LongScene(project, script, played.playtest_id)
    turn = played.path[1]
    part = script.part(turn.speaker_id)
    room = ContextRoom(played.engine, script)
    recalled = scene.recall(part, turn, played.path[:1], PlaySettings(seed=5), room)
    assert scene.view(part, recalled).messages == played.read[0].messages


def test_what_stays_is_counted_along_the_branch_alone(project: Project, scenario: Scenario) -> None:
    played = Played(project, scenario, 4)
    try:
        script = Script.model_validate(get_playtest(project, played.playtest_id).script)
        rules = [
            [row["rule"] for row in turn.record.get(LORE_KEY, {}).get("fired", []) if row["rule"] == "sticky"]
            for turn in played.path[1:]
        ]
        assert rules[0] == []
        assert any(rules[1:3])
        finder, part = SceneLore(script), script.parts[0]
        elsewhere = [turn.model_copy(update={"record": {}}) for turn in played.path]
        before = finder.find(part, played.path, 4096, lambda texts: [1] * len(texts))
        without = finder.find(part, elsewhere, 4096, lambda texts: [1] * len(texts))
        assert all(row["rule"] != "sticky" for row in without.record["fired"])
        again = finder.find(part, played.path, 4096, lambda texts: [1] * len(texts))
        assert before.record == again.record
    finally:
        played.close()


def test_the_same_seed_finds_the_same(project: Project, scenario: Scenario) -> None:
    for weight in (1, 2, 3):
        add(project, LoreEntryBase(name=f"g{weight}", constant=True, group="g", group_weight=weight, content="x"))
    records = []
    for _run in range(2):
        played = Played(project, scenario, 3)
        records.append([turn.record.get(LORE_KEY) for turn in played.path])
        played.close()
    assert records[0] == records[1]


def test_lore_stands_where_it_belongs(project: Project, scenario: Scenario) -> None:
    with project.reading() as session:
        script = Script.from_rows(session, session.get(Scenario, scenario.id))
    character = CharacterBase(
        name="Mara",
        description="DESC",
        personality="PERS",
        situation="SITU",
        example_dialogue="<START>\nMara: Hm.",
        boundaries="{{outlet::limits}}",
        post_history_instructions="Be {{outlet::mood}}.",
        system_prompt="SYS",
    )
    part = script.parts[0].model_copy(update={"character": character})
    spots = {spot: spot.value.upper() for spot in Spot}
    placement = Placement(spots, (), {"limits": "NEVER LIES", "mood": "calm"})
    view = build_view(script, part, [], lore=placement)
    text = view.messages[0].content
    order = ["You are Mara", "BEFORE", "DESC", "PERS", "PERSONALITY", "SITU", "SCENARIO", "NEVER LIES", "AFTER"]
    order += ["EXAMPLES_TOP", "Mara: Hm.", "EXAMPLES_BOTTOM", "SYS"]
    places = [
        text.index(word, text.index("You are Mara")) if word != "PERS" else text.index("PERS\n") for word in order
    ]
    assert places == sorted(places), text
    assert view.messages[-1].content.endswith("(Be calm.)")
    assert {block.origin for block in view.without_persona().blocks} >= {BlockOrigin.LORE}
    quiet = Placement(without_prompts=frozenset({"post_history_instructions", "system_prompt"}))
    bare = build_view(script, part, [], lore=quiet)
    assert "SYS" not in bare.messages[0].content
    assert "Be" not in bare.messages[-1].content


@pytest.mark.parametrize("depth", [0, 1, 2, 9])
@pytest.mark.parametrize("role", LoreRole)
def test_lore_between_the_messages(project: Project, scenario: Scenario, depth: int, role: LoreRole) -> None:
    played = Played(project, scenario, 4)
    script = Script.model_validate(get_playtest(project, played.playtest_id).script)
    path = played.path
    played.close()
    part = script.parts[0]
    view = build_view(script, part, path, lore=Placement(injections=(Injection(depth, role, "INJECTED"),)))
    roles = [message.role for message in view.history]
    assert roles[0] == "user" == roles[-1]
    assert all(one != other for one, other in pairwise(roles))
    words = "\n".join(message.content for message in view.history)
    assert words.count("INJECTED") == 1
    after = words[words.index("INJECTED") :]
    assert after.count("Yes.") == min(depth, 3)
    assert ("(INJECTED)" in words) == (role == LoreRole.SYSTEM)


def test_copies_have_books_of_their_own(project: Project, scenario: Scenario) -> None:
    twin = duplicate_scenario(project, scenario.id)
    owner = next(book.character_id for book in lore.list_books(project) if book.character_id)
    other = duplicate_character(project, owner)
    owners = [book.scenario_id or book.character_id for book in lore.list_books(project)]
    assert owners.count(twin.id) == owners.count(other.id) == 1
    project.undo()
    project.undo()
    assert len(lore.list_books(project)) == 3


def test_without_books_nothing_is_kept(project: Project, scenario: Scenario) -> None:
    for book in lore.list_books(project):
        lore.delete_book(project, book.id)
    played = Played(project, scenario, 2)
    assert get_playtest(project, played.playtest_id).script["lore"] == {}
    assert all(LORE_KEY not in turn.record for turn in played.path)
    played.close()
