"""Downloads weights: goes on where it broke off, checks the room first and the hash last, ends when told to.

The hub's own library looks files up (`hub.py`); the bytes are fetched here, because its download can neither be
cancelled nor compares the hash of what arrived. What arrives is never run, and becomes a `.gguf` when all is right.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from filelock import FileLock, Timeout

from core.errors import UserError
from core.inference.weights.gguf_file import MAGIC
from core.inference.weights.gguf_header import inspect_gguf, is_later_part
from core.inference.weights.hub import (
    RemoteFile,
    Source,
    explain_faults,
    format_source,
    look_up_parts,
    request_headers,
    status_fault,
)

if TYPE_CHECKING:
    import httpx2

HASHED_BYTES = 4 * 2**20
KEPT_FREE_BYTES = 500 * 2**20
MAX_TRIES = 5
"""Tries in a row that bring nothing."""
FIRST_PAUSE_S = 0.5
STALL_S = 30.0
PART_SUFFIX = ".part"
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Cancelled(Exception):
    """The user ended it. What has arrived is kept."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is. Bytes of all its files together."""

    step: str
    """`downloading` or `checking`."""
    n_bytes: int
    total_bytes: int
    bytes_per_s: float

    @property
    def left_s(self) -> float | None:
        """Seconds that are left at this pace; None: not known yet."""
        return (self.total_bytes - self.n_bytes) / self.bytes_per_s if self.bytes_per_s > 0 else None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """Weights that have arrived. `path`: the file to use, of several parts the first."""

    path: Path
    size_bytes: int
    verified: bool
    """The SHA-256 of every file was compared, over all its bytes; False: the server named none."""


OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


def download(source: Source, folder: Path, on_progress: OnProgress, cancelled: IsCancelled) -> Downloaded:
    """Downloads one set of weights, all parts of it.

    Args:
        folder: Where to put it, in a folder of its repository.

    Raises:
        UserError: It cannot be had, there is no room, or what arrived is not what was promised.
        Cancelled: The user ended it; the next call goes on from there.
    """
    files = look_up_parts(source)
    target = folder / (source.repo or "addresses")
    transfers = [_Transfer(file, target, cancelled) for file in files]
    _check_room(target, sum(transfer.n_missing_bytes for transfer in transfers), source.name)
    meter = _Meter(sum(file.size_bytes for file in files), on_progress)
    paths = [transfer.run(meter) for transfer in transfers]
    _check_weights(paths)
    return Downloaded(paths[0], sum(file.size_bytes for file in files), all(file.sha256 for file in files))


def find_partial(folder: Path) -> tuple[Path, ...]:
    """Returns what earlier downloads left unfinished."""
    return tuple(sorted(folder.rglob(f"*.gguf{PART_SUFFIX}"))) if folder.is_dir() else ()


