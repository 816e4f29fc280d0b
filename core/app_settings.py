"""What the app remembers on this machine, outside any project: weights, recent projects, window, safe mode.

One JSON file, replaced whole. A file that cannot be read is set aside, never overwritten.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UserError

HOME_VARIABLE = "TABLEREAD_HOME"
"""Where the app keeps its own files instead of the system's place for them. For tests and portable installs."""

N_RECENT = 12


def app_dir() -> Path:
    """Returns the folder of the app's own files, made if missing."""
    home = os.environ.get(HOME_VARIABLE)
    folder = Path(home) if home else Path(platformdirs.user_data_dir("tableread", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {folder} cannot be made: {error.strerror}.", "Make room there or change its rights."
        ) from error
    return folder


class AppSettings(BaseModel):
    """Remembered choices. Unknown keys of a newer version are kept."""

    model_config = ConfigDict(extra="allow")

    weights_path: str = ""
    """Empty: the house weights."""
    n_threads: int = Field(default=0, ge=0, le=1024)
    n_gpu_layers: int = Field(default=0, ge=-1, le=10_000)
    n_ctx: int = Field(default=0, ge=0, le=10_000_000)
    temperature: float = Field(default=0.7, ge=0, le=5)
    max_tokens: int = Field(default=120, ge=1, le=100_000)
    seed: int = Field(default=0, ge=0, le=2**32 - 2)
    score_every: int = Field(default=1, ge=0, le=1000)
    """Score each k-th turn with the weights; 0: only when play pauses."""
    theme: str = "system"
    recent: list[str] = Field(default_factory=list)
    safe_mode: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of weights -> why they run in safe mode on this machine."""
    window: dict[str, str] = Field(default_factory=dict)
    """Geometry and layouts, base64, by place."""


def load_settings() -> AppSettings:
    """Reads the remembered settings; defaults where there are none or the file is broken (which is then set aside)."""
    path = _settings_path()
    try:
        return AppSettings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return AppSettings()
    except (ValidationError, ValueError):
        path.replace(path.with_suffix(".broken.json"))
        return AppSettings()
    except OSError as error:
        raise UserError(
            f"The settings in {path} cannot be read: {error.strerror}.", "Check the rights of the file."
        ) from error


def change_settings(change: Callable[[AppSettings], None]) -> AppSettings:
    """Reads, changes and writes the settings in one go."""
    settings = load_settings()
    change(settings)
    settings = AppSettings.model_validate(settings.model_dump())
    path = _settings_path()
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        draft.write_text(json.dumps(settings.model_dump(), indent=1), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(
            f"The settings cannot be kept in {path}: {error.strerror}.", "Make room or change the rights."
        ) from error
    return settings


def remember_project(path: Path) -> None:
    """Puts a project on top of the recent ones."""

    def change(settings: AppSettings) -> None:
        name = str(path.resolve())
        settings.recent = [name, *(other for other in settings.recent if other != name)][:N_RECENT]

    change_settings(change)


def _settings_path() -> Path:
    return app_dir() / "settings.json"
