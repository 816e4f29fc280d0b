"""Pictures from strangers: checked before anything shows them, and the plain one for characters that have none."""

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageDraw

from core.errors import UserError
from core.interchange.files import MEBIBYTE

MAX_PICTURE_BYTES = 32 * MEBIBYTE
MAX_PIXELS = 40_000_000

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
"""Pillow's name of a format -> media type. Others are refused."""
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for pictures that are broken or too large."""

warnings.simplefilter("ignore", Image.DecompressionBombWarning)
"""Our limit is lower than the one that Pillow warns at, and it is an error."""

_PLACEHOLDER_SIZE = (400, 600)
_SMOOTHING = 3


def check_picture(data: bytes, name: str) -> str:
    """Decodes a picture once, to know that it can be shown; returns its media type.

    Raises:
        UserError: No PNG, JPEG, WebP or GIF picture, damaged, or over a limit.
    """
    with _open(data, name) as image:
        return MEDIA_TYPES[image.format or ""]


def to_png(data: bytes, name: str) -> bytes:
    """Returns a picture as PNG, its first frame if it moves. Raises UserError as `check_picture` does."""
    with _open(data, name) as image:
        has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
        return _save(image.convert("RGBA" if has_alpha else "RGB"))


def to_jpeg(data: bytes, name: str) -> bytes:
    """Returns a picture as JPEG, on white where one can see through. Raises UserError as `check_picture` does."""
    with _open(data, name) as image:
        above = image.convert("RGBA")
        canvas = Image.new("RGBA", above.size, "white")
        canvas.alpha_composite(above)
        buffer = io.BytesIO()
        canvas.convert("RGB").save(buffer, "JPEG", quality=92)
        return buffer.getvalue()


def draw_placeholder(name: str) -> bytes:
    """Draws a plain portrait as PNG: head and shoulders, in a colour that depends on the name alone."""
    hue = hashlib.sha256(name.encode("utf-8", errors="replace")).digest()[0] * 360 // 256
    width, height = (side * _SMOOTHING for side in _PLACEHOLDER_SIZE)
    image = Image.new("RGB", (width, height), f"hsl({hue}, 28%, 30%)")
    draw = ImageDraw.Draw(image)
    light = f"hsl({hue}, 34%, 62%)"
    centre, radius = width // 2, width * 19 // 100
    head = height * 38 // 100
    draw.ellipse((centre - radius, head - radius * 6 // 5, centre + radius, head + radius * 6 // 5), fill=light)
    shoulders = width * 36 // 100
    draw.ellipse((centre - shoulders, height * 62 // 100, centre + shoulders, height * 130 // 100), fill=light)
    return _save(image.resize(_PLACEHOLDER_SIZE, Image.Resampling.LANCZOS))


def _save(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@contextmanager
def _open(data: bytes, name: str) -> Iterator[Image.Image]:
    """Yields the picture with its first frame decoded."""
    if len(data) > MAX_PICTURE_BYTES:
        raise UserError(
            f"{name} is a picture of over {MAX_PICTURE_BYTES // MEBIBYTE} MiB.", "Make it smaller and try again."
        )
    try:
        with Image.open(io.BytesIO(data), formats=list(MEDIA_TYPES)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise Image.DecompressionBombError
            image.load()
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError(
            f"{name} is a picture of too many pixels.",
            f"Make it smaller: at most {MAX_PIXELS // 1_000_000} million pixels.",
        ) from error
    except BROKEN as error:
        raise UserError(
            f"{name} is no PNG, JPEG, WebP or GIF picture, or it is damaged.", "Choose another picture."
        ) from error
