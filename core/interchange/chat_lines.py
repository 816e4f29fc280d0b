"""A chat as plain lines, `Name: text`."""

import re
from pathlib import Path

from core.errors import UserError
from core.interchange.files import MEBIBYTE, read_file

MAX_FILE_BYTES = 16 * MEBIBYTE
_NAME = re.compile(r"\s*([^:\n]{1,80}?)\s*:(?:\s+(.*)|\s*)\Z", re.DOTALL)


def read_chat_lines(path: Path) -> list[tuple[str, str]]:
    """Reads who said what.

    Raises:
        UserError: The file cannot be read, is no text, or nobody says anything in it.
    """
    try:
        text = read_file(path, MAX_FILE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not text in UTF-8.", "Save it again as UTF-8.") from error
    lines = [] if "\0" in text else parse_chat_lines(text)
    if not any(speaker for speaker, _text in lines):
        raise UserError(f"Nobody says anything in {path.name}.", "Write one line for each message, as in “Name: text”.")
    return lines


def parse_chat_lines(text: str) -> list[tuple[str, str]]:
    """Takes a text apart: a line that begins with a name and a colon is a message, and others go on with it."""
    lines: list[tuple[str, str]] = []
    for line in text.splitlines():
        match = _NAME.match(line)
        if match is not None and not match[1].startswith("//"):
            lines.append((match[1].strip(), (match[2] or "").strip()))
        elif line.strip() and lines:
            speaker, said = lines[-1]
            lines[-1] = (speaker, f"{said}\n{line.strip()}".strip())
        elif line.strip():
            lines.append(("", line.strip()))
    return lines
