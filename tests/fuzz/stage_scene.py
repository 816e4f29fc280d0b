"""A scene of four with everything on that the stage has: memory, minds, hearing, narrator, turn-taking, lore."""

from core.library.beats import add_beat, list_links, update_link
from core.library.characters import create_character
from core.library.lore import add_entries, create_book
from core.library.scenarios import create_scenario
from core.project import Project
from models.beat import BeatBase
from models.character import CharacterBase
from models.lore import LorebookBase, LoreEntryBase
from models.scenario import RoleBase, Scenario, ScenarioBase, TurnPolicy
from models.stage import (
    EndingRules,
    HearingRules,
    MemoryRules,
    MindRules,
    NarratorMode,
    NarratorRules,
    PlanRules,
    Reasoning,
    Recall,
    StageRules,
    ThoughtRules,
    ThoughtState,
    TurnTakingRules,
)

EVERYTHING = StageRules(
    memory=MemoryRules(recall=Recall.GENERATIVE, sessions=True, reflects=True, reflect_at=12.0, asks_importance=True),
    thought=ThoughtRules(reasoning=Reasoning.BOUNDED, max_tokens=16, states=tuple(ThoughtState), about_others=True),
    plan=PlanRules(plans=True, revise_every=2, asks_weights=True),
    mind=MindRules(mood=True, workspace=True, variants=True, guards_horizon=True, reminders=True),
    hearing=HearingRules(by_place=True, overhears=0.4, learns=True),
    narrator=NarratorRules(mode=NarratorMode.WEIGHTS, asks_for_acts=True, advances_after=4),
    turns=TurnTakingRules(gate=0.4, reply_probability=0.6),
    ending=EndingRules(natural=False, loop_guard=False),
)
PEOPLE = {
    "Mara Voss": "Mara keeps the light. Mara is afraid of losing her post.",
    "Theo Dane": "Theo is the magistrate. Theo writes everything down.",
    "Ilse Ruud": "Ilse is a deckhand. Ilse saw that the lamp was dark.",
    "Bo Lind": "Bo sells fish. Bo owes money to everybody.",
}
LAYERS = {
    "horizon": {"date": "March 1926", "place": "the island"},
    "variants": [{"name": "fierce", "situations": ["somebody lies"], "text": "You shout."}],
    "memories": [{"text": "The bell rang all night.", "importance": 7}],
}
WORLD = {
    "variables": [{"name": "tension", "low": 0, "high": 9, "start": 1, "is_public": True}],
    "places": [
        {"id": "boathouse", "name": "Boathouse", "adjacent": ["pier"]},
        {"id": "pier", "name": "Pier", "adjacent": ["boathouse"]},
    ],
    "props": [{"name": "key", "place": "boathouse"}, {"name": "lamp", "place": "boathouse", "states": ["dark", "lit"]}],
    "facts": [{"id": "f1", "text": "Mara had the second key.", "is_secret": True}],
}


def add_scene(project: Project, max_turns: int, policy: TurnPolicy = TurnPolicy.BIDDING) -> Scenario:
    """Adds the scene with its cast, a world, beats and a book of lore."""
    roles = []
    for name, statements in PEOPLE.items():
        card = CharacterBase(name=name, statements=statements.split(". "), layers=LAYERS, boundaries="Never swears.")
        character = create_character(project, card)
        roles.append(RoleBase(name=name.split()[0].lower(), character_id=character.id, goal="Find out who lied."))
    scene = ScenarioBase(
        name="Everything",
        setting="A boathouse in a storm.",
        greeting="Who had the second key?",
        max_turns=max_turns,
        turn_policy=policy,
        world=WORLD,
        stage=EVERYTHING.to_document(),
    )
    scenario = create_scenario(project, scene, roles)
    from_id = ""
    for name, text in (("start", ""), ("search", "Somebody opens the chest."), ("quarrel", "The lamp goes out.")):
        beat = add_beat(project, scenario.id, BeatBase(name=name, text=text, effects="tension + 1"), from_id)
        from_id = beat.id
    for link in list_links(project, scenario.id):
        update_link(project, link.id, condition="tension >= 3")
    book = create_book(project, LorebookBase(name="The island"), scenario_id=scenario.id)
    add_entries(
        project,
        book.id,
        [
            LoreEntryBase(keys=["key", "lamp"], content="There are two keys to the lamp room."),
            LoreEntryBase(keys=["storm"], content="The storm took a boat.", probability=50),
        ],
    )
    return scenario
