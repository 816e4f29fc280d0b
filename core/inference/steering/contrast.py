"""From pairs of passages to a control vector, by any engine that shows residuals. Pair files are hostile."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from core.errors import UserError
from core.inference.request import Engine, Message, Passage, ReadResiduals, Residuals
from core.inference.steering.control_vector import (
    ControlVector,
    Method,
    check_pairs,
    find_directions,
    half_sample_cosine,
    project,
)

MAX_FILE_BYTES = 16 * 2**20
MAX_PAIRS = 2000


@dataclass(frozen=True, slots=True)
class Pair:
    """A passage with a trait, and one with the opposite."""

    trait: Passage
    opposite: Passage


@dataclass(frozen=True, slots=True)
class LayerReport:
    """How well pairs agree behind one layer."""

    layer: int
    gap: float
    """Mean distance of trait from opposite along the direction, in units of the residual stream: a scale to try."""
    share: float
    """Of the pairs that point the way of the direction, [0.5, 1]."""
    cosine: float | None
    """Of the directions of two halves of the pairs, [-1, 1]; None: too few pairs to halve."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A control vector, and how well the pairs agree that it was made from."""

    vector: ControlVector
    layers: tuple[LayerReport, ...]
    """All but the first, which nothing is added behind."""


def build_control_vector(engine: Engine, pairs: list[Pair], method: Method = Method.COMPONENT) -> Contrast:
    """Reads the pairs and finds the direction behind each layer. Blocks until done.

    Raises:
        UserError: The weights cannot be run or do not show their layers, or the pairs say nothing.
    """
    passages = tuple(passage for pair in pairs for passage in (pair.trait, pair.opposite))
    found = engine.submit(ReadResiduals(passages), background=True).result()
    assert isinstance(found, Residuals)
    trait, opposite = found.vectors[0::2], found.vectors[1::2]
    check_pairs(trait, opposite)
    directions = find_directions(trait, opposite, method)
    gaps = project(trait, directions) - project(opposite, directions)
    cosines = half_sample_cosine(trait, opposite, method)
    layers = tuple(
        LayerReport(
            layer,
            gap=float(gaps[:, layer].mean()),
            share=float((gaps[:, layer] > 0).mean()),
            cosine=None if cosines is None else float(cosines[layer]),
        )
        for layer in range(1, len(directions))
    )
    return Contrast(ControlVector(directions, found.architecture), layers)


class _MessageIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: str


class _PairIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    trait: str | list[_MessageIn]
    opposite: str | list[_MessageIn]


def parse_pairs(path: Path) -> list[Pair]:
    """Reads a file of pairs: a list of {"trait", "opposite"}, each a text or a chat.

    Raises:
        UserError: It cannot be read, or says something else.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UserError(f"{path.name} is larger than {MAX_FILE_BYTES // 2**20} MiB.", "Take some pairs out.")
        written = TypeAdapter(list[_PairIn]).validate_python(json.loads(path.read_bytes()))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Check the name.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(str(part) for part in first["loc"][:2])
        raise UserError(
            f"{path.name} holds no pairs as they are expected{f', at {place}' if place else ''}.",
            'It is a list of {"trait": …, "opposite": …}, each a text or a list of messages.',
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name} is not JSON.", "Choose another file.") from error
    if not 1 <= len(written) <= MAX_PAIRS:
        raise UserError(f"{path.name} holds {len(written):,} pairs.", f"Write 1 to {MAX_PAIRS:,} of them.")
    return [Pair(_passage(pair.trait, path), _passage(pair.opposite, path)) for pair in written]


def format_pairs(pairs: list[Pair]) -> str:
    """Writes pairs as `parse_pairs` reads them."""
    listed = [{"trait": _written(pair.trait), "opposite": _written(pair.opposite)} for pair in pairs]
    return json.dumps(listed, ensure_ascii=False, indent=1) + "\n"


def _passage(written: str | list[_MessageIn], path: Path) -> Passage:
    if isinstance(written, str):
        return Passage((), written)
    messages = [Message(one.role, one.content) for one in written]
    if not messages:
        raise UserError(f"{path.name} holds a chat without messages.", "Write some.")
    if messages[-1].role == "assistant" and len(messages) > 1:
        return Passage(tuple(messages[:-1]), messages[-1].content)
    return Passage(tuple(messages), "")


def _written(passage: Passage) -> str | list[dict[str, str]]:
    if not passage.messages:
        return passage.answer
    chat = [{"role": message.role, "content": message.content} for message in passage.messages]
    return [*chat, {"role": "assistant", "content": passage.answer}] if passage.answer else chat


def steadiness(layers: tuple[LayerReport, ...]) -> float | None:
    """Returns the median over the layers of the cosine of two halves; None: too few pairs."""
    cosines = [report.cosine for report in layers if report.cosine is not None]
    return float(np.median(cosines)) if cosines else None