def source_of(path: Path) -> str:
    """Returns what an unfinished download was asked for as, to go on with it; empty: that is not known."""
    try:
        note = json.loads(_note_of(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(note.get("source", "")) if isinstance(note, dict) else ""


def remove_partial(path: Path) -> None:
    """Throws away what an earlier download left unfinished. Raises UserError."""
    try:
        path.unlink(missing_ok=True)
        _note_of(path).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path} cannot be removed: {error.strerror}.", "Remove it by hand.") from error


class _Meter:
    """Adds up what all files have, and how fast it comes."""

    def __init__(self, total_bytes: int, on_progress: OnProgress) -> None:
        self._total_bytes = total_bytes
        self._on_progress = on_progress
        self._done_bytes = 0
        self._began = time.monotonic()
        self._fetched_bytes = 0

    def show(self, step: str, file_bytes: int, fetched_bytes: int = 0) -> None:
        """Says how far the present file is. `fetched_bytes`: what came over the network just now."""
        self._fetched_bytes += fetched_bytes
        pace = self._fetched_bytes / max(time.monotonic() - self._began, 1e-3)
        self._on_progress(Progress(step, self._done_bytes + file_bytes, self._total_bytes, pace))

    def finish_file(self, n_bytes: int) -> None:
        """Counts a whole file."""
        self._done_bytes += n_bytes


class _Transfer:
    """One file on its way."""

    def __init__(self, file: RemoteFile, folder: Path, cancelled: IsCancelled) -> None:
        self._file = file
        self._cancelled = cancelled
        self._target = folder / file.source.name
        self._part = folder / f"{file.source.name}{PART_SUFFIX}"

    @property
    def n_missing_bytes(self) -> int:
        """How much has to come still."""
        return 0 if os.path.exists(self._target) else max(0, self._file.size_bytes - self._n_kept_bytes())

    def run(self, meter: _Meter) -> Path:
        """Fetches what is missing and checks all of it; returns where the file lies."""
        if os.path.exists(self._target):
            self._check_present(meter)
        else:
            try:
                self._part.parent.mkdir(parents=True, exist_ok=True)
                with self._alone(), explain_faults(self._file.source):
                    self._fetch(meter)
                    self._check_hash(meter)
                    self._part.replace(self._target)
                    _note_of(self._part).unlink(missing_ok=True)
                Path(f"{self._part}.lock").unlink(missing_ok=True)
            except Timeout as error:
                raise UserError(
                    f"{self._target.name} is being downloaded already.", "Wait until it is here."
                ) from error
            except OSError as error:
                why = error.strerror or str(error)
                raise UserError(
                    f"{self._target.name} cannot be written: {why}.", "Make room or choose another folder."
                ) from error
        meter.finish_file(self._file.size_bytes)
        return self._target

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other downloads of the same file out, from this process and others."""
        lock = FileLock(f"{self._part}.lock", blocking=False)
        try:
            with lock:
                try:
                    yield
                finally:
                    with suppress(OSError):  # another system may not let go of it before it is released
                        Path(lock.lock_file).unlink()
        except Timeout as error:
            raise UserError(f"{self._target.name} is being downloaded already.", "Wait until it is here.") from error

    def _check_present(self, meter: _Meter) -> None:
        """Raises UserError unless the file that lies here is the very one, as far as the server says what that is."""
        try:
            is_same = self._target.stat().st_size == self._file.size_bytes and (
                not self._file.sha256 or self._hash(self._target, meter) == self._file.sha256
            )
        except OSError as error:
            raise UserError(
                f"{self._target} is there already and cannot be read: {error.strerror}.", "Move it away."
            ) from error
        if not is_same:
            raise UserError(
                f"{self._target} is there already, and is another version or damaged.",
                "Move it away to download this one.",
            )

    def _n_kept_bytes(self) -> int:
        """Returns how much is here of this version; what is left of another one is thrown away."""
        try:
            note = json.loads(_note_of(self._part).read_text(encoding="utf-8"))
            n_bytes = self._part.stat().st_size
        except (OSError, ValueError):
            return 0
        fits = isinstance(note, dict) and note.get("version") == self._file.version
        return n_bytes if fits and n_bytes <= self._file.size_bytes else 0

    def _fetch(self, meter: _Meter) -> None:
        import httpx2

        n_bytes = self._n_kept_bytes()
        if not n_bytes:
            note = {"version": self._file.version, "source": format_source(self._file.source)}
            _note_of(self._part).write_text(json.dumps(note), encoding="utf-8")
        with open(self._part, "r+b" if n_bytes else "w+b") as stream:
            n_tries = 0
            while n_bytes < self._file.size_bytes:
                before, fault = n_bytes, ""
                try:
                    for start, piece in self._pieces(n_bytes):
                        stream.seek(start)
                        stream.write(piece)
                        n_bytes = start + len(piece)
                        meter.show("downloading", n_bytes, len(piece))
                        if start < len(MAGIC):
                            self._check_start(stream)
                except (httpx2.TransportError, _Passing) as error:
                    fault = str(error)
                n_tries = 0 if n_bytes > before else n_tries + 1
                if n_tries >= MAX_TRIES:
                    raise UserError(
                        f"The download of {self._target.name} broke off {MAX_TRIES} times"
                        + (f": {fault}." if fault else "."),
                        "What has arrived is kept: start it again to go on.",
                    )
                if n_bytes < self._file.size_bytes:
                    self._pause(n_tries)
            stream.truncate(n_bytes)

    def _pieces(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yields what comes, each piece with its place: from `start` on, or from 0 when the server gives it whole."""
        from huggingface_hub import get_session

        headers = request_headers(self._file.source) | ({"Range": f"bytes={start}-"} if start else {})
        with get_session().stream("GET", self._file.url, headers=headers, timeout=STALL_S) as response:
            if response.status_code in _PASSING:
                raise _Passing(f"the server has a fault (status {response.status_code})")
            if response.status_code not in (200, 206):
                raise status_fault(self._target.name, response.status_code)
            place = start if response.status_code == 206 else 0
            self._check_promise(response, place)
            for piece in response.iter_bytes():
                if self._cancelled():
                    raise Cancelled
                if place + len(piece) > self._file.size_bytes:
                    raise UserError(
                        f"The server sends more than the {self._file.size_bytes:,} bytes that it promised.",
                        "Try another source.",
                    )
                yield place, piece
                place += len(piece)

    def _check_promise(self, response: "httpx2.Response", start: int) -> None:
        """Raises UserError when what comes cannot be what was looked up: it may have changed since."""
        said = response.headers.get("Content-Range", "")
        total = said.rpartition("/")[2] if response.status_code == 206 else response.headers.get("Content-Length", "")
        if total.isdecimal() and int(total) != self._file.size_bytes:
            raise UserError(
                f"The server promised {self._file.size_bytes:,} bytes of {self._target.name}, and now {int(total):,}.",
                "Try again, or another source.",
            )
        if response.status_code == 206 and not said.startswith(f"bytes {start}-"):
            raise UserError("The server sends another part of the file than was asked for.", "Try another source.")

    def _check_start(self, stream: BinaryIO) -> None:
        """Ends early what is no weights, such as a page that asks to log in."""
        stream.seek(0)
        if not MAGIC.startswith(stream.read(len(MAGIC))):
            self._throw_away()
            raise UserError(f"What the server sends as {self._target.name} is not a GGUF file.", "Try another source.")

    def _check_hash(self, meter: _Meter) -> None:
        if not self._file.sha256:
            return
        found = self._hash(self._part, meter)
        if found != self._file.sha256:
            self._throw_away()
            raise UserError(
                f"{self._file.source.name} arrived damaged: its SHA-256 is {found[:12]}…, and "
                f"{self._file.sha256[:12]}… was promised.",
                "It was thrown away. Download it again, or from another source.",
            )

    def _hash(self, path: Path, meter: _Meter) -> str:
        """Returns the SHA-256 of a whole file. Raises Cancelled."""
        digest, n_bytes = hashlib.sha256(), 0
        with open(path, "rb") as stream:
            while piece := stream.read(HASHED_BYTES):
                if self._cancelled():
                    raise Cancelled
                digest.update(piece)
                n_bytes += len(piece)
                meter.show("checking", n_bytes)
        return digest.hexdigest()

    def _throw_away(self) -> None:
        with suppress(OSError):
            self._part.unlink(missing_ok=True)
            _note_of(self._part).unlink(missing_ok=True)

    def _pause(self, n_tries: int) -> None:
        end = time.monotonic() + FIRST_PAUSE_S * 2**n_tries
        while (left := end - time.monotonic()) > 0:
            if self._cancelled():
                raise Cancelled
            time.sleep(min(left, 0.1))


class _Passing(Exception):
    """A fault of the server that may be over in a moment."""


def _check_room(folder: Path, n_bytes: int, name: str) -> None:
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    try:
        free = shutil.disk_usage(existing).free
    except OSError as error:
        raise UserError(f"{folder} cannot be used: {error.strerror}.", "Choose another folder.") from error
    if n_bytes and n_bytes + KEPT_FREE_BYTES > free:
        raise UserError(
            f"{name} needs {n_bytes / 1e9:.1f} GB more on the disk of {existing}, and {free / 1e9:.1f} GB are free.",
            "Make room, or choose a folder on another disk.",
        )


def _check_weights(paths: list[Path]) -> None:
    first = next((path for path in paths if not is_later_part(path)), paths[0])
    inspect_gguf(first)


def _note_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")
