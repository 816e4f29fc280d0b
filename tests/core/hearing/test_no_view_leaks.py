"""No view ever holds what its owner did not perceive: not its lines, its lore, its memory or what the world tells."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.hearing.perception import ROUND_KEY
from core.inference.request import Engine
from core.inference.scripted import INFO, ScriptedEngine
from core.minds.mind import prepare
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.tree import branches, path_to
from core.project import Project
from core.world.graph import StoryRole
from models.playtest import Turn
from models.scenario import ScenarioBase
from tests.core.hearing.performances import (
    ACTS,
    N_FACTS,
    SETTINGS,
    Act,
    Performance,
    fact_text,
    lore_of,
    part_of,
    scripts,
)

CHECKED = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CONTEXTS = (700, 8192)
"""A small context, so that turns leave the views, and one that holds all of them."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    path: Path = tmp_path_factory.mktemp("leaks") / "p.tableread"
    with closing(Project(path)) as project:
        yield project


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[int, Engine]]:
    made = {n_ctx: ScriptedEngine({}, info=replace(INFO, n_ctx=n_ctx)) for n_ctx in CONTEXTS}
    yield made  # type: ignore[misc]
    for engine in made.values():
        engine.close()


def perform(
    script: Script, acts: Sequence[Act], project: Project, engine: Engine, chosen: PlaySettings
) -> Performance | None:
    """Plays; None when there is no room for it."""
    performance = Performance(script, project, engine, chosen)
    try:
        for act in acts:
            performance.do(act)
    except UserError as error:
        if "context" not in str(error) and "tokens" not in str(error):
            raise
        return None
    return performance


def perceived_by(role_id: str, path: Sequence[Turn], in_round: int | None) -> list[Turn]:
    """Returns what a role perceived, said once more and in other words than `core.hearing.perception`."""
    found = []
    for turn in path:
        is_own = turn.speaker_id == role_id
        is_over = in_round is None or turn.record.get(ROUND_KEY) != in_round
        if is_own or (is_over and (turn.audience is None or role_id in turn.audience)):
            found.append(turn)
    return found


def find_leaks(text: str, role_id: str, path: Sequence[Turn], script: Script, in_round: int | None = None) -> set[str]:
    """Returns the words in a text that a role can have from nowhere."""
    heard = perceived_by(role_id, path, in_round)
    said = " ".join(turn.text for turn in heard)
    allowed = set(re.findall(r"heard\d+", said))
    allowed |= {turn.thought for turn in heard if turn.speaker_id == role_id and turn.thought}
    allowed |= {f"lore{word.removeprefix('heard')}x" for word in allowed if word.startswith("heard")}
    number = role_id.removeprefix("role-")
    found = set(re.findall(r"heard\d+|thought\d+|lore\d+x", text)) - allowed
    found |= {word for word in re.findall(r"[\w-]+-of-(?:\d+)", text) if not word.endswith(f"-of-{number}")}
    for fact in range(N_FACTS):
        known = script.story.world.facts[fact].known_by
        if f"Glorb{fact}" in text and role_id not in known and f"Glorb{fact}" not in said:
            found.add(f"Glorb{fact}")
    return found


@CHECKED
@given(script=scripts(), acts=ACTS, chosen=SETTINGS, n_ctx=st.sampled_from(CONTEXTS))
def test_no_view_holds_what_its_owner_did_not_perceive(project, engines, script, acts, chosen, n_ctx) -> None:
    performance = perform(script, acts, project, engines[n_ctx], chosen)
    if performance is None:
        return
    for tip in branches(performance.turns):
        path = path_to(performance.turns, tip.id)
        for part in script.parts:
            try:
                perceived = performance.perceive(part.role_id, path)
            except UserError:
                continue
            text = performance.read(part.role_id, path, perceived)
            assert not find_leaks(text, part.role_id, path, script)
            moment = performance.minds.moment(performance.part(part.role_id, path), path)
            notes = "\n".join(note.text for note in prepare(moment).notes)
            assert not find_leaks(notes, part.role_id, path, script)


