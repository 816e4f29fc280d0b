"""Sotopia: agent profiles as characters, environment profiles as scenarios, and back.

What has no place is kept in the original. Source: SOTOPIA (Zhou et al. 2024), `AgentProfile`, `EnvironmentProfile`.
"""

from typing import Any

from core.interchange.contents import NAME, ScenarioFile
from core.interchange.loose_fields import as_age, as_line, as_lines, as_name, as_table, as_text
from core.interchange.originals import format_kept, parse_kept, rebase
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase

AGENT, ENVIRONMENT = "sotopia-agent", "sotopia-environment"

RELATIONSHIPS = ("stranger", "know by name", "acquaintance", "friend", "romantic relationship", "family member")
"""By the number of the profile, from 0."""
_BIG_FIVE, _MBTI = "Big Five: ", "MBTI: "
_ESSAYS = {"Decision making": "decision_making_style", "Personal values": "schwartz_personal_values"}
"""Title -> field of the profile."""
_MARKS = {"public_info", "secret", "big_five", "personality_and_values", "moral_values", "decision_making_style"}


def is_agent(document: Any) -> bool:
    """Tells whether a document is an agent profile."""
    return isinstance(document, dict) and "first_name" in document and bool(_MARKS & document.keys())


def is_environment(document: Any) -> bool:
    """Tells whether a document is an environment profile."""
    return isinstance(document, dict) and "scenario" in document and isinstance(document.get("agent_goals"), list)


def parse_agent(document: dict[str, Any], name: str) -> CharacterBase:
    """Reads an agent profile. `name` names the character if the profile does not."""
    return parse_kept(document, AGENT, _read_agent, name)


def format_agent(character: CharacterBase) -> dict[str, Any]:
    """Writes a character as an agent profile: the other half of `parse_agent`."""
    return format_kept(character, AGENT, _read_agent, _write_agent)


def parse_environment(document: dict[str, Any], name: str) -> ScenarioFile:
    """Reads an environment profile: a scenario with a role for each goal, and nobody cast."""
    scenario, roles = _read_environment(document, name)
    return ScenarioFile(scenario, roles, original={ENVIRONMENT: document, NAME: scenario.name})


def format_environment(file: ScenarioFile) -> dict[str, Any]:
    """Writes a scenario as an environment profile: the other half of `parse_environment`."""
    after = _write_environment(file.scenario, file.roles)
    original = file.original.get(ENVIRONMENT)
    if not isinstance(original, dict):
        return after
    rebased: dict[str, Any] = rebase(original, _write_environment(*_read_environment(original, file.kept_name)), after)
    return rebased


def _read_agent(document: dict[str, Any], name: str) -> CharacterBase:
    names = (as_line(document.get("first_name")), as_line(document.get("last_name")))
    big_five, mbti = as_line(document.get("big_five")), as_line(document.get("mbti"))
    personality = [as_text(document.get("personality_and_values"))]
    personality += [f"{_BIG_FIVE}{big_five}"] if big_five else []
    personality += [f"{_MBTI}{mbti}"] if mbti else []
    essays = {key: as_text(document.get(field)) for key, field in _ESSAYS.items()}
    layers = {
        "social": {
            "age": as_age(document.get("age")) or None,
            "gender": as_line(document.get("gender")),
            "pronouns": as_line(document.get("gender_pronoun")),
        },
        "personal": {"values": as_lines(document.get("moral_values"))},
        "life": {"essays": [{"title": title, "text": text} for title, text in essays.items() if text]},
        "career": {"occupation": as_line(document.get("occupation"))},
        "horizon": {"secrets": as_lines(document.get("secret"))},
    }
    return CharacterBase(
        name=as_name(" ".join(part for part in names if part), name),
        description=as_text(document.get("public_info")),
        personality="\n".join(part for part in personality if part),
        layers=layers,
    )


def _write_agent(character: CharacterBase) -> dict[str, Any]:
    layers = character.persona
    first, _, last = character.name.partition(" ")
    lines = character.personality.splitlines()
    marked = {mark: [line for line in lines if line.startswith(mark)] for mark in (_BIG_FIVE, _MBTI)}
    rest = [line for line in lines if not line.startswith((_BIG_FIVE, _MBTI))]
    essays = {essay.title: essay.text for essay in layers.life.essays}
    return {
        "first_name": first,
        "last_name": last,
        "age": layers.social.age or 0,
        "occupation": layers.career.occupation,
        "gender": layers.social.gender,
        "gender_pronoun": layers.social.pronouns,
        "public_info": character.description,
        "big_five": "".join(marked[_BIG_FIVE][:1]).removeprefix(_BIG_FIVE),
        "moral_values": list(layers.personal.values),
        "schwartz_personal_values": essays.get("Personal values", "").splitlines(),
        "personality_and_values": "\n".join(rest),
        "decision_making_style": essays.get("Decision making", ""),
        "secret": "\n".join(layers.horizon.secrets),
        "mbti": "".join(marked[_MBTI][:1]).removeprefix(_MBTI),
    }


def _read_environment(document: dict[str, Any], name: str) -> tuple[ScenarioBase, list[RoleBase]]:
    relation = _read_relation(document.get("relationship"))
    goals = [as_text(goal) for goal in document["agent_goals"][:1_000]]
    roles = [
        RoleBase(name=f"Agent {number}", goal=goal, relations=relation, position=number - 1)
        for number, goal in enumerate(goals, start=1)
    ]
    scenario = ScenarioBase(
        name=as_name(document.get("codename"), name),
        setting=as_text(document.get("scenario")),
    )
    return scenario, roles


def _write_environment(scenario: ScenarioBase, roles: list[RoleBase]) -> dict[str, Any]:
    relation = roles[0].relations if roles else ""
    return {
        "codename": scenario.name,
        "scenario": scenario.setting,
        "agent_goals": [role.goal for role in roles],
        "relationship": RELATIONSHIPS.index(relation) if relation in RELATIONSHIPS else 0,
    }


def _read_relation(value: Any) -> str:
    """A number, or a name with a number, as the profiles in JSON have it."""
    number = as_table(value).get("value", value)
    is_known = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(RELATIONSHIPS)
    return RELATIONSHIPS[number] if is_known else ""
