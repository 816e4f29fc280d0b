"""How far personas lie apart: the nearest other one by the cosine of their embeddings.

Source: methods 2.44 (persona separation); its curve needs answers of weights, this is what the texts alone can tell.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.characters.lint.finding import Finding, Place, Severity
from core.characters.prompt import PERSONA_ORIGINS, Scene, render_system
from core.fidelity.meaning.embedder import house_embedder
from models.character import Character, CharacterBase
from models.scenario import RoleBase

TOO_CLOSE = 0.92
"""Personas of different people lie below; a copy with a few words changed lies above."""
MIN_CHARS = 120
"""Of less text nothing can be said."""
_PART = 200


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The persona that lies closest."""

    character_id: str
    name: str
    cosine: float


class PersonaSpace:
    """The embeddings of a project's personas, each computed once for each version of it. Not for several threads."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, str, NDArray[np.float32]]] = {}
        """Character id -> when it was changed, its name, its vector."""

    def update(self, characters: Iterable[Character]) -> None:
        """Takes in the characters of a project; those that did not change are kept."""
        everybody = list(characters)
        known = self._rows
        self._rows = {
            one.id: known[one.id] for one in everybody if one.id in known and known[one.id][0] == one.updated_at
        }
        new = [one for one in everybody if one.id not in self._rows]
        for part in _parts(new):
            vectors = house_embedder().embed([persona_text(one) for one in part])
            self._rows |= {
                one.id: (one.updated_at, one.name, vector) for one, vector in zip(part, vectors, strict=True)
            }

    def nearest(self, character_id: str, character: CharacterBase) -> Neighbour | None:
        """Returns the other persona that lies closest to a draft; None where it is too short, or alone."""
        text = persona_text(character)
        others = [one for one in self._rows if one != character_id]
        if len(text) < MIN_CHARS or not others:
            return None
        cosines = np.stack([self._rows[one][2] for one in others]) @ house_embedder().embed([text])[0]
        best = int(np.argmax(cosines))
        return Neighbour(others[best], self._rows[others[best]][1], float(cosines[best]))


def persona_text(character: CharacterBase) -> str:
    """Returns what the weights read of a persona, without its name."""
    blocks = render_system(character.model_copy(update={"nickname": "", "name": "Somebody"}), RoleBase(), Scene(""))
    return "\n".join(block.text for block in blocks if block.origin in PERSONA_ORIGINS)


def find_too_close(neighbour: Neighbour | None) -> Iterator[Finding]:
    """Finds a persona that another one can hardly be told from."""
    if neighbour is not None and neighbour.cosine >= TOO_CLOSE:
        likeness = f"{100 * neighbour.cosine:.0f} %"
        sentence = f"This persona is {likeness} like that of {neighbour.name}: their turns will be hard to tell apart."
        yield Finding("separation", Severity.NOTE, sentence, Place("description"))


def _parts(characters: list[Character]) -> Iterator[list[Character]]:
    for start in range(0, len(characters), _PART):
        yield characters[start : start + _PART]
