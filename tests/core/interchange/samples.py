"""Characters, cards, pictures and projects for the tests of interchange."""

import io
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from PIL import Image
from sqlmodel import Session

from core.library.characters import create_character
from core.library.lore import create_book
from core.library.scenarios import create_scenario, list_roles, update_scenario
from core.playtest.script import Script
from core.project import Project
from models.beat import Beat, BeatKind, BeatLink
from models.character import Character, CharacterBase
from models.fragment import Fragment
from models.lore import LorebookDraft, LoreEntryBase
from models.memory import MemoryAct, MemoryChange
from models.pin import Pin
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.relationship import Relationship
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from models.score import Score
from models.summary import Summary
from models.turn_mark import TurnMark

HOSTILE_WORDS = (
    "![x](http://evil.example/p.png) <img src=x onerror=alert(1)> <script>alert(1)</script>\n"
    "# heading\n- item\n1. one\n> quote\n    code\n```\nfence\n```\n[link](http://evil.example) <http://evil.example>\n"
    "| a | b |\n|---|---|\n***\n===\n&lt;b&gt; \x1b[31mred\x07 \u202egnp \x00end"
)


def picture(kind: str = "PNG", size: tuple[int, int] = (6, 9), colour: str = "teal", **options: Any) -> bytes:
    """Draws a small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def moving_picture() -> bytes:
    """Draws a small APNG of three frames."""
    frames = [Image.new("RGB", (6, 9), colour) for colour in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:], duration=50)
    return buffer.getvalue()


words = st.text(max_size=30)
names = st.text(min_size=1, max_size=30).filter(lambda name: bool(name.strip()))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
unknown_keys = words.map(lambda text: f"x_{text}")
unknown_fields = st.dictionaries(unknown_keys, json_values, max_size=3)
assets = st.fixed_dictionaries(
    {"type": st.sampled_from(["icon", "emotion", "x_own"]), "uri": words, "name": unknown_keys, "ext": words}
)
books = st.fixed_dictionaries(
    {
        "entries": st.lists(
            st.fixed_dictionaries(
                {
                    "keys": st.lists(words, max_size=2),
                    "content": words,
                    "extensions": unknown_fields,
                    "enabled": st.booleans(),
                    "insertion_order": st.integers(),
                    "use_regex": st.booleans(),
                },
                optional={"id": st.integers() | words, "comment": words, "priority": st.integers()},
            ),
            max_size=2,
        ),
        "extensions": unknown_fields,
    },
    optional={"name": words, "scan_depth": st.integers(), "x_unknown": json_values},
)


def _without_empty(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value not in ({}, [])}


_extra_data = st.builds(
    lambda known, unknown: _without_empty(known) | unknown,
    st.fixed_dictionaries(
        {},
        optional={
            "extensions": st.dictionaries(unknown_keys | st.just("depth_prompt"), json_values, max_size=3),
            "assets": st.lists(assets, max_size=2),
            "source": st.lists(words, max_size=2),
            "group_only_greetings": st.lists(words, max_size=2),
            "creator_notes_multilingual": st.dictionaries(words, words, max_size=2),
            "creation_date": st.integers(min_value=0),
            "modification_date": st.integers(min_value=0),
        },
    ),
    unknown_fields,
)
characters = st.builds(
    CharacterBase,
    name=names,
    nickname=words,
    summary=words,
    description=words,
    personality=words,
    voice=words,
    knowledge=words,
    boundaries=words,
    statements=st.lists(words, max_size=3),
    situation=words,
    greeting=words,
    alternate_greetings=st.lists(words, max_size=3),
    example_dialogue=words,
    system_prompt=words,
    post_history_instructions=words,
    tags=st.lists(words, max_size=3),
    creator=words,
    creator_notes=words,
    character_version=words,
    card_extra=st.builds(
        lambda data, top, book: _without_empty({"data": data, "top": top, "book": book}),
        _extra_data,
        unknown_fields,
        st.just({}) | books,
    ),
)
"""Characters as `parse_card` makes them: `card_extra` in its documented layout, entries of books complete."""


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A filled project and the ids in it."""

    project: Project
    scenario_id: str
    character_ids: tuple[str, ...]
    playtest_id: str


