"""The documents of a scenario pack: what each holds, and the JSON Schemas in `assets/schemas` that both ways obey.

A released schema never changes. When a model gains a field, `SCHEMA_VERSION` grows, new schema files are written
beside the old ones, and the old documents are still read: see `pack_upgrade`.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self, TypeVar

from jsonschema import Draft202012Validator, validators
from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator
from sqlmodel import SQLModel

from core.errors import UserError
from core.interchange.files import MEBIBYTE
from core.interchange.json_text import format_json, parse_json
from core.interchange.pack_upgrade import upgrade_document
from models.beat import BeatBase, BeatLinkBase
from models.character import CharacterBase
from models.fragment import FragmentBase
from models.lore import LorebookBase, LoreEntryBase
from models.memory import MemoryChangeBase
from models.playtest import PlaytestBase, TurnBase
from models.relationship import RelationshipBase
from models.scenario import RoleBase, ScenarioBase
from models.score import ScoreBase
from models.summary import SummaryBase
from models.turn_mark import TurnMarkBase

FORMAT = "tableread-pack"
SCHEMA_VERSION = 3
MAX_DOCUMENT_BYTES = 64 * MEBIBYTE
MAX_VALUE = 1e12
"""Of a score."""

Id = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,64}$")]
Moment = Annotated[str, StringConstraints(pattern="^[0-9T:.+Z-]{1,40}$")]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Place = Annotated[int, Field(ge=0, le=1_000_000_000)]
TurnNumber = Annotated[int, Field(ge=1, le=1_000_000_000)]


class FileEntry(BaseModel, extra="forbid", frozen=True):
    """One member of the pack, as the manifest knows it."""

    sha256: Sha256
    size_bytes: Place


class Manifest(BaseModel, extra="forbid", frozen=True):
    """What the pack is, under which terms, and a checksum of every other member."""

    format: Literal["tableread-pack"] = "tableread-pack"
    schema_version: Annotated[int, Field(ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    licence: Annotated[str, StringConstraints(max_length=100_000)]
    authors: Annotated[list[Annotated[str, StringConstraints(max_length=1_000)]], Field(max_length=1_000)]
    files: dict[str, FileEntry]


class LoreEntryDocument(LoreEntryBase):
    """An entry of the lorebook that holds it."""

    model_config = {"extra": "forbid"}


class LorebookDocument(LorebookBase):
    """A lorebook whole; its owner is what holds it."""

    model_config = {"extra": "forbid"}

    entries: list[LoreEntryDocument]


class CharacterDocument(CharacterBase):
    """A character, whole, with its own lorebooks."""

    model_config = {"extra": "forbid"}

    id: Id
    created_at: Moment
    updated_at: Moment
    portrait: Sha256 | None
    lorebooks: list[LorebookDocument] = []


class FragmentDocument(FragmentBase):
    """A fragment that a character of the pack inherits from."""

    model_config = {"extra": "forbid"}

    id: Id
    created_at: Moment
    updated_at: Moment


class RelationshipDocument(RelationshipBase):
    """What one character of the pack is to another, as the first sees it."""

    model_config = {"extra": "forbid"}

    id: Id
    character_id: Id
    other_id: Id


class RelationshipsDocument(BaseModel, extra="forbid"):
    """All relationships among the characters of the pack."""

    relationships: list[RelationshipDocument]


class BeatDocument(BeatBase):
    """A beat; its scenario is the one that holds it."""

    model_config = {"extra": "forbid"}

    id: Id


class BeatLinkDocument(BeatLinkBase):
    """An arrow between two beats of the scenario that holds it."""

    model_config = {"extra": "forbid"}

    id: Id
    from_id: Id
    to_id: Id


class RoleDocument(RoleBase):
    """A role; its scenario is the one that holds it."""

    model_config = {"extra": "forbid"}

    id: Id
    position: Place
    character_id: Id | None


class ScenarioDocument(ScenarioBase):
    """A scenario with its roles in the order of the cast, its world, its beats, and the lorebooks that count in it."""

    model_config = {"extra": "forbid"}

    id: Id
    created_at: Moment
    updated_at: Moment
    greeting_role_id: Id | None
    roles: list[RoleDocument]
    beats: list[BeatDocument] = []
    links: list[BeatLinkDocument] = []
    lorebooks: list[LorebookDocument] = []


class ScoreDocument(ScoreBase):
    """A score of the turn that holds it."""

    model_config = {"extra": "forbid"}

    created_at: Moment

    @field_validator("value")
    @classmethod
    def _is_measurable(cls, value: float | None) -> float | None:
        """No measure yields so great a value, and sums of such overflow."""
        if value is not None and abs(value) > MAX_VALUE:
            raise ValueError("a score lies between -1e12 and 1e12")
        return value


class SummaryDocument(SummaryBase):
    """What a character's view holds for the turns up to the one that holds it."""

    model_config = {"extra": "forbid"}

    created_at: Moment


class MemoryChangeDocument(MemoryChangeBase):
    """What a person changed in somebody's memory after the turn that holds it."""

    model_config = {"extra": "forbid"}

    created_at: Moment


class TurnMarkDocument(TurnMarkBase):
    """The name of the branch that begins with the turn that holds it, and whether it was deleted."""

    model_config = {"extra": "forbid"}


class TurnDocument(TurnBase):
    """A turn with its scores and what was said of it.

    Turns are numbered from 1 in the order in which they were made: parents come first.
    """

    model_config = {"extra": "forbid"}

    id: TurnNumber
    parent_id: TurnNumber | None
    number: TurnNumber
    created_at: Moment
    scores: list[ScoreDocument]
    is_pinned: bool = False
    mark: TurnMarkDocument | None = None
    summaries: list[SummaryDocument] = []
    memory_changes: list[MemoryChangeDocument] = []


