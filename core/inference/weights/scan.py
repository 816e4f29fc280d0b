"""Reads the head of every file that may be weights: what is on this machine. Nothing is loaded, no file can do harm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.inference.weights.folders import Candidate, Folder, find_candidates
from core.inference.weights.gguf_header import WeightsHeader, WeightsKind, inspect_gguf
from core.inference.weights.notes import WeightsNotes, stamp_of


@dataclass(frozen=True, slots=True)
class FoundWeights:
    """A file on this machine: its facts, or the sentence that says why it cannot be used."""

    path: Path
    tool: str
    label: str
    header: WeightsHeader | None
    fault: str = ""
    sha256: str = ""
    """Empty: never loaded, measured or checked here, or changed since."""

    @property
    def name(self) -> str:
        """What a list shows it as: Ollama's files are named by a hash, so their tag says more."""
        if self.tool == "Ollama" and self.label:
            return self.label.partition(",")[0]
        return self.header.name if self.header and self.header.name else _readable(self.path.stem)

    @property
    def is_chat(self) -> bool:
        """Whether it may be chosen to run characters."""
        return self.header is not None and self.header.kind is WeightsKind.CHAT


def scan(
    folders: Sequence[Folder],
    notes: WeightsNotes,
    on_progress: Callable[[int, int], None] = lambda n_done, n_all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[FoundWeights]:
    """Yields what is found, file by file; ends early when cancelled.

    Args:
        on_progress: Called with how many files were read, and of how many.
    """
    for folder in folders:
        if folder.tool == "Folder" and (fault := folder_fault(folder.path)):
            yield FoundWeights(folder.path, folder.tool, "", None, fault)
    candidates = list(find_candidates(folders, cancelled))
    for number, candidate in enumerate(candidates):
        if cancelled():
            return
        on_progress(number, len(candidates))
        yield examine_file(candidate, notes)
    on_progress(len(candidates), len(candidates))


def folder_fault(path: Path) -> str:
    """Returns the sentence that says why nothing can be found in a folder; empty where it is one."""
    if path.is_dir():
        return ""
    return f"{_readable(path)} is no folder." if path.exists() else f"The folder {_readable(path)} is not there."


def examine_file(candidate: Candidate, notes: WeightsNotes) -> FoundWeights:
    """Reads one file, or remembers what was read of it when it has not changed since."""
    path, label = candidate.path, _readable(candidate.label)
    if _readable(path) != str(path):  # neither the settings nor the window could hold it
        fault = f"{_readable(path)} cannot be used: its name is not valid text. Rename it."
        return FoundWeights(path, candidate.tool, label, None, fault)
    try:
        stamp = stamp_of(path)
    except OSError as error:
        fault = f"{path} cannot be read: {error.strerror}."
        return FoundWeights(path, candidate.tool, label, None, fault)
    found = notes.find_head(path, stamp)
    if found is None or (isinstance(found, WeightsHeader) and found.n_files > 1):  # a part may be gone by now
        found = _read(path)
        notes.keep_head(path, stamp, found)
    if isinstance(found, str):
        return FoundWeights(path, candidate.tool, label, None, found)
    return FoundWeights(path, candidate.tool, label, found, sha256=notes.find_sha256(path, stamp))


def _readable(name: Path | str) -> str:
    """Returns a name as it can be shown and kept: question marks for the bytes of it that are no text."""
    return str(name).encode("utf-8", "replace").decode()


def _read(path: Path) -> WeightsHeader | str:
    try:
        return inspect_gguf(path)
    except UserError as error:
        return error.message
