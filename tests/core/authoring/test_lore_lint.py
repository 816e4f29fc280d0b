"""Dead and shadowed lore."""

from pathlib import Path
from typing import Any

import pytest

from core.authoring.lore_lint import find_faults_of_character, find_lore_faults
from core.library.characters import create_character
from core.library.lore import create_book
from core.project import Project
from models.character import CharacterBase
from models.lore import LorebookDraft, LoreEntry, LoreEntryBase


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


def test_keys_that_differ_in_case_are_others_where_case_counts() -> None:
    keys = ["bill", "Bill Clinton"]
    assert list(find_lore_faults([entry(keys=keys, case_sensitive=True)])) == []
    assert list(find_lore_faults([entry(keys=keys)], exact_books={"b"})) == []
    assert len(list(find_lore_faults([entry(keys=keys, case_sensitive=False)], exact_books={"b"}))) == 1
    assert len(list(find_lore_faults([entry(keys=["Bill", "Bill Clinton"], case_sensitive=True)]))) == 1
    winner = entry(id="w", keys=["bill"], group="g", group_override=True, case_sensitive=True)
    assert list(find_lore_faults([winner, entry(keys=["bill"], group="g")])) == []
    assert len(list(find_lore_faults([winner, entry(keys=["bill"], group="g", case_sensitive=True)]))) == 1


def test_books_say_whether_case_counts(tmp_path: Path) -> None:
    empty = Project(tmp_path / "a.tableread")
    character = create_character(empty, CharacterBase(name="Mara"))
    draft = LorebookDraft(entries=[LoreEntryBase(keys=["bill", "Bill Clinton"], content="x")])
    create_book(empty, draft, character_id=character.id)
    assert len(find_faults_of_character(empty, character.id)) == 1
    draft.settings = {"case_sensitive": True}
    other = create_character(empty, CharacterBase(name="Theo"))
    create_book(empty, draft, character_id=other.id)
    assert find_faults_of_character(empty, other.id) == []
    empty.close()


def test_hundreds_of_keys_and_entries_are_checked() -> None:
    keys = [f"the word {number} of it" for number in range(400)]
    entries = [entry(id=str(number), keys=[key], group="g") for number, key in enumerate(keys)]
    entries += [entry(id=f"w{number}", keys=[key], group="g", group_override=True) for number, key in enumerate(keys)]
    assert len(list(find_lore_faults([*entries, entry(keys=[*keys, "word"])]))) == 400 + 400