class PlaytestDocument(PlaytestBase):
    """A playtest with the whole tree of its turns."""

    model_config = {"extra": "forbid"}

    id: Id
    created_at: Moment
    scenario_id: Id
    head_id: TurnNumber | None
    turns: list[TurnDocument]

    def check_tree(self, name: str) -> Self:
        """Raises UserError unless every turn follows an earlier one and is numbered by its place in its branch."""
        numbers: dict[int | None, int] = {None: 0}
        for place, turn in enumerate(self.turns, start=1):
            if turn.id != place or turn.parent_id not in numbers or turn.number != numbers[turn.parent_id] + 1:
                raise _invalid(name, f"turn {place} does not follow an earlier turn")
            numbers[turn.id] = turn.number
        if self.head_id not in numbers:
            raise _invalid(name, "its last turn is missing")
        return self


Document = TypeVar(
    "Document",
    Manifest,
    CharacterDocument,
    FragmentDocument,
    RelationshipsDocument,
    ScenarioDocument,
    PlaytestDocument,
)

AnyDocument = (
    Manifest | CharacterDocument | FragmentDocument | RelationshipsDocument | ScenarioDocument | PlaytestDocument
)

KINDS: dict[type[SQLModel] | type[BaseModel], str] = {
    Manifest: "manifest",
    CharacterDocument: "character",
    FragmentDocument: "fragment",
    RelationshipsDocument: "relationships",
    ScenarioDocument: "scenario",
    PlaytestDocument: "playtest",
}
"""Model -> the name of its schema."""


def schema_file(kind: str, version: int = SCHEMA_VERSION) -> str:
    """Returns the name of a schema in `assets/schemas`."""
    return f"pack{version}_{kind}.schema.json"


def make_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Returns the JSON Schema that a model stands for. What is released lies in `assets/schemas`; a test compares."""
    kind = KINDS[model]
    schema = model.model_json_schema(mode="serialization")
    address = {"$schema": Draft202012Validator.META_SCHEMA["$id"], "$id": f"urn:tableread:pack{SCHEMA_VERSION}:{kind}"}
    return address | _tidy(schema)


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Takes generated titles and defaults out, and makes every field required: a document is complete."""
    tidy = {key: value for key, value in schema.items() if key not in {"title", "default"}}
    for group in ("properties", "$defs"):
        if group in tidy:
            tidy[group] = {name: _tidy(value) for name, value in tidy[group].items()}
    if "properties" in tidy:
        tidy["required"] = sorted(tidy["properties"])
    if isinstance(tidy.get("items"), dict):
        tidy["items"] = _tidy(tidy["items"])
    if isinstance(tidy.get("additionalProperties"), dict):
        tidy["additionalProperties"] = _tidy(tidy["additionalProperties"])
    return tidy


def parse_document(model: type[Document], data: bytes, name: str, version: int = SCHEMA_VERSION) -> Document:
    """Reads a document of one version. Raises UserError when it is not JSON, or not what its schema says."""
    value = parse_json(data, name, MAX_DOCUMENT_BYTES, strict=True)
    kind = KINDS[model]
    fault = next(_faults(kind, value, version), None)
    if fault is not None:
        raise _invalid(name, fault)
    try:
        return model.model_validate(upgrade_document(kind, value, version))
    except ValidationError as error:
        raise _invalid(name, _shorten(str(error.errors()[0]["msg"]))) from error


def format_document(document: AnyDocument) -> bytes:
    """Writes a document: the other half of `parse_document`. Raises UserError when the project holds odd values."""
    kind = KINDS[type(document)]
    data = canonical_bytes(document)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise UserError(
            f"A {kind} of this project is larger than {MAX_DOCUMENT_BYTES // MEBIBYTE} MiB.",
            "Leave it out of the pack.",
        )
    fault = next(_faults(kind, json.loads(data)), None)
    if fault is not None:
        raise _cannot_be_packed(kind, fault)
    return data


def canonical_bytes(document: AnyDocument) -> bytes:
    """Writes a document without checking it against its schema: equal bytes mean equal content."""
    return format_json(document.model_dump(mode="json"))


def make_document(model: type[Document], fields: dict[str, Any]) -> Document:
    """Makes a document of the fields of a row. Raises UserError when the project holds odd values."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(step) for step in fault["loc"])
        raise _cannot_be_packed(KINDS[model], f"{place}: {_shorten(fault['msg'])}") from error


def _cannot_be_packed(kind: str, why: str) -> UserError:
    return UserError(f"A {kind} of this project cannot be packed: {why}.", "Correct it and build the pack again.")


def _faults(kind: str, value: Any, version: int = SCHEMA_VERSION) -> Iterator[str]:
    for error in _validator(kind, version).iter_errors(value):
        place = error.json_path.removeprefix("$").lstrip(".")
        yield f"{_shorten(place)}: {_shorten(error.message)}" if place else _shorten(error.message)


@cache
def _validator(kind: str, version: int) -> Any:
    schema = json.loads((files("assets") / "schemas" / schema_file(kind, version)).read_text(encoding="utf-8"))
    return _Validator(schema)


def _check_items(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Checks a list of whole numbers at once: there is one for every token of a playtest."""
    if items == {"type": "integer"} and isinstance(instance, list) and all(type(item) is int for item in instance):
        return
    yield from Draft202012Validator.VALIDATORS["items"](validator, items, instance, schema)


_Validator = validators.extend(Draft202012Validator, {"items": _check_items})


def _shorten(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:100]}…{text[-50:]}"


def _invalid(name: str, why: str) -> UserError:
    return UserError(f"{name} is not valid: {why}.", "Have the pack made again; nothing was imported.")
