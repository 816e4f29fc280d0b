"""Persona sheets: everything is on them, as text, and nothing is loaded."""

import re
from collections.abc import Iterator

from hypothesis import given, settings

from core.characters.readable import pair_fields, readable_fields
from core.characters.relations import Relation
from core.interchange.persona_sheet import render_sheet
from models.character import CharacterBase
from models.persona import BigFive, Layer, Layers
from tests.core.interchange.samples import HOSTILE_WORDS, characters

MARA = CharacterBase(
    name="Mara <b>Voss</b>",
    summary="Keeps the light.",
    description=HOSTILE_WORDS,
    statements=["I keep the log.", "<script>alert(1)</script>"],
    layers={
        "social": {"age": 58, "residence": "above the lamp room"},
        "personal": {"big_five": {"openness": 70, "neuroticism": 5}, "traits": [{"name": "stubborn", "degree": 80}]},
        "life": {"essays": [{"title": "My day", "text": "Light and sleep."}], "likes": ["tea", "knots"]},
        "memories": [{"text": "The storm.", "when": "1911"}],
    },
)

FULL = CharacterBase(
    **{
        name: ["one", "two"] if name in {"statements", "alternate_greetings", "tags"} else f"Some {name}"
        for name in CharacterBase.model_fields
        if name not in {"layers", "fragment_ids", "card_extra", "portrait"}
    },
    layers={
        "social": {"age": 58}
        | dict.fromkeys(("gender", "pronouns", "nationality", "residence", "education", "family", "belief"), "word"),
        "personal": {
            "big_five": {"openness": 70},
            "traits": [{"name": "stubborn"}],
            "values": ["honesty"],
            "moral_level": 2,
        },
        "life": {
            "day": "Work.",
            "likes": ["tea"],
            "dislikes": ["rain"],
            "interests": ["maps"],
            "essays": [{"title": "Me", "text": "I am."}],
        },
        "career": {"occupation": "keeper", "aspiration": "rest", "skills": ["knots"]},
        "horizon": {"date": "1926", "place": "the island", "unknown": ["radio"], "secrets": ["letters"]},
        "voice_rules": ["Short."],
        "samples": ["Tea?"],
        "memories": [{"text": "The storm."}],
        "variants": [{"name": "Stern", "situations": ["somebody lies"], "text": "You do not smile."}],
        "expressions": {"joy": "0" * 64},
    },
)


def test_everything_is_on_the_sheet_as_text() -> None:
    html = render_sheet(MARA, [Relation(other="Theo", trust=-60)], (b"picture", "image/png"))
    for text in (
        "Mara &lt;b&gt;Voss&lt;/b&gt;",
        "58",
        "above the lamp room",
        "stubborn (80 %)",
        "My day: Light and sleep.",
        "1911: The storm.",
        "You distrust Theo.",
        "data:image/png;base64,cGljdHVyZQ==",
        "Big Five: openness 70, neuroticism 5",
    ):
        assert text in html
    assert "<script" not in html
    assert not re.search(r"(?:src|href)=\"(?!data:)", html)


@settings(max_examples=40, deadline=None)
@given(characters)
def test_any_character_makes_a_sheet_without_markup_of_its_own(character: CharacterBase) -> None:
    character.description += "<i>x</i><svg onload=y>"
    html = render_sheet(character)
    assert "<i>" not in html
    assert "onload=y>" not in html


@settings(max_examples=40, deadline=None)
@given(characters, characters)
def test_pairs_show_what_either_fills_and_agree_with_each_alone(one: CharacterBase, other: CharacterBase) -> None:
    pairs = pair_fields(one, other)
    assert [left for left, _right in pairs if left.text] == readable_fields(one)
    assert [right for _left, right in pairs if right.text] == readable_fields(other)
    assert all(left.path == right.path for left, right in pairs)


NOT_TEXT = {"layers", "fragment_ids", "card_extra", "portrait"}
"""Fields of a character that are structure, ids or bytes."""


def leaves(layer: type[Layer], above: str) -> Iterator[str]:
    """Yields the path of every field of the layers that holds something of its own; the five factors are one."""
    for name, field in layer.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Layer) and kind is not BigFive:
            yield from leaves(kind, f"{above}.{name}")
        else:
            yield f"{above}.{name}"


def test_no_field_of_a_character_is_left_out() -> None:
    everything = {field.path for pair in pair_fields(FULL, FULL) for field in pair}
    assert everything == (set(CharacterBase.model_fields) - NOT_TEXT) | set(leaves(Layers, "layers"))


def test_what_differs_in_any_field_is_seen() -> None:
    empty = CharacterBase(name="Mara")
    for field in readable_fields(FULL):
        pairs = {one.path: (one.text, other.text) for one, other in pair_fields(FULL, empty)}
        assert pairs[field.path][0] != pairs[field.path][1]


def test_an_empty_character_has_a_sheet() -> None:
    assert "<svg" not in render_sheet(CharacterBase(name="Nobody"))