@CHECKED
@given(script=scripts(), acts=ACTS, chosen=SETTINGS, n_ctx=st.sampled_from(CONTEXTS))
def test_what_a_turn_was_written_from_held_nothing_either(project, engines, script, acts, chosen, n_ctx) -> None:
    performance = perform(script, acts, project, engines[n_ctx], chosen)
    if performance is None:
        return
    for turn in performance.turns:
        if not turn.record.get("weights"):
            continue
        path, in_round = path_to(performance.turns, turn.parent_id), turn.record.get(ROUND_KEY)
        part = performance.part(turn.speaker_id, path, in_round)
        recalled = performance.scene.recall(part, turn, path, chosen, performance.room)
        text = performance.read(turn.speaker_id, path, recalled, in_round)
        assert not find_leaks(text, turn.speaker_id, path, script, in_round)
        found = performance.perceive(turn.speaker_id, path, in_round)
        assert performance.read(turn.speaker_id, path, found, in_round) == text, "it is found again as it was read"


@CHECKED
@given(script=scripts(), acts=ACTS, chosen=SETTINGS)
def test_nobody_perceives_what_is_said_elsewhere(project, engines, script, acts, chosen) -> None:
    """Where everybody is, counted by hand along each path."""
    performance = perform(script, acts, project, engines[CONTEXTS[-1]], chosen)
    assert performance is not None
    hearing = script.rules.hearing
    next_to = {("p1", "p2"), ("p2", "p1")}
    for tip in branches(performance.turns):
        at = dict(script.story.world.role_places)
        away: set[str] = set()
        for turn in path_to(performance.turns, tip.id):
            speaker, hearers = turn.speaker_id, set(turn.audience or [])
            if turn.audience is None:
                hearers = {part.role_id for part in script.parts} - {speaker}
            if turn.kind.value == "character":
                assert not hearers & away
                assert speaker not in away or not hearers
                for role_id in hearers if hearing.by_place else ():
                    mine, theirs = at.get(role_id), at.get(speaker)
                    is_near = mine is None or theirs is None or mine == theirs
                    is_overheard = role_id in turn.record.get("overheard", []) and (mine, theirs) in next_to
                    assert is_near or is_overheard
            if effects := turn.record.get("world", {}).get("set"):
                name, _, what = effects.partition(" ")
                role_id = next(part.role_id for part in script.parts if name in part.character.name.split())
                away = away - {role_id} if what != "leaves" else away | {role_id}
                if what in {"enters", "leaves"}:
                    at.pop(role_id, None)
                else:
                    at[role_id] = {"moves to hall": "p1", "moves to attic": "p2"}.get(what, "p3")


@CHECKED
@given(script=scripts(), acts=ACTS, chosen=SETTINGS)
def test_a_branch_is_as_a_fresh_run_of_its_path(project, engines, script, acts, chosen) -> None:
    engine = engines[CONTEXTS[-1]]
    performance = perform(script, acts, project, engine, chosen)
    assert performance is not None
    for tip in branches(performance.turns):
        path = path_to(performance.turns, tip.id)
        fresh = Performance(script, project, engine, chosen)
        for turn in path:
            again = fresh.commit(_as_draft(turn), fresh.path)
            assert (again.text, again.audience, again.record) == (turn.text, turn.audience, turn.record)
        assert fresh.story.state_at(fresh.path) == performance.story.state_at(path)
        known, again = performance.story.knowledge(path), fresh.story.knowledge(fresh.path)
        assert known is not None is not again
        assert known.to_document()["facts"] == again.to_document()["facts"]
        for part in script.parts if tip.id == performance.head else ():
            role_id = part.role_id
            view = performance.read(role_id, path, performance.perceive(role_id, path))
            again = fresh.read(role_id, fresh.path, fresh.perceive(role_id, fresh.path))
            assert view == again, "view, lore and memory of a branch are those of its path alone"


def _as_draft(turn: Turn) -> Turn:
    """Returns a turn without what was found out about it."""
    is_set = "set" in turn.record.get("world", {})
    found = {"alarms", "learned", "suspected", "overheard", *([] if is_set else ["world"])}
    record = {key: value for key, value in turn.record.items() if key not in found}
    audience = turn.audience if turn.kind.value == "director" else None
    return turn.model_copy(update={"audience": audience, "record": record})


