"""What the command line says of sampling: `KEY=VALUE`, or a JSON file of the same keys."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.commands.usage import WrongUsage
from core.errors import UserError
from core.interchange.files import open_regular

MAX_FILE_BYTES = 1_000_000


def parse_sampling_options(options: Sequence[str]) -> dict[str, Any]:
    """Returns the settings that options name; a later one counts over an earlier one.

    Raises:
        WrongUsage: An option is neither.
        UserError: Its file cannot be read.
    """
    values: dict[str, Any] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if equals and key.replace("_", "").replace("-", "").isalpha():
            values[key.strip().replace("-", "_")] = _parse_value(value)
        else:
            values |= _read_file(Path(option))
    return values


def _parse_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with open_regular(path) as file:
            data = file.read(MAX_FILE_BYTES + 1)
        found = json.loads(data) if len(data) <= MAX_FILE_BYTES else None
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not path.suffix:
            raise WrongUsage(f"“{path}” is neither KEY=VALUE nor a file.", "Write it like min_p=0.1.") from error
        raise UserError(
            f"The sampling settings in {path} cannot be read: {error.strerror}.",
            "Write KEY=VALUE, or name a JSON file.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON.", 'Write it like {"min_p": 0.1}.') from error
    if not isinstance(found, dict):
        raise UserError(f"{path} holds no sampling settings.", 'Write it like {"min_p": 0.1}.')
    return found
