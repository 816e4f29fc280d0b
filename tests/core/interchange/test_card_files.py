"""Files in cards: expressions, members, and every kind of picture that carries a card."""

import base64
import io
import json
import stat
import struct
import warnings
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import UserError
from core.interchange import archive_members, png
from core.interchange.card_assets import MEMBERS
from core.interchange.cards import (
    WRITERS,
    Card,
    format_card_charx,
    format_card_json,
    format_card_png,
    format_card_webp,
    parse_card,
)
from core.interchange.exif_text import without_comment
from models.character import CharacterBase
from tests.core.interchange.samples import moving_picture, picture
from tests.core.interchange.test_card_data import V1, v3

RED, BLUE = picture(colour="red"), picture("WEBP", colour="blue", lossless=True)


def charx(card: Any, members: dict[str, bytes] | None = None) -> bytes:
    return archive_members.format_members({"card.json": json.dumps(card).encode()} | (members or {}))


def asset(kind: str, name: str, uri: str, ext: str = "png") -> dict[str, str]:
    return {"type": kind, "name": name, "uri": uri, "ext": ext}


FULL = charx(
    v3(
        assets=[
            asset("icon", "main", "embeded://assets/icon/image/main.png"),
            asset("emotion", "happy", "embeded://assets/emotion/image/1.png"),
            asset("emotion", "sad", "embedded://assets/emotion/image/2.webp", "webp"),
            asset("x_risu_asset", "hat", "embeded://assets/other/image/hat.bin", "bin"),
            asset("background", "web", "https://example.org/a.png"),
        ],
        extensions={"risuai": {"x": 1}},
    ),
    {
        "assets/icon/image/main.png": picture(),
        "assets/emotion/image/1.png": RED,
        "assets/emotion/image/2.webp": BLUE,
        "assets/other/image/hat.bin": b"\0hat",
        "module.risum": b"o\0\0binary",
        "x_meta/main.json": b'{"type":"PNG"}',
    },
)


def test_a_charx_gives_portrait_expressions_and_members() -> None:
    card = parse_card(FULL, "a.charx")
    assert card.warnings == []
    assert card.portrait == (picture(), "image/png")
    expressions = card.character.persona.expressions
    assert {name: card.blobs[sha256][0] for name, sha256 in expressions.items()} == {"happy": RED, "sad": BLUE}
    members = card.character.card_extra[MEMBERS]
    assert card.blobs[members["module.risum"]] == (b"o\0\0binary", "application/octet-stream")


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_every_format_keeps_all_of_it(suffix: str) -> None:
    card = parse_card(FULL, "a.charx")
    back = parse_card(WRITERS[suffix](card.character, card.portrait, card.blobs), f"a{suffix}")
    assert back.warnings == []
    assert (back.character, back.blobs) == (card.character, card.blobs)
    assert back.portrait is not None
    with Image.open(io.BytesIO(back.portrait[0])) as image:
        assert image.convert("RGB").getpixel((0, 0)) == (0, 128, 128)


def test_a_charx_that_nobody_edited_has_the_same_members_and_card() -> None:
    card = parse_card(FULL, "a.charx")
    written = archive_members.read_members(format_card_charx(card.character, card.portrait, card.blobs), "x")
    before = archive_members.read_members(FULL, "x")
    moved = {"card.json", "assets/icon/image/main.png", "assets/icon/images/main.png"}
    assert {path: data for path, data in written.items() if path not in moved} == {
        path: data for path, data in before.items() if path not in moved
    }
    assert written["assets/icon/images/main.png"] == picture()
    data, original = (json.loads(one["card.json"])["data"] for one in (written, before))
    for place, one in enumerate(data["assets"]):
        same = ("type", "name", "ext") if place == 0 else ("type", "name", "ext", "uri")
        expected = original["assets"][place] | {"uri": original["assets"][place]["uri"].replace("embedded", "embeded")}
        assert {key: one[key] for key in same} == {key: expected[key] for key in same}
    assert data["extensions"]["risuai"] == {"x": 1}


def test_expressions_that_were_changed_added_or_taken_away_are_written_so() -> None:
    card = parse_card(FULL, "a.charx")
    green = picture(colour="green")
    expressions = {"sad": "g", "proud": "g"}
    card.character.layers = card.character.layers | {"expressions": expressions}
    blobs = card.blobs | {"g": (green, "image/png")}
    for write in (format_card_charx, format_card_png, format_card_json):
        back = parse_card(write(card.character, card.portrait, blobs), "x")
        found = {name: back.blobs[sha256][0] for name, sha256 in back.character.persona.expressions.items()}
        assert found == {"sad": green, "proud": green}
        assert RED not in [data for data, _ in back.blobs.values()]


def test_old_numbered_assets_of_a_png_are_found() -> None:
    card = v3(assets=[asset("emotion", "happy", "__asset:0"), asset("emotion", "none", "__asset:7")])
    texts = {
        "ccv3": base64.b64encode(json.dumps(card).encode()).decode(),
        "chara-ext-asset_0": base64.b64encode(RED).decode(),
        "chara-ext-asset_:1": "!!!",
    }
    data = png.format_png(png.with_texts(png.parse_png(picture(), "x"), texts))
    found = parse_card(data, "a.png")
    assert {name: found.blobs[one][0] for name, one in found.character.persona.expressions.items()} == {"happy": RED}
    assert len(found.warnings) == 1
    assert "“:1”" in found.warnings[0]
    assets = found.character.card_extra["data"]["assets"]
    assert [one["uri"] for one in assets] == ["embeded://assets/emotion/images/happy.png", "__asset:7"]


