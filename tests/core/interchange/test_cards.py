"""Cards as files: the law, real cards, and what is no card."""

import base64
import io
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import UserError
from core.interchange import cards, png
from core.interchange.card_assets import Portrait
from core.interchange.cards import (
    format_card_charx,
    format_card_jpeg,
    format_card_json,
    format_card_png,
    parse_card,
    read_card,
    write_card,
)
from core.interchange.files import MEBIBYTE
from models.character import CharacterBase
from tests.core.interchange.samples import characters, moving_picture, picture
from tests.core.interchange.test_card_data import V1, meaning, v2, v3

portraits = st.none() | st.sampled_from([(picture(), "image/png"), (moving_picture(), "image/png")])
MARA = CharacterBase(name="Mara", description="Keeps the light.")


def png_card(card: Any, keyword: str = "chara", kind: bytes = b"tEXt") -> bytes:
    text = base64.b64encode(json.dumps(card).encode())
    body = {
        b"tEXt": b"\0" + text,
        b"zTXt": b"\0\0" + zlib.compress(text),
        b"iTXt": b"\0\0\0\0\0" + text,
    }
    chunks = png.parse_png(picture(), "x")
    return png.format_png([*chunks[:-1], png.Chunk(kind, keyword.encode() + body[kind]), chunks[-1]])


@given(characters, portraits)
@settings(max_examples=15, deadline=None)
def test_all_formats_give_back_what_was_put_in(character: CharacterBase, portrait: Portrait | None) -> None:
    for write in (format_card_png, format_card_json, format_card_charx, format_card_jpeg):
        assert parse_card(write(character, portrait), "any") == (character, portrait, [], {})


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")])
def test_other_pictures_travel_as_they_are_in_json_and_as_png_in_png(kind: str, media_type: str) -> None:
    portrait = (picture(kind), media_type)
    assert parse_card(format_card_json(MARA, portrait), "x").portrait == portrait
    back = parse_card(format_card_png(MARA, portrait), "x").portrait
    assert back is not None
    assert back[1] == "image/png"


def test_json_without_a_picture_becomes_a_picture_and_json_again(tmp_path: Path) -> None:
    write_card(tmp_path / "a.json", MARA, None)
    write_card(tmp_path / "b.png", *read_card(tmp_path / "a.json")[:2])
    write_card(tmp_path / "c.json", *read_card(tmp_path / "b.png")[:2])
    assert (tmp_path / "c.json").read_bytes() == (tmp_path / "a.json").read_bytes()
    with Image.open(tmp_path / "b.png") as image:
        assert image.size == (400, 600)


def test_a_png_card_has_v3_and_v2_and_replaces_old_ones() -> None:
    portrait = (png_card(V1), "image/png")
    chunks = png.parse_png(format_card_png(MARA, portrait), "x")
    assert png.text_keywords(chunks) == ["ccv3", "chara"]
    specs = [json.loads(base64.b64decode(png.read_text(chunks, key, "x") or ""))["spec"] for key in ("ccv3", "chara")]
    assert specs == ["chara_card_v3", "chara_card_v2"]


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
@pytest.mark.parametrize("keyword", ["chara", "Chara", "CCV3"])
def test_every_kind_of_text_and_case_of_keyword_is_read(kind: bytes, keyword: str) -> None:
    assert parse_card(png_card(V1, keyword, kind), "x").character.name == "Mara"


def test_v3_wins_over_v2_and_v2_serves_when_v3_is_broken() -> None:
    chunks = png.parse_png(png_card(v2(name="Old")), "x")
    good = base64.b64encode(json.dumps(v3(name="New")).encode()).decode()
    card = parse_card(png.format_png(png.with_texts(chunks, {"ccv3": good})), "x")
    assert (card.character.name, card.warnings) == ("New", [])
    broken = parse_card(png.format_png(png.with_texts(chunks, {"ccv3": "!!"})), "x")
    assert broken.character.name == "Old"
    assert "The V3 card could not be read" in broken.warnings[0]


