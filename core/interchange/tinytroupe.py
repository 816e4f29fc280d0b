"""TinyTroupe agents and fragments: a persona as one JSON object, in characters and back.

Every field of a persona has its place in the layers or the prose; what has none is kept in the original.
Source: TinyTroupe (Microsoft), `TinyPerson` specifications and fragments.
"""

import re
from typing import Any

from core.interchange.loose_fields import as_age, as_line, as_lines, as_name, as_table, as_tables, as_text, filled
from core.interchange.originals import format_kept, parse_kept
from models.character import CharacterBase
from models.fragment import FragmentBase, plain_content

FORMAT = "tinytroupe"
AGENT, FRAGMENT = "TinyPerson", "Fragment"

_FACTORS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
_DEGREES = {"high": 80, "medium": 50, "low": 20}
_LEVEL = re.compile(r"\s*(high|medium|low)\b[\s.:,;-]*", re.IGNORECASE)
_SOCIAL = ("gender", "nationality", "residence", "education")
_PREFERENCES = ("interests", "likes", "dislikes")
_TITLE = re.compile(r"(?P<title>.+) \((?P<organization>[^()]+)\)\Z")
_ROUTINE = re.compile(r"^(?P<part>[^\n:]+):\n(?P<lines>(?:- [^\n]*\n?)+)", re.MULTILINE)
_BEHAVIOUR, _RELATION = "Behaviour: ", "Relationship: "
_HEALTH, _OCCUPATION = "Health", "Occupation"
_JOINT = "; "


def is_persona(document: Any) -> bool:
    """Tells whether a document is an agent or a fragment."""
    return isinstance(document, dict) and isinstance(document.get("persona"), dict)


def is_fragment(document: dict[str, Any]) -> bool:
    """Tells a fragment from an agent."""
    return document.get("type") == FRAGMENT or not as_line(document["persona"].get("name"))


def parse_agent(document: dict[str, Any], name: str) -> CharacterBase:
    """Reads an agent. `name` names the character if the agent does not."""
    return parse_kept(document, FORMAT, _read, name)


def parse_fragment(document: dict[str, Any], name: str) -> FragmentBase:
    """Reads a fragment: the parts of a persona that are in it."""
    character = parse_agent(document, name)
    return FragmentBase(name=as_name(name, ""), content=plain_content(character.model_dump(mode="json")))


def format_agent(character: CharacterBase) -> dict[str, Any]:
    """Writes a character as an agent: the other half of `parse_agent`."""
    return format_kept(character, FORMAT, _read, _write)


def format_fragment(fragment: FragmentBase) -> dict[str, Any]:
    """Writes a fragment: the other half of `parse_fragment`."""
    character = CharacterBase.model_validate(fragment.content | {"name": "-"})

    def write(one: CharacterBase) -> dict[str, Any]:
        persona = {key: value for key, value in _write(one)["persona"].items() if key != "name"}
        return {"type": FRAGMENT, "persona": persona}

    return format_kept(character, FORMAT, _read, write)


def _read(document: dict[str, Any], name: str) -> CharacterBase:
    persona = as_table(document.get("persona"))
    personality, behaviors = as_table(persona.get("personality")), as_table(persona.get("behaviors"))
    factors = {factor: as_line(as_table(personality.get("big_five")).get(factor)) for factor in _FACTORS}
    preferences = as_table(persona.get("preferences"))
    essays = _read_essays(persona, behaviors)
    layers = {
        "social": {"age": as_age(persona.get("age"))} | {key: as_line(persona.get(key)) for key in _SOCIAL},
        "personal": {
            "big_five": {factor: _read_degree(text) for factor, text in factors.items()},
            "traits": [{"name": trait} for trait in as_lines(personality.get("traits"))],
            "values": as_lines(persona.get("beliefs")),
        },
        "life": {key: as_lines(preferences.get(key)) for key in _PREFERENCES}
        | {"day": _read_routines(as_table(behaviors.get("routines"))), "essays": essays},
        "career": {
            "occupation": _read_occupation(persona.get("occupation")),
            "aspiration": as_line(_JOINT.join(as_lines(persona.get("long_term_goals")))),
            "skills": as_lines(persona.get("skills")),
        },
    }
    said = [f"{factor.capitalize()}: {text}" for factor, text in factors.items() if text]
    return CharacterBase(
        name=as_name(persona.get("name"), name),
        voice=as_text(persona.get("style")),
        personality="\n".join(said),
        statements=as_lines(persona.get("other_facts")),
        layers=layers,
    )


