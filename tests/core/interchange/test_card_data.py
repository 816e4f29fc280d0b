"""Cards as JSON objects: the law, and each version's fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.interchange.card_data import format_card_object, format_v2_object, main_icon, parse_card_object
from models.character import CharacterBase
from models.fields import MAX_TEXT_CHARS
from tests.core.interchange.samples import books, characters, json_values, names, unknown_fields, words

V1 = {
    "name": "Mara",
    "description": "Keeps the light.",
    "personality": "Dry",
    "scenario": "At night",
    "first_mes": "Who is there?",
    "mes_example": "<START>\n{{char}}: No.",
}


def parse(card: Any) -> tuple[CharacterBase, list[str]]:
    warnings: list[str] = []
    return parse_card_object(card, "mara.json", warnings), warnings


def v2(**fields: Any) -> dict[str, Any]:
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": V1 | {"extensions": {}} | fields}


def v3(**fields: Any) -> dict[str, Any]:
    return v2(group_only_greetings=[], **fields) | {"spec": "chara_card_v3", "spec_version": "3.0"}


def meaning(card: dict[str, Any]) -> dict[str, Any]:
    """Returns what a card says: an empty field says what a missing one does."""
    data = card.get("data", card)
    return {key: value for key, value in data.items() if value not in ("", [], {}, None) and not key.startswith("spec")}


@given(characters)
def test_format_and_parse_are_each_other_s_other_half(character: CharacterBase) -> None:
    assert parse(format_card_object(character)) == (character, [])


@given(characters)
def test_what_is_written_is_a_complete_v3_card(character: CharacterBase) -> None:
    card = format_card_object(character)
    assert (card["spec"], card["spec_version"]) == ("chara_card_v3", "3.0")
    required = {*V1, "creator_notes", "system_prompt", "post_history_instructions", "alternate_greetings", "tags"}
    required |= {"creator", "character_version", "extensions", "group_only_greetings"}
    assert required <= card["data"].keys()
    assets = card["data"].get("assets")
    assert assets is None or main_icon(assets) is not None
    for entry in card["data"].get("character_book", {}).get("entries", []):
        assert {"keys", "content", "extensions", "enabled", "insertion_order", "use_regex"} <= entry.keys()


@given(characters)
def test_the_v2_card_reads_as_the_same_character_but_for_what_v2_lacks(character: CharacterBase) -> None:
    back, warnings = parse(format_v2_object(character))
    assert warnings == []
    lacking = {"nickname", "card_extra"}
    assert back.model_dump(exclude=lacking) == character.model_dump(exclude=lacking)
    assert back.card_extra.get("data", {}).get("extensions") == character.card_extra.get("data", {}).get("extensions")


@given(
    st.fixed_dictionaries(
        {"name": names, "extensions": unknown_fields},
        optional={
            **dict.fromkeys([*list(V1)[1:], "creator_notes", "system_prompt", "creator", "character_version"], words),
            "tags": st.lists(words, max_size=2),
            "alternate_greetings": st.lists(words, max_size=2),
            "character_book": books,
            "nickname": words,
            "x_own": json_values,
            "source": st.lists(words, max_size=2),
            "group_only_greetings": st.lists(words, max_size=2),
            "creation_date": st.integers(min_value=0),
            "modification_date": st.integers(min_value=0),
        },
    )
)
def test_an_imported_card_is_written_back_with_the_same_meaning(data: dict[str, Any]) -> None:
    card = {"spec": "chara_card_v3", "spec_version": "3.0", "data": data, "create_date": "2023"}
    character, warnings = parse(card)
    written = format_card_object(character)
    assert warnings == []
    assert meaning(written) == meaning(card)
    assert written["create_date"] == "2023"


def test_v1_fields_land_in_the_right_places() -> None:
    character, warnings = parse(V1 | {"metadata": {"tool": "x"}})
    assert warnings == []
    assert character == CharacterBase(
        name="Mara",
        description="Keeps the light.",
        personality="Dry",
        situation="At night",
        greeting="Who is there?",
        example_dialogue="<START>\n{{char}}: No.",
        card_extra={"top": {"metadata": {"tool": "x"}}},
    )
    assert format_card_object(character)["metadata"] == {"tool": "x"}


def test_older_names_of_the_same_fields_are_known() -> None:
    character, _ = parse({"char_name": "Mara", "char_persona": "Dry", "char_greeting": "Hm.", "creatorcomment": "mine"})
    assert (character.name, character.description, character.greeting) == ("Mara", "Dry", "Hm.")
    assert character.creator_notes == "mine"


def test_data_is_the_truth_and_what_stands_beside_it_is_not() -> None:
    card = v2(name="Right", creator="me") | {
        "name": "Stale",
        "description": "Stale",
        "tags": "",
        "talkativeness": "0.5",
    }
    character, _ = parse(card)
    assert (character.name, character.description, character.creator) == ("Right", "Keeps the light.", "me")
    assert character.card_extra == {"top": {"talkativeness": "0.5"}}


def test_our_own_fields_travel_as_an_extension() -> None:
    character = CharacterBase(name="Mara", voice="Low", statements=["I keep the log."])
    card = format_card_object(character)
    assert card["data"]["extensions"] == {"tableread": {"voice": "Low", "statements": ["I keep the log."]}}
    card["data"]["extensions"]["tableread"]["of_tomorrow"] = 1
    back, _ = parse(card)
    assert back.card_extra == {"data": {"extensions": {"tableread": {"of_tomorrow": 1}}}}
    assert format_card_object(back) == card


def test_entries_of_old_books_are_completed() -> None:
    character, _ = parse(v2(character_book={"entries": [{"keys": ["lamp"], "content": "Out."}]}))
    assert character.card_extra["book"]["entries"] == [
        {
            "keys": ["lamp"],
            "content": "Out.",
            "extensions": {},
            "enabled": True,
            "insertion_order": 0,
            "use_regex": False,
        }
    ]


def test_decorators_are_kept_in_v3_and_dropped_in_v2() -> None:
    content = "@@depth 4\n  @@@role user\nThe lamp is out.\n@@not one"
    character, _ = parse(v3(character_book={"entries": [{"keys": [], "content": content}]}))
    assert format_card_object(character)["data"]["character_book"]["entries"][0]["content"] == content
    plain = format_v2_object(character)["data"]["character_book"]["entries"][0]["content"]
    assert plain == "The lamp is out.\n@@not one"


def test_the_v2_card_has_no_fields_of_v3_and_mirrors_v1() -> None:
    character, _ = parse(v3(nickname="M", source=["https://x"], creation_date=5, assets=[]))
    card = format_v2_object(character)
    assert (card["spec"], card["spec_version"], card["name"]) == ("chara_card_v2", "2.0", "Mara")
    assert not {"nickname", "source", "creation_date", "group_only_greetings"} & card["data"].keys()


def test_default_icons_say_nothing_and_a_main_one_is_added_beside_others() -> None:
    happy = {"type": "emotion", "uri": "https://x/h.png", "name": "happy", "ext": "png"}
    default = {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "jpeg"}
    character, _ = parse(v3(assets=[default, happy]))
    assert character.card_extra == {"data": {"assets": [happy]}}
    assert format_card_object(character)["data"]["assets"] == [default | {"ext": "png"}, happy]
    assert parse(v3(assets=[default]))[0].card_extra == {}


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (v3() | {"spec_version": "3.1"}, "newer version"),
        (v3() | {"spec_version": 4}, "newer version"),
        (v3() | {"spec": "chara_card_v9"}, "unknown kind"),
        (V1 | {"spec": "chara_card_v2"}, "its V1 fields were read"),
        (v2(name=""), "called like the file"),
        (v2(name=None), "called like the file"),
        (v2(name="x" * 300), "cut to 200 characters"),
        (v2(description=["one", "two"]), "made from several lines"),
        (v2(description=3.5), "“data.description” was made into text"),
        (v2(tags="one"), "made into a list"),
        (v2(character_book={"entries": {"0": {"keys": []}}}), "made into a list"),
        (v3(creation_date="yesterday"), "creation_date” was left out"),
        (v3(creator_notes_multilingual=[]), "multilingual” was left out"),
    ],
)
def test_odd_cards_load_with_a_warning(card: dict[str, Any], words: str) -> None:
    character, warnings = parse(card)
    assert any(words in warning for warning in warnings), warnings
    assert parse(format_card_object(character)) == (character, [])


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ([V1, V1], "a list of records"),
        ("Mara", "a single value"),
        (None, "a single value"),
        ({}, "no character card: it has nothing"),
        ({"type": "TinyPerson", "persona": {}}, "it has “type”, “persona”"),
        ({"name": "Mara"}, "no character card"),
        ({"spec": "lorebook_v3", "data": {"entries": []}}, "a lorebook"),
        ({"entries": {"0": {}}}, "a lorebook"),
        ({"spec": "chara_card_v2", "data": "text"}, "the field “data” should be an object"),
        (v2(description={"a": 1}), "“data.description” should be text, but is an object"),
        (v2(description=[{"a": 1}]), "“data.description” should be text, but is a list"),
        (v2(tags=[{"a": 1}]), "“data.tags” should be text, but is an object"),
        (v2(character_book=[1]), "“data.character_book” should be an object, but is a list"),
        (v2(character_book={"entries": [1]}), "“character_book.entries” should be a list of objects"),
        (v2(extensions="none"), "“data.extensions” should be an object, but is text"),
        (v2(extensions={"tableread": {"voice": {}}}), "“data.extensions.tableread.voice” should be text"),
        (v2(description="x" * (MAX_TEXT_CHARS + 1)), "“data.description” is longer than 1,000,000"),
    ],
)
def test_what_cannot_be_mended_is_refused_by_name(card: Any, words: str) -> None:
    with pytest.raises(UserError, match=r"^mara\.json") as caught:
        parse(card)
    assert words in caught.value.message
    assert caught.value.hint


@given(json_values)
def test_any_json_is_a_character_or_a_sentence(value: Any) -> None:
    for card in (
        value,
        {"spec": "chara_card_v3", "data": value},
        V1 | {"tags": value},
        v3(assets=value),
        v3(extensions=value),
    ):
        try:
            character, _ = parse(card)
        except UserError:
            continue
        assert parse(format_card_object(character)) == (character, [])
