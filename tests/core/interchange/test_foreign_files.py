"""Files of other programs: what is read and written again means the same, for real files and for made ones."""

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.interchange import byaf, companion, sotopia, tinytroupe
from core.interchange.archive_members import format_members, read_members
from core.interchange.cards import Card
from core.interchange.contents import Contents
from core.interchange.foreign_files import parse_contents, read_contents
from core.interchange.foreign_writers import (
    FORMATS,
    character_formats,
    format_named,
    format_of_path,
    write_contents,
)
from core.interchange.originals import rebase
from models.character import CharacterBase
from models.persona import Layers
from tests.core.interchange.samples import json_values, names, picture, words

lines = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
listed_lines = st.lists(lines, max_size=3)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join) | st.just("")
loose = json_values | lines | listed_lines

REAL = {
    "agents/Lisa.agent.json": "tinytroupe",
    "agents/Oscar.agent.json": "tinytroupe",
    "agents/aggressive_debater.fragment.json": "tinytroupe",
    "agents/picky_customer.agent.fragment.json": "tinytroupe",
    "agents/example.character.json": "eliza",
    "agents/Rosie.txt": "companion",
    "cards/en_chargen_seed.jsonl": "chargen",
    "cards/rpbench_character.jsonl": "rpbench-character",
    "scenes/rpbench_scene.jsonl": "rpbench-scene",
    "scenes/thieves-guild.json": "light",
}


def meaning(data: bytes, name: str) -> Any:
    """What a file says, whatever white space JSON has."""
    if name.endswith(".txt"):
        return data.decode()
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in data.splitlines()]
    return json.loads(data)


@pytest.mark.parametrize(("name", "form"), REAL.items())
def test_real_files_mean_the_same_after_a_round_trip(cases: Path, tmp_path: Path, name: str, form: str) -> None:
    contents = read_contents(cases / name)
    assert (contents.form, contents.warnings) == (form, [])
    out = tmp_path / Path(name).name
    write_contents(out, contents, format_named(form))
    assert meaning(out.read_bytes(), name) == meaning((cases / name).read_bytes(), name)
    assert read_contents(out) == contents


@pytest.mark.parametrize("name", [name for name, form in REAL.items() if form not in {"light", "rpbench-scene"}])
def test_real_characters_travel_as_cards_and_come_back(cases: Path, tmp_path: Path, name: str) -> None:
    contents = read_contents(cases / name)
    if not contents.characters:
        pytest.skip("skipped: a fragment is no card")
    for suffix in (".charx", ".json"):
        write_contents(tmp_path / f"a{suffix}", Contents("", contents.characters[:1]), format_of_path(Path(suffix)))
        card = read_contents(tmp_path / f"a{suffix}")
        (back,) = card.characters
        assert back.character == contents.characters[0].character
        again = format_named(contents.form).write(card)
        one = Contents(contents.form, contents.characters[:1])
        assert meaning(again, name) == meaning(format_named(contents.form).write(one), name)


def test_a_real_picture_with_plain_texts_is_read_and_written_so(cases: Path, tmp_path: Path) -> None:
    contents = read_contents(cases / "cards" / "puro.png")
    (card,) = contents.characters
    assert card.character.name == "Puro"
    assert card.character.personality.startswith("You are Puro — a soft-spoken")
    write_contents(tmp_path / "a.png", contents, format_named("png"))
    assert read_contents(tmp_path / "a.png").characters[0].character == card.character


def test_real_fields_land_where_they_belong(cases: Path) -> None:
    (oscar,) = read_contents(cases / "agents" / "Oscar.agent.json").characters
    layers = oscar.character.persona
    assert (layers.social.age, layers.social.nationality) == (30, "German")
    assert layers.career.occupation == "Architect (Awesome Inc.)"
    assert layers.personal.big_five.openness == 80
    assert layers.personal.big_five.neuroticism == 20
    assert "Feeds his dog, Bruno, a Golden Retriever." in layers.life.day
    assert [essay.title for essay in layers.life.essays][-1] == "Relationship: Anna"
    guild = read_contents(cases / "scenes" / "thieves-guild.json")
    world = guild.scenarios[0].scenario.world
    assert (len(guild.characters), len(world["places"])) == (58, len({place["id"] for place in world["places"]}))


# Edits take, and touch nothing else


