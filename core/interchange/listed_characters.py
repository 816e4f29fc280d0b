"""Characters and scenes in JSON Lines, one a line: seeds of character generators, and those of role-play benchmarks.

What has no place is kept in the original. Sources: rulm's `chargen` seeds; RPBench-Auto's characters and scenes.
"""

from typing import Any

from core.interchange.contents import NAME, ScenarioFile
from core.interchange.loose_fields import as_age, as_line, as_lines, as_name, as_table, as_tables, as_text, filled
from core.interchange.originals import format_kept, parse_kept, rebase
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase

SEED, BENCH_CHARACTER, BENCH_SCENE = "chargen", "rpbench-character", "rpbench-scene"

_SPEAKERS = {"user": "{{user}}", "char": "{{char}}"}
_MACROS = {macro: speaker for speaker, macro in _SPEAKERS.items()}
_SCENE_TEXTS = {"background": "", "plot_recap": "Before", "npc_status": "Now"}
"""Field -> title of its paragraphs in the setting."""


def is_seed(document: Any) -> bool:
    """Tells whether a line is a seed."""
    return isinstance(document, dict) and "name" in document and "context" in document and "greeting" in document


def is_bench_character(document: Any) -> bool:
    """Tells whether a line is a character of the benchmark."""
    return isinstance(document, dict) and "name_text" in as_table(document.get("npc_profile"))


def is_bench_scene(document: Any) -> bool:
    """Tells whether a line is a scene of the benchmark."""
    return isinstance(document, dict) and "name" in as_table(document.get("npc_profile")) and "background" in document


def parse_seed(document: dict[str, Any], name: str) -> CharacterBase:
    """Reads a seed."""
    return parse_kept(document, SEED, _read_seed, name)


def format_seed(character: CharacterBase) -> dict[str, Any]:
    """Writes a character as a seed: the other half of `parse_seed`."""
    return format_kept(character, SEED, _read_seed, _write_seed)


def parse_bench_character(document: dict[str, Any], name: str) -> CharacterBase:
    """Reads a character of the benchmark."""
    return parse_kept(document, BENCH_CHARACTER, _read_bench, name)


def format_bench_character(character: CharacterBase) -> dict[str, Any]:
    """Writes a character of the benchmark: the other half of `parse_bench_character`."""
    return format_kept(character, BENCH_CHARACTER, _read_bench, _write_bench)


def parse_bench_scene(document: dict[str, Any], name: str) -> tuple[CharacterBase, ScenarioFile]:
    """Reads a scene of the benchmark: its character, and the scenario with a role for it and one for the player."""
    character = parse_kept(as_table(document["npc_profile"]), BENCH_SCENE, _read_profile, name)
    scenario, roles = _read_scene(document, character.name)
    return character, ScenarioFile(scenario, roles, [0], {BENCH_SCENE: document, NAME: name})


def format_bench_scene(character: CharacterBase, file: ScenarioFile) -> dict[str, Any]:
    """Writes a scene of the benchmark: the other half of `parse_bench_scene`."""
    profile = format_kept(character, BENCH_SCENE, _read_profile, _write_profile)
    after = _write_scene(file.scenario, file.roles)
    original = file.original.get(BENCH_SCENE)
    if isinstance(original, dict):
        after = rebase(original, _write_scene(*_read_scene(original, file.kept_name)), after)
    return after | {"npc_profile": profile}


def _read_seed(document: dict[str, Any], name: str) -> CharacterBase:
    lines = [
        f"{_SPEAKERS.get(as_line(turn.get('role')), as_line(turn.get('role')))}: {as_text(turn.get('content'))}"
        for turn in as_tables(document.get("example_dialogue"))
    ]
    return CharacterBase(
        name=as_name(document.get("name"), name),
        description=as_text(document.get("context")),
        greeting=as_text(document.get("greeting")),
        example_dialogue="\n".join(["<START>", *lines]) if lines else "",
    )


