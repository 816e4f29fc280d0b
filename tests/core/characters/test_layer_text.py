"""The layers as the weights read them; and without layers, to the letter what the house weights were trained on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.characters.prompt import PERSONA_ORIGINS, BlockOrigin, Scene, join_blocks, render_system, without_persona
from core.characters.relations import Relation
from core.characters.trait_words import big_five_sentences, trait_sentences
from models.character import CharacterBase
from models.persona import BigFive, Trait
from models.scenario import RoleBase

GOLDEN = Path(__file__).parent / "golden" / "without_layers.txt"
EXAMPLE = CharacterBase(
    name="Mara Voss",
    description=(
        "I am the keeper of the Skarholm light. I am fifty-eight years old. I came to the island as a bride and"
        " stayed as a widow."
    ),
    personality="Patient, dry and slow to anger. She protects people by leaving things out.",
    statements=[
        "I have kept the Skarholm light for eleven winters.",
        "I never mention the sea by name.",
        "I own the second key to the lamp room.",
        "My brother drowned in 1911.",
    ],
    voice="Short, plain sentences. She answers questions with smaller questions, and says “the water”, never the sea.",
    knowledge="The tides, the lamp and its log, and who was out on the night of the wreck.",
    boundaries="She never leaves the island, and she never names the drowned.",
    situation="The boathouse at Skarholm, with the stove lit and rain on the roof.",
    example_dialogue="<START>\n{{user}}: Was the lamp lit that night?\n{{char}}: Is a lamp ever quite out, sir?",
)
WHOLE = {
    "social": {"age": 58, "gender": "woman", "nationality": "Norwegian", "residence": "Skarholm"},
    "career": {"occupation": "lighthouse keeper", "aspiration": "to keep her post", "skills": ["knots", "weather"]},
    "personal": {
        "big_five": {"openness": 30, "neuroticism": 8},
        "traits": [{"name": "stubborn", "degree": 70}],
        "values": ["duty", "silence"],
        "moral_level": 2,
    },
    "life": {
        "day": "Up at four",
        "likes": ["tea", "rain", "birds"],
        "dislikes": ["questions"],
        "essays": [{"title": "home", "text": "I never left."}],
    },
    "horizon": {
        "date": "March 1926",
        "place": "the island",
        "unknown": ["who paid Theo"],
        "secrets": ["She has the second key"],
    },
    "voice_rules": ["Answers {{user}} with questions"],
    "samples": ["The lamp doesn’t ask."],
    "memories": [{"text": "The wreck", "when": "autumn 1911"}],
}


def test_without_layers_the_text_is_what_it_was_to_the_letter() -> None:
    full = EXAMPLE.model_copy(
        update={
            "nickname": "Mara",
            "system_prompt": "Be brief. {{original}}",
            "personality": "{{char}} trusts {{user}}.",
        }
    )
    role = RoleBase(name="keeper", goal="Keep the post.", secret="You lit nothing.")
    scenes = [
        Scene(
            "Inquest",
            "A boathouse on {{user}}'s island.",
            "Speak English.",
            ("Mara Voss", "Theo Dane"),
            "Ann",
            thoughts,
        )
        for thoughts in (True, False)
    ]
    texts = [join_blocks(render_system(full, role, scene)) for scene in scenes]
    texts.append(join_blocks(render_system(EXAMPLE, RoleBase(), Scene("Untitled scene"))))
    texts.append(join_blocks(render_system(CharacterBase(name="Bo"), RoleBase(), Scene("S"))))
    assert "\n=====\n".join(texts) + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_layers_are_plain_sentences_in_the_second_person() -> None:
    mara = CharacterBase(name="Mara", layers=WHOLE)
    text = join_blocks(render_system(mara, RoleBase(emotion="afraid", style="curt"), Scene("S", user_name="Ann")))
    assert text == (
        "S.\n"
        "You are Mara.\n"
        "You are 58 years old. You are a woman. Your nationality: Norwegian. Your home: Skarholm.\n"
        "Your work: lighthouse keeper. You strive for this: to keep her post. Your skills: knots and weather.\n"
        "You are rather practical and set in your ways. You are very calm and hard to upset. You are rather stubborn.\n"
        "Your values: duty and silence. You mean well, and you have faults.\n"
        "Your usual day: Up at four.\n"
        "You like tea, rain and birds. You dislike questions.\n"
        "Your own words on home: I never left.\n"
        "Voice: Answers Ann with questions.\n"
        "You sound like this: “The lamp doesn’t ask.”\n"
        "It is March 1926 for you. You know nothing after March 1926.\n"
        "You know nothing beyond the island.\n"
        "You do not know this: who paid Theo.\n"
        "You hide this: She has the second key.\n"
        "You remember, autumn 1911: The wreck.\n"
        "Your manner here: curt\n"
        "You feel: afraid\n"
        "Speak only as Mara, one short turn at a time."
    )


def test_grounding_takes_every_layer_away_and_leaves_the_role() -> None:
    mara = EXAMPLE.model_copy(update={"layers": WHOLE})
    role = RoleBase(goal="g", secret="s", style="st", emotion="e", relations="r", personality="p")
    relation = Relation(other="Theo", label="the magistrate", trust=-30)
    blocks = render_system(mara, role, Scene("S"), [relation])
    kept = {block.origin for block in without_persona(blocks)}
    notes = {BlockOrigin.VARIANT, BlockOrigin.REMINDER}  # said at the end of the view, not in the system text
    assert {block.origin for block in blocks} - kept == PERSONA_ORIGINS - notes
    assert {BlockOrigin.NAME, BlockOrigin.ROLE_EMOTION, BlockOrigin.ROLE_STYLE, BlockOrigin.SECRET} <= kept


@pytest.mark.parametrize(
    ("degree", "sentence"),
    [
        (0, "You are not stubborn at all."),
        (20, "You are hardly stubborn."),
        (30, "You are a little stubborn."),
        (50, "You are as stubborn as most people."),
        (70, "You are rather stubborn."),
        (90, "You are stubborn."),
        (100, "You are very stubborn."),
    ],
)
def test_the_degree_of_a_trait_is_said_in_words(degree: int, sentence: str) -> None:
    assert trait_sentences([Trait(name="stubborn", degree=degree)]) == [sentence]


def test_a_trait_that_is_a_sentence_stands_as_it_is() -> None:
    assert trait_sentences([Trait(name="You love birds.", degree=10)]) == ["You love birds."]


@given(st.integers(0, 100))
def test_only_what_sets_somebody_apart_is_said(degree: int) -> None:
    said = big_five_sentences(BigFive(openness=degree))
    assert bool(said) == (not 40 <= degree <= 60)


def test_what_one_thinks_of_another_is_said_by_degrees() -> None:
    others = [
        Relation(other="Theo", label="the magistrate", trust=-80, power=-60, history="met once", belief="He was paid"),
        Relation(other="Ilse", trust=10, power=20),
        Relation(other="Nobody"),
    ]
    blocks = render_system(CharacterBase(name="Mara"), RoleBase(), Scene("S"), others)
    text = next(block.text for block in blocks if block.origin == BlockOrigin.RELATIONSHIPS)
    assert text == (
        "Theo, to you: the magistrate. You do not trust Theo at all. Theo has power over you. You and Theo: met once."
        " You believe of Theo: He was paid.\n"
        "You trust Ilse a little. You have some power over Ilse."
    )