def test_an_edit_changes_that_field_and_no_other(cases: Path) -> None:
    path = cases / "agents" / "Oscar.agent.json"
    (card,) = read_contents(path).characters
    wanted = json.loads(path.read_text())
    wanted["persona"]["age"] = 31
    wanted["persona"]["personality"]["big_five"]["openness"] = "Low. Very creative and open to new experiences."
    wanted["persona"]["skills"].append("Juggles.")
    layers = copy.deepcopy(card.character.layers)
    layers["social"]["age"] = 31
    layers["personal"]["big_five"]["openness"] = 10
    layers["career"]["skills"].append("Juggles.")
    edited = card.character.model_copy(update={"layers": layers})
    written = tinytroupe.format_agent(edited)
    own = written.pop("tableread")
    assert own["layers"] == {"personal": {"big_five": {"openness": 10}}}
    assert own["personality"] == card.character.personality
    assert written == wanted
    assert tinytroupe.parse_agent(tinytroupe.format_agent(edited), "x").persona.personal.big_five.openness == 10


@given(json_values, json_values, st.dictionaries(words, json_values, max_size=3))
def test_rebase_keeps_the_original_or_takes_the_edit(original: Any, value: Any, more: dict[str, Any]) -> None:
    assert rebase(original, value, value) == original
    assert rebase(value, value, original) == original
    table = {"a": original} | {f"x{key}": one for key, one in more.items()}
    assert rebase(table, {"a": original}, {"a": value}) == table | {"a": value}
    assert rebase(table, {"a": original}, {}) == {key: one for key, one in table.items() if key != "a"}


def test_rebase_follows_items_of_lists() -> None:
    original = [{"id": 1, "t": "a"}, {"id": 2, "t": "b"}, {"id": 3, "t": "c"}]
    before = [{"t": "a"}, {"t": "b"}, {"t": "c"}]
    assert rebase(original, before, [{"t": "a"}, {"t": "B"}, {"t": "c"}])[1] == {"id": 2, "t": "B"}
    assert rebase(original, before, [{"t": "c"}, {"t": "a"}]) == [original[2], original[0]]
    assert rebase(original, before, [*before, {"t": "d"}]) == [*original, {"t": "d"}]


# The law for made documents

PERSONA_KEYS = """age gender residence education long_term_goals occupation style personality preferences skills
beliefs behaviors health relationships other_facts x"""
PROFILE_KEYS = """last_name age occupation gender gender_pronoun big_five moral_values secret mbti tag pk
schwartz_personal_values personality_and_values decision_making_style"""
agents = st.fixed_dictionaries(
    {"type": st.just("TinyPerson")},
    optional={"mental_state": json_values, "x": json_values},
).flatmap(
    lambda outside: st.fixed_dictionaries(
        {"name": names},
        optional=dict.fromkeys(PERSONA_KEYS.split(), loose),
    ).map(lambda persona: outside | {"persona": persona})
)
profiles = st.fixed_dictionaries(
    {"first_name": loose, "public_info": loose},
    optional=dict.fromkeys(PROFILE_KEYS.split(), loose),
)
environments = st.fixed_dictionaries(
    {"scenario": loose, "agent_goals": st.lists(loose, max_size=3)},
    optional={"codename": loose, "relationship": st.integers(-1, 6) | json_values, "age_constraint": json_values},
)
elizas = st.fixed_dictionaries(
    {"name": loose, "bio": loose, "lore": loose},
    optional=dict.fromkeys(
        ["messageExamples", "postExamples", "adjectives", "topics", "knowledge", "style", "system", "settings"], loose
    ),
)
seeds = st.fixed_dictionaries(
    {"name": loose, "context": loose, "greeting": loose}, optional={"example_dialogue": loose, "topic": loose}
)
bench = st.fixed_dictionaries(
    {"npc_profile": st.fixed_dictionaries({"name_text": loose}, optional={"description": loose, "title": loose})},
    optional={"background": loose, "conversation": loose, "id": loose},
)
scenes = st.fixed_dictionaries(
    {
        "npc_profile": st.fixed_dictionaries({"name": loose}, optional={"age": loose, "skills": loose}),
        "background": loose,
    },
    optional={"plot_recap": loose, "objectives": loose, "conversation": loose, "npc_status": loose, "id": loose},
)
nodes = st.dictionaries(
    words,
    st.fixed_dictionaries(
        {},
        optional={
            "room": st.booleans(),
            "agent": st.booleans(),
            "object": st.booleans(),
            "name": loose,
            "desc": loose,
            "neighbors": st.dictionaries(words, json_values, max_size=2) | json_values,
            "container_node": st.fixed_dictionaries({"target_id": words}) | json_values,
        },
    ),
    max_size=5,
)
maps = st.fixed_dictionaries({"nodes": nodes, "rooms": st.just([])}, optional={"title": loose})


