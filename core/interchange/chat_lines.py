"""A chat as plain lines, `Name: text`: from a text file, or from any conversation that can be read."""

import re
from pathlib import Path

from core.errors import UserError
from core.interchange.conversations import read_conversations
from core.interchange.files import MEBIBYTE, read_file

MAX_FILE_BYTES = 16 * MEBIBYTE
_NAME = re.compile(r"\s*([^:\n]{1,80}?)\s*:(?:\s+(.*)|\s*)\Z", re.DOTALL)


def read_chat_lines(path: Path) -> list[tuple[str, str]]:
    """Reads who said what. Of a file with several conversations, the first counts.

    Raises:
        UserError: The file cannot be read, or nobody says anything in it.
    """
    data = read_file(path, MAX_FILE_BYTES)
    if path.suffix.lower() in {".jsonl", ".xz"} or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        conversation = next(read_conversations(path), None)
        lines = list(conversation.turns) if conversation is not None else []
    else:
        try:
            lines = parse_chat_lines(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise UserError(f"{path.name} is not text in UTF-8.", "Save it again as UTF-8.") from error
    if not lines:
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
