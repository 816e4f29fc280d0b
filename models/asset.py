"""Pictures and other blobs, stored once each under their SHA-256."""

from sqlmodel import Field, SQLModel


class AssetBase(SQLModel):
    """A blob and what it is."""

    sha256: str = Field(primary_key=True, min_length=64, max_length=64)
    media_type: str
    data: bytes


class Asset(AssetBase, table=True):
    """A blob of this project. Never changed, so never in the ledger."""
