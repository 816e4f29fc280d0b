"""Writes the demo packs beside this file: two short scenarios with three characters, in plain words.

Run it after a change: `python assets/demo/make.py`. The packs are the same bytes each time.
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from core.interchange.packs import build_pack  # noqa: E402
from core.project import Project  # noqa: E402
from models.character import Character, CharacterBase  # noqa: E402
from models.scenario import Role, RoleBase, Scenario, ScenarioBase, TurnPolicy  # noqa: E402

MARA = CharacterBase(
    name="Mara Voss",
    summary="A keeper who has covered for the sea so long that she no longer notices when she lies for people.",
    description="I am the keeper of the Skarholm light. I am fifty-eight years old. I live alone above the lamp room.",
    statements=[
        "I have kept the light for eleven winters.",
        "My brother drowned in a storm.",
        "I own the second key to the lamp room.",
        "I am afraid of losing my post.",
        "I like strong tea and quiet mornings.",
    ],
    voice="Plain and short. She answers a question with a smaller question.",
    boundaries="She never says who had the second key unless she is asked about it twice.",
    tags=["lighthouse", "demo"],
    creator="Tableread",
)
THEO = CharacterBase(
    name="Theo Dane",
    summary="A magistrate who would rather be home, and so listens for the shortest way to the truth.",
    description="I am the magistrate of the island. I am forty-four years old. I came by boat this morning.",
    statements=[
        "I write everything down in a small black book.",
        "I want to know who let the lamp go out.",
        "I get seasick on every boat.",
        "I have a daughter who is ten years old.",
        "I do not like it when people lie to me.",
    ],
    voice="Polite and exact. He asks one thing at a time.",
    tags=["lighthouse", "demo"],
    creator="Tableread",
)
ILSE = CharacterBase(
    name="Ilse Ruud",
    summary="A deckhand with a good memory and a bad reason to use it.",
    description="I am a deckhand on the mail boat. I am twenty-three years old and I grew up on the island.",
    statements=[
        "I saw that the lamp was dark at nine.",
        "I was on the pier that night.",
        "I am saving money to buy my own boat.",
        "I am good at knots and bad at letters.",
        "I love my dog, whose name is Pepper.",
    ],
    voice="Quick and teasing. She makes a joke when she is nervous.",
    tags=["lighthouse", "demo"],
    creator="Tableread",
)

INQUEST = ScenarioBase(
    name="The Lighthouse Inquest",
    summary="Three people know a third each of why the lamp was dark.",
    setting="It is March 1926 on the island of Skarholm. The lamp went out in the storm and a boat was lost. "
    "The inquest is held in the boathouse, because the chapel has no stove.",
    greeting="Thank you for coming. Please sit down. I want to know why the lamp was dark. Who was in the lamp room?",
    greeting_role_id="demo-inquest-magistrate",
    user_name="Clerk",
    turn_policy=TurnPolicy.MENTION,
    max_turns=24,
)
PIER = ScenarioBase(
    name="The Second Key",
    summary="A favour is asked on the pier before the mail boat leaves.",
    setting="It is early morning on the pier of Skarholm. The mail boat leaves in an hour. It is cold and quiet.",
    greeting="Good morning, Ilse. You are up early. Can I talk to you before the boat leaves?",
    greeting_role_id="demo-pier-keeper",
    user_name="Stranger",
    max_turns=20,
)

CAST = {"demo-mara": MARA, "demo-theo": THEO, "demo-ilse": ILSE}
SCENES = {
    "demo-inquest": (
        INQUEST,
        [
            ("magistrate", "demo-theo", "Find out who let the lamp go out.", ""),
            ("keeper", "demo-mara", "Keep your post.", "You fell asleep that night and the lamp went out."),
            ("deckhand", "demo-ilse", "Get home before dark.", "You took the second key from the hook."),
        ],
    ),
    "demo-pier": (
        PIER,
        [
            ("keeper", "demo-mara", "Get the second key back.", "You told nobody that the key is gone."),
            ("deckhand", "demo-ilse", "Find out what the key is worth to her.", "You have the key in your pocket."),
        ],
    ),
}


def main() -> None:
    """Builds one pack per scenario."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "demo.tableread")
        _fill(project)
        for number, (scenario_id, (scenario, _)) in enumerate(SCENES.items(), 1):
            out = HERE / f"{number}-{scenario.name.lower().replace(' ', '-')}.trpack"
            build_pack(project, scenario_id, out, licence="CC0-1.0", authors=("Tableread",), overwrite=True)
        project.close()


def _fill(project: Project) -> None:
    with project.append() as session:
        for character_id, character in CAST.items():
            session.add(Character.model_validate(character.model_dump() | {"id": character_id}))
        session.flush()
        for scenario_id, (scenario, roles) in SCENES.items():
            session.add(Scenario.model_validate(scenario.model_dump() | {"id": scenario_id}))
            session.flush()
            for position, (name, character_id, goal, secret) in enumerate(roles):
                role = RoleBase(name=name, goal=goal, secret=secret, position=position, character_id=character_id)
                ids = {"id": f"{scenario_id}-{name}", "scenario_id": scenario_id}
                session.add(Role.model_validate(role.model_dump() | ids))


if __name__ == "__main__":
    main()