def fill_project(project: Project, n_turns: int = 8) -> SampleProject:
    """Adds a scenario with a cast of three, one role open, and a playtest with branches, scores and odd words."""
    mara = create_character(
        project,
        CharacterBase(
            name="Mara Quill",
            description="Keeps the light. “Never leave the lamp” 灯台",
            statements=["I keep the log.", "I trust nobody."],
            card_extra={"data": {"extensions": {"talkativeness": "0.5"}}},
        ),
        (picture(), "image/png"),
        books=[LorebookDraft(name="Light", entries=[LoreEntryBase(keys=["lamp"], content="It went out twice.")])],
    )
    ivo = create_character(
        project, CharacterBase(name="Ivo", greeting=HOSTILE_WORDS), (picture("WEBP", lossless=True), "image/webp")
    )
    extra = create_character(project, CharacterBase(name="The gull"))
    scenario = create_scenario(
        project,
        ScenarioBase(name="The lighthouse", setting="Night. *Rain.*", greeting="Who is there?"),
        [
            RoleBase(name="keeper", character_id=mara.id, goal="Stay"),
            RoleBase(name="guest", character_id=ivo.id, secret="He lit the lamp."),
            RoleBase(name="bird", character_id=extra.id),
            RoleBase(name="nobody yet"),
        ],
    )
    roles = list_roles(project, scenario.id)
    stage = {
        "memory": {"recall": "generative"},
        "plan": {"coach": {roles[1].id: "Say less."}},
        "turns": {"weights": {roles[0].id: 2.0}, "order": [roles[1].id, roles[0].id], "facilitator": roles[2].id},
        "narrator": {"role": roles[2].id},
    }
    update_scenario(project, scenario.id, greeting_role_id=roles[1].id, world=_world(roles), stage=stage)
    _add_authored_parts(project, scenario.id, (mara.id, ivo.id), [role.id for role in roles])
    playtest_id = add_playtest(project, scenario.id, n_turns)
    return SampleProject(project, scenario.id, (mara.id, ivo.id, extra.id), playtest_id)


def _world(roles: list[Role]) -> dict[str, Any]:
    return {
        "variables": [{"name": "tension", "high": 5}, {"name": "lit", "kind": "flag", "start": True}],
        "places": [{"id": "room", "name": "Lamp room", "adjacent": ["pier"]}, {"id": "pier", "name": "The pier"}],
        "props": [{"name": "key", "holder": roles[0].id}],
        "facts": [{"id": "f1", "text": "The lamp went out.", "is_secret": True, "known_by": {roles[1].id: "knows"}}],
        "role_places": {roles[0].id: "room"},
    }


def _add_authored_parts(project: Project, scenario_id: str, pair: tuple[str, str], role_ids: list[str]) -> None:
    """Adds a fragment, a relationship, two beats with an arrow, and lorebooks of the scenario and of the project."""
    tides = [LoreEntryBase(keys=["/tides?/i"], content="@@depth 2\nHigh at nine.", sticky=2, extra={"card": {"x": 1}})]
    create_book(
        project, LorebookDraft(name="Tides", settings={"scan_depth": 3}, entries=tides), scenario_id=scenario_id
    )
    create_book(project, LorebookDraft(name="Everywhere", entries=[LoreEntryBase(constant=True, content="It rains.")]))
    with project.act("Author") as session:
        fragment = Fragment(
            name="Islander", content={"voice": "Slow.", "layers": {"social": {"residence": "Skarholm"}}}
        )
        beats = [
            Beat(scenario_id=scenario_id, name="Dusk", kind=BeatKind.START, goals={role_ids[0]: "Light the lamp."}),
            Beat(scenario_id=scenario_id, name="Dark", kind=BeatKind.LOSE, condition="not lit", x=240.0, y=-8.0),
        ]
        session.add_all([fragment, *beats])
        session.flush()
        session.add(
            BeatLink(scenario_id=scenario_id, from_id=beats[0].id, to_id=beats[1].id, label="The lamp goes out")
        )
        session.add(
            Relationship(character_id=pair[0], other_id=pair[1], label="guest", trust=20, belief="He is a liar.")
        )
        mara = session.get_one(Character, pair[0])
        mara.fragment_ids = [fragment.id]
        mara.layers = {"social": {"age": 58}, "personal": {"traits": [{"name": "stubborn", "degree": 80}]}}