def test_base64_without_padding_and_json_as_it_is_are_read() -> None:
    chunks = png.parse_png(picture(), "x")
    encoded = base64.b64encode(json.dumps(V1).encode() + b" ").decode().rstrip("=")
    for text in (encoded, "\n".join(encoded[i : i + 76] for i in range(0, len(encoded), 76)), json.dumps(V1)):
        assert parse_card(png.format_png(png.with_texts(chunks, {"chara": text})), "x").character.name == "Mara"


def test_the_name_of_a_file_says_nothing() -> None:
    assert parse_card(png_card(V1), "card.json").character.name == "Mara"
    assert parse_card(json.dumps(V1).encode(), "card.png").character.name == "Mara"
    assert parse_card(json.dumps(V1).encode("utf-16"), "card").character.name == "Mara"
    assert parse_card(b"\xef\xbb\xbf \n" + json.dumps(V1).encode(), "card").character.name == "Mara"


def test_the_main_icon_of_a_json_card_is_the_portrait() -> None:
    uri = f"data:image/webp;base64,{base64.b64encode(picture('WEBP')).decode()}"
    icon = {"type": "icon", "uri": uri, "name": "main", "ext": "webp"}
    other = {"type": "emotion", "uri": uri, "name": "happy", "ext": "webp"}
    card = parse_card(json.dumps(v3(assets=[other, icon])).encode(), "x")
    assert card.portrait == (picture("WEBP"), "image/webp")
    path = "assets/emotion/images/happy.webp"
    assert card.character.card_extra["data"] == {"assets": [other | {"uri": f"embeded://{path}"}]}
    (sha256,) = card.blobs
    assert card.character.card_extra["members"] == {path: sha256}
    assert card.character.persona.expressions == {"happy": sha256}
    assert card.blobs[sha256] == (picture("WEBP"), "image/webp")


@pytest.mark.parametrize(
    ("uri", "n_warnings"),
    [
        ("https://example.org/a.png", 0),
        ("embeded://assets/icon/images/main.png", 0),
        ("data:text/html;base64,AAAA", 0),
        ("data:image/png;base64,****", 1),
        ("data:image/png;base64,AAAA", 1),
    ],
)
def test_other_main_icons_are_kept_and_nothing_is_loaded(uri: str, n_warnings: int) -> None:
    icon = {"type": "icon", "uri": uri, "name": "main", "ext": "png"}
    card = parse_card(json.dumps(v3(assets=[icon])).encode(), "x")
    assert (card.portrait, len(card.warnings)) == (None, n_warnings)
    assert json.loads(format_card_json(card.character))["data"]["assets"] == [icon]


def test_a_damaged_picture_costs_the_portrait_but_not_the_character() -> None:
    chunks = [chunk for chunk in png.parse_png(png_card(V1), "x") if chunk.kind != b"IDAT"]
    card = parse_card(png.format_png(chunks), "x")
    assert (card.character.name, card.portrait) == ("Mara", None)
    assert "The portrait was left out" in card.warnings[0]


def test_texts_of_other_programs_stay_in_the_picture() -> None:
    chunks = png.with_texts(png.parse_png(png_card(V1), "x"), {"chara-ext-asset_:0": "AAAA", "Software": "x"})
    card = parse_card(png.format_png(chunks), "x")
    assert card.portrait is not None
    assert png.text_keywords(png.parse_png(card.portrait[0], "x")) == ["Software"]
    written = png.parse_png(format_card_png(card.character, card.portrait, card.blobs), "x")
    assert png.text_keywords(written) == ["Software", "ccv3", "chara", "chara-ext-asset_:0"]


def test_writing_never_overwrites_and_knows_its_suffixes(tmp_path: Path) -> None:
    write_card(tmp_path / "a.PNG", MARA, None)
    with pytest.raises(UserError, match="exists already"):
        write_card(tmp_path / "a.PNG", MARA, None)
    with pytest.raises(UserError, match=r"should end in \.png, \.apng, .*or \.jpeg"):
        write_card(tmp_path / "a.gif", MARA, None)
    assert [path.name for path in tmp_path.iterdir()] == ["a.PNG"]


