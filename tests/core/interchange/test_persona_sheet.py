"""Persona sheets: everything is on them, as text, and nothing is loaded."""

import re

from hypothesis import given, settings

from core.characters.readable import pair_fields, readable_fields
from core.characters.relations import Relation
from core.interchange.persona_sheet import render_sheet
from models.character import CharacterBase
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


def test_an_empty_character_has_a_sheet() -> None:
    assert "<svg" not in render_sheet(CharacterBase(name="Nobody"))
