"""PNG chunks, on made and real pictures."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import UserError
from core.interchange import png
from tests.core.interchange.samples import moving_picture, picture

kinds = st.sampled_from([b"tEXt", b"zTXt", b"iTXt", b"IDAT", b"abCd"])
chunks = st.lists(st.builds(png.Chunk, kinds, st.binary(max_size=40)), max_size=6)


def framed(middle: list[png.Chunk]) -> list[png.Chunk]:
    return [png.Chunk(b"IHDR", b"\0" * 13), *middle, png.Chunk(b"IEND", b"")]


def with_chunk(kind: bytes, data: bytes) -> bytes:
    before = png.parse_png(picture(), "x")
    return png.format_png([*before[:-1], png.Chunk(kind, data), before[-1]])


@given(chunks)
def test_format_and_parse_are_each_other_s_other_half(middle: list[png.Chunk]) -> None:
    assert png.parse_png(png.format_png(framed(middle)), "x") == framed(middle)


@given(chunks, st.dictionaries(st.sampled_from(["chara", "ccv3"]), st.text("AZaz09+/=", max_size=50)))
def test_texts_are_added_once_and_found_again(middle: list[png.Chunk], texts: dict[str, str]) -> None:
    once = png.with_texts(framed(middle), texts)
    assert png.with_texts(once, texts) == once
    assert once[-1].kind == b"IEND"
    for keyword, text in texts.items():
        assert png.read_text(once, keyword.upper(), "x") == text


@pytest.mark.parametrize("data", [picture(), moving_picture()], ids=["still", "moving"])
def test_writing_a_picture_back_changes_nothing(data: bytes) -> None:
    assert png.format_png(png.parse_png(data, "x")) == data


def test_a_moving_picture_still_moves_with_a_text_in_it() -> None:
    data = png.format_png(png.with_texts(png.parse_png(moving_picture(), "x"), {"chara": "e30="}))
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == 3
        assert image.text["chara"] == "e30="


def test_all_three_kinds_of_text_are_read() -> None:
    packed = zlib.compress(b"words")
    for kind, data in [
        (b"tEXt", b"ccv3\0words"),
        (b"zTXt", b"CCV3\0\0" + packed),
        (b"iTXt", b"ccv3\0\0\0en\0\0words"),
        (b"iTXt", b"ccv3\0\1\0\0\0" + packed),
    ]:
        assert png.read_text(png.parse_png(with_chunk(kind, data), "x"), "ccv3", "x") == "words"


def test_what_follows_the_end_is_left_out() -> None:
    assert png.format_png(png.parse_png(picture() + b"<script>", "x")) == picture()


def long_lie() -> bytes:
    data = bytearray(picture())
    struct.pack_into(">I", data, 33, 0xFFFFFFFF)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a", "not a PNG"),
        (png.SIGNATURE, "cut off"),
        (picture()[:50], "the file ends before"),
        (picture()[:-4], "damaged"),
        (long_lie(), "4,294,967,295 bytes"),
        (picture().replace(b"IDAT", b"1DAT"), "impossible name"),
        (picture().replace(b"IDAT", b"IDAt"), "checksum"),
        (png.format_png([png.Chunk(b"IEND", b"")]), "header"),
        (png.format_png([png.Chunk(b"teST", b"")] * (png.MAX_CHUNKS + 1)), "parts"),
    ],
    ids=["GIF", "only signature", "cut", "no end", "long lie", "odd name", "checksum", "no header", "200,001 parts"],
)
def test_broken_pictures_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        png.parse_png(data, "card.png")
    assert str(caught.value).startswith("card.png")


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (b"zTXt", b"chara\0\0" + zlib.compress(b"\0" * (png.MAX_TEXT_BYTES + 1), 9), "over 12 MiB"),
        (b"iTXt", b"chara\0\1\0\0\0" + zlib.compress(b"\0" * (png.MAX_TEXT_BYTES + 1), 9), "over 12 MiB"),
        (b"tEXt", b"chara\0" + b"\0" * (png.MAX_TEXT_BYTES + 1), "over 12 MiB"),
        (b"zTXt", b"chara\0\0nonsense", "cannot be unpacked"),
        (b"zTXt", b"chara\0\0" + zlib.compress(b"words")[:-3], "cut off"),
    ],
    ids=["zTXt bomb", "iTXt bomb", "huge tEXt", "no zlib", "short zlib"],
)
def test_hostile_texts_are_refused(kind: bytes, data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        png.read_text(png.parse_png(with_chunk(kind, data), "x"), "chara", "x")


def test_real_pictures_are_written_back_as_they_were(cases: Path) -> None:
    for path in sorted((cases / "cards").glob("*.png")):
        data = path.read_bytes()
        assert png.format_png(png.parse_png(data, path.name)) == data


def test_keywords_of_a_real_picture_with_a_layout_of_its_own(cases: Path) -> None:
    found = png.text_keywords(png.parse_png((cases / "cards" / "puro.png").read_bytes(), "puro.png"))
    assert found == ["name", "personality", "first_message", "scenario", "categories"]
