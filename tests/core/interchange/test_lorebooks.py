"""Lorebooks of other programs: read, written again, and the same in meaning, whatever is unknown in them."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.interchange.character_books import take_book, with_books
from core.interchange.lorebook_cards import format_card_book, parse_card_book
from core.interchange.lorebook_novelai import format_novelai, parse_novelai
from core.interchange.lorebook_worlds import format_world, parse_world
from core.interchange.lorebooks import (
    LorebookForm,
    book_of_pairs,
    format_lorebook,
    is_lorebook,
    parse_lorebook,
    read_lorebook,
    write_lorebook,
)
from models.character import CharacterBase
from models.lore import LorebookDraft, LoreEntryBase, LorePosition
from tests.core.interchange.samples import json_values, unknown_fields, words

law = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
counts = st.integers(0, 1000)
flags = st.booleans()
WORLD_FIELDS = {
    "key": st.lists(words, max_size=3),
    "keysecondary": st.lists(words, max_size=2),
    "comment": words,
    "content": words,
    "constant": flags,
    "vectorized": flags,
    "selective": flags,
    "selectiveLogic": st.integers(0, 3),
    "addMemo": flags,
    "order": st.integers(-500, 500),
    "position": st.integers(0, 7),
    "disable": flags,
    "ignoreBudget": flags,
    "excludeRecursion": flags,
    "preventRecursion": flags,
    "delayUntilRecursion": flags | counts,
    "probability": st.integers(0, 100),
    "useProbability": flags,
    "depth": counts,
    "outletName": words,
    "group": words,
    "groupOverride": flags,
    "groupWeight": counts,
    "scanDepth": st.none() | counts,
    "caseSensitive": st.none() | flags,
    "matchWholeWords": st.none() | flags,
    "useGroupScoring": st.none() | flags,
    "automationId": words,
    "role": st.integers(0, 2),
    "sticky": st.none() | counts,
    "cooldown": st.none() | counts,
    "delay": st.none() | counts,
    "matchPersonaDescription": flags,
    "matchScenario": flags,
    "triggers": st.lists(words, max_size=2),
    "characterFilter": st.fixed_dictionaries(
        {"names": st.lists(words, max_size=2), "tags": st.lists(words, max_size=2), "isExclude": flags}
    ),
}
world_entries = st.builds(
    lambda known, unknown: unknown | known, st.fixed_dictionaries({}, optional=WORLD_FIELDS), unknown_fields
)
worlds = st.builds(
    lambda entries, fields: (
        fields | {"entries": {str(number): {"uid": number, **entry} for number, entry in enumerate(entries)}}
    ),
    st.lists(world_entries, max_size=4),
    unknown_fields,
)
EXTENSIONS = {
    "position": st.integers(0, 7),
    "depth": counts,
    "role": st.integers(0, 2),
    "outlet_name": words,
    "probability": st.integers(0, 100),
    "useProbability": flags,
    "selectiveLogic": st.integers(0, 3),
    "exclude_recursion": flags,
    "prevent_recursion": flags,
    "delay_until_recursion": counts,
    "group": words,
    "group_override": flags,
    "group_weight": counts,
    "scan_depth": st.none() | counts,
    "match_whole_words": st.none() | flags,
    "case_sensitive": st.none() | flags,
    "sticky": counts,
    "cooldown": counts,
    "match_creator_notes": flags,
    "display_index": counts,
}
card_entries = st.builds(
    lambda fields, extensions, unknown: unknown | fields | {"extensions": extensions},
    st.fixed_dictionaries(
        {
            "keys": st.lists(words, max_size=3),
            "content": words,
            "enabled": flags,
            "insertion_order": st.integers(-500, 500),
            "use_regex": flags,
        },
        optional={
            "constant": flags,
            "selective": flags,
            "secondary_keys": st.lists(words, max_size=2),
            "name": words,
            "comment": words,
            "priority": st.integers(-9, 9),
            "id": st.integers() | words,
            "position": st.sampled_from(["before_char", "after_char"]),
        },
    ),
    st.builds(lambda known, unknown: unknown | known, st.fixed_dictionaries({}, optional=EXTENSIONS), unknown_fields),
    unknown_fields,
)
card_books = st.builds(
    lambda fields, entries, unknown: unknown | fields | {"entries": entries},
    st.fixed_dictionaries(
        {"extensions": unknown_fields},
        optional={
            "name": words,
            "description": words,
            "scan_depth": counts,
            "token_budget": counts,
            "recursive_scanning": flags,
        },
    ),
    st.lists(card_entries, max_size=3),
    unknown_fields,
)
NOVELAI_ENTRY = {
    "text": words,
    "displayName": words,
    "keys": st.lists(words, max_size=3),
    "enabled": flags,
    "forceActivation": flags,
    "id": words,
    "contextConfig": st.fixed_dictionaries(
        {"prefix": words, "budgetPriority": st.integers(-500, 500), "insertionPosition": st.integers(-9, 9)}
    ),
    "searchRange": counts,
    "category": st.sampled_from(["", "c1", "c2", "c9"]),
    "loreBiasGroups": st.lists(json_values, max_size=1),
}
novelai_books = st.builds(
    lambda entries, unknown, categories: (
        unknown
        | {
            "lorebookVersion": 4,
            "entries": entries,
            "settings": {"orderByKeyLocations": False},
            "categories": categories,
        }
    ),
    st.lists(
        st.builds(lambda known, unknown: unknown | known, st.fixed_dictionaries(NOVELAI_ENTRY), unknown_fields),
        max_size=3,
    ),
    unknown_fields,
    st.lists(
        st.sampled_from([{"id": "c1", "name": "People", "enabled": True}, {"id": "c2", "name": "Places", "x": 1}]),
        max_size=2,
        unique_by=lambda category: category["id"],
    ),
)
drafts = st.builds(
    lambda fields, entries: LorebookDraft.model_validate(
        fields | {"entries": [entry | {"place": place} for place, entry in enumerate(entries)]}
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "name": words,
            "description": words,
            "enabled": flags,
            "folders": st.lists(words.filter(bool), max_size=2, unique=True),
            "settings": st.fixed_dictionaries(
                {}, optional={"scan_depth": counts, "whole_words": flags, "recursive": flags}
            ),
        },
    ),
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "name": words,
                "comment": words,
                "keys": st.lists(words, max_size=2),
                "content": words,
                "folder": words,
                "use_regex": flags,
                "priority": st.none() | st.integers(-9, 9),
                "position": st.sampled_from([position.value for position in LorePosition]),
                "filter_names": st.lists(words, max_size=2),
                "recursion_level": st.integers(0, 3),
                "sticky": counts,
                "match_scenario": flags,
                "case_sensitive": st.none() | flags,
                "order": st.integers(-9, 900),
                "selective": flags,
            },
        ),
        max_size=3,
    ),
)


def same_but_for_defaults(read: Any, written: Any) -> bool:
    """Tells whether everything that was read is written the same; nulls, and what we write besides, aside."""
    if isinstance(read, dict) and isinstance(written, dict):
        return all(
            same_but_for_defaults(value, written.get(key)) or (key == "position" and isinstance(value, str))
            for key, value in read.items()
            if value is not None
        )
    if isinstance(read, list) and isinstance(written, list):
        return len(read) == len(written) and all(map(same_but_for_defaults, read, written))
    return read == written or (read == 0 and written is None)


@law
@given(worlds)
def test_worlds_come_back(world: dict[str, Any]) -> None:
    warnings: list[str] = []
    draft = parse_world(world, "x", warnings)
    written = format_world(draft)
    assert same_but_for_defaults(world, written), written
    assert parse_world(json.loads(json.dumps(written)), "x", []) == parse_world(written, "x", [])
    assert format_world(parse_world(written, "x", [])) == written
    assert warnings == []


@law
@given(card_books)
def test_books_of_cards_come_back(book: dict[str, Any]) -> None:
    warnings: list[str] = []
    draft = parse_card_book(book, "x", warnings)
    assert draft is not None
    written = format_card_book(draft)
    assert same_but_for_defaults(book, written), written
    again = parse_card_book(written, "x", [])
    assert again is not None
    assert _plain(again) == _plain(draft)
    assert same_but_for_defaults(written, format_card_book(again))
    assert warnings == []


@law
@given(novelai_books)
def test_books_of_novelai_come_back(book: dict[str, Any]) -> None:
    draft = parse_novelai(book, "x", [])
    assert format_novelai(draft) == book
    assert parse_novelai(format_novelai(draft), "x", []) == draft


@pytest.mark.parametrize("form", LorebookForm)
@law
@given(draft=drafts)
def test_our_own_books_come_back_from_every_kind_of_file(form: LorebookForm, draft: LorebookDraft) -> None:
    back = parse_lorebook(format_lorebook(draft, form), "x").book
    assert _plain(back) == _plain(draft)


@pytest.mark.parametrize("over", LorebookForm)
@law
@given(world=worlds)
def test_what_one_program_knows_travels_through_the_files_of_another(over: LorebookForm, world: dict[str, Any]) -> None:
    draft = parse_world(world, "x", [])
    there = parse_lorebook(format_lorebook(draft, over), "x").book
    assert same_but_for_defaults(world, format_world(there))


def _plain(draft: LorebookDraft) -> dict[str, Any]:
    """What an author wrote, without what files had besides."""
    fields = draft.model_dump(exclude={"extra", "entries", "folders"})
    entries = [entry.model_dump(exclude={"extra"}) for entry in draft.entries]
    for entry in entries:
        entry["comment"] = entry["comment"] or entry["name"]
    return fields | {"entries": entries}


@law
@given(json_values | worlds | card_books | novelai_books, st.sampled_from(["a.json", "b.lorebook"]))
def test_anything_is_read_or_refused_in_a_sentence(value: Any, name: str) -> None:
    with suppress(UserError):
        parse_lorebook(json.dumps(value).encode(), name)


@law
@given(st.dictionaries(st.sampled_from(sorted(WORLD_FIELDS)), json_values, max_size=6))
def test_odd_values_are_kept_and_said(entry: dict[str, Any]) -> None:
    warnings: list[str] = []
    draft = parse_world({"entries": {"0": entry}}, "x", warnings)
    written = format_world(draft)["entries"]["0"]
    if not warnings and "characterFilter" not in entry:
        return
    for warning in warnings:
        key = warning.split("entries.")[1].split("”")[0]
        if "." not in key:
            assert written[key] == entry[key]


def test_the_real_novelai_book(cases: Path) -> None:
    path = cases / "lore" / "New Story (Wed Oct 26 2022).lorebook"
    found = read_lorebook(path)
    assert found.form == LorebookForm.NOVELAI
    assert [entry.name for entry in found.book.entries] == ["New Lorebook Entry"]
    found.book.name = ""
    assert json.loads(format_lorebook(found.book, LorebookForm.NOVELAI)) == json.loads(path.read_bytes())


def test_edits_arrive_in_every_kind_of_file() -> None:
    world = {"entries": {"7": {"uid": 7, "key": ["a"], "content": "one", "x_own": [1]}}}
    draft = parse_world(world, "x", [])
    draft.entries[0].content = "two"
    draft.entries.append(LoreEntryBase(keys=["b"], place=1))
    written = format_world(draft)["entries"]
    assert (written["7"]["content"], written["7"]["x_own"], written["0"]["key"]) == ("two", [1], ["b"])


def test_a_card_carries_the_books_of_its_character() -> None:
    character = CharacterBase(name="Mara", card_extra={"book": {"entries": [{"keys": ["a"], "content": "b"}]}})
    book = take_book(character, "x", [])
    assert book is not None
    assert (book.name, character.card_extra) == ("Mara", {})
    again = with_books(character, [book, LorebookDraft(entries=[LoreEntryBase(keys=["c"])])])
    assert [entry["keys"] for entry in again.card_extra["book"]["entries"]] == [["a"], ["c"]]
    assert "name" not in again.card_extra["book"]
    assert character.card_extra == {}


def test_files_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    draft = book_of_pairs("Keys", [("a, b", "text")])
    for form in LorebookForm:
        path = tmp_path / f"{form}.json"
        write_lorebook(path, draft, form)
        assert is_lorebook(path.read_bytes())
        found = read_lorebook(path)
        assert (found.form, found.book.name, found.book.entries[0].keys) == (form, "Keys", ["a", "b"])
    assert not is_lorebook(b'{"name": "Mara", "description": "x"}')
    assert not is_lorebook(b"\x89PNG")
    (tmp_path / "no.json").write_text('{"a": 1}')
    with pytest.raises(UserError, match="is no lorebook"):
        read_lorebook(tmp_path / "no.json")


@pytest.mark.parametrize(
    "document",
    [
        {"entries": {"0": 1}},
        {"lorebookVersion": 4, "entries": [1]},
        {"spec": "lorebook_v3", "data": {"entries": [1]}},
        {"entries": {"0": {"content": "x" * 1_000_001}}},
    ],
)
def test_what_is_no_book_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        parse_lorebook(json.dumps(document).encode(), "x.json")
