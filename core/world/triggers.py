"""What makes a scene go from one beat to the next, beside conditions. Kept as JSON in `beat_link.trigger`.

Roles are named as in conditions, so that a copied scenario needs no other names; facts by their id.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS
from models.world import Id

MAX_TURNS = 100_000
RoleName = Annotated[str, StringConstraints(max_length=MAX_NAME_CHARS)]


class _Trigger(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AtOnce(_Trigger):
    """As soon as the conditions hold: after the next turn."""

    kind: Literal["at_once"] = "at_once"


class AfterTurns(_Trigger):
    """When the beat has lasted this many turns, and the conditions hold."""

    kind: Literal["turns"] = "turns"
    n_turns: int = Field(default=4, ge=1, le=MAX_TURNS)


class PhraseSaid(_Trigger):
    """When somebody says these words, in any case and with any punctuation between them."""

    kind: Literal["phrase"] = "phrase"
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)] = ""
    by: RoleName = ""
    """The role that must say it; empty: anyone, the user too."""


class FactSpoken(_Trigger):
    """When a fact comes out: a turn has most of its words, see `core.world.spoken`."""

    kind: Literal["fact"] = "fact"
    fact_id: Id | Literal[""] = ""
    by: RoleName = ""


class Choice(_Trigger):
    """When the director chooses this way."""

    kind: Literal["choice"] = "choice"


Trigger: TypeAlias = AtOnce | AfterTurns | PhraseSaid | FactSpoken | Choice
_ADAPTER: TypeAdapter[Trigger] = TypeAdapter(Annotated[Trigger, Field(discriminator="kind")])


def read_trigger(document: dict[str, Any]) -> Trigger:
    """Reads the trigger of a row; an empty one is `AtOnce`. Raises pydantic.ValidationError when it is none."""
    return _ADAPTER.validate_python(document) if document else AtOnce()


def trigger_document(trigger: Trigger) -> dict[str, Any]:
    """Returns what a row keeps: the other half of `read_trigger`."""
    if isinstance(trigger, AtOnce):
        return {}
    return {"kind": trigger.kind} | trigger.model_dump(mode="json", exclude_defaults=True)