def add_playtest(project: Project, scenario_id: str, n_turns: int = 8, name: str = "First try") -> str:
    """Adds a playtest whose every third turn has an alternative that goes on as a branch of one turn."""
    with project.append() as session:
        scenario = session.get_one(Scenario, scenario_id)
        script = Script.from_rows(session, scenario)
        playtest = Playtest(
            name=name,
            scenario_id=scenario_id,
            script=script.model_dump(mode="json"),
            settings={"seed": 7, "temperature": 0.8},
            weights={"name": "house", "sha256": "ab" * 32, "size_bytes": 1234},
            ended="cap",
        )
        session.add(playtest)
        session.flush()
        parent: Turn | None = None
        for number in range(1, n_turns + 1):
            part = script.parts[number % len(script.parts)]
            made = []
            for take in range(2 if number % 3 == 0 else 1):
                turn = _turn(playtest.id, parent, part.role_id, part.character.name, number, take)
                session.add(turn)
                session.flush()
                session.add_all(_scores(turn))
                _say_of(session, turn)
                made.append(turn)
            parent = made[0]
        session.flush()
        playtest.head_id = parent.id if parent else None
        session.add(playtest)
        return playtest.id


def _say_of(session: Session, turn: Turn) -> None:
    """Pins, names, sums up and remembers some turns otherwise."""
    turn_id = turn.id or 0
    if turn.number == 3:
        mark = TurnMark(turn_id=turn_id, name="Another try", is_cut=turn.origin == Origin.EDITED)
        session.add_all([Pin(turn_id=turn_id), mark])
    if turn.number == 4:
        session.add(Summary(turn_id=turn_id, role_id=turn.speaker_id, text="They met.", record={"n_turns": 4}))
        for act, text in ((MemoryAct.EDIT, "He lied."), (MemoryAct.PIN, "")):
            change = MemoryChange(turn_id=turn_id, role_id=turn.speaker_id, entry_id="t2", act=act, text=text)
            session.add(change)
            session.flush()


def _turn(playtest_id: str, parent: Turn | None, role_id: str, speaker: str, number: int, take: int) -> Turn:
    return Turn(
        playtest_id=playtest_id,
        parent_id=parent.id if parent else None,
        number=number,
        speaker_id=role_id,
        speaker=speaker,
        kind=SpeakerKind.CHARACTER,
        text=HOSTILE_WORDS if number == 2 else f"Line {number}, take {take}.\n\n*looks away*",
        thought="Nobody may know." if number % 2 else None,
        origin=Origin.EDITED if take else Origin.WEIGHTS,
        audience=[role_id] if number == 5 else None,
        token_ids=list(range(number)),
        record={"seed": number, "weights": {"name": "house", "sha256": "ab" * 32, "size_bytes": 1234}, "total_s": 0.25},
    )


def _scores(turn: Turn) -> list[Score]:
    return [
        Score(turn_id=turn.id or 0, metric="grounding", value=0.1 * turn.number, evidence={"tokens": [0.5, -1e-9]}),
        Score(turn_id=turn.id or 0, metric="drift", value=None, reason="Too early.", evidence={}),
    ]