def test_an_apng_keeps_its_frames() -> None:
    card = Card(CharacterBase(name="Mara"), (moving_picture(), "image/png"), [])
    back = parse_card(format_card_png(card.character, card.portrait), "a.apng")
    assert back.portrait == card.portrait
    kinds = [chunk.kind for chunk in png.parse_png(format_card_png(card.character, card.portrait), "x")]
    assert kinds.count(b"fcTL") == 3


@pytest.mark.parametrize("kind", ["WEBP", "JPEG"])
@pytest.mark.parametrize("form", ["json", "ascii", "unicode", "base64", "numbers"])
def test_the_comment_of_a_picture_is_read_in_every_form(kind: str, form: str) -> None:
    text = json.dumps(V1).encode()
    comment = {
        "json": text,
        "ascii": b"ASCII\0\0\0" + text,
        "unicode": b"UNICODE\0" + text.decode().encode("utf-16-be"),
        "base64": base64.b64encode(text),
        "numbers": ",".join(map(str, text)).encode(),
    }[form]
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    card = parse_card(picture(kind, exif=exif), "a.webp")
    assert (card.character.name, card.character.greeting) == ("Mara", "Who is there?")
    assert card.portrait is not None


def test_the_portrait_of_a_webp_card_has_no_card_in_it() -> None:
    data = format_card_webp(CharacterBase(name="Mara"), (picture(), "image/png"))
    card = parse_card(data, "x")
    assert card.portrait is not None
    assert card.portrait[0] == without_comment(data)
    assert b"Mara" not in card.portrait[0]
    again = parse_card(format_card_webp(card.character, card.portrait), "x")
    assert again.portrait == card.portrait
    assert parse_card(format_card_webp(CharacterBase(name="Mara")), "x").portrait is None


def test_an_archive_behind_a_picture_is_found_and_the_picture_is_the_portrait() -> None:
    card = parse_card(picture("JPEG") + charx(v3()), "card.jpeg")
    assert card.character.name == "Mara"
    assert card.portrait == (picture("JPEG"), "image/jpeg")


@given(
    st.dictionaries(
        st.text(st.sampled_from("abcXYZ019_-/. é"), min_size=1, max_size=20).filter(
            lambda path: (
                archive_members.find_path_fault(path) is None and not path.endswith("/") and path != "card.json"
            )
        ),
        st.binary(max_size=30),
        max_size=4,
    )
)
@settings(max_examples=20, deadline=None)
def test_members_survive_every_format(members: dict[str, bytes]) -> None:
    card = parse_card(charx(v3(), members), "x")._replace(portrait=(picture(), "image/png"))
    for write in (format_card_charx, format_card_png, format_card_json):
        back = parse_card(write(card.character, card.portrait, card.blobs), "x")
        found = {path: back.blobs[sha256][0] for path, sha256 in back.character.card_extra.get(MEMBERS, {}).items()}
        assert found == members


def archive(**changes: Any) -> bytes:
    """An archive with one odd member."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        warnings.simplefilter("ignore")  # two members of one name are meant
        file.writestr("card.json", json.dumps(v3()))
        info = zipfile.ZipInfo(changes.get("name", "a"))
        info.external_attr = changes.get("mode", stat.S_IFREG | 0o644) << 16
        info.compress_type = changes.get("packing", zipfile.ZIP_DEFLATED)
        file.writestr(info, changes.get("data", b"x"))
    return buffer.getvalue()


def encrypted() -> bytes:
    data = bytearray(archive())
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


def many() -> bytes:
    data = bytearray(archive())
    struct.pack_into("<H", data, data.rindex(b"PK\x05\x06") + 10, 60_000)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(name="../a"), "climbs out of the folder"),
        (archive(name="a/../../b"), "climbs out of the folder"),
        (archive(name="/etc/passwd"), "has an absolute name"),
        (archive(name="C:/x"), "has an absolute name"),
        (archive(name="a\\b"), "has an odd name"),
        (archive(name="a\x07"), "has an odd name"),
        (archive(mode=stat.S_IFLNK | 0o777), "is a link"),
        (archive(mode=stat.S_IFIFO), "is no file"),
        (archive(name="card.json"), "is there twice"),
        (archive(packing=zipfile.ZIP_LZMA), "is packed in an unusual way"),
        (archive(data=b"\0" * 20_000_000), "unpacks to more than 200 times its size"),
        (encrypted(), "is encrypted"),
        (many(), "more than 10,000 members"),
        (archive()[:-30], "no zip file, or it is cut off"),
        (archive_members.format_members({"a": b"x"}), "no CHARX: it has no card.json"),
        (charx([1]), "a list of records"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_archives_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_card(data, "mara.charx")
    assert words in caught.value.message
    assert caught.value.hint


@given(st.integers(0, len(FULL) - 1), st.integers(0, 255))
@settings(max_examples=100, deadline=None)
def test_flipped_bytes_give_a_card_or_a_sentence(place: int, value: int) -> None:
    data = bytearray(FULL)
    data[place] = value
    with suppress(UserError):
        parse_card(bytes(data), "x")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
)
@settings(max_examples=60, deadline=None)
def test_odd_lists_of_members_harm_nothing(listed: Any) -> None:
    card = v3(extensions={"tableread": {"members": listed, "originals": listed, "layers": listed}})
    try:
        found = parse_card(json.dumps(card).encode(), "x")
    except UserError:
        return
    assert found.blobs == {}
