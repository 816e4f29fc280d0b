"""Paths in an archive that nobody has yet, however many are called alike."""

import itertools
from collections.abc import Iterable, Iterator


class FreePaths:
    """Hands out paths: `stem.ext`, then `stem2.ext`, `stem3.ext` and so on. Case does not make a difference."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {path.casefold() for path in taken}
        self._endings: dict[tuple[str, str], Iterator[str]] = {}

    def take(self, path: str) -> None:
        """Says that a path is in use."""
        self._taken.add(path.casefold())

    def is_taken(self, path: str) -> bool:
        """Tells whether a path is in use."""
        return path.casefold() in self._taken

    def make(self, stem: str, ext: str) -> str:
        """Returns a path that is free, and takes it."""
        key = stem.casefold(), ext.casefold()
        endings = self._endings.get(key)
        if endings is None:
            endings = self._endings[key] = itertools.chain([""], map(str, itertools.count(2)))
        path = next(path for ending in endings if (path := f"{stem}{ending}.{ext}").casefold() not in self._taken)
        self.take(path)
        return path
