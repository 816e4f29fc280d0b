"""What the app remembers on this machine, outside any project: weights, recent projects, window, safe mode.

One JSON file, replaced whole. A file that cannot be read is set aside, never overwritten.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import UserError

HOME_VARIABLE = "TABLEREAD_HOME"
"""Where the app keeps its own files instead of the system's place for them. For tests and portable installs."""

N_RECENT = 12
MAX_CTX = 10_000_000
"""Tokens of the largest context that can be asked for."""


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


class Server(BaseModel):
    """A server that runs weights and speaks the OpenAI API. Its key is in the system's keyring, never here."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=200, pattern="^[^#]+$")
    """Without `#`, which divides it from a model where both are written in one line."""
    base_url: str
    """The root of its API, such as `http://localhost:8080/v1`."""
    model: str = ""
    """Which of its weights play; empty: the first that it names."""
    n_ctx: int = Field(default=0, ge=0, le=MAX_CTX)
    """Tokens that a chat may take; 0: what the server says."""
    has_key: bool = False
    """Whether a key is kept for it, so that the keyring is not asked, and unlocked, for nothing."""
    may_get_key: bool = Field(default=True, exclude=True)
    """Whether a person on this machine named its address. A key never goes to one that only a project names."""


class AppSettings(BaseModel):
    """Remembered choices. Unknown keys of a newer version are kept."""

    model_config = ConfigDict(extra="allow")

    weights_path: str = ""
    """Empty: the house weights."""
    servers: list[Server] = Field(default_factory=list)
    server: str = ""
    """Name of the server that plays in place of the weights, one of `servers`; empty: none."""
    n_threads: int = Field(default=0, ge=0, le=1024)
    n_gpu_layers: int = Field(default=0, ge=-1, le=10_000)
    n_ctx: int = Field(default=0, ge=0, le=MAX_CTX)
    n_sequences: int = Field(default=16, ge=2, le=64)
    """Sequences whose tokens are kept at once; fewer when memory is short."""
    weights_folders: list[str] = Field(default_factory=list)
    """Where the user keeps weights, beside the folders of other tools."""
    hub_endpoint: str = ""
    """Where weights are downloaded from; empty: the variable HF_ENDPOINT, else the public hub."""
    temperature: float = Field(default=0.5, ge=0, le=5)
    sampler: dict[str, Any] = Field(default_factory=dict)
    """How tokens are drawn besides: see `core.playtest.sampler_settings`."""
    max_tokens: int = Field(default=120, ge=1, le=100_000)
    redraws: int = Field(default=2, ge=0, le=5)
    """How often a turn that says again what its speaker has said is drawn anew."""
    seed: int = Field(default=0, ge=0, le=2**32 - 2)
    score_every: int = Field(default=1, ge=0, le=1000)
    """Score each k-th turn with the weights; 0: only when play pauses."""
    score_budget: float = Field(default=10, ge=0, le=10)
    """What live scores may add to the time of a playtest, as a share of it; 10: no limit."""
    when_full: str = Field(default="extract", pattern="^(drop|extract|summarise)$")
    """What stands for turns that leave a view when the context is full."""
    theme: str = "system"
    language: str = ""
    """Such as `de`, where there are translations; empty: English."""
    backups: bool = True
    """Whether a project is backed up when it is opened and has changed."""
    backups_today: int = Field(default=8, ge=1, le=100)
    backups_mb: int = Field(default=2000, ge=10, le=1_000_000)
    """Of one project; the oldest go first."""
    recent: list[str] = Field(default_factory=list)
    safe_mode: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of weights -> why they run in safe mode on this machine."""
    allowed_programs: list[str] = Field(default_factory=list)
    """SHA-256 of texts of own measures that may be run on this machine; see `core.programs`."""
    window: dict[str, str] = Field(default_factory=dict)
    """Geometry and layouts, base64, by place."""

    @model_validator(mode="after")
    def _let_no_unknown_server_play(self) -> Self:
        if self.server.casefold() not in {server.name.casefold() for server in self.servers}:
            self.server = ""
        return self


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
