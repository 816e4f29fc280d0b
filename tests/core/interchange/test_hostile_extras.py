"""What a pack or a card brings in `card_extra` may be anything: the character can always be shown and written again."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.commands import card as card_command
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.interchange import archive_members, byaf, companion
from core.interchange.archive_members import find_path_fault, format_members, read_members
from core.interchange.card_extra import members_of
from core.interchange.cards import Card, format_card_charx, format_card_json, parse_card
from core.interchange.contents import Contents
from core.interchange.foreign_files import parse_contents
from core.interchange.foreign_rows import card_of
from core.interchange.foreign_writers import character_formats
from core.interchange.free_paths import FreePaths
from core.interchange.packs import build_pack, import_pack, read_pack
from core.library.characters import create_character, list_characters
from core.library.scenarios import create_scenario
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from tests.core.interchange.samples import json_values, picture

SHA = "a" * 64
KEPT = {
    "manifest": {"characters": ["a.json"]},
    "path": "a.json",
    "character": {},
    "scenarios": [],
    "scenario_paths": [],
}
ORIGINALS: list[Any] = [
    {},
    {"path": 5},
    KEPT | {"path": "../../evil.json"},
    KEPT | {"path": "manifest.json"},
    KEPT | {"scenario_paths": ["../s.json"], "scenarios": [{}]},
    KEPT | {"scenario_paths": ["a.json", 5], "scenarios": [7]},
    KEPT | {"manifest": []},
    KEPT | {"character": {"name": "Mara", "images": [{"path": "../evil.png"}, 5]}},
    KEPT | {"character": {"name": "Mara", "images": [{"path": "a.json"}]}},
]
EXTRAS: list[dict[str, Any]] = [
    {"members": ["x"]},
    {"members": {"p": ["x"]}},
    {"members": {"p": 5}},
    {"members": {"../p": SHA, "card.json": SHA, "manifest.json": SHA, "dir/": SHA, "": SHA}},
    {"data": 5},
    {"data": {"assets": [5]}},
    {"data": {"assets": 5}},
    {"data": {"assets": [{"type": "icon"}]}},
    {"data": {"extensions": [1]}},
    {"data": {"extensions": {"tableread": 5}}},
    {"data": {"nickname": 5, "character_book": 5, "source": {}, "group_only_greetings": 5}},
    {"book": {"extensions": False}},
    {"top": 5},
    {"top": {"entries": None}},
    {"top": {"entries": [{}]}},
    {"book": 5},
    {"book": {"entries": 5}},
    {"book": {"entries": [5, {"content": 7}]}},
    {"originals": 5},
    {"originals": {"byaf": 5, "companion": {"document": {"chat": 5}}}},
    *({"originals": {"byaf": {"document": one}}} for one in ORIGINALS),
]


def write_all(card: Card, *, without: tuple[str, ...] = ()) -> None:
    """Writes a character in every format, and reads each file again."""
    for form in (one for one in character_formats() if one.name not in without):
        data = form.write(Contents("", [card]))
        (back,) = parse_contents(data, f"a{form.suffixes[0]}").characters
        if form.name not in ("companion", "rpbench-character", "chargen"):
            assert back.character.name == "Mara", form.name


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: json.dumps(extra)[:60])
def test_a_character_with_any_extras_can_be_exported(empty: Project, extra: dict[str, Any]) -> None:
    row = create_character(empty, CharacterBase(name="Mara", greeting="Hello.", card_extra=extra))
    card = card_of(empty, row.id)
    write_all(card._replace(portrait=(picture(), "image/png"), blobs={SHA: (b"x", "application/octet-stream")}))


@given(
    st.dictionaries(
        st.sampled_from(["data", "top", "book", "members", "originals"]),
        json_values
        | st.dictionaries(st.sampled_from(["assets", "extensions", "byaf", "entries", "../x"]), json_values),
    )
)
@settings(max_examples=20, deadline=None)
def test_no_extras_stop_an_export(extra: dict[str, Any]) -> None:
    write_all(Card(CharacterBase(name="Mara", card_extra=extra), None, [], {}), without=("png", "webp", "jpeg"))


def test_a_pack_with_hostile_extras_is_packed_and_unpacked(empty: Project, tmp_path: Path) -> None:
    row = create_character(empty, CharacterBase(name="Mara", card_extra={"members": ["x"], "data": 5}))
    scenario = create_scenario(empty, ScenarioBase(name="S"), [RoleBase(character_id=row.id)])
    build_pack(empty, scenario.id, tmp_path / "s.trpack")
    other = Project(tmp_path / "other.tableread")
    import_pack(other, read_pack(tmp_path / "s.trpack"))
    assert format_card_json(card_of(other, list_characters(other)[0].id).character)
    other.close()


def test_a_card_with_hostile_extras_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = {"members": {"p": ["x"]}, "originals": {"byaf": {"document": {"path": 5}}}}
    card = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Mara", "extensions": {"tableread": own}}}
    (tmp_path / "a.json").write_text(json.dumps(card))
    card_command.show(tmp_path / "a.json", as_json=False)
    card_command.convert(tmp_path / "a.json", tmp_path / "a.byaf")
    assert "Mara" in capsys.readouterr().out


def archive(image: str, **characters: dict[str, Any]) -> bytes:
    """A BYAF with a picture that it does not hold, and more characters."""
    paths = ["characters/a/character.json", *(f"characters/{key}/character.json" for key in characters)]
    documents: dict[str, Any] = {
        "manifest.json": {"schemaVersion": 1, "characters": paths, "scenarios": []},
        paths[0]: {"name": "A", "persona": "p", "images": [{"path": image}]},
    }
    documents |= dict(zip(paths[1:], characters.values(), strict=True))
    return format_members({path: json.dumps(document).encode() for path, document in documents.items()})


@pytest.mark.parametrize("image", ["../../../../evil.png", "/etc/evil.png", "character.json", "a\\b.png", "images/"])
def test_a_climbing_name_of_a_picture_is_not_written(image: str) -> None:
    (card,) = byaf.parse_byaf(archive(image), "a.byaf")
    portrait = (picture(), "image/png")
    data = byaf.format_byaf(card._replace(portrait=portrait))
    assert [find_path_fault(path) for path in zipfile.ZipFile(io.BytesIO(data)).namelist()] == [None] * 3
    (back,) = byaf.parse_byaf(data, "b.byaf")
    assert (back.portrait, back.character.description) == (portrait, "p")


def test_a_greeting_given_to_the_second_character_of_an_archive_is_written() -> None:
    _, second = byaf.parse_byaf(archive("x.png", b={"name": "B"}), "a.byaf")
    character = second.character.model_copy(update={"greeting": "Hello.", "alternate_greetings": ["Hi."]})
    (back,) = byaf.parse_byaf(byaf.format_byaf(second._replace(character=character)), "b.byaf")
    assert (back.character.name, back.character.greeting, back.character.alternate_greetings) == (
        "B",
        "Hello.",
        ["Hi."],
    )


def test_no_file_of_a_card_takes_the_place_of_the_card() -> None:
    character = CharacterBase(name="Mara", card_extra={"members": {"card.json": SHA, "../a": SHA}})
    assert all(find_path_fault(path) is None and path != "card.json" for path in members_of(character))
    assert len(members_of(character)) == 2
    data = format_card_charx(character, None, {SHA: (b"{}", "application/octet-stream")})
    assert parse_card(data, "a.charx").character.name == "Mara"


def test_what_is_written_is_read_again_however_monotonous() -> None:
    members = {"a.txt": b"a" * 5_000_000, "b.bin": b"\0" * 2_000_000}
    assert read_members(format_members(members), "x") == members


def test_an_archive_that_could_not_be_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_members, "MAX_MEMBERS", 3)
    with pytest.raises(UserError, match="more than"):
        format_members({str(number): b"" for number in range(4)})


def test_a_thousand_pictures_of_one_name_each_get_a_path() -> None:
    uri = "data:text/plain;base64,eA=="
    png = "data:image/png;base64," + base64.b64encode(picture(size=(1, 1))).decode()
    assets = [{"type": "x", "name": "same", "ext": "png", "uri": png} for _ in range(1_000)]
    assets.append({"type": "x", "name": "same", "ext": "png", "uri": uri})
    card = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "A", "assets": assets}}
    character = parse_card(json.dumps(card).encode(), "a.json").character
    assert len(character.card_extra["members"]) == 1_000
    assert "assets/x/images/same1000.png" in character.card_extra["members"]


def test_free_paths_never_end() -> None:
    paths = FreePaths(["a/b2.png"])
    made = [paths.make("a/B" if number % 2 else "a/b", "png") for number in range(100_002)]
    assert len({path.casefold() for path in made} | {"a/b2.png"}) == 100_003


def test_a_companion_of_blanks_is_read_at_once() -> None:
    text = "x###ENDPREAMBLE###\n###" + " " * 500_000 + "\n### Mara:\nHello.\n\n###ENDSEEDCHAT###b"
    character = companion.parse_companion(text, "n")
    assert (character.name, character.knowledge) == ("Mara", "b")


def test_what_a_format_has_no_place_for_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = {"name": "Mara", "personality": "Calm.", "scenario": "S", "first_mes": "Hi.", "extensions": {"foo": 1}}
    card = {"spec": "chara_card_v3", "spec_version": "3.0", "data": data}
    (tmp_path / "a.json").write_text(json.dumps(card))
    card_command.convert(tmp_path / "a.json", tmp_path / "a.txt", to="companion")
    lost = capsys.readouterr().err
    assert all(word in lost for word in ("personality", "situation", "greeting", "extension foo"))
    card_command.convert(tmp_path / "a.json", tmp_path / "b.json", to="v3")
    assert capsys.readouterr().err == ""
    with pytest.raises(WrongUsage, match="no format"):
        card_command.convert(tmp_path / "a.json", tmp_path / "c.json", to="nonsense")
