"""The world of a scenario: variables, places, props and facts, kept as one JSON document in `scenario.world`.

Variables and props have names that conditions and effects use: `NAME`, `NAME.holder`, `NAME.place` and `NAME.state`
(see `core.world.conditions`).
"""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS

MAX_THINGS = 10_000
LIMIT = 1_000_000_000
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
"""A name that conditions can use."""
Id = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,64}$")]
Whole = Annotated[int, Field(ge=-LIMIT, le=LIMIT)]
Title = Annotated[str, StringConstraints(max_length=MAX_NAME_CHARS)]
Prose = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]


def _differ(names: list[str]) -> bool:
    return len({name.casefold() for name in names}) == len(names)


class Part(BaseModel):
    """Part of a world."""

    model_config = ConfigDict(extra="forbid")


class VariableKind(StrEnum):
    """What values a variable takes."""

    INTEGER = "integer"
    CHOICE = "choice"
    FLAG = "flag"


class Variable(Part):
    """Something that can change: a number within bounds, one of some words, or yes and no."""

    name: Key
    kind: VariableKind = VariableKind.INTEGER
    low: Whole = 0
    high: Whole = 10
    """Bounds of a number, both included: an effect that goes beyond stops there."""
    choices: Annotated[list[Key], Field(max_length=1_000)] = []
    start: int | str | bool = 0
    note: Prose = ""
    """What it stands for; the weights never read it."""
    is_public: bool = False
    """Whether the cast is told its value."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        match self.kind:
            case VariableKind.FLAG:
                if self.start not in (0, 1):
                    raise ValueError(f"{self.name} must start as true or false")
                self.start = bool(self.start)  # a document leaves False out: it equals the default
            case VariableKind.CHOICE:
                if not self.choices or not _differ(self.choices):
                    raise ValueError(f"{self.name} needs different words to choose from; capitals do not matter")
                if self.start not in self.choices:
                    raise ValueError(f"{self.name} must start as one of its words")
            case VariableKind.INTEGER:
                if self.low > self.high:
                    raise ValueError(f"{self.name} has no number between {self.low} and {self.high}")
                if isinstance(self.start, bool | str) or not self.low <= self.start <= self.high:
                    raise ValueError(f"{self.name} must start between {self.low} and {self.high}")
        return self


class Place(Part):
    """Somewhere in the scene."""

    id: Id
    name: Title
    description: Prose = ""
    adjacent: Annotated[list[Id], Field(max_length=MAX_THINGS)] = []
    """Where one can go from here; not always the way back."""


class Prop(Part):
    """A thing with a place or a holder, and a state."""

    name: Key
    description: Prose = ""
    place: Id | None = None
    """Where it is at the start; None when somebody holds it, or nowhere yet."""
    holder: Id | None = None
    """The role that holds it at the start."""
    states: Annotated[list[Key], Field(max_length=1_000)] = []
    """What states it can be in; the first is the one at the start. None: it has only one."""
    is_visible: bool = True
    """Whether those present see it."""

    @model_validator(mode="after")
    def _states_differ(self) -> Self:
        if not _differ(self.states):
            raise ValueError(f"{self.name} has a state twice; capitals do not matter")
        return self


class FactStatus(StrEnum):
    """What a role has to do with a fact at the start."""

    KNOWS = "knows"
    SUSPECTS = "suspects"
    DENIES = "denies"
    """Knows it and says the contrary."""


class Fact(Part):
    """Something true in this scene that one may know or not."""

    id: Id
    text: Prose
    is_secret: bool = False
    known_by: dict[Id, FactStatus] = {}
    """Role id -> status; a role that is missing does not know it."""


class World(Part):
    """All that can change in a scenario, as it is at the start."""

    variables: Annotated[list[Variable], Field(max_length=MAX_THINGS)] = []
    places: Annotated[list[Place], Field(max_length=MAX_THINGS)] = []
    props: Annotated[list[Prop], Field(max_length=MAX_THINGS)] = []
    facts: Annotated[list[Fact], Field(max_length=MAX_THINGS)] = []
    role_places: dict[Id, Id] = {}
    """Role id -> place id at the start; a role that is missing is everywhere it is needed."""
    win: Prose = ""
    """Condition under which the scenario is won, wherever it is; empty: only by an ending."""
    lose: Prose = ""

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        variables, props = [one.name for one in self.variables], [one.name for one in self.props]
        for names in (
            [name.casefold() for name in (*variables, *props)],  # conditions do not tell capitals apart
            [one.id for one in self.places],
            [one.id for one in self.facts],
        ):
            seen: set[str] = set()
            for name in names:
                if name in seen:
                    raise ValueError(f"{name} is there twice")
                seen.add(name)
        return self

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Reads the document of a row. Raises pydantic.ValidationError when it is not one."""
        return cls.model_validate(document)

    def to_document(self) -> dict[str, Any]:
        """Returns what a row keeps: all that is not as in an empty world."""
        return self.model_dump(mode="json", exclude_defaults=True)
