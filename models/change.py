"""The ledger of changes: what, before, after, when, and in which action of the user. Serves undo, redo and history."""

from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from models.fields import utc_now


class Action(SQLModel, table=True):
    """One thing the user did: one undo step."""

    id: int | None = Field(default=None, primary_key=True)
    label: str
    """In the words of the menu: `Rename Mara`."""
    undone: bool = False
    is_closed: bool = False
    """Whether undo stops before it: what it changed is gone for good. It is still part of the history."""
    burst: str = ""
    """While somebody types into one field, what is saved meanwhile has one burst, and is one step."""
    created_at: str = Field(default_factory=utc_now)
    changed_at: str = Field(default_factory=utc_now)
    """When it was last added to."""


class Change(SQLModel, table=True):
    """One row before and after one action. None before: it was made; None after: it was deleted.

    Where the row was there before and after, only the columns that changed are kept.
    """

    __table_args__ = (Index("ix_change_entity_entity_id", "entity", "entity_id"),)

    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", ondelete="CASCADE", index=True)
    entity: str
    """Table name."""
    entity_id: str
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
