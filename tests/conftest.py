"""For every test: no display is needed, and nobody's own settings are touched."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives the app a folder of its own files that nobody has used yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TABLEREAD_HOME", str(folder))
    return folder
