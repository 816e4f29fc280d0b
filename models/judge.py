"""Judges: who said a judged score, so that it can be asked again, and how far it can be trusted."""

from typing import Any

from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, json_column, new_id, utc_now


class JudgeBase(SQLModel):
    """What ran a judge. A judge whose weights changed is another judge."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    """As people read it: the name of the weights, or of the server and its model."""
    weights_sha256: str = Field(default="", index=True)
    """Of the weights; of a server that does not tell, of its address and model."""
    is_server: bool = False
    n_samples: int = Field(default=3, ge=1)
    licence: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """What it reached on the items of the licence, see `core.fidelity.judging.licence`; empty: not examined yet."""


class Judge(JudgeBase, table=True):
    """A judge of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)
