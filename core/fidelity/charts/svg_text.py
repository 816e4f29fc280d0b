"""Text inside SVG: cleaned, escaped, measured roughly and wrapped. All of it is untrusted."""

import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REORDERING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MEAN_WIDTH_EM = 0.54
_WIDE_EM = 1.0


def clean(text: str) -> str:
    """Replaces what XML forbids by U+FFFD, drops marks that reorder the text around them, and joins lines."""
    return " ".join(_REORDERING.sub("", _NOT_XML.sub("\ufffd", text)).split())


def shorten(text: str, max_chars: int) -> str:
    """Cuts a text to so many characters, with an ellipsis for the rest."""
    return text if len(text) <= max_chars else f"{text[: max_chars - 1].rstrip()}…"


def element(tag: str, text: str | None = None, /, **attributes: str | float) -> str:
    """Writes one element; `_` in attribute names becomes `-`, floats get two decimals at most."""
    written = "".join(
        f" {name.replace('_', '-')}={quoteattr(format_number(value))}" for name, value in attributes.items()
    )
    return f"<{tag}{written}/>" if text is None else f"<{tag}{written}>{escape(clean(text))}</{tag}>"


def format_number(value: str | float) -> str:
    """Formats a coordinate as short as two decimals allow; text stays as it is."""
    return clean(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def text_width(text: str, size: float) -> float:
    """Estimates the width of a text in pixels at a font size, without the font: within about a fifth."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return size * (wide * _WIDE_EM + (len(text) - wide) * _MEAN_WIDTH_EM)


def wrap(text: str, size: float, width: float) -> list[str]:
    """Breaks a text at blanks into lines of at most this estimated width; a longer word gets a line of its own."""
    lines: list[str] = []
    for word in clean(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