@given(st.one_of(agents, profiles, environments, elizas, seeds, bench, scenes, maps))
@settings(max_examples=60, deadline=None)
def test_made_documents_mean_the_same_after_a_round_trip(document: dict[str, Any]) -> None:
    contents = parse_contents(json.dumps(document).encode(), "made.json")
    written = format_named(contents.form).write(contents)
    assert json.loads(written) == document
    assert parse_contents(written, "made.json") == contents


full_layers = st.builds(
    lambda **parts: Layers.read(parts).to_document(),
    social=st.fixed_dictionaries({}, optional={"age": st.integers(0, 99), "gender": lines, "family": lines}),
    personal=st.fixed_dictionaries(
        {},
        optional={
            "big_five": st.fixed_dictionaries({}, optional={"openness": st.integers(0, 100)}),
            "traits": st.lists(st.fixed_dictionaries({"name": lines, "degree": st.integers(0, 100)}), max_size=2),
            "values": listed_lines,
            "moral_level": st.integers(1, 4),
        },
    ),
    life=st.fixed_dictionaries(
        {},
        optional={
            "day": texts,
            "likes": listed_lines,
            "essays": st.lists(st.fixed_dictionaries({"title": lines, "text": texts}), max_size=2),
        },
    ),
    career=st.fixed_dictionaries({}, optional={"occupation": lines, "aspiration": lines, "skills": listed_lines}),
    horizon=st.fixed_dictionaries({}, optional={"secrets": listed_lines, "date": lines}),
    voice_rules=listed_lines,
    samples=listed_lines,
)
people = st.builds(
    CharacterBase,
    name=lines,
    description=texts,
    personality=texts,
    voice=texts,
    knowledge=texts,
    greeting=texts,
    example_dialogue=texts,
    statements=listed_lines,
    tags=listed_lines,
    layers=full_layers,
)
WHOLE = ("tinytroupe", "sotopia-agent", "eliza", "chargen", "rpbench-character", "byaf", "json", "charx")
"""Formats in which a character of our own loses nothing."""


@pytest.mark.parametrize("form", WHOLE)
@given(people)
@settings(max_examples=8, deadline=None)
def test_a_character_of_our_own_comes_back_from_every_format(form: str, person: CharacterBase) -> None:
    data = format_named(form).write(Contents("", [Card(person, None, [])]))
    (back,) = parse_contents(data, "made").characters
    lost = {"card_extra"}
    assert back.character.model_dump(exclude=lost) == person.model_dump(exclude=lost)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_companion_texts_come_back_to_the_letter(preamble: str, chat: str, story: str) -> None:
    text = f"{preamble}###ENDPREAMBLE###{chat}###ENDSEEDCHAT###{story}"
    character = companion.parse_companion(text, "x")
    if companion.format_companion(character) != text:  # marks that stand inside the parts
        assert "###END" in preamble + chat + story
    short = f"{preamble}###ENDPREAMBLE###"
    assert companion.format_companion(companion.parse_companion(short, "x")).startswith(preamble)


# BYAF


def archive(**members: Any) -> bytes:
    character = {
        "schemaVersion": 1,
        "id": "c1",
        "name": "Mara",
        "displayName": "Mara, keeper of the light",
        "persona": "{character} keeps the light for {user}.",
        "isNSFW": False,
        "loreItems": [{"id": "l1", "order": "a", "key": "lamp, light", "value": "{character} lit it."}],
        "images": [{"path": "images/a.png", "label": "", "x": 1}, {"path": "images/b.png", "label": "two"}],
        "unknown": [1],
    }
    scenario = {
        "title": "Night",
        "narrative": "At night.",
        "formattingInstructions": "Short lines.",
        "firstMessages": [{"characterID": "c1", "text": "Who is there, {user}?"}],
        "exampleMessages": [{"characterID": "c1", "text": "#{user}: Hello\n#{character}: No."}],
        "temperature": 1.2,
        "messages": [{"type": "human", "text": "hi"}],
    }
    files = {
        "manifest.json": {
            "schemaVersion": 1,
            "createdAt": "2025",
            "characters": ["characters/c1/character.json"],
            "scenarios": ["scenarios/s1.json", "scenarios/s2.json"],
            "author": {"name": "me"},
        },
        "characters/c1/character.json": character,
        "scenarios/s1.json": scenario,
        "scenarios/s2.json": scenario | {"firstMessages": [{"text": "Again?"}]},
    } | members
    pictures = {"characters/c1/images/a.png": picture(), "characters/c1/images/b.png": picture(colour="red")}
    return format_members(
        {path: json.dumps(one).encode() for path, one in files.items()} | pictures | {"extra.bin": b"x"}
    )