def test_a_card_that_could_not_be_read_back_is_not_written() -> None:
    large = CharacterBase(name="Mara", **dict.fromkeys(("description", "voice"), "ü" * 1_000_000))
    huge = large.model_copy(update={"statements": ["ü" * 1_000_000] * 3})
    assert parse_card(format_card_png(large), "x").character == large
    with pytest.raises(UserError, match="Mara is too large for a card: the limit is 8 MiB"):
        format_card_png(huge)
    assert parse_card(format_card_json(huge), "x").character == huge


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\0" * 100, "is empty"),
        (b" \n", "is empty"),
        (b"{" + b" " * 64 * MEBIBYTE, "larger than 64 MiB"),
        (picture(), "a picture without a character in it"),
        (picture("JPEG"), "a picture without a character in it"),
        (picture("WEBP"), "a picture without a character in it"),
        (picture("GIF"), "a GIF picture"),
        (b"PK\x03\x04....", "no zip file, or it is cut off"),
        (b"SQLite format 3\0", "a database"),
        (b"Rosie is a robot", "neither a picture nor JSON"),
        (png_card(V1)[:-30], "is damaged"),
        (json.dumps(V1).encode()[:-9], "is not valid JSON"),
        (b"[" * 50_000, "nested deeper"),
        (png_card([V1]), "a list of records"),
        (png_card("x" * (8 * MEBIBYTE)), "larger than 8 MiB"),
        (png.format_png(png.with_texts(png.parse_png(picture(), "x"), {"chara": "ab!"})), "it is not base64"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_card_is_told_what_it_is(data: bytes, words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_card(data, "mara.png")
    assert words in caught.value.message
    assert "mara.png" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", ["default_CodingSensei.png", "default_FluxTheCat.png", "Skynet_v2.png"])
def test_real_cards_mean_the_same_after_a_round_trip(cases: Path, name: str) -> None:
    path = cases / "cards" / name
    chunks = png.parse_png(path.read_bytes(), name)
    original = json.loads(base64.b64decode(png.read_text(chunks, "chara", name) or ""), strict=False)
    card = read_card(path)
    assert card.warnings == []
    for data in (format_card_png(card.character, card.portrait), format_card_json(card.character, card.portrait)):
        assert parse_card(data, "x") == card
    written = json.loads(format_card_json(card.character))
    said = meaning(original)
    assert {key: value for key, value in written["data"].items() if key in said} == {
        key: value for key, value in said.items() if key in written["data"]
    }
    beside = {
        key for key in original.keys() - written["data"].keys() if not key.startswith(("spec", "data", "creatorc"))
    }
    assert {key: written[key] for key in beside} == {key: original[key] for key in beside}


def test_the_picture_of_a_real_card_is_the_same(cases: Path) -> None:
    path = cases / "cards" / "default_FluxTheCat.png"
    portrait = read_card(path).portrait
    assert portrait is not None
    with Image.open(path) as before, Image.open(io.BytesIO(portrait[0])) as after:
        assert before.tobytes() == after.tobytes()
        assert "chara" in before.info
        assert "chara" not in after.info


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cards/en_chargen_seed.jsonl", "JSON Lines"),
        ("cards/rpbench_character.jsonl", "JSON Lines"),
        ("agents/Lisa.agent.json", "no character card: it has “type”, “persona”"),
        ("agents/example.character.json", "no character card: it has “name”, “bio”"),
        ("agents/Rosie.txt", "neither a picture nor JSON"),
        ("lore/New Story (Wed Oct 26 2022).lorebook", "a lorebook"),
        ("chats/1aKReQ.json", "no character card"),
        ("scenes/thieves-guild.json", "no character card"),
        ("metrics/clariq_mirror.jsonl.xz", "neither a picture nor JSON"),
    ],
)
def test_real_files_that_are_no_cards_are_told_so(cases: Path, name: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        read_card(cases / name)
    assert words in caught.value.message


def test_limits_are_those_of_the_documentation() -> None:
    assert (cards.MAX_FILE_BYTES, cards.MAX_CARD_BYTES) == (64 * MEBIBYTE, 8 * MEBIBYTE)
