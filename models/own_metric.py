"""A user's own measures: a rubric in words, a list of phrases, a regular expression, or a function in Python."""

from enum import StrEnum
from typing import Literal

from sqlmodel import AutoString, Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, enum_type, new_id, utc_now


class OwnMetricKind(StrEnum):
    """What the body is."""

    RUBRIC = "rubric"
    """Words for a judge."""
    PHRASES = "phrases"
    """One a line."""
    REGEX = "regex"
    PYTHON = "python"
    """Name of a file in the folder of the project; it is run only after the user allowed just this text of it."""


class OwnMetricBase(SQLModel):
    """What a user wants measured."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    kind: OwnMetricKind = Field(sa_type=enum_type(OwnMetricKind))
    body: str = Field(default="", max_length=MAX_TEXT_CHARS)
    better: Literal["higher", "lower", "reference", "neither"] = Field(default="neither", sa_type=AutoString)
    """As in `core.fidelity.metric.Better`."""
    how_to_read: str = Field(default="", max_length=MAX_TEXT_CHARS)


class OwnMetric(OwnMetricBase, table=True):
    """An own measure of this project. Its scores have the metric `own.ID`."""

    id: str = Field(default_factory=new_id, primary_key=True)
    deleted_at: str | None = None
    created_at: str = Field(default_factory=utc_now)