def _write(character: CharacterBase) -> dict[str, Any]:
    layers = character.persona
    essays = {essay.title: essay.text for essay in layers.life.essays}
    preferences = {key: getattr(layers.life, key) for key in _PREFERENCES}
    behaviors: dict[str, Any] = {key: text.splitlines() for key, text in _titled(essays, _BEHAVIOUR)}
    behaviors |= filled({"routines": _write_routines(layers.life.day)})
    traits = [trait.name for trait in layers.personal.traits]
    persona: dict[str, Any] = {"name": character.name, "age": layers.social.age}
    persona |= {key: getattr(layers.social, key) for key in _SOCIAL}
    persona |= {
        "long_term_goals": [goal for goal in layers.career.aspiration.split(_JOINT) if goal],
        "occupation": _write_occupation(layers.career.occupation, essays.get(_OCCUPATION, "")),
        "style": character.voice,
        "personality": filled({"traits": traits, "big_five": _write_factors(character)}),
        "preferences": filled(preferences),
        "skills": layers.career.skills,
        "beliefs": layers.personal.values,
        "behaviors": filled(behaviors),
        "health": essays.get(_HEALTH, ""),
        "relationships": [{"name": key, "description": text} for key, text in _titled(essays, _RELATION)],
        "other_facts": character.statements,
    }
    return {"type": AGENT, "persona": filled(persona)}


def _read_degree(text: str) -> int | None:
    match = _LEVEL.match(text)
    return _DEGREES[match[1].lower()] if match else None


def _write_factors(character: CharacterBase) -> dict[str, str]:
    """The author's words, as long as they go with the degree."""
    said = dict(line.split(": ", 1) for line in character.personality.splitlines() if ": " in line)
    texts = {}
    for factor in _FACTORS:
        degree, text = getattr(character.persona.personal.big_five, factor), said.get(factor.capitalize(), "")
        if degree is not None and _band(degree) != _band(_read_degree(text)):
            text = f"{_band(degree).capitalize()}. {_LEVEL.sub('', text, count=1)}".strip()
        texts[factor] = text
    return filled(texts)


def _band(degree: int | None) -> str:
    if degree is None:
        return ""
    return "high" if degree >= 65 else "low" if degree <= 35 else "medium"


def _read_occupation(value: Any) -> str:
    if not isinstance(value, dict):
        return as_line(value)
    title, organization = as_line(value.get("title")), as_line(value.get("organization"))
    return as_line(f"{title} ({organization})") if title and organization else title or organization


def _write_occupation(occupation: str, description: str) -> str | dict[str, str]:
    match = _TITLE.match(occupation)
    if match is None and not description:
        return occupation
    parts = match.groupdict() if match else {"title": occupation}
    return filled(parts | {"description": description})


def _read_essays(persona: dict[str, Any], behaviors: dict[str, Any]) -> list[dict[str, str]]:
    essays = {_OCCUPATION: as_text(as_table(persona.get("occupation")).get("description"))}
    essays |= {_BEHAVIOUR + as_line(key): as_text(lines) for key, lines in behaviors.items() if key != "routines"}
    essays[_HEALTH] = as_text(persona.get("health"))
    for relation in as_tables(persona.get("relationships")):
        essays[_RELATION + as_line(relation.get("name"))] = as_text(relation.get("description"))
    return [{"title": as_line(title), "text": text} for title, text in essays.items() if text]


def _titled(essays: dict[str, str], beginning: str) -> list[tuple[str, str]]:
    return [(title.removeprefix(beginning), text) for title, text in essays.items() if title.startswith(beginning)]


def _read_routines(routines: dict[str, Any]) -> str:
    """One paragraph for each part of the day, one line for each thing."""
    parts = {as_line(key).capitalize(): as_lines(lines) for key, lines in routines.items()}
    return "\n".join(f"{part}:\n" + "".join(f"- {line}\n" for line in lines) for part, lines in parts.items() if lines)


def _write_routines(day: str) -> dict[str, list[str]]:
    found = {match["part"].lower(): match["lines"] for match in _ROUTINE.finditer(day)}
    routines = {part: [line[2:] for line in lines.splitlines()] for part, lines in found.items()}
    return routines or ({"general": as_lines(day.splitlines())} if day else {})
