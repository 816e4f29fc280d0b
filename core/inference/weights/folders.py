"""Where weights lie on this machine: the app's own folders, the user's, and those of other tools. Opens no weights."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from core.app_settings import app_dir
from core.inference.weights.gguf_header import is_later_part

SUFFIX = ".gguf"
MAX_DEPTH = 12
MAX_MANIFEST_BYTES = 2**20
MAX_MANIFESTS = 20_000
OLLAMA_WEIGHTS = "application/vnd.ollama.image.model"
OLLAMA_HOME_REGISTRY = ("registry.ollama.ai", "library")
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to look in. `tool`: whose it is, such as `Ollama`."""

    path: Path
    tool: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be weights. `label`: what its tool calls it, such as a repository or a tag; may be empty."""

    path: Path
    tool: str
    label: str = ""


def download_folder() -> Path:
    """Returns where downloads go unless the user says otherwise."""
    return app_dir() / "weights"


def own_folders() -> tuple[Folder, ...]:
    """Returns the folders of this app: what came along, and what was downloaded."""
    bundled = Path(str(resources.files("assets"))) / "weights"
    return Folder(bundled, "Tableread"), Folder(download_folder(), "Tableread")


def tool_folders(environment: Mapping[str, str], home: Path) -> tuple[Folder, ...]:
    """Returns the folders of other tools that exist here."""
    found = dict.fromkeys(Folder(path, tool) for tool, path in _known_places(environment, home) if path.is_dir())
    return tuple(found)


def all_folders(of_user: Sequence[str]) -> tuple[Folder, ...]:
    """Returns every folder to look in, in the order in which a file that lies in several is told to be found."""
    users = tuple(Folder(Path(path).expanduser(), "Folder") for path in of_user)
    return (*own_folders(), *users, *tool_folders(os.environ, Path.home()))


def find_candidates(folders: Sequence[Folder], cancelled: Callable[[], bool] = lambda: False) -> Iterator[Candidate]:
    """Yields every file that may be weights, each once however many names it has."""
    seen: set[object] = set()
    for folder in folders:
        for candidate in _candidates_of(folder):
            if cancelled():
                return
            identity = _identity(candidate.path)
            if identity is not None and identity not in seen:
                seen.add(identity)
                yield candidate


def _known_places(environment: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path]]:
    def named(variable: str, *below: str) -> list[Path]:
        return [Path(environment[variable], *below)] if environment.get(variable) else []

    cache = (named("XDG_CACHE_HOME") or [home / ".cache"])[0]
    data = (named("XDG_DATA_HOME") or [home / ".local" / "share"])[0]
    config = (named("XDG_CONFIG_HOME") or [home / ".config"])[0]
    support = home / "Library" / "Application Support"
    hub = named("HF_HUB_CACHE") or named("HF_HOME", "hub") or [cache / "huggingface" / "hub"]
    ollama = named("OLLAMA_MODELS") or [home / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models")]
    places = {
        "LM Studio": [home / ".lmstudio" / "models", cache / "lm-studio" / "models"],
        "Ollama": ollama,
        "Hugging Face": hub,
        "GPT4All": [base / "nomic.ai" / "GPT4All" for base in (cache, data, support, *named("LOCALAPPDATA"))],
        "Jan": [
            home / "jan" / "models",
            *(base / "Jan" / "data" for base in (data, config, support, *named("APPDATA"))),
        ],
    }
    for tool, paths in places.items():
        for path in paths:
            yield tool, path


def _candidates_of(folder: Folder) -> Iterator[Candidate]:
    if folder.tool == "Ollama":
        yield from _find_ollama(folder.path)
        return
    for path in _walk(folder.path, 0, set()):
        if path.suffix.lower() == SUFFIX and not is_later_part(path):
            yield Candidate(path, folder.tool, _label(path, folder))


def _walk(folder: Path, depth: int, entered: set[object]) -> Iterator[Path]:
    """Yields the files below a folder. Links to folders are followed, but none is entered twice."""
    identity = _identity(folder)
    if depth > MAX_DEPTH or identity is None or identity in entered:
        return
    entered.add(identity)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # no right to look: what cannot be seen is not found
        return
    for entry in entries:
        try:
            is_folder = entry.is_dir()
        except OSError:
            continue
        if is_folder:
            yield from _walk(Path(entry.path), depth + 1, entered)
        else:
            yield Path(entry.path)


def _label(path: Path, folder: Folder) -> str:
    parts = path.relative_to(folder.path).parts[:-1]
    if folder.tool == "Hugging Face" and parts and parts[0].startswith("models--"):
        return parts[0].removeprefix("models--").replace("--", "/")
    return "/".join(parts) if folder.tool != "Tableread" or len(parts) > 1 else ""


def _find_ollama(folder: Path) -> Iterator[Candidate]:
    """Yields the blobs that manifests name as weights, with the tags that people know them by."""
    manifests = folder / "manifests"
    tags: dict[str, list[str]] = {}
    for number, path in enumerate(_walk(manifests, 0, set())):
        if number >= MAX_MANIFESTS:
            break
        for digest in _read_manifest(path):
            tags.setdefault(digest, []).append(_tag(path.relative_to(manifests).parts))
    for digest, names in tags.items():
        blob = folder / "blobs" / f"sha256-{digest}"
        if blob.is_file():
            yield Candidate(blob, "Ollama", ", ".join(sorted(names)))


def _read_manifest(path: Path) -> list[str]:
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            return []
        layers = json.loads(path.read_bytes())["layers"]
        digests = [str(layer["digest"]) for layer in layers if layer["mediaType"] == OLLAMA_WEIGHTS]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):  # not a manifest
        return []
    return [match[1] for digest in digests if (match := _DIGEST.fullmatch(digest))]


def _tag(parts: tuple[str, ...]) -> str:
    if len(parts) < 2:
        return "/".join(parts)
    *names, tag = parts
    if tuple(names[:2]) == OLLAMA_HOME_REGISTRY:
        names = names[2:]
    return f"{'/'.join(names)}:{tag}"


def _identity(path: Path) -> object | None:
    """Returns what all names of one file share; None when there is no such file."""
    try:
        status = path.stat()
        if sys.platform == "win32" or not status.st_ino:
            return path.resolve()
    except OSError:
        return None
    return status.st_dev, status.st_ino