def test_a_byaf_is_read_and_written_back() -> None:
    contents = parse_contents(archive(), "mara.byaf")
    (card,) = contents.characters
    character = card.character
    assert (character.name, character.nickname) == ("Mara, keeper of the light", "Mara")
    assert character.description == "{{char}} keeps the light for {{user}}."
    assert (character.greeting, character.alternate_greetings) == ("Who is there, {{user}}?", ["Again?"])
    assert character.example_dialogue == "<START>\n{{user}}: Hello\n{{char}}: No."
    assert character.card_extra["book"]["entries"][0]["keys"] == ["lamp", "light"]
    assert card.portrait == (picture(), "image/png")
    before, after = (read_members(data, "x") for data in (archive(), format_named("byaf").write(contents)))
    assert before.keys() == after.keys()
    for path, data in before.items():
        assert after[path] == data if not path.endswith(".json") else json.loads(after[path]) == json.loads(data)


def test_an_edited_byaf_keeps_all_else() -> None:
    contents = parse_contents(archive(), "mara.byaf")
    (card,) = contents.characters
    edited = card.character.model_copy(update={"greeting": "{{user}}!", "description": "New."})
    written = read_members(byaf.format_byaf(card._replace(character=edited)), "x")
    scenario = json.loads(written["scenarios/s1.json"])
    assert scenario["firstMessages"] == [{"characterID": "c1", "text": "{user}!"}]
    assert scenario["temperature"] == 1.2
    assert json.loads(written["characters/c1/character.json"])["unknown"] == [1]
    assert json.loads(written["characters/c1/character.json"])["persona"] == "New."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (format_members({"manifest.json": b"[]"}), "no BYAF archive with a character"),
        (archive(**{"manifest.json": {"characters": ["nowhere"]}}), "no BYAF archive with a character"),
        (format_members({"manifest.json": b"{"}), "not valid JSON"),
    ],
)
def test_odd_archives_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse_contents(data, "x.byaf")


# What is what


def test_lists_of_profiles_and_odd_records() -> None:
    profile = {"first_name": "Ada", "last_name": "Quill", "public_info": "Writes.", "secret": "Reads."}
    contents = parse_contents(json.dumps([profile, {"x": 1}, profile]).encode(), "profiles.json")
    assert [card.character.name for card in contents.characters] == ["Ada Quill", "Ada Quill"]
    assert contents.warnings == ["Record 2 was left out, for it is not like the first."]
    assert contents.characters[0].character.persona.horizon.secrets == ["Reads."]


def test_an_environment_is_a_scenario_with_roles() -> None:
    document = {"codename": "borrowing", "scenario": "A shop", "agent_goals": ["Buy", "Sell"], "relationship": 3}
    (file,) = parse_contents(json.dumps(document).encode(), "x").scenarios
    assert (file.scenario.name, file.scenario.setting) == ("borrowing", "A shop")
    assert [(role.goal, role.relations) for role in file.roles] == [("Buy", "friend"), ("Sell", "friend")]
    file.roles[1].goal = "Give"
    assert sotopia.format_environment(file) == document | {"agent_goals": ["Buy", "Give"]}


def test_formats_are_found_by_suffix_and_name() -> None:
    assert format_of_path(Path("a.agent.json")).name == "tinytroupe"
    assert format_of_path(Path("a.JSON")).name == "json"
    assert format_of_path(Path("a.jsonl"), "rpbench-scene").name == "rpbench-scene"
    assert format_of_path(Path("a.v2.json")).name == "v2"
    assert len({one.name for one in FORMATS}) == len(FORMATS)
    assert all(one.title for one in character_formats())
    with pytest.raises(UserError, match=r"should end in one of"):
        format_of_path(Path("a.docx"))
    with pytest.raises(UserError, match="no format “x”"):
        format_named("x")


@pytest.mark.parametrize("form", [one.name for one in FORMATS])
def test_formats_refuse_contents_without_what_they_hold(form: str) -> None:
    with pytest.raises(UserError):
        format_named(form).write(Contents(""))


@given(json_values)
@settings(max_examples=40, deadline=None)
def test_any_json_is_contents_or_a_sentence(document: Any) -> None:
    with suppress(UserError):
        parse_contents(json.dumps(document).encode(), "x")