def _write_seed(character: CharacterBase) -> dict[str, Any]:
    turns: list[dict[str, str]] = []
    for line in character.example_dialogue.splitlines():
        speaker, colon, text = line.partition(": ")
        if colon and speaker in _MACROS:
            turns.append({"role": _MACROS[speaker], "content": text})
        elif turns and line.strip().upper() != "<START>":
            turns[-1]["content"] += f"\n{line}"
    return {
        "name": character.name,
        "context": character.description,
        "greeting": character.greeting,
        "example_dialogue": turns,
    }


def _read_bench(document: dict[str, Any], name: str) -> CharacterBase:
    profile = as_table(document.get("npc_profile"))
    return CharacterBase(
        name=as_name(profile.get("name_text"), name),
        personality=as_text(profile.get("short_definition_text")),
        description=as_text(profile.get("description")),
        knowledge=as_text(profile.get("long_definition_text")),
        system_prompt=as_text(document.get("background")),
        greeting=_first_words(document),
    )


def _write_bench(character: CharacterBase) -> dict[str, Any]:
    return {
        "background": character.system_prompt,
        "npc_profile": {
            "name_text": character.name,
            "short_definition_text": character.personality,
            "description": character.description,
            "long_definition_text": character.knowledge,
        },
        "conversation": _conversation(character.greeting),
    }


def _read_profile(profile: dict[str, Any], name: str) -> CharacterBase:
    said = (as_text(profile.get("description")), as_text(profile.get("background")))
    return CharacterBase(
        name=as_name(profile.get("name"), name),
        description=said[0] or said[1],
        knowledge=said[1] if said[0] else "",
        layers={
            "social": {"age": as_age(profile.get("age")), "gender": as_line(profile.get("gender"))},
            "life": {"interests": as_lines(profile.get("interests"))},
            "career": {"occupation": as_line(profile.get("occupation")), "skills": as_lines(profile.get("skills"))},
        },
        personality=as_text(profile.get("personality")),
        voice=as_text(profile.get("communication_style")),
    )


def _write_profile(character: CharacterBase) -> dict[str, Any]:
    layers = character.persona
    profile: dict[str, Any] = {"name": character.name}
    profile |= {"personality": character.personality, "communication_style": character.voice}
    both = {"description": character.description, "background": character.knowledge}
    profile |= both if character.knowledge else {"background": character.description}
    profile |= {
        "age": layers.social.age,
        "gender": layers.social.gender,
        "interests": ", ".join(layers.life.interests),
        "occupation": layers.career.occupation,
        "skills": ", ".join(layers.career.skills),
    }
    return filled(profile)


def _read_scene(document: dict[str, Any], name: str) -> tuple[ScenarioBase, list[RoleBase]]:
    parts = []
    for field, title in _SCENE_TEXTS.items():
        text = as_text(document.get(field))
        parts += [f"{title}:\n{text}" if title else text] if text else []
    scenario = ScenarioBase(
        name=as_name(f"{name}, scene {as_line(document.get('id'))}" if "id" in document else name, name),
        setting="\n\n".join(parts),
        rules=as_text(document.get("progression")),
        greeting=_first_words(document),
    )
    roles = [RoleBase(name="NPC"), RoleBase(name="Player", goal=as_text(document.get("objectives")), position=1)]
    return scenario, roles


def _write_scene(scenario: ScenarioBase, roles: list[RoleBase]) -> dict[str, Any]:
    texts = dict.fromkeys(_SCENE_TEXTS, "")
    rest = scenario.setting
    for field, title in reversed(_SCENE_TEXTS.items()):
        before, mark, after = rest.rpartition(f"{title}:\n") if title else ("", "", rest)
        if mark or not title:
            texts[field], rest = after, before.removesuffix("\n\n")
    return texts | {
        "objectives": roles[-1].goal if roles else "",
        "progression": scenario.rules,
        "conversation": _conversation(scenario.greeting),
    }


def _first_words(document: dict[str, Any]) -> str:
    first = next(iter(as_tables(document.get("conversation"))), {})
    return as_text(first.get("sentences")) if first.get("from") == "npc" else ""


def _conversation(greeting: str) -> list[dict[str, Any]]:
    return [{"from": "npc", "sentences": [greeting]}] if greeting else []
