"""What the library keeps about everything that it lists: its folder, whether it is in the trash, its tags."""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

MAX_FOLDER_CHARS = 1000


class Shelved(SQLModel):
    """Something that lies in a folder and can go to the trash."""

    folder: str = Field(default="", max_length=MAX_FOLDER_CHARS)
    """Names with `/` between them; empty: in no folder."""
    deleted_at: str | None = Field(default=None, index=True)
    """Since when it is in the trash; everything but the trash then treats it as gone."""


class Tagged(SQLModel):
    """Something that has tags. Characters have theirs from their cards."""

    tags: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
