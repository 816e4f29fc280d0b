"""Checking pictures, and the plain one."""

import io

import pytest
from PIL import Image

from core.errors import UserError
from core.interchange import pictures, png
from core.interchange.pictures import MAX_PICTURE_BYTES, check_picture, draw_placeholder, to_png
from tests.core.interchange.samples import moving_picture, picture


@pytest.mark.parametrize(("kind", "media_type"), pictures.MEDIA_TYPES.items())
def test_tells_the_media_type_from_what_is_inside(kind: str, media_type: str) -> None:
    assert check_picture(picture(kind), "x") == media_type


def huge_header() -> bytes:
    header, *rest = png.parse_png(picture(), "x")
    return png.format_png([png.Chunk(b"IHDR", (30_000).to_bytes(4, "big") * 2 + header.data[8:]), *rest])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (b"nonsense", "damaged"),
        (picture("BMP"), "no PNG"),
        (picture("JPEG", (200, 200))[:300], "damaged"),
        (picture("PNG", (300, 300))[:120], "damaged"),
        (huge_header(), "too many pixels"),
        (b"\0" * (MAX_PICTURE_BYTES + 1), "over 32 MiB"),
    ],
    ids=["empty", "nonsense", "BMP", "short JPEG", "short PNG", "30,000 x 30,000", "32 MiB"],
)
def test_what_cannot_be_shown_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        check_picture(data, "face.png")


def test_a_picture_of_many_pixels_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 53)
    with pytest.raises(UserError, match="too many pixels"):
        check_picture(picture(), "x")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "PNG"])
def test_becomes_png(kind: str) -> None:
    with Image.open(io.BytesIO(to_png(picture(kind), "x"))) as image:
        assert (image.format, image.size) == ("PNG", (6, 9))


def test_transparency_survives_becoming_png() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (2, 2), (1, 2, 3, 0)).save(buffer, "WEBP", lossless=True, exact=True)
    with Image.open(io.BytesIO(to_png(buffer.getvalue(), "x"))) as image:
        assert image.getpixel((0, 0)) == (1, 2, 3, 0)


def test_a_moving_picture_is_fine() -> None:
    assert check_picture(moving_picture(), "x") == "image/png"


def test_the_plain_portrait_depends_on_the_name_alone() -> None:
    assert draw_placeholder("Mara") == draw_placeholder("Mara") != draw_placeholder("Ivo")
    assert check_picture(draw_placeholder("\ud800"), "x") == "image/png"