def _plain() -> Script:
    parts = tuple(map(part_of, range(3)))
    roles = tuple(StoryRole(id=part.role_id, names=(part.character.name,)) for part in parts)
    world = {"facts": [{"id": f"f{n}", "text": fact_text(n)} for n in range(N_FACTS)]}
    stage = {"memory": {"recall": "generative"}}
    scenario = ScenarioBase(name="Plain", world=world, stage=stage)
    return Script(scenario=scenario, parts=parts, roles=roles, lore=lore_of(3))


SECRETIVE = [
    Act("say", 0, (1,), 0),
    Act("motive", 1),
    Act("say", 1, None),
    Act("set", 2, where="leaves"),
    Act("say", 0, None, 1),
    Act("set", 2, where="enters"),
    Act("say", 2, None),
]


def test_words_that_one_can_have_from_nowhere_are_found() -> None:
    text = "heard1 thought2 lore3x secret-of-1 memory-of-0 Glorb2"
    assert find_leaks(text, "role-0", [], _plain()) == {"heard1", "thought2", "lore3x", "secret-of-1", "Glorb2"}


@pytest.mark.parametrize("place", ["core.playtest.view.long_scene.heard_by", "core.playtest.minds.heard_by"])
def test_a_part_that_forgets_who_heard_what_is_found_out(project, engines, monkeypatch, place: str) -> None:
    performance = perform(_plain(), SECRETIVE, project, engines[CONTEXTS[-1]], PlaySettings())
    assert performance is not None
    path = performance.path

    def leaks() -> set[str]:
        text = performance.read("role-2", path, performance.perceive("role-2", path))
        moment = performance.minds.moment(performance.part("role-2", path), path)
        heard = " ".join(turn.text for turn in moment.heard)
        return find_leaks(f"{text} {heard}", "role-2", path, performance.script)

    assert leaks() == set()
    monkeypatch.setattr(place, lambda path, _role_id, _in_round=None: list(path))
    assert {"heard1", "heard2", "heard5"} <= leaks()


def test_lore_that_a_whisper_called_up_stays_with_those_who_heard_it(project, engines) -> None:
    acts = [Act("say", 0, (1,)), Act("say", 1, None), Act("say", 2, None)]
    performance = perform(_plain(), acts, project, engines[CONTEXTS[-1]], PlaySettings())
    assert performance is not None
    path = performance.path[:2]
    assert "lore1x" in performance.read("role-1", path, performance.perceive("role-1", path))
    assert [one["id"] for one in path[1].record["lore"]["fired"]] == ["o1", "e1"] or "e1" in str(path[1].record["lore"])
    text = performance.read("role-2", path, performance.perceive("role-2", path))
    assert "lore1x" not in text, "though the turn that it fired for was said aloud, and it stays for three turns"
    assert "lore2x" in text


def test_whispers_read_as_whispers(project, engines) -> None:
    acts = [Act("say", 0, (1,)), Act("say", 1, (0, 2), is_written=True), Act("say", 2, ()), Act("user", to=(2,))]
    performance = perform(_plain(), acts, project, engines[CONTEXTS[-1]], PlaySettings())
    assert performance is not None
    path = performance.path
    texts = [performance.read(f"role-{n}", path, performance.perceive(f"role-{n}", path)) for n in range(3)]
    assert "(whispers to Theo Brand) heard1" in texts[0]
    assert "Mara Voss (whispers to you): heard1" in texts[1]
    assert "Theo Brand (whispers to you and Ilse Ruud): heard2" in texts[0]
    assert "(whispers to Mara Voss and Ilse Ruud) heard2" in texts[1]
    assert "(thinks) heard3" in texts[2]
    assert "You (whispers to you): heard4" in texts[2]
    assert [turn.audience for turn in path] == [["role-1"], None, [], ["role-2"]]
    assert path[1].text.startswith("heard2")
    assert path[1].record["whisper"]["as"] == "(whispers to Mara Voss and Ilse Ruud) "
