"""Dead and shadowed lore."""

from typing import Any

import pytest

from core.authoring.lore_lint import find_lore_faults
from models.lore import LoreEntry


def entry(**fields: Any) -> LoreEntry:
    return LoreEntry.model_validate({"id": "e", "book_id": "b", "content": "It is old.", "keys": ["lamp"], **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"keys": [" "]}, "has no key"),
        ({"content": "@@depth 2\n "}, "has no text"),
        ({"probability": 0}, "probability is 0"),
        ({"content": "@@dont_activate\nIt is old."}, "@@dont_activate"),
        ({"keys": ["/la(mp/"]}, "no pattern"),
        ({"keys": ["la(mp"], "use_regex": True}, "no pattern"),
        ({"keys": ["Lamp room", "lamp"]}, "“lamp” finds the same"),
    ],
)
def test_what_can_never_be_found_is_named(fields: dict[str, Any], words: str) -> None:
    (finding,) = find_lore_faults([entry(**fields)])
    assert words in finding.sentence
    assert finding.place.path == "lore.b#e"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"keys": [], "constant": True},
        {"keys": [], "content": "@@additional_keys lamp\nIt is old."},
        {"keys": [], "enabled": False},
        {"probability": 0, "use_probability": False},
        {"keys": ["lamp", "lamps"]},
        {"keys": ["/lamp(s)?/i"]},
    ],
)
def test_what_can_be_found_is_left_alone(fields: dict[str, Any]) -> None:
    assert list(find_lore_faults([entry(**fields)])) == []


def test_an_entry_that_always_loses_its_group_is_shadowed() -> None:
    winner = entry(id="w", name="Winner", keys=["lamp", "light"], group="g", group_override=True)
    loser = entry(name="Loser", group="G, h")
    (finding,) = find_lore_faults([winner, loser])
    assert "“Loser” is always shadowed by “Winner”" in finding.sentence
    assert list(find_lore_faults([winner, entry(keys=["sea"], group="g")])) == []
