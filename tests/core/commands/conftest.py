"""What tests of commands share: the home of a first user, for commands in processes of their own."""

from pathlib import Path

import pytest

from tests.core.commands.cli_process import first_home


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who starts the app for the first time, in some other folder."""
    return first_home(tmp_path)
